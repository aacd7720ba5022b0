"""One thing keeps one id: through gaps, misses, doubts and other rates, and never as another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from analytics.vision.model import Detection
from analytics.vision.situations.model import Track
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import Seen, TrackSettings

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
SETTINGS = TrackSettings()


def at(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def walker(seconds: float, *, x: float = 100, speed: float = 25, score: float = 0.8) -> Detection:
    """Somebody 60 pixels tall who walks to the right, pixels a second."""
    left = x + speed * seconds
    return Detection("person", score, (left, 100, left + 24, 160))


def car(x: float, label: str = "car", score: float = 0.8) -> Detection:
    return Detection(label, score, (x, 200, x + 120, 260))


def ids(tracks: Sequence[Track] | None) -> set[int]:
    assert tracks is not None, "the frame was refused"
    return {one.id for one in tracks}


@pytest.mark.parametrize("rate", [1, 2, 5])
def test_a_walker_keeps_one_id_at_every_frame_rate(rate: int) -> None:
    tracks, seen = CameraTracks(SETTINGS), set()
    for number in range(12 * rate):
        seen |= ids(tracks.step([walker(number / rate, speed=12)], at(number / rate)))
    assert seen == {1}


def test_what_flashes_up_once_becomes_no_track() -> None:
    tracks = CameraTracks(SETTINGS)
    assert tracks.step([walker(0)], T0) == ()
    assert tracks.step([], at(0.2)) == ()
    assert ids(tracks.step([walker(0.4)], at(0.4))) == set()


def test_who_stands_still_keeps_its_id_while_frames_are_gated() -> None:
    tracks, seen = CameraTracks(SETTINGS), set()
    for seconds in (0, 0.2, 0.4, 2.4, 4.4, 6.4):
        seen |= ids(tracks.step([walker(0)], at(seconds)))
    assert seen == {1}


def test_a_gated_frame_shows_everything_where_it_should_be_by_now() -> None:
    tracks = CameraTracks(SETTINGS)
    for number in range(10):
        tracks.step([walker(number / 5)], at(number / 5))
    (shown,) = tracks.at(at(2.2))
    assert shown.box == pytest.approx(walker(2.2).box, abs=2)


def test_nothing_is_expected_to_keep_its_speed_for_long() -> None:
    tracks = CameraTracks(SETTINGS)
    for number in range(10):
        tracks.step([walker(number / 5)], at(number / 5))
    assert tracks.at(at(60)) == tracks.at(at(2.8))


def test_who_is_missed_for_some_frames_comes_back_as_itself() -> None:
    tracks = CameraTracks(SETTINGS)
    for number in range(8):
        tracks.step([walker(number / 5)], at(number / 5))
    for number in range(8, 14):
        assert tracks.step([], at(number / 5)) == ()
    assert ids(tracks.step([walker(14 / 5)], at(14 / 5))) == {1}


def test_who_was_away_longer_than_a_track_lives_is_somebody_new() -> None:
    tracks = CameraTracks(SETTINGS)
    for seconds in (0, 0.2, 0.4, 6.0, 6.2):
        tracks.step([walker(0)], at(seconds))
    assert ids(tracks.at(at(6.2))) == {2}


def test_a_doubtful_sighting_goes_on_a_track_but_begins_none() -> None:
    tracks = CameraTracks(SETTINGS)
    doubt = [walker(number / 5, x=400, score=0.25) for number in range(6)]
    for number in range(6):
        score = 0.8 if number < 3 else 0.25
        shown = tracks.step([walker(number / 5, score=score), doubt[number]], at(number / 5))
        assert number == 0 or ids(shown) == {1}


def test_a_car_never_becomes_the_person_before_it() -> None:
    tracks = CameraTracks(SETTINGS)
    box = (100.0, 100.0, 200.0, 200.0)
    for number in range(4):
        tracks.step([Detection("car", 0.9, box)], at(number / 5))
    for number in range(4, 8):
        tracks.step([Detection("person", 0.9, box)], at(number / 5))
    assert [(one.id, one.label) for one in tracks.at(at(1.4))] == [(2, "person")]


def test_a_van_that_is_now_a_car_and_now_a_truck_is_one_thing() -> None:
    tracks, labels = CameraTracks(SETTINGS), []
    for number, label in enumerate(["car", "car", "truck", "car", "truck", "car"]):
        shown = tracks.step([car(50, label)], at(number / 5))
        assert number == 0 or ids(shown) == {1}
        labels += [one.label for one in shown or ()]
    assert set(labels) == {"car"}, "most often a car"


def test_frames_out_of_order_and_repeated_are_refused_and_counted() -> None:
    tracks = CameraTracks(SETTINGS)
    tracks.step([walker(0)], at(0))
    before = tracks.step([walker(0.2)], at(0.2))
    assert tracks.step([walker(0.2)], at(0.2)) is None
    assert tracks.step([walker(0.1)], at(0.1)) is None
    assert tracks.refused == 2
    assert tracks.at(at(0.2)) == before


def test_a_clock_that_was_set_back_begins_anew_with_new_ids() -> None:
    tracks = CameraTracks(SETTINGS)
    for seconds in (3600, 3600.2, 0, 0.2):
        shown = tracks.step([walker(0)], at(seconds))
    assert ids(shown) == {2}
    assert not tracks.refused


def test_ids_are_never_used_again_after_a_restart() -> None:
    tracks, seen = CameraTracks(SETTINGS), []
    for round_ in range(3):
        for number in range(3):
            tracks.step([walker(0), car(50)], at(10 * round_ + number / 5))
        seen += sorted(ids(tracks.at(at(10 * round_ + 0.4))))
        tracks.restart()
    assert seen == [1, 2, 3, 4, 5, 6]


def test_equal_frames_make_equal_tracks() -> None:
    def run() -> list[tuple[Track, ...] | None]:
        tracks = CameraTracks(SETTINGS)
        return [
            tracks.step([walker(n / 5, x=60 * k) for k in range(9)] + [car(30 * n)], at(n / 5))
            for n in range(20)
        ]

    assert run() == run()


def test_a_week_leaves_nothing_behind() -> None:
    tracks = CameraTracks(SETTINGS)
    for number in range(300):
        tracks.step([car(10), walker(0, x=40 * (number // 2 % 15))], at(7 * number))
    assert len(tracks._followed) <= 2


class ByOrder:
    """Another method: the first box is number 7, always."""

    def __init__(self, _settings: TrackSettings) -> None:
        self.times: list[float] = []

    def follow(self, seen: Sequence[Seen], seconds: float) -> list[int | None]:
        self.times.append(seconds)
        return [7 if not place else None for place in range(len(seen))]


def test_another_method_of_tracking_fits() -> None:
    tracks = CameraTracks(SETTINGS, ByOrder)
    assert ids(tracks.step([walker(0), walker(0, x=300)], T0)) == {1}
    assert ids(tracks.step([walker(0), car(50)], at(1))) == {1, 2}
