"""What goes on in a street: told when it is so, once, and not when it only looks so."""

from __future__ import annotations

from analytics.vision.situations.model import Phase, Track
from analytics.vision.situations.site import site_of
from tests.support.situations import (
    RULES,
    SIZE,
    box,
    car,
    person,
    raised,
    share,
    square,
    told,
    view,
)

SOON = RULES["illegal_parking"].model_copy(update={"settings": {"hold_s": 5.0}})
JAM_SOON = RULES["congestion"].model_copy(update={"settings": {"hold_s": 5.0, "frames": 6}})
LANES = view(ways=[{"name": "east", "line": [share((x, 20.0)) for x in range(-12, 13, 2)]}])
STREET = view(
    ways=[
        {"name": "east", "line": [share((x, 20.0)) for x in range(-12, 13, 2)]},
        {"name": "west", "line": [share((x, 23.2)) for x in range(12, -13, -2)]},
    ],
    areas=[
        {"name": "zebra", "use": "crossing", "outline": square(6, 18, 9, 25)},
        {"name": "kerb", "use": "no_parking", "outline": square(-8, 15.5, 0, 18.2)},
    ],
)


def test_who_drives_against_the_lane_is_told_and_who_follows_it_not() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, 10 - 5 * t, 20), car(2, 10 - 5 * t, 23.2)]

    signals = told("wrong_way", STREET, shown, 4)
    assert [s.place for s in signals if s.phase is Phase.RAISED] == ["east"]
    assert not told("wrong_way", STREET, lambda t: [car(1, -10 + 5 * t, 20)], 4)


def test_a_car_that_stands_at_the_kerb_is_told_and_one_that_passes_or_stands_beside_not() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, min(-4.0, -12 + 3 * t), 16.8)]

    (at,) = raised(told("illegal_parking", STREET, shown, 45))
    assert 31 < at < 36
    assert not told("illegal_parking", STREET, lambda _: [car(1, -4, 21.5)], 45)
    assert not told(SOON, STREET, lambda t: [car(1, -12 + 2 * t, 16.8)], 10)


def test_a_parked_car_that_a_bus_hides_is_told_in_time_whoever_s_id_it_comes_back_with() -> None:
    def passed(t: float) -> list[Track]:
        bus = box((-12 + 6 * (t - 8), 14.5), 11, 3)
        if not 10 < t < 12:
            return [car(1 if t < 11 else 3, -4, 16.8), Track(2, "bus", 0.8, bus)]
        return [Track(2, "bus", 0.8, bus)]

    def robbed(t: float) -> list[Track]:
        bus = box((-12 + 6 * (t - 8), 14.5), 11, 3)
        return [Track(1, "bus", 0.8, bus) if 10 < t < 12 else car(1, -4, 16.8)]

    for shown in (passed, robbed):
        signals = told("illegal_parking", STREET, shown, 60)
        (at,) = raised(signals)
        assert 31 < at < 34, shown
        assert [one.phase for one in signals if one.phase is Phase.CLEARED] == []


def test_a_parked_car_that_is_found_twice_after_it_was_hidden_is_told_once() -> None:
    def shown(t: float) -> list[Track]:
        if 15 <= t < 16:
            return []
        again = [car(2, -4.1, 16.9)] if t >= 16.5 else []
        return [car(1, -4, 16.8), *again]

    assert len(raised(told("illegal_parking", STREET, shown, 60))) == 1


def test_a_parked_car_whose_wheels_a_queue_hides_has_not_moved() -> None:
    def shown(t: float) -> list[Track]:
        x1, y1, x2, y2 = car(1, -4, 16.8).box
        hidden = 0.3 * (y2 - y1) if 15 < t < 25 else 0.0
        return [Track(1, "car", 0.8, (x1, y1, x2, y2 - hidden))]

    (at,) = raised(told("illegal_parking", STREET, shown, 45))
    assert 31 < at < 34


def test_who_drives_up_to_where_another_has_just_stood_begins_anew() -> None:
    def shown(t: float) -> list[Track]:
        first = car(1, -4 + max(0.0, 3 * (t - 20)), 16.8)
        second = car(2, min(-4.0, -14 + 3 * (t - 20)), 16.8)
        return [first, *([second] if t > 20 else [])]

    (at,) = raised(told("illegal_parking", STREET, shown, 70))
    assert 54 < at < 60


def test_cars_in_a_row_before_a_signal_do_not_park_there() -> None:
    lane = [share((x, 20.0)) for x in range(-12, 13, 2)]
    signal = view(
        ways=[{"name": "east", "line": lane, "stop": share((4.0, 20.0))}],
        areas=[{"name": "clear", "use": "no_parking", "outline": square(-11, 18, 5, 22)}],
    )
    row = [car(1, 1, 20), car(2, -5, 20)]
    assert not told("illegal_parking", signal, lambda _: row, 45)
    assert raised(told("illegal_parking", signal, lambda _: row[1:], 45))


def test_a_car_in_a_jam_does_not_park_but_the_first_of_it_does() -> None:
    lane = [share((x, 20.0)) for x in range(-12, 13, 2)]
    street = view(
        ways=[{"name": "east", "line": lane}],
        areas=[{"name": "clear", "use": "no_parking", "outline": square(-11, 18, 5, 22)}],
    )
    first, second, third = (car(i, 1 - 6.0 * i, 20) for i in range(3))
    signals = told("illegal_parking", street, lambda _: [first, second, third], 45)
    assert [s.tracks for s in signals if s.phase is Phase.RAISED] == [(0,)]


def test_crawling_cars_are_a_jam_with_a_level_of_service_and_flowing_ones_not() -> None:
    def crawl(t: float) -> list[Track]:
        return [car(i, -11 + 6 * i + 0.3 * t, 20) for i in range(3)]

    signals = told(JAM_SOON, LANES, crawl, 15)
    assert len(raised(signals)) == 1
    assert signals[0].words.endswith("level of service F")
    assert signals[0].measures["vehicles"] == 3

    def flow(t: float) -> list[Track]:
        return [car(i + 3 * int(t / 2), -12 + 5 * i + 8 * (t % 2), 20) for i in range(3)]

    assert not told(JAM_SOON, LANES, flow, 20)


def test_a_row_before_a_crossing_waits_and_is_no_jam() -> None:
    row = [car(i, 3 - 6 * i, 20) for i in range(3)]
    assert not told(JAM_SOON, STREET, lambda _: row, 30)
    assert raised(told(JAM_SOON, LANES, lambda _: row, 30))


def test_who_rolls_up_to_a_signal_is_in_no_jam() -> None:
    lane = [share((x, 20.0)) for x in range(-12, 13, 2)]
    signal = view(ways=[{"name": "east", "line": lane, "stop": share((11.0, 20.0))}])

    def rolls(t: float) -> list[Track]:
        return [car(i, -11 + 7 * i + 0.6 * t, 20) for i in range(3)]

    assert not told(JAM_SOON, signal, rolls, 9)
    assert raised(told(JAM_SOON, LANES, rolls, 9))


def test_a_jam_is_told_once_it_has_lasted_and_goes_on_though_one_of_it_leaves() -> None:
    def crawl(t: float) -> list[Track]:
        left = int(8 < t < 20)
        return [car(i, -11 + 6 * i + 0.1 * t, 20) for i in range(3 - left)]

    signals = told("congestion", LANES, crawl, 45)
    assert [29.5 < at < 34 for at in raised(signals)] == [True]
    assert not told("congestion", LANES, crawl, 28)


def test_two_who_crawl_are_no_jam() -> None:
    assert not told("congestion", LANES, lambda _: [car(i, -5 + 6 * i, 20) for i in range(2)], 45)


def test_a_bend_is_driven_slowly_without_a_jam() -> None:
    corner = [(-12.0, 20.0), (-2.0, 20.0), (0.0, 20.6), (1.4, 22.0), (2.0, 24.0), (2.0, 40.0)]
    bend = view(ways=[{"name": "left", "line": [share(spot) for spot in corner]}])
    (one,) = site_of(bend, SIZE).ways
    assert min(one.free) < 4 < one.free[0] < one.way.speed_kmh / 3.6
    (straight,) = site_of(LANES, SIZE).ways
    assert set(straight.free) == {straight.way.speed_kmh / 3.6}


def test_who_crawls_through_a_no_parking_area_does_not_park_there() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, -8 + 0.6 * t, 16.8)]

    assert not told(SOON, STREET, shown, 14)


def test_who_stands_behind_one_that_left_the_picture_slowly_is_held_up() -> None:
    street = view(
        ways=[{"name": "east", "line": [share((x, 20.0)) for x in range(-12, 13, 2)]}],
        areas=[{"name": "clear", "use": "no_parking", "outline": square(-11, 18, 12, 22)}],
    )

    def shown(t: float) -> list[Track]:
        ahead = 5 + 2 * t
        return [car(1, min(2.0, -4 + 2 * t), 20), *([car(2, ahead, 20)] if ahead < 10 else [])]

    assert not told(SOON, street, shown, 11)


def test_a_camera_that_gives_too_few_frames_does_not_cry_wolf() -> None:
    def crawl(t: float) -> list[Track]:
        return [car(i, -11 + 6 * i + 0.3 * t, 20) for i in range(3)]

    assert raised(told(JAM_SOON, LANES, crawl, 20, rate=2.5))
    assert not told(JAM_SOON, LANES, crawl, 20, rate=1.0)


def test_a_camera_that_is_asked_for_a_frame_a_second_and_often_late_is_judged() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, 12 - 3 * t, 20)]

    assert raised(told("wrong_way", STREET, shown, 8, rate=0.95))


def test_parking_far_off_counts_from_when_a_car_has_come_to_a_stand() -> None:
    kerb = view(areas=[{"name": "kerb", "use": "no_parking", "outline": square(-12, 47, 12, 53)}])

    def stands_from_8_s(t: float) -> list[Track]:
        return [car(1, -4 - max(0.0, 2.0 * (8 - t)), 50)]

    (at,) = raised(told(SOON, kerb, stands_from_8_s, 25))
    assert 13 <= at < 15


def test_who_crosses_the_road_off_the_crossing_is_told_and_who_uses_it_not() -> None:
    assert raised(told("jaywalking", STREET, lambda t: [person(1, -3, 17 + 1.3 * t)], 8))
    assert not told("jaywalking", STREET, lambda t: [person(1, 7.5, 17 + 1.3 * t)], 8)
    assert not told("jaywalking", STREET, lambda t: [person(1, -8 + t, 17.2)], 16)


def test_a_rider_is_no_pedestrian() -> None:
    def shown(t: float) -> list[Track]:
        x = -8 + 3 * t
        rider, machine = box((x, 20), 0.5, 1.7), box((x, 20), 1.8, 1.1)
        lifted = (rider[0], rider[1], rider[2], rider[3] - 8)
        return [Track(1, "person", 0.8, lifted), Track(2, "bicycle", 0.7, machine)]

    assert not told("jaywalking", STREET, shown, 5)


def test_who_walks_before_bicycles_that_stand_there_rides_none() -> None:
    def shown(t: float) -> list[Track]:
        rack = [Track(10 + n, "bicycle", 0.7, box((-3, 17 + n), 1.8, 1.1)) for n in range(9)]
        return [*rack, *([person(1, -3, 17 + 1.3 * (t - 6))] if t > 6 else [])]

    assert raised(told("jaywalking", STREET, shown, 12))
