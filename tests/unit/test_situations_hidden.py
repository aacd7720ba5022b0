"""Who is hidden in part: a box that ends at what hides it tells no place and no fall."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analytics.vision.situations.model import Track
from tests.support.situations import PLANE, car, person, raised, share, square, told, view

# The pavement is on this side of the line, the building plot beyond it.
PLOT = view(
    areas=[{"name": "plot", "use": "forbidden", "outline": square(-8, 21, 8, 30)}],
    wires=[{"name": "edge", "line": [share((-8, 20.5)), share((8, 20.5))]}],
)
ROAD = view(
    ways=[{"name": "east", "line": [share((x, 24.0)) for x in range(-12, 13, 2)]}],
    areas=[{"name": "kerb", "use": "no_parking", "outline": square(-8, 24, 8, 28)}],
)


def cut(track: Track, below: float = 0.0, above: float = 0.0) -> Track:
    """As it is seen behind something that hides these shares of it."""
    x1, y1, x2, y2 = track.box
    high = y2 - y1
    return replace(track, box=(x1, y1 + above * high, x2, y2 - below * high))


@pytest.mark.parametrize("situation", ["line_crossing", "intrusion", "collapse", "jaywalking"])
@pytest.mark.parametrize("rate", [1.0, 5.0])
def test_whose_legs_a_car_hides_stays_where_its_head_is(situation: str, rate: float) -> None:
    site = PLOT if situation != "jaywalking" else ROAD

    def shown(t: float) -> list[Track]:
        one = person(1, min(3.0, -6 + t), 19.0)
        return [cut(one, below=0.55) if 6 < t < 16 else one]

    assert not told(situation, site, shown, 25, rate=rate)


def test_who_is_first_seen_above_a_hedge_is_nowhere_yet() -> None:
    def shown(t: float) -> list[Track]:
        one = person(1, -6 + t, 19.0)
        return [cut(one, below=0.55) if t < 6 else one]

    for situation in ("line_crossing", "intrusion", "collapse"):
        assert not told(situation, PLOT, shown, 10)


def test_who_comes_out_from_behind_a_hedge_and_walks_in_is_told() -> None:
    def shown(t: float) -> list[Track]:
        one = person(1, 0, 18 + max(0.0, t - 4))
        return [cut(one, below=0.55) if t < 3 else one]

    assert raised(told("line_crossing", PLOT, shown, 15))
    assert raised(told("intrusion", PLOT, shown, 15))


def test_who_walks_in_behind_a_car_is_told_though_its_legs_are_hidden() -> None:
    def shown(t: float) -> list[Track]:
        one = person(1, 0, 16 + t)
        return [cut(one, below=0.4) if t > 2 else one]

    assert raised(told("line_crossing", PLOT, shown, 12))


def test_whose_head_a_sign_hides_has_not_collapsed() -> None:
    def shown(t: float) -> list[Track]:
        one = person(1, min(0.0, -6 + t), 17)
        return [cut(one, above=0.5) if t > 6 else one]

    assert not told("collapse", PLOT, shown, 20)


def test_a_car_whose_wheels_were_never_seen_parks_nowhere() -> None:
    hidden = cut(car(1, 0, 22.0), below=0.5)
    assert PLANE.metres(((hidden.box[0] + hidden.box[2]) / 2, hidden.box[3]))
    assert not told("illegal_parking", ROAD, lambda _: [hidden], 60)
    assert raised(told("illegal_parking", ROAD, lambda _: [car(1, 0, 26.0)], 60))
