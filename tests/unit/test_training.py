"""What of a training is pure: plans, pictures that are there, progress, and its time."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml

from analytics.training.balance import repeats
from analytics.training.earlier import earlier_training, kept_beginning
from analytics.training.learning import seconds_of
from analytics.training.pictures import classes_in, describe, existing, told
from analytics.training.plan import TrainingPlan, keep_plan, looked_at
from analytics.training.progress import Progress
from smartopia.errors import ConfigurationError

NAMES = "names: {0: person, 1: car}\n"


def a_set(folder: Path, text: str = f"train: images/train\nval: images/val\n{NAMES}") -> Path:
    """Two pictures of two layouts to train on, one to validate by."""
    for name in ("train/train-00000-alley/000000", "train/train-00001-street/000000", "val/a/0"):
        file = folder / "images" / f"{name}.jpg"
        file.parent.mkdir(parents=True)
        cv2.imwrite(str(file), np.zeros((8, 8, 3), np.uint8))
    (folder / "data.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("imgsz", "picture", "size"),
    [
        (416, (384, 640), (256, 416)),
        (320, (384, 640), (192, 320)),
        (480, (384, 640), (288, 480)),
        (416, (640, 384), (416, 256)),
        (640, (500, 500), (640, 640)),
    ],
)
def test_a_model_looks_at_a_rectangle_of_whole_cells(
    imgsz: int, picture: tuple[int, int], size: tuple[int, int]
) -> None:
    assert looked_at(imgsz, picture) == size


def test_a_training_that_is_there_is_neither_overwritten_nor_mixed_up(tmp_path: Path) -> None:
    file, plan = tmp_path / "out" / "plan.yaml", TrainingPlan(epochs=3)
    keep_plan(file, plan, resume=False)
    with pytest.raises(ConfigurationError, match="go on with it by --resume"):
        keep_plan(file, plan, resume=False)
    with pytest.raises(ConfigurationError, match="epochs 3, not 4"):
        keep_plan(file, TrainingPlan(epochs=4), resume=True)
    keep_plan(file, plan, resume=True)


def test_the_card_tells_pictures_layouts_and_a_digest(tmp_path: Path) -> None:
    pictures = existing(a_set(tmp_path))
    card = told(pictures.train, pictures.labels)
    assert pictures.labels == ("person", "car")
    assert (card["pictures"], card["layouts"]) == (2, {"alley": 1, "street": 1})
    picture = pictures.learnt_from()[0]
    cv2.imwrite(str(picture), np.full((8, 8, 3), 255, np.uint8))
    assert told(pictures.train, pictures.labels)["sha256"] != card["sha256"]


def test_ultralytics_is_told_whole_paths(tmp_path: Path) -> None:
    describe(existing(a_set(tmp_path)), tmp_path / "mine.yaml", TrainingPlan(imgsz=64))
    told_it = yaml.safe_load((tmp_path / "mine.yaml").read_text())
    shown = Path(told_it["train"]).read_text().splitlines()
    assert [Path(one).parent.name for one in shown] == ["train-00000-alley", "train-00001-street"]
    assert all(Path(one).is_absolute() for one in (*shown, told_it["val"]))


def test_pictures_with_what_is_rare_are_shown_more_often() -> None:
    common, rare = frozenset({0}), frozenset({0, 1})
    shown = repeats([common] * 990 + [rare] * 10, seed=1)
    assert set(shown[:990]) == {1}
    # sqrt(0.5 / 0.01) is 7.07.
    assert 7 in set(shown[990:]) <= {7, 8}
    assert shown == repeats([common] * 990 + [rare] * 10, seed=1)


def test_the_objects_of_a_picture_are_those_of_its_labels(tmp_path: Path) -> None:
    pictures = existing(a_set(tmp_path))
    label = tmp_path / "labels" / "train" / "train-00000-alley" / "000000.txt"
    label.parent.mkdir(parents=True)
    label.write_text("1 .5 .5 .1 .1\n1 .2 .2 .1 .1\n0 .5 .5 .1 .1\n")
    assert [classes_in(one) for one in pictures.learnt_from()] == [[1, 1, 0], []]
    assert told(pictures.train, pictures.labels)["objects"] == {"person": 1, "car": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"train: images/train\n{NAMES}", "must name train, val and names"),
        ("[", "cannot be read"),
        (f"train: images/train\nval: images/nowhere\n{NAMES}", "no pictures in .*nowhere"),
    ],
)
def test_pictures_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        existing(a_set(tmp_path, text))


def test_progress_tells_the_rate_and_what_is_left() -> None:
    now, lines = [0.0], list[str]()
    progress = Progress(3, 100, done=1, say=lines.append, clock=lambda: now[0])
    for _ in range(10):
        now[0] += 10
        progress.batch(10, 4.2)
    progress.epoch(2, 4.0)
    assert lines == [
        "epoch 2/3   60%  loss 4.200  1.0 images/s  2 min left",
        "epoch 2/3  over  loss 4.000  1.0 images/s  2 min left",
    ]


def test_the_time_of_all_stretches_counts() -> None:
    assert seconds_of([10, 20, 5, 15]) == 35


def test_a_training_to_go_on_from_must_be_over_and_know_the_same(tmp_path: Path) -> None:
    after = str(tmp_path)
    with pytest.raises(ConfigurationError, match="holds no finished training"):
        earlier_training(after, ["person"])
    (tmp_path / "training.yaml").write_text("labels: [person, car]\n")
    with pytest.raises(ConfigurationError, match="knows person, car; these pictures have person"):
        earlier_training(after, ["person"])
    found = earlier_training(after, ["person", "car"])
    assert found is not None
    assert found.weights == tmp_path / "weights" / "last.pt"
    assert not found.packed
    assert earlier_training("", ["person"]) is None


def test_a_training_goes_on_from_the_packed_model_beside_its_card(tmp_path: Path) -> None:
    model = tmp_path / "default.onnx"
    with pytest.raises(ConfigurationError, match="holds no finished training"):
        earlier_training(str(model), ["person"])
    (tmp_path / "training.yaml").write_text("labels: [person]\n")
    found = earlier_training(str(model), ["person"])
    assert found is not None
    assert (found.weights, found.packed) == (model, True)


def test_what_replaces_the_model_a_training_began_with_is_not_its_own_ancestor(
    tmp_path: Path,
) -> None:
    model, out = tmp_path / "default.onnx", tmp_path / "out"
    card = tmp_path / "training.yaml"
    model.write_bytes(b"the first")
    card.write_text("{labels: [person], seed: 1}\n")
    kept_beginning(str(model), out)
    model.write_bytes(b"what came of it")
    card.write_text("{labels: [person], seed: 2}\n")
    found = earlier_training(kept_beginning(str(model), out), ["person"])
    assert found is not None
    assert found.weights.read_bytes() == b"the first"
    assert found.card["seed"] == 1
