"""The gap between lab and field, parted: by hand, in any order, and always to the full sum."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from analytics.evaluation.events import Conditions
from analytics.evaluation.gap import Cell, Gap, condition_cell, gap_of
from analytics.evaluation.paired import PictureOutcome, paired_losses
from analytics.evaluation.report.gaps import Parting, gap_in_words

CLEAR_ONLY = [Cell("lab1", "none", 90, 100), Cell("lab2", "none", 90, 100)]


def parts(gap: Gap) -> tuple[float, float, float]:
    return gap.mix.value, gap.within.value, gap.rest.value


def test_a_condition_the_lab_has_not_is_all_mix() -> None:
    field = [Cell("a", "none", 45, 50), Cell("b", "none", 45, 50), Cell("b", "fog 3", 40, 100)]
    gap = gap_of(CLEAR_ONLY, field)
    # Half of the field is in fog, which loses 0.9 - 0.4.
    assert (gap.lab.value, gap.field.value) == pytest.approx((0.9, 0.65))
    assert parts(gap) == pytest.approx((0.25, 0, 0))


def test_a_condition_that_loses_more_in_the_field_is_within() -> None:
    lab = [*CLEAR_ONLY, Cell("lab1", "fog 3", 160, 200)]
    field = [Cell("a", "none", 90, 100), Cell("b", "fog 3", 50, 100)]
    gap = gap_of(lab, field)
    # Half of both: 0.1 lost in the lab, 0.4 in the field.
    assert parts(gap) == pytest.approx((0, 0.15, 0))


def test_cameras_that_are_worse_even_when_it_is_clear_are_the_rest() -> None:
    field = [Cell("good", "none", 90, 100), Cell("bad", "none", 60, 100)]
    gap = gap_of(CLEAR_ONLY, field)
    assert parts(gap) == pytest.approx((0, 0, 0.15))
    assert [one.camera for one in gap.cameras] == ["bad", "good"]
    assert [one.rest for one in gap.cameras] == pytest.approx([0.15, 0])


def test_without_a_condition_in_common_nothing_is_told_apart() -> None:
    gap = gap_of(CLEAR_ONLY, [Cell("a", "fog 3", 40, 100), Cell("b", "fog 3", 40, 100)])
    assert gap.reference is None
    assert parts(gap) == pytest.approx((0, 0, 0.5))


def test_what_would_win_most_comes_first() -> None:
    field = [
        Cell("a", "none", 80, 100),
        Cell("b", "none", 80, 100),
        Cell("a", "fog 3", 10, 50),
        Cell("b", "rain 2", 35, 50),
    ]
    first, second, *_ = gap_of(CLEAR_ONLY, field).mendings
    assert (first.kind, first.name) == ("condition", "fog 3")
    assert first.gain.value == pytest.approx(0.1)
    assert first.rate == pytest.approx(205 / 300 + 0.1)
    assert second.name == "rain 2"
    assert second.gain.value == pytest.approx(5 / 300)


def test_a_camera_that_others_do_better_than_can_be_mended() -> None:
    field = [Cell(name, "none", hits, 100) for name, hits in (("a", 90), ("b", 90), ("c", 30))]
    best = gap_of(CLEAR_ONLY, field).mendings[0]
    assert (best.kind, best.name) == ("camera", "c")
    assert best.rate == pytest.approx(0.9)


def a_mess(draw: random.Random, cameras: int = 6) -> list[Cell]:
    cells = []
    for camera in range(cameras):
        for condition in ("none", "fog 3", "rain 2", "night 4"):
            n = draw.choice([0, 3, 40])
            cells.append(Cell(f"{camera}", condition, draw.randint(0, n), n))
    return [*cells, Cell("0", "none", 1, 2)]


@pytest.mark.parametrize("seed", range(50))
def test_the_parts_add_up_to_the_gap_and_the_steps_lead_from_lab_to_field(seed: int) -> None:
    draw = random.Random(seed)
    gap = gap_of(a_mess(draw), a_mess(draw))
    assert sum(parts(gap)) == pytest.approx(gap.gap.value, abs=1e-12)
    assert gap.lab.value - gap.field.value == pytest.approx(gap.gap.value, abs=1e-12)
    assert sum(one.mix.value for one in gap.conditions) == pytest.approx(gap.mix.value)
    assert sum(one.within.value for one in gap.conditions) == pytest.approx(gap.within.value)
    assert sum(one.rest for one in gap.cameras) == pytest.approx(gap.rest.value, abs=1e-12)
    if gap.steps:
        assert gap.steps[0].begin == gap.lab.value
        assert gap.steps[-1].end == pytest.approx(gap.field.value)


@pytest.mark.parametrize("seed", range(20))
def test_neither_the_order_of_cells_nor_of_lab_and_field_matters(seed: int) -> None:
    draw = random.Random(seed)
    lab, field = a_mess(draw), a_mess(draw)
    first, back = gap_of(lab, field), gap_of(field, lab)
    assert parts(back) == pytest.approx(tuple(-part for part in parts(first)), abs=1e-12)
    draw.shuffle(lab)
    draw.shuffle(field)
    assert str(gap_of(lab, field)) == str(first)


def test_the_intervals_hold_the_parts_at_their_rate() -> None:
    random_ = np.random.default_rng(1)
    # Clear 0.9 and fog 0.6 everywhere; the field has fog in half of its cases, the lab in a tenth.
    truth = {"mix": 0.4 * 0.3, "within": 0.0, "rest": 0.0}
    held = dict.fromkeys(truth, 0)
    runs = 300
    for _ in range(runs):
        gap = gap_of(a_sample(random_, 0.1), a_sample(random_, 0.5))
        for name, value in truth.items():
            figure = getattr(gap, name)
            held[name] += figure.low <= value <= figure.high
    assert all(0.9 * runs <= one <= 0.995 * runs for one in held.values()), held


def a_sample(random_: np.random.Generator, fog: float) -> list[Cell]:
    cells = []
    for camera in range(15):
        foggy = int(random_.binomial(40, fog))
        for name, n, rate in (("none", 40 - foggy, 0.9), ("fog 3", foggy, 0.6)):
            cells.append(Cell(str(camera), name, float(random_.binomial(n, rate)), n))
    return cells


def test_one_camera_gives_parts_without_intervals() -> None:
    gap = gap_of([Cell("l", "none", 9, 10)], [Cell("f", "none", 5, 10)])
    assert gap.rest.value == pytest.approx(0.4)
    assert math.isnan(gap.rest.low)


def test_the_gravest_condition_names_a_case() -> None:
    assert condition_cell(()) == "none"
    assert condition_cell((("fog", 2), ("night", 4), ("rain", 4))) == "night 4"


def outcome(picture: str, conditions: Conditions, hits: float) -> PictureOutcome:
    return PictureOutcome(picture, f"camera-{picture[0]}", conditions, hits, 10)


def test_the_same_pictures_say_what_a_condition_takes() -> None:
    fog = (("fog", 3),)
    outcomes = [
        *(outcome(name, (), 9) for name in ("a1", "a2", "b1", "only-clear")),
        *(outcome(name, fog, hits) for name, hits in (("a1", 6), ("a2", 6), ("b1", 3))),
        outcome("only-fog", fog, 0),
    ]
    random.Random(1).shuffle(outcomes)
    losses = paired_losses(outcomes)
    assert list(losses) == [fog]
    loss = losses[fog]
    assert (loss.pictures, loss.clear.value, loss.graded.value) == (3, 0.9, 0.5)
    assert (loss.loss.low, loss.loss.value, loss.loss.high) == pytest.approx((0.3, 0.4, 0.6))


def test_of_two_that_have_nothing_in_common_no_step_is_told() -> None:
    parting = Parting(title="", told="", part="{}", rest="other places and cameras")
    told = gap_in_words(parting, CLEAR_ONLY, [Cell("lab1", "rain 3", 40, 100)])
    assert told is not None
    assert not told.steps
    assert "cannot be parted" in " ".join(told.told)
    parted = gap_in_words(parting, CLEAR_ONLY, [Cell("lab1", "none", 40, 100)])
    assert parted is not None
    assert [one.name for one in parted.steps] == ["other places and cameras"]
