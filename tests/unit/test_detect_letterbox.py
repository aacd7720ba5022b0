"""How pictures are laid into a model's input, and their boxes brought back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.vision.detect.letterbox import bring_back, fit, lay

sides = st.integers(1, 4000)


@given(sides, sides, st.sampled_from([None, 32]))
def test_a_corner_of_the_picture_comes_back_to_where_it_was(
    height: int, width: int, stride: int | None
) -> None:
    place = fit((height, width), (640, 640), stride)
    assert stride is None or not any(side % stride for side in place.shape)
    inner = (place.left, place.top, place.left + place.scaled[1], place.top + place.scaled[0])
    assert place.shape[0] >= inner[3]
    assert place.shape[1] >= inner[2]
    brought = bring_back(np.array([inner], np.float32), place)
    assert brought[0].tolist() == pytest.approx([0, 0, width, height], abs=0.01)


def test_boxes_do_not_leave_the_picture() -> None:
    place = fit((480, 640), (640, 640), None)
    out = np.array([[-50, 0, 700, 640]], np.float32)
    assert bring_back(out, place).tolist() == [[0, 0, 640, 480]]


def test_pictures_are_laid_in_rgb_between_grey_and_missing_ones_are_grey() -> None:
    blue = np.zeros((20, 40, 3), np.uint8)
    blue[:] = (255, 0, 0)
    laid = lay([blue], [fit((20, 40), (32, 32), None)], 2)
    assert laid.shape == (2, 3, 32, 32)
    assert laid[0, :, 16, 16].tolist() == [0, 0, 1]
    assert laid[0, :, 0, 0] == pytest.approx(114 / 255)
    assert laid[1] == pytest.approx(114 / 255)
