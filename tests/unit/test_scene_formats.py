"""A data set is read back by those it is for, and says what is in it."""

from __future__ import annotations

import configparser
import json
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import jsonschema
import pytest
import yaml

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.formats import registry
from devices_sim.cameras.scene.formats.registry import discover_formats, find_format
from devices_sim.cameras.scene.shots import LABELS
from devices_sim.cameras.scene.takes import Split
from smartopia.errors import ConfigurationError
from tests.support.scene_sets import (
    CAR,
    FILMS,
    FORMATS,
    FULL,
    HEIGHT,
    HIDDEN,
    SPECK,
    WIDTH,
    box,
    shot,
    write,
)

PAGE = Path(__file__).parents[2] / "docs/how-to/export-scenes.md"
COCO_SCHEMA = {
    "type": "object",
    "required": ["info", "licenses", "images", "annotations", "categories"],
    "properties": {
        "licenses": {"items": {"required": ["id", "name", "url"]}},
        "categories": {"items": {"required": ["id", "name", "supercategory"]}},
        "images": {"items": {"required": ["id", "width", "height", "file_name", "license"]}},
        "annotations": {
            "items": {
                "required": ["id", "image_id", "category_id", "bbox", "area", "iscrowd"],
                "properties": {
                    "bbox": {"type": "array", "items": {"minimum": 0}, "minItems": 4},
                    "area": {"exclusiveMinimum": 0},
                    "iscrowd": {"enum": [0, 1]},
                },
            }
        },
    },
}


def test_the_formats_are_those_the_command_tells() -> None:
    assert tuple(sorted(discover_formats())) == FORMATS
    with pytest.raises(ConfigurationError, match="'voc'; allowed are coco, mot, smartopia, yolo"):
        find_format("voc")


def test_a_module_without_a_format_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    named = [("entry point voc = x:y", None)]
    monkeypatch.setattr(registry, "installed", lambda _: iter(named))
    with pytest.raises(ConfigurationError, match="entry point voc = x:y is no Format"):
        discover_formats()


def test_coco_says_what_is_to_be_seen_and_what_is_not_asked_for(tmp_path: Path) -> None:
    write("coco", tmp_path)
    told = json.loads((tmp_path / "annotations.json").read_text())
    jsonschema.validate(told, COCO_SCHEMA)
    names = {one["id"]: one["name"] for one in told["categories"]}
    assert list(names.values()) == list(LABELS)
    assert min(names) == 1
    for image in told["images"]:
        picture = cv2.imread(str(tmp_path / "images" / image["file_name"]))
        assert picture is not None
        assert picture.shape == (image["height"], image["width"], 3)
    assert told["images"][0]["conditions"] == {"fog": 2}
    assert len({one["id"] for one in told["annotations"]}) == len(told["annotations"])
    first = [one for one in told["annotations"] if one["image_id"] == 1]
    found = {one["track_id"]: one for one in first}
    assert len(found) == len(FULL) - 1, "what is hidden has no box"
    car, speck = (
        next(one for one in first if one["actor"] == actor) for actor in (CAR.actor, SPECK.actor)
    )
    assert car["bbox"] == [0, 40, 60, 40]
    assert car["area"] == 60 * 40
    assert car["whole"] == [-20, 40, 80, 40]
    assert (car["visible_share"], car["iscrowd"]) == (0.75, 0)
    assert speck["iscrowd"] == 1
    assert not [one for one in told["annotations"] if one["image_id"] == 2]


def test_ultralytics_finds_every_label_from_anywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ultralytics.data.utils import (  # noqa: PLC0415 - slow, and only here
        check_det_dataset,
        img2label_paths,
        verify_image_label,
    )

    write("yolo", tmp_path / "set")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    found = check_det_dataset(str(tmp_path / "set" / "data.yaml"), autodownload=False)
    assert tuple(found["names"].values()) == LABELS
    assert found["train"] == found["val"] == str(tmp_path / "set/images/lab")
    pictures = sorted(Path(found["val"]).rglob("*.jpg"))
    assert len(pictures) == 12
    labels = img2label_paths([str(path) for path in pictures])
    for n, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        checked = verify_image_label((str(picture), label, "", False, len(LABELS), 0, 0, False))
        rows, shape, missing, corrupt = checked[1], checked[2], checked[5], checked[8]
        assert (missing, corrupt, checked[9]) == (0, 0, "")
        assert shape == (HEIGHT, WIDTH)
        assert len(rows) == (0 if n % 2 else 5)
    kinds = Counter(LABELS[int(row[0])] for row in checked_rows(labels[0]))
    assert kinds == {"car": 1, "person": 1, "bicycle": 1, "bus": 1, "smoke": 1}
    car = next(row for row in checked_rows(labels[0]) if LABELS[int(row[0])] == "car")
    assert car[1:] == pytest.approx([30 / WIDTH, 60 / HEIGHT, 60 / WIDTH, 40 / HEIGHT], abs=1e-6)


def test_the_page_tells_how_to_validate_on_another_split(tmp_path: Path) -> None:
    from ultralytics.data.utils import check_det_dataset  # noqa: PLC0415 - slow

    for split in ("train", "val"):
        write("yolo", tmp_path / split, split=split)
    block = re.search(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert block is not None
    (tmp_path / "data.yaml").write_text(block[1])
    found = check_det_dataset(str(tmp_path / "data.yaml"), autodownload=False)
    assert tuple(found["names"].values()) == LABELS
    for split in ("train", "val"):
        assert len(list(Path(found[split]).rglob("*.jpg"))) == 12


def test_the_page_names_every_format_and_split() -> None:
    page = PAGE.read_text()
    for name in (*FORMATS, *Split):
        assert f"| `{name}` |" in page


def checked_rows(label: str) -> list[list[float]]:
    return [[float(v) for v in line.split()] for line in Path(label).read_text().splitlines()]


def test_yolo_teaches_what_is_a_little_too_small_to_be_asked_for(tmp_path: Path) -> None:
    small = box(9, ActorKind.PERSON, (10.0, 10.0, 15.0, 22.0))
    taken = [replace(shot("street", 0), boxes=(small,))]
    for split, labelled in (("train", 1), ("lab", 0)):
        write("yolo", tmp_path / split, lambda _start: iter(taken), split=split)
        (label,) = (tmp_path / split / "labels").rglob("*.txt")
        assert len(checked_rows(str(label))) == labelled


def test_mot_is_what_its_scorers_read(tmp_path: Path) -> None:
    write("mot", tmp_path)
    names = (tmp_path / "seqmap.txt").read_text().split()
    assert names == ["name", "lab-street", "lab-crossing", "lab-alley"]
    for name in names[1:]:
        info = configparser.ConfigParser()
        info.read(tmp_path / name / "seqinfo.ini")
        told = info["Sequence"]
        pictures = sorted((tmp_path / name / told["imDir"]).iterdir())
        assert [path.name for path in pictures] == [f"{n:06}.jpg" for n in range(1, 5)]
        assert int(told["seqLength"]) == 4
        assert float(told["frameRate"]) == 5
        assert (int(told["imWidth"]), int(told["imHeight"])) == (WIDTH, HEIGHT)
        lines = (tmp_path / name / "gt/gt.txt").read_text().splitlines()
        rows = [[float(v) for v in line.split(",")] for line in lines]
        assert {len(row) for row in rows} == {9}
        keys = [(row[0], row[1]) for row in rows]
        assert len(set(keys)) == len(keys), "an id twice in one frame"
        assert {row[0] for row in rows} == {1, 3}
    first = [tuple(row[2:]) for row in rows if row[0] == 1]
    assert sorted(first) == sorted(
        [
            (-19, 41, 80, 40, 1, 3, 0.75),
            (101, 31, 20, 40, 1, 2, 1),
            (96, 51, 30, 35, 1, 4, 1),
            (151, 11, 2, 4, 0, 1, 1),
            (21, 51, 10, 25, 0, 1, 0),
            (131, 51, 60, 50, 1, 3, 1),
            (61.5, 6, 30, 35, 1, 9, 1),
        ]
    )


def test_our_own_format_keeps_everything(tmp_path: Path) -> None:
    write("smartopia", tmp_path)
    lines = (tmp_path / "frames.jsonl").read_text().splitlines()
    told = [json.loads(line) for line in lines]
    assert [one["sequence"] for one in told] == [s.shown.sequence for film in FILMS for s in film]
    first = told[0]
    assert (tmp_path / first["file"]).is_file()
    assert (first["conditions"], first["events"]) == ({"fog": 2}, ["fire"])
    hidden = next(one for one in first["objects"] if one["actor"] == HIDDEN.actor)
    assert hidden == {
        "actor": 4,
        "kind": "person",
        "whole": list(HIDDEN.whole),
        "visible": None,
        "share": 0.0,
        "asked": False,
        "taught": False,
    }


def test_the_card_says_what_is_in_the_set(tmp_path: Path) -> None:
    write("coco", tmp_path)
    card = (tmp_path / "datacard.md").read_text()
    assert "split: lab; seed: 1; 5 pictures per second" in card
    assert "12 pictures in 3 sequences, 12 of them after sunset" in card
    assert "--split lab --format coco --frames 12 --seed 1 --rate 5 --out DIR" in card
    assert f"opencv {cv2.__version__}" in card
    assert "| person | 6 | 12 | 6 |" in card
    assert "| fog | 2 | 4 |" in card
    assert "| none |  | 8 |" in card
    assert "| fire | 12 |" in card


def test_a_set_says_what_is_put_on_its_pictures(tmp_path: Path) -> None:
    under = (("fog", 3), ("low_bit_rate", 2))
    for form in ("coco", "yolo"):
        write(form, tmp_path / form, under=under)
        card = (tmp_path / form / "datacard.md").read_text()
        assert "lab, seed 1, under fog 3, low bit rate 2" in card
        assert "- fog of grade 3, low_bit_rate of grade 2: put on every picture" in card
        assert "--rate 5 --under fog:3 --under low_bit_rate:2 --out DIR" in card
        assert write(form, tmp_path / form, under=under).finished
    info = json.loads((tmp_path / "coco/annotations.json").read_text())["info"]
    assert info["under"] == dict(under)
    assert yaml.safe_load((tmp_path / "yolo/data.yaml").read_text())["under"] == dict(under)
    with pytest.raises(ConfigurationError, match="another data set"):
        write("coco", tmp_path / "coco")
