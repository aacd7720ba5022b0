"""Pieces show objects at full size, where they are, and the rare ones more often."""

from __future__ import annotations

import random
from pathlib import Path

import cv2
import numpy as np
import pytest

from analytics.training.pieces import Labelled, Picture, cut, labels_of, make_pieces, rarities

SIZE = (96, 160)


def picture_with(*boxes: tuple[int, int, int, int]) -> Picture:
    picture = np.zeros((192, 320, 3), np.uint8)
    for x1, y1, x2, y2 in boxes:
        picture[y1:y2, x1:x2] = 255
    return picture


@pytest.mark.parametrize("seed", range(40))
def test_a_box_of_a_piece_is_where_its_object_is(seed: int) -> None:
    box = (150, 90, 170, 110)
    objects = [Labelled(0, tuple(map(float, box)))]  # type: ignore[arg-type]
    piece, found = cut(picture_with(box), objects, SIZE, {0: 1.0}, random.Random(seed))
    assert piece.shape == (*SIZE, 3)
    for one in found:
        x1, y1, x2, y2 = (round(side) for side in one.box)
        assert piece[y1:y2, x1:x2].mean() > 200
        # Nothing of it is outside its box.
        assert piece.sum() == pytest.approx(int(piece[y1:y2, x1:x2].sum()), rel=0.3)
    if not found:
        assert (piece > 0).mean() < 0.35 * 400 / piece[..., 0].size


def test_of_two_objects_the_rarer_is_shown_more_often() -> None:
    boxes = (10, 10, 40, 40), (270, 150, 300, 180)
    common, rare = (Labelled(i, tuple(map(float, box))) for i, box in enumerate(boxes))  # type: ignore[arg-type]
    draw, seen = random.Random(1), [0, 0]
    for _ in range(200):
        rarity = {0: 1.0, 1: 5.0}
        _, found = cut(picture_with(*boxes), [common, rare], SIZE, rarity, draw)
        for one in found:
            seen[one.kind] += 1
    assert seen[1] > seen[0] > 0


def test_what_is_in_a_hundredth_of_the_pictures_counts_ten_times() -> None:
    assert rarities([frozenset({0})] * 99 + [frozenset({0, 1})]) == {0: 1.0, 1: 10.0}


def test_pieces_of_a_set_are_kept_and_not_cut_twice(tmp_path: Path) -> None:
    images, labels = tmp_path / "images" / "train" / "a", tmp_path / "labels" / "train" / "a"
    images.mkdir(parents=True)
    labels.mkdir(parents=True)
    cv2.imwrite(str(images / "000000.png"), picture_with((150, 90, 170, 110)))
    (labels / "000000.txt").write_text("3 0.5 0.52 0.0625 0.104\n")
    pictures = [images / "000000.png"]
    made = make_pieces(pictures, tmp_path / "pieces", SIZE, 6, seed=1)
    assert len(made) == 6
    shown = [one for file in made for one in labels_of(file)]
    assert {one[0] for one in shown} == {3}
    made[0].write_bytes(b"mine")
    assert make_pieces(pictures, tmp_path / "pieces", SIZE, 6, seed=1) == made
    assert made[0].read_bytes() == b"mine"
