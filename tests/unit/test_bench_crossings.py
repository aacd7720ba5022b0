"""The count by eye can be read, and what is held against it is paired one to one."""

from __future__ import annotations

import pytest
import yaml

from tests.bench.bench_crossings import BY_EYE, WAYS, ByEye, compare


@pytest.fixture
def by_eye() -> ByEye:
    return ByEye.model_validate(yaml.safe_load(BY_EYE.read_text()))


def test_all_that_was_counted_by_eye_lies_in_the_time_it_was_counted_in(by_eye: ByEye) -> None:
    times = [time for way in WAYS for time in by_eye.times(way)]
    assert len(times) == 22
    assert 0 <= min(times) <= max(times) < by_eye.seconds


def test_a_crossing_is_found_once_and_only_near_its_time() -> None:
    compared = compare([10.0, 20.0, 30.0], [9.0, 10.5, 21.6])
    assert len(compared.delays) == 1
    assert compared.missed == [20.0, 30.0]
    assert len(compared.extra) == 2


def test_two_who_cross_together_are_two() -> None:
    compared = compare([5.0, 5.2], [5.1, 5.1])
    assert len(compared.delays) == 2
    assert (compared.missed, compared.extra) == ([], [])


def test_of_two_near_one_another_the_nearer_is_found() -> None:
    compared = compare([4.8, 5.6], [5.7])
    assert compared.missed == [4.8]
    (delay,) = compared.delays
    assert delay == pytest.approx(0.1)
