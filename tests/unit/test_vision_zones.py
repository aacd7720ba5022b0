"""Who counts as in a zone, and when that is an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from analytics.vision.catalogue import load_zone_rules
from analytics.vision.model import Detection, ZoneMemory, ZoneRule
from analytics.vision.zones import in_pixels, in_zone, step
from smartopia.geometry import inside

T0 = datetime(2026, 6, 1, tzinfo=UTC)
(SHIPPED,) = load_zone_rules()
LEFT_HALF = ((0, 0), (0.5, 0), (0.5, 1), (0, 1))


def rule(**changes: Any) -> ZoneRule:
    return ZoneRule.model_validate({**SHIPPED.model_dump(), "zone": LEFT_HALF, **changes})


def person(x: float, y: float, score: float = 0.9, label: str = "person") -> Detection:
    """Somebody whose feet are here."""
    return Detection(label, score, (x - 5, y - 40, x + 5, y))


COORDINATE = st.integers(-200, 200)
POINT = st.tuples(COORDINATE, COORDINATE)


@given(point=POINT, corners=st.lists(POINT, min_size=3, max_size=3, unique=True))
def test_inside_a_triangle_is_what_opencv_says(
    point: tuple[int, int], corners: list[tuple[int, int]]
) -> None:
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    oracle = cv2.pointPolygonTest(contour, point, measureDist=False)
    assume(oracle != 0)
    assert inside(point, corners) == (oracle > 0)


@given(point=st.tuples(st.floats(-150, 150), st.floats(-150, 150)), data=st.data())
def test_inside_a_star_shaped_zone_is_what_opencv_says(
    point: tuple[float, float], data: st.DataObject
) -> None:
    count = data.draw(st.integers(3, 12))
    radii = data.draw(st.lists(st.integers(20, 120), min_size=count, max_size=count))
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    corners = [
        (float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, turns, strict=True)
    ]
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    distance = cv2.pointPolygonTest(contour, point, measureDist=True)
    assume(abs(distance) > 1e-3)
    assert inside(point, corners) == (distance > 0)


def test_a_zone_with_a_bay_leaves_the_bay_out() -> None:
    horseshoe = [(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)]
    assert inside((5, 20), horseshoe)
    assert inside((25, 20), horseshoe)
    assert not inside((15, 20), horseshoe)
    assert inside((15, 20), [(x * 1.0, y * 1.0) for x, y in [(0, 0), (30, 0), (30, 30), (0, 30)]])


def test_a_zones_edge_is_where_opencv_has_it() -> None:
    corners = [(2, 3), (35, 1), (38, 30), (20, 12), (11, 37)]
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    for point in ((x / 2 + 0.17, y / 2 + 0.21) for x in range(80) for y in range(80)):
        assert inside(point, corners) == (cv2.pointPolygonTest(contour, point, False) > 0), point


def test_a_zone_is_in_shares_of_any_picture() -> None:
    assert in_pixels(LEFT_HALF, 640, 480) == [(0, 0), (320, 0), (320, 480), (0, 480)]


@pytest.mark.parametrize(
    ("seen", "counts"),
    [
        (person(100, 300), True),
        (person(500, 300), False),
        (person(100, 300, score=0.4), True),
        (person(100, 300, score=0.39), False),
        (person(100, 300, label="dog"), False),
        (Detection("person", 0.9, (250, 100, 450, 300)), False),
        (Detection("person", 0.9, (250, 100, 380, 300)), True),
    ],
    ids=["in", "out", "just sure", "unsure", "no person", "feet outside", "feet inside"],
)
def test_who_counts_is_wanted_sure_and_stands_in_the_zone(seen: Detection, counts: bool) -> None:
    assert in_zone(rule(), [seen], 640, 480) == ([seen] if counts else [])


def run(of: ZoneRule, frames: Sequence[int], every: float = 1.0) -> list[tuple[int, str]]:
    memory = ZoneMemory()
    happened: list[tuple[int, str]] = []
    for number, found in enumerate(frames):
        now = T0 + timedelta(seconds=number * every)
        memory, outcome = step(of, memory, bool(found), now)
        if outcome is not None:
            happened.append((number, outcome))
    return happened


def test_one_frame_is_no_alert_where_two_are_wanted() -> None:
    assert run(rule(frames=2), [0, 1, 0, 1, 0, 1, 0]) == []
    assert run(rule(frames=2), [0, 1, 1, 1, 1]) == [(2, "raised")]
    assert run(rule(frames=1), [0, 1]) == [(1, "raised")]
    assert run(rule(frames=4), [1, 1, 1, 0, 1, 1, 1, 1]) == [(7, "raised")]


def test_an_alert_clears_when_nobody_was_seen_for_long_enough() -> None:
    of = rule(frames=1, clear_for=timedelta(seconds=3))
    assert run(of, [1, 0, 0, 0, 0]) == [(0, "raised"), (3, "cleared")]
    assert run(of, [1, 0, 0, 1, 0, 0, 1, 0, 0]) == [(0, "raised")]
    assert run(of, [1, 0, 0, 0, 1]) == [(0, "raised"), (3, "cleared"), (4, "raised")]


def test_after_clearing_somebody_must_be_seen_anew() -> None:
    of = rule(frames=2, clear_for=timedelta(seconds=2))
    assert run(of, [1, 1, 0, 0, 1, 0, 1, 1]) == [(1, "raised"), (3, "cleared"), (7, "raised")]


def test_an_alert_began_with_the_first_frame_of_its_streak() -> None:
    of, memory = rule(frames=3), ZoneMemory()
    for second, found in enumerate([True, False, True, True, True, True]):
        memory, _ = step(of, memory, found, T0 + timedelta(seconds=second))
        if memory.active:
            assert memory.onset == T0 + timedelta(seconds=2)
    assert memory.active


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 4), st.integers(0, 8))
def test_alerts_are_raised_and_cleared_in_turn(
    frames: list[bool], streak: int, clear_for: int
) -> None:
    of = rule(frames=streak, clear_for=timedelta(seconds=clear_for))
    happened = run(of, frames)
    assert [what for _, what in happened] == (["raised", "cleared"] * 60)[: len(happened)]
    for number, what in happened:
        if what == "raised":
            assert all(frames[number - streak + 1 : number + 1])
        else:
            assert not any(frames[max(0, number - max(clear_for, 1) + 1) : number + 1])
