"""Data sets: what is taken for which split, and that the same is taken again."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import asked, taught
from devices_sim.cameras.scene.splits import film, shots
from devices_sim.cameras.scene.takes import LAYOUTS, PUT_ON, Split, graded, put_under, take
from smartopia.errors import ConfigurationError

MANY = 400


@pytest.mark.parametrize("one", list(Split))
def test_splits_share_no_place_and_no_seed(one: Split) -> None:
    mine = [take(one, n, 1, 60) for n in range(MANY)]
    others = [take(other, n, 1, 60) for other in Split if other is not one for n in range(MANY)]
    assert not {t.variant for t in mine} & {t.variant for t in others}
    assert not {t.seed for t in mine} & {t.seed for t in others}


def test_market_is_only_in_the_lab_and_station_only_in_the_field() -> None:
    where = {split: {take(split, n, 1, 60).layout for n in range(MANY)} for split in Split}
    assert where == {split: set(layouts) for split, layouts in LAYOUTS.items()}
    assert [split for split in Split if "market" in where[split]] == [Split.LAB]
    assert [split for split in Split if "station" in where[split]] == [Split.FIELD]


def test_the_lab_is_clear_and_the_field_is_not() -> None:
    lab, field = (
        [take(split, n, 1, 60) for n in range(MANY)] for split in (Split.LAB, Split.FIELD)
    )
    assert not any(t.conditions for t in lab)
    assert 0.6 < sum(bool(t.conditions) for t in field) / MANY < 0.85
    grades = Counter(grade for t in field for _, grade in t.conditions)
    assert set(grades) == {1, 2, 3, 4, 5}


def test_at_night_the_sun_is_not_in_the_lens() -> None:
    night = [t for n in range(MANY) if (t := take(Split.FIELD, n, 1, 60)).hour > 17]
    assert night
    assert not any(name == "glare" for t in night for name, _ in t.conditions)


def test_where_what_is_rare_is_learnt_many_cycle_by_the_pavement() -> None:
    cycling = next(
        one
        for one in (take(Split.RARE, n, 1, 64) for n in range(MANY))
        if one.layout == "street" and one.rich is not None and one.rich.cycling
    )
    seen = Counter(box.kind for shot in film(cycling, 6, 0.25) for box in shot.boxes)
    assert seen[ActorKind.BICYCLE] > 12
    assert seen[ActorKind.PERSON] > seen[ActorKind.BICYCLE], "or all on a pavement seem cyclists"


def test_another_seed_is_another_set() -> None:
    assert take(Split.LAB, 0, 1, 60) == take(Split.LAB, 0, 1, 60)
    assert take(Split.LAB, 0, 1, 60) != take(Split.LAB, 0, 2, 60)


@pytest.mark.parametrize(
    ("visible", "share", "found", "shown"),
    [
        ((0, 0, 10, 20), 1.0, True, True),
        ((0, 0, 5, 15.9), 1.0, False, True),
        ((0, 0, 5, 9.9), 1.0, False, False),
        ((0, 0, 10, 40), 0.19, False, False),
        ((0, 0, 90, 120), 0.1, True, True),
        (None, 0.0, False, False),
    ],
)
def test_what_a_detector_is_asked_to_find(
    visible: tuple[float, float, float, float] | None, share: float, found: bool, shown: bool
) -> None:
    box = TrueBox(1, ActorKind.PERSON, (0, 0, 200, 200), visible, share)
    assert (asked(box), taught(box)) == (found, shown)


def test_the_same_take_gives_the_same_bytes_and_boxes_in_the_picture() -> None:
    chosen = take(Split.FIELD, 0, 1, 60)
    first, again = (list(film(chosen, 2, 0.25)) for _ in range(2))
    digests = [[hashlib.sha256(s.picture.tobytes()).hexdigest() for s in f] for f in (first, again)]
    assert digests[0] == digests[1]
    assert [s.boxes for s in first] == [s.boxes for s in again]
    assert not np.array_equal(first[0].picture, first[1].picture)
    height, width = first[0].picture.shape[:2]
    for box in (b.visible for s in first for b in s.boxes if b.visible is not None):
        assert 0 <= box[0] < box[2] <= width
        assert 0 <= box[1] < box[3] <= height


def test_frames_asked_for_are_frames_given() -> None:
    told = [shot.shown for shot in shots(Split.LAB, 3, rate=5.0)]
    assert [one.number for one in told] == [0, 1, 2]
    assert len({one.sequence for one in told}) == 1
    assert told[2].time - told[0].time == pytest.approx(0.4)


def test_with_fog_put_on_the_same_moment_differs_by_the_fog_only() -> None:
    chosen = take(Split.LAB, 0, 1, 60)
    (clear,) = film(chosen, 1, 0.25)
    (foggy,) = film(put_under(chosen, (("fog", 3),)), 1, 0.25)
    assert foggy.shown == replace(clear.shown, conditions=(*clear.shown.conditions, ("fog", 3)))
    assert foggy.shown.name == clear.shown.name
    assert foggy.boxes == clear.boxes
    assert not np.array_equal(foggy.picture, clear.picture)


def test_of_a_condition_a_take_has_the_graver_grade_counts() -> None:
    field = replace(take(Split.FIELD, 0, 1, 60), conditions=(("fog", 4), ("noise", 1)))
    more = put_under(field, (("fog", 2), ("noise", 3), ("rain", 1)))
    assert more.conditions == (("fog", 4), ("noise", 3), ("rain", 1))
    assert put_under(field, ()) == field


def test_conditions_are_named_with_their_grades() -> None:
    assert graded(("rain:1", "fog:3")) == (("fog", 3), ("rain", 1))
    assert "turned" not in PUT_ON


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mist:3",), "unknown condition 'mist'; allowed are defocus, dirty_lens, fog, .*, snow"),
        (("turned:3",), "unknown condition 'turned'"),
        (("fog",), "'fog': expected a grade from 1 to 5, such as fog:3"),
        (("fog:6",), "'fog:6': expected a grade from 1 to 5"),
        (("fog:3", "fog:4"), "the condition fog is named twice"),
    ],
)
def test_what_cannot_be_put_on_is_said(words: tuple[str, ...], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        graded(words)
