"""What is kept of the cameras: the newest and the last seconds, masked, within bounds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from control_center.cameras import Cameras, watched_view
from smartopia.contract.topics import DeviceKey
from tests.support.wall import of, sighted

GATE, YARD = DeviceKey("gimpo", "cam-gate"), DeviceKey("gimpo", "cam-yard")
BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def times(cameras: Cameras, camera: DeviceKey = GATE) -> list[float]:
    return [(one.seen.time - BEGIN).total_seconds() for one in cameras.recent(camera)]


def test_the_newest_and_twelve_seconds_are_kept_without_what_is_sealed() -> None:
    cameras = Cameras()
    for second in range(20):
        cameras.take(sighted(GATE, at(second)), at(second + 0.1))
    newest = cameras.newest(GATE)
    assert newest is not None
    assert newest.seen.time == at(19)
    assert times(cameras) == list(range(7, 20))
    assert {one.sealed for one in cameras.recent(GATE)} == {b""}
    assert cameras.newest(YARD) is None
    assert cameras.recent(YARD) == ()


def test_frames_out_of_order_are_put_in_order_and_an_old_one_is_not_the_newest() -> None:
    cameras = Cameras()
    for second in (1, 3, 2):
        cameras.take(sighted(GATE, at(second)), at(3.5))
    assert times(cameras) == [1, 2, 3]
    watched = cameras.watched(GATE, at(4))
    assert watched is not None
    assert watched.looked.time == at(3)


def test_a_replay_that_begins_again_is_followed() -> None:
    cameras = Cameras()
    cameras.take(sighted(GATE, at(600)), at(0))
    cameras.take(sighted(GATE, at(0)), at(1))
    assert times(cameras) == [0]


def test_a_frame_without_a_picture_is_counted_and_shows_the_one_before() -> None:
    cameras = Cameras()
    cameras.take(sighted(GATE, at(1), objects=[of("car")]), at(1))
    cameras.take(sighted(GATE, at(2), masked=b"", still=True), at(2))
    watched = cameras.watched(GATE, at(2.5))
    assert watched is not None
    view = watched_view(watched, at(2.5))
    assert view["looked"]["still"] is True
    assert view["looked"]["age"] == 0.5
    assert view["picture"]["time"] == "2026-01-31T12:00:01.000000Z"
    assert view["picture"]["age"] == 1.5
    assert [item["label"] for item in view["picture"]["objects"]] == ["car"]
    assert (watched.rate, watched.still) == (0.2, 0.1)


def test_a_picture_of_a_time_is_found_while_it_is_kept() -> None:
    cameras = Cameras()
    cameras.take(sighted(GATE, at(1)), at(1))
    cameras.take(sighted(GATE, at(2)), at(2))
    found = cameras.at(GATE, at(1))
    assert found is not None
    assert found.seen.time == at(1)
    assert cameras.at(GATE, at(1.5)) is None


def test_all_pictures_together_stay_within_their_bytes_and_each_camera_keeps_its_newest() -> None:
    cameras = Cameras(most_bytes=1000)
    for second in range(8):
        for camera in (GATE, YARD):
            cameras.take(sighted(camera, at(second), masked=b"x" * 200), at(second))
    assert times(cameras, GATE) == times(cameras, YARD) == [6, 7]
    cameras.take(sighted(GATE, at(8), masked=b"x" * 5000), at(8))
    assert times(cameras, GATE) == [8]


def test_what_is_no_longer_recent_is_let_go() -> None:
    cameras = Cameras()
    for second in (1, 2):
        cameras.take(sighted(GATE, at(second)), at(second))
    cameras.forget(at(20))
    assert times(cameras) == [2]
    cameras.forget(at(4000))
    assert cameras.newest(GATE) is None


def test_news_names_each_camera_once() -> None:
    cameras = Cameras()
    for second in (1, 2):
        cameras.take(sighted(GATE, at(second)), at(second))
    assert cameras.news() == (GATE,)
    assert cameras.news() == ()


@pytest.mark.parametrize(("score", "shown"), [(0.4, 1), (0.39, 0)])
def test_uncertain_objects_are_neither_shown_nor_counted(score: float, shown: int) -> None:
    cameras = Cameras()
    cameras.take(sighted(GATE, at(1), objects=[of("person", score)]), at(1))
    watched = cameras.watched(GATE, at(1))
    assert watched is not None
    assert len(watched_view(watched, at(1))["picture"]["objects"]) == shown
    assert watched.minutes == ((BEGIN, {"person": 1} if shown else {}),)


def test_the_most_at_once_is_told_minute_by_minute_for_half_an_hour() -> None:
    cameras = Cameras()
    for minute in range(40):
        for n in (1, minute % 3, 1):
            told = sighted(GATE, at(60 * minute), objects=[of("person")] * n)
            cameras.take(told, at(60 * minute))
    watched = cameras.watched(GATE, at(60 * 39))
    assert watched is not None
    assert len(watched.minutes) == 30
    assert watched.minutes[-1] == (at(60 * 39), {"person": 1})
    assert watched.minutes[-2] == (at(60 * 38), {"person": 2})
