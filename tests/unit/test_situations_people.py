"""What people do: told when it is so, once, and not when it only looks so."""

from __future__ import annotations

import random
from typing import Any

import pytest

from analytics.vision.situations.model import Phase, Track
from tests.support.situations import POLE, Place, box, person, raised, share, square, told, view

YARD = view(areas=[{"name": "yard", "use": "forbidden", "outline": square(-3, 14, 3, 20)}])
PLAZA = view(areas=[{"name": "plaza", "use": "gathering", "outline": square(-6, 10, 6, 24)}])


def test_who_walks_into_the_yard_is_told_once_and_when_gone_over() -> None:
    signals = told("intrusion", YARD, lambda t: [person(1, min(8, -8 + t), 17)], 30)
    assert [s.phase for s in signals] == [Phase.RAISED, Phase.CLEARED]
    (at,) = raised(signals)
    assert 5 < at < 8
    assert signals[0].place == "yard"
    assert signals[0].tracks == (1,)
    assert signals[0].words == "a person is in yard, where nobody may be"


def test_who_passes_the_yard_is_not_told() -> None:
    assert not told("intrusion", YARD, lambda t: [person(1, -8 + t, 12.5)], 20)


def wanders(t: float) -> Place:
    """A few steps, a while, a few steps."""
    spots = [(0.0, 16.0), (1.5, 16.0), (0.0, 17.5), (-1.5, 16.0)]
    if t < 6:
        return -8 + 8 * t / 6, 16.0
    leg, part = divmod((t - 6) / 12, 1)
    a, b = spots[int(leg) % 4], spots[(int(leg) + 1) % 4]
    go = min(1.0, part * 8)
    return a[0] + (b[0] - a[0]) * go, a[1] + (b[1] - a[1]) * go


def test_who_hangs_about_for_a_minute_loiters_whatever_id_it_has() -> None:
    def shown(t: float) -> list[Track]:
        if 20 < t < 28:  # behind a pillar
            return []
        return [person(1 + int(t / 15), *wanders(t))]

    (at,) = raised(told("loitering", PLAZA, shown, 90))
    assert 66 <= at < 72


def test_who_waits_in_one_place_does_not_loiter_until_long_after() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, min(0.0, -8 + 1.3 * t), 16.0)]

    signals = told("loitering", PLAZA, shown, 320)
    (at,) = raised(signals)
    assert at > 300


def test_among_many_who_stay_nobody_loiters() -> None:
    def shown(t: float, others: int) -> list[Track]:
        waiting = [person(2 + n, -5 + 1.2 * n, 22.0 + 0.4 * (n % 2)) for n in range(others)]
        return [person(1, *wanders(t)), *waiting]

    assert not told("loitering", PLAZA, lambda t: shown(t, 8), 120)
    assert raised(told("loitering", PLAZA, lambda t: shown(t, 3), 120))


def test_another_who_is_taken_for_the_lost_one_has_not_moved_there() -> None:
    def shown(t: float) -> list[Track]:
        """Each waits for half a minute, beside where the one before left unseen."""
        return [person(1 + int(t / 30), 1.2 * (int(t / 30) % 2), 16.0)] if t % 30 > 1 else []

    assert not told("loitering", PLAZA, shown, 200)


def test_people_who_pass_one_after_another_do_not_loiter() -> None:
    def shown(t: float) -> list[Track]:
        number, part = divmod(t, 8.0)
        return [person(int(number), -8 + 2 * part, 16.0)]

    assert not told("loitering", PLAZA, shown, 200)


def bag(ident: int, x: float, y: float) -> Track:
    return Track(ident, "suitcase", 0.6, box((x, y), 0.5, 0.4))


def test_a_bag_is_abandoned_when_its_owner_goes_though_others_pass() -> None:
    def shown(t: float) -> list[Track]:
        owner = person(1, 0.5 + max(0.0, t - 10) * 1.3, 12)
        passer = person(2, -8 + 0.5 * t, 12.8)
        return [owner, passer, *([bag(9, 0, 12)] if t > 8 else [])]

    (at,) = raised(told("abandonment", view(), shown, 30))
    assert 12 + 5 <= at < 12 + 9


def test_what_lies_in_one_spot_is_told_once_though_it_comes_and_goes() -> None:
    def shown(t: float) -> list[Track]:
        seen = t % 40 < 20  # a post the detector takes for a bag now and then
        return [Track(int(t // 40), "bag", 0.5, box((0, 15), 0.5, 0.5))] if seen else []

    assert len(raised(told("abandonment", view(), shown, 200))) == 1


def test_a_bag_beside_its_owner_is_not_abandoned() -> None:
    assert not told("abandonment", view(), lambda _: [person(1, 0.6, 12), bag(9, 0, 12)], 60)


def test_no_head_at_the_lower_edge_and_nobody_on_a_bench_is_a_bag() -> None:
    head = Track(1, "bag", 0.6, (300.0, 369.0, 315.0, 383.5))
    sitter = Track(2, "bag", 0.6, box((0, 15), 0.9, 1.3))
    assert not told("abandonment", view(), lambda _: [head, sitter], 30)
    assert raised(told("abandonment", view(), lambda _: [bag(3, 0, 15)], 30))


def test_who_falls_and_stays_down_has_collapsed() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, -6 + t, 15) if t < 6 else person(1, 0, 15, 0.4, 1.7)]

    (at,) = raised(told("collapse", view(), shown, 20))
    assert 8 < at < 11


def test_a_bench_that_is_taken_for_somebody_who_lies_now_and_then_is_not_told() -> None:
    def shown(t: float) -> list[Track]:
        looks_so = 2 < t < 3 or 30 < t < 60 or 90 < t < 120
        return [person(1 + int(t / 30), 0, 15, 0.4, 1.7)] if looks_so else []

    assert not told("collapse", view(), shown, 130)


def test_what_seems_to_lie_there_when_a_watch_begins_is_not_told_but_later_it_is() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, 0, 15, 0.4, 1.7)] if t > 3 else []

    assert not told("collapse", view(), shown, 60)
    later = raised(told("collapse", view(), lambda t: shown(t - 30), 60))
    assert [33 < at < 38 for at in later] == [True]


def test_who_lies_is_told_once_though_lost_for_long_and_found_under_another_number() -> None:
    def shown(t: float) -> list[Track]:
        if t < 6:
            return [person(1, -6 + t, 15)]
        turn, part = divmod(t - 6, 16.0)
        return [person(1 + int(turn), 0, 15, 0.4, 1.7)] if part < 5 else []

    signals = told("collapse", view(), shown, 60)
    assert [one.phase for one in signals if one.phase is not Phase.UPDATED] == [Phase.RAISED]


@pytest.mark.parametrize("rate", [1.0, 5.0])
def test_who_falls_towards_the_camera_is_told_at_any_rate(rate: float) -> None:
    def shown(t: float) -> list[Track]:
        if t < 6:
            return [person(1, -6 + t, 12)]
        x1, y1, x2, y2 = box((0, 12), 1.9, 1.7)
        return [Track(1, "person", 0.8, (x1, y1 + 0.3 * (y2 - y1), x2, y2 + 0.2 * (y2 - y1)))]

    (at,) = raised(told("collapse", view(), shown, 20, rate=rate))
    assert 8 < at <= 12


@pytest.mark.parametrize("ground", [None, {"pole": POLE.model_dump()}])
def test_who_sits_down_or_bends_has_not_collapsed(ground: Any) -> None:
    def shown(t: float) -> list[Track]:
        height = 1.7 if t < 6 else 1.25
        return [person(1, min(0.0, -6 + t), 15, 1.1 if 10 < t < 12 else height)]

    assert not told("collapse", view(ground=ground), shown, 30)


def test_a_fall_is_seen_without_a_ground_by_ones_own_height() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, -6 + t, 15) if t < 6 else person(1, 0, 15, 0.4, 1.7)]

    assert len(raised(told("collapse", view(ground=None), shown, 20))) == 1


def test_a_crowd_is_told_once_though_people_hide_one_another() -> None:
    dice = random.Random(1)
    spots = [(dice.uniform(-3, 3), dice.uniform(13, 19)) for _ in range(12)]

    def shown(t: float) -> list[Track]:
        number = 4 if t < 5 or t > 40 else 12
        return [person(i, *spots[i]) for i in range(number) if dice.random() > 0.1]

    signals = told("crowd", PLAZA, shown, 60)
    assert [s.phase for s in signals if s.phase is not Phase.UPDATED] == ["raised", "cleared"]
    assert 8.5 < raised(signals)[0] < 11


WIRE = view(wires=[{"name": "edge", "line": [share((-4, 16)), share((4, 16))]}])


def test_a_line_is_crossed_once_each_way_and_coming_back_ends_it() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, 0, 13 + 0.8 * t if t < 8 else 19.4 - 0.8 * (t - 8))]

    signals = told("line_crossing", WIRE, shown, 16)
    assert [s.phase for s in signals] == [Phase.RAISED, Phase.CLEARED]
    assert 5.0 < raised(signals)[0] < 6.6
    assert signals[0].words == "a person has crossed edge, right to left"


def test_who_stands_on_the_line_crosses_nothing() -> None:
    dice = random.Random(2)

    def shown(_: float) -> list[Track]:
        return [person(1, dice.gauss(0, 0.1), 16 + dice.gauss(0, 0.15))]

    assert not told("line_crossing", WIRE, shown, 60)


def test_who_walks_past_the_end_of_the_line_crosses_nothing() -> None:
    assert not told("line_crossing", WIRE, lambda t: [person(1, 5.5, 12 + t)], 8)


def test_only_the_forbidden_direction_raises_an_alert() -> None:
    only = view(
        wires=[
            {"name": "edge", "line": [share((-4, 16)), share((4, 16))], "alarm": "left_to_right"}
        ]
    )
    assert not told("line_crossing", only, lambda t: [person(1, 0, 13 + 0.8 * t)], 8)
    assert raised(told("line_crossing", only, lambda t: [person(1, 0, 19 - 0.8 * t)], 7))
