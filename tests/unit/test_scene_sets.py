"""A data set goes on where it was stopped, takes no folder that is not its own, never changes."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import cv2
import pytest

from devices_sim.cameras.scene.formats.export import Exported
from devices_sim.cameras.scene.formats.folder import SetFolder
from devices_sim.cameras.scene.formats.model import DataSet
from devices_sim.cameras.scene.formats.verify import changes, rendered_otherwise
from devices_sim.cameras.scene.shots import Shot
from smartopia.errors import AlreadyRunningError, ConfigurationError
from tests.support.scene_sets import (
    FILMS,
    FORMATS,
    StoppedError,
    contents,
    data_set,
    shots,
    stopped_after,
    write,
)


@pytest.mark.parametrize("form", FORMATS)
def test_equal_sets_are_equal_byte_by_byte(tmp_path: Path, form: str) -> None:
    for name in ("one", "other"):
        assert write(form, tmp_path / name) == Exported(12)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")
    assert not changes(tmp_path / "one").changed


@pytest.mark.parametrize("form", FORMATS)
def test_a_stopped_export_goes_on_where_it_was(tmp_path: Path, form: str) -> None:
    write(form, tmp_path / "whole")
    with pytest.raises(StoppedError):
        write(form, tmp_path / "set", stopped_after(6))
    asked: list[int] = []

    def rest(start: int) -> Iterable[Shot]:
        asked.append(start)
        return shots(start)

    assert write(form, tmp_path / "set", rest) == Exported(12, 4)
    assert asked == [1], "the first sequence is not made again"
    assert contents(tmp_path / "set") == contents(tmp_path / "whole")


def test_a_sequence_is_kept_before_the_next_one_begins(tmp_path: Path) -> None:
    with pytest.raises(StoppedError):
        write("coco", tmp_path, stopped_after(4))
    assert write("coco", tmp_path) == Exported(12, 4)


def test_a_sequence_that_lost_pictures_is_kept_too(tmp_path: Path) -> None:
    def source(start: int) -> Iterator[Shot]:
        whole = (one for one in shots(start) if one.shown.name != "lab-street/000001")
        for n, one in enumerate(whole):
            if n == 6:
                raise StoppedError
            yield one

    with pytest.raises(StoppedError):
        write("mot", tmp_path, source)
    assert write("mot", tmp_path) == Exported(11, 3)


def test_a_finished_export_says_so_and_makes_nothing(tmp_path: Path) -> None:
    write("coco", tmp_path)
    before = contents(tmp_path)
    assert write("coco", tmp_path, stopped_after(0)) == Exported(12, 12, finished=True)
    assert contents(tmp_path) == before


def test_a_picture_that_was_lost_meanwhile_is_made_again(tmp_path: Path) -> None:
    write("coco", tmp_path / "whole")
    with pytest.raises(StoppedError):
        write("coco", tmp_path / "set", stopped_after(10))
    (tmp_path / "set/images/lab-crossing/000002.jpg").write_bytes(b"")
    assert write("coco", tmp_path / "set") == Exported(12, 4)
    assert contents(tmp_path / "set") == contents(tmp_path / "whole")


@pytest.mark.parametrize("stopped", [True, False])
@pytest.mark.parametrize(
    ("form", "more", "text"),
    [
        ("coco", {"seed": 2}, "seed 1, not 2"),
        ("coco", {"split": "field"}, "split lab, not field"),
        ("coco", {"frames": 13}, "frames 12, not 13"),
        ("mot", {}, "format coco, not mot"),
        ("coco", {"under": (("fog", 3),)}, "under None, not {'fog': 3}"),
    ],
)
def test_a_folder_with_another_set_is_refused(
    tmp_path: Path, form: str, more: dict[str, Any], text: str, *, stopped: bool
) -> None:
    if stopped:
        with pytest.raises(StoppedError):
            write("coco", tmp_path, stopped_after(5))
    else:
        write("coco", tmp_path)
    before = contents(tmp_path)
    with pytest.raises(ConfigurationError, match=rf"another data set \({text}\)"):
        write(form, tmp_path, **more)
    assert contents(tmp_path) == before


def test_a_set_begun_with_another_opencv_is_not_gone_on_with(tmp_path: Path) -> None:
    SetFolder(tmp_path, data_set("coco"), {"opencv": "4.9"}).write(
        "unfinished/set.json",
        json.dumps({"set": vars_of(data_set("coco")), "made_with": {"opencv": "4.9"}}).encode(),
    )
    with pytest.raises(ConfigurationError, match=f"opencv 4.9, not {cv2.__version__}"):
        write("coco", tmp_path)


def vars_of(one: DataSet) -> dict[str, Any]:
    named = {name: getattr(one, name) for name in DataSet.__dataclass_fields__}
    return {name: value for name, value in named.items() if name != "under"}


def test_a_folder_with_anything_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigurationError, match="is not empty and holds no data set"):
        write("coco", tmp_path)
    with pytest.raises(ConfigurationError, match=r"thesis\.txt is a file; name a folder"):
        write("coco", tmp_path / "thesis.txt")
    with pytest.raises(ConfigurationError, match=r"cannot write .*: Not a directory"):
        write("coco", tmp_path / "thesis.txt" / "set")


def test_two_exports_do_not_share_a_folder(tmp_path: Path) -> None:
    def meanwhile(start: int) -> Iterator[Shot]:
        with pytest.raises(AlreadyRunningError, match="another export is writing to"):
            write("coco", tmp_path)
        yield from shots(start)

    assert write("coco", tmp_path, meanwhile) == Exported(12)


def test_changed_lost_and_new_files_are_told(tmp_path: Path) -> None:
    write("yolo", tmp_path)
    (tmp_path / "images/lab/lab-street/000001.jpg").write_bytes(b"another")
    (tmp_path / "data.yaml").unlink()
    (tmp_path / "labels/lab.cache").write_bytes(b"a trainer's")
    found = changes(tmp_path)
    assert found.changed == ("images/lab/lab-street/000001.jpg",)
    assert found.missing == ("data.yaml",)
    assert found.added == ("labels/lab.cache",)
    with pytest.raises(ConfigurationError, match="holds no finished data set"):
        changes(tmp_path / "images")


def test_sets_of_other_formats_and_jpegs_are_known_to_show_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("coco", tmp_path / "coco")
    monkeypatch.setattr("devices_sim.cameras.scene.formats.export.JPEG_QUALITY", 60)
    write("mot", tmp_path / "mot")
    found = rendered_otherwise(tmp_path / "mot", tmp_path / "coco")
    assert (found.total, found.changed, found.missing, found.added) == (12, (), (), ())
    FILMS[1][2].picture[0, 0, 0] ^= 1
    try:
        write("mot", tmp_path / "other")
    finally:
        FILMS[1][2].picture[0, 0, 0] ^= 1
    found = rendered_otherwise(tmp_path / "other", tmp_path / "coco")
    assert found.changed == ("lab-crossing/000002",)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ConfigurationError, match=r"cannot write .*: Permission denied"):
        write("coco", tmp_path / "set")
