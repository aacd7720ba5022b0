"""A model's raw output as boxes: the same that torchvision keeps."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.vision.detect.head import read_grid, read_list
from analytics.vision.detect.port import MOST_OBJECTS, MOST_OVERLAP, batches


def crowded(seed: int, cells: int, classes: int) -> np.ndarray:
    """A head's output (4 + classes, cells) full of boxes that overlap."""
    dice = np.random.default_rng(seed)
    centres = dice.uniform(0, 640, (8, 2))[dice.integers(8, size=cells)]
    boxes = np.hstack((centres + dice.normal(0, 6, (cells, 2)), dice.uniform(60, 90, (cells, 2))))
    scores = dice.uniform(0, 1, (cells, classes)) ** 4
    return np.hstack((boxes, scores)).T.astype(np.float32)


@pytest.mark.parametrize("seed", range(8))
def test_of_overlapping_boxes_those_stay_that_torchvision_keeps(seed: int) -> None:
    torch = pytest.importorskip("torch")
    ops = pytest.importorskip("torchvision.ops")
    output = crowded(seed, 900, 5)
    found = read_grid(output, 0.2)
    middle, sides, scores = output[:2].T, output[2:4].T, output[4:].T
    corners = np.hstack((middle - sides / 2, middle + sides / 2))
    sure = scores.max(axis=1) > 0.2
    kept = ops.batched_nms(
        torch.from_numpy(corners[sure]),
        torch.from_numpy(scores[sure].max(axis=1)),
        torch.from_numpy(scores[sure].argmax(axis=1)),
        MOST_OVERLAP,
    )[:MOST_OBJECTS].numpy()
    assert len(found) < sure.sum()
    assert found[:, :4] == pytest.approx(corners[sure][kept], abs=0.01)
    assert found[:, 4] == pytest.approx(scores[sure].max(axis=1)[kept])
    assert found[:, 5].tolist() == scores[sure].argmax(axis=1)[kept].tolist()


def test_nothing_sure_is_nothing_found() -> None:
    assert read_grid(np.zeros((9, 50), np.float32), 0.2).shape == (0, 6)


def test_a_list_loses_only_what_is_unsure() -> None:
    rows = np.array([[1, 2, 3, 4, 0.9, 0], [1, 2, 3, 4, 0.2, 1]], np.float32)
    assert read_list(rows, 0.2).tolist() == rows[:1].tolist()


def test_pictures_of_one_shape_go_together_and_not_too_many() -> None:
    shapes = [(4, 6), (9, 9), (4, 6), (4, 6)]
    assert batches(shapes, 2) == [[0, 2], [3], [1]]
    assert batches([], 8) == []
