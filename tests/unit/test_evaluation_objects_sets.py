"""Reading labelled pictures in COCO and YOLO form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from analytics.evaluation.labelled import TrueObject, read_coco, read_yolo
from smartopia.errors import ConfigurationError


def a_picture(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(file), np.zeros((100, 200, 3), np.uint8))


def coco(folder: Path, **changes: Any) -> Path:
    a_picture(folder / "images" / "s" / "0.jpg")
    told = {"camera": "west", "layout": "alley", "variant": 3, "conditions": {"fog": 2}}
    boxes = [{"bbox": [10, 20, 30, 40], "iscrowd": 0}, {"bbox": [0, 0, 5, 5], "iscrowd": 1}]
    content = {
        "categories": [{"id": 1, "name": "person"}],
        "images": [{"id": 7, "file_name": "s/0.jpg", **told}],
        "annotations": [{"image_id": 7, "category_id": 1, **box} for box in boxes],
        **changes,
    }
    (folder / "annotations.json").write_text(json.dumps(content))
    return folder


def test_a_coco_set_tells_whose_picture_it_is_and_what_nobody_is_asked_to_find(
    tmp_path: Path,
) -> None:
    picture = read_coco(coco(tmp_path)).pictures[0]
    assert picture.objects == (
        TrueObject("person", (10, 20, 40, 60)),
        TrueObject("person", (0, 0, 5, 5), asked=False),
    )
    assert (picture.camera, picture.layout) == ("alley/3/west", "alley")
    assert picture.conditions == (("fog", 2),)


def test_a_coco_set_of_others_needs_nothing_of_ours(tmp_path: Path) -> None:
    picture = read_coco(coco(tmp_path, images=[{"id": 7, "file_name": "s/0.jpg"}])).pictures[0]
    assert (picture.camera, picture.layout, picture.conditions) == ("s/0.jpg", "", ())


def test_a_coco_set_tells_what_is_put_on_all_of_it(tmp_path: Path) -> None:
    assert read_coco(coco(tmp_path)).under == ()
    told = {"under": {"rain": 2, "fog": 3}}
    assert read_coco(coco(tmp_path, info=told)).under == (("fog", 3), ("rain", 2))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"categories": []}, "not of a COCO data set"),
        ({"images": []}, "names no pictures"),
        ({"images": [{"id": 7, "file_name": "gone.jpg"}]}, "1 of 1 pictures are missing.*gone"),
    ],
)
def test_a_coco_set_that_is_broken_is_refused(
    tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_coco(coco(tmp_path, **changes))


def test_a_folder_without_annotations_is_refused_with_what_makes_them(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="smartopia scenes export --format coco"):
        read_coco(tmp_path)


def yolo(folder: Path, line: str) -> Path:
    for name in ("a", "b"):
        a_picture(folder / "images" / "val" / f"{name}.jpg")
    (folder / "labels" / "val").mkdir(parents=True)
    (folder / "labels" / "val" / "a.txt").write_text(line)
    (folder / "data.yaml").write_text("names: [person, car]\n")
    return folder


def test_a_yolo_set_has_shares_as_pixels_and_empty_pictures(tmp_path: Path) -> None:
    read = read_yolo(yolo(tmp_path, "1 0.5 0.5 0.1 0.2\n"))
    assert [picture.objects for picture in read.pictures] == [
        (TrueObject("car", (90, 40, 110, 60)),),
        (),
    ]


@pytest.mark.parametrize("line", ["1 0.5 0.5 0.1", "5 0.5 0.5 0.1 0.1", "car 0 0 0 0"])
def test_a_label_that_is_none_is_refused_with_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(ConfigurationError, match=r"a\.txt:2: "):
        read_yolo(yolo(tmp_path, f"0 0.5 0.5 0.1 0.1\n{line}\n"))
