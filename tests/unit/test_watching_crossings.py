"""Who crosses a wire is counted by the minute, for an hour back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.kinds.line_crossing import Counts
from analytics.vision.watching.crossings import Tally
from analytics.vision.watching.desk import Desk
from analytics.vision.watching.model import Post
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings
from smartopia.metrics import Metrics
from smartopia.siteview import SiteView, Wire
from tests.support.sightings import Camera

T0 = datetime(2026, 6, 1, 12, 0, 30, tzinfo=UTC)
CAM = DeviceKey("gimpo", "cam-1")
GATE = ("gate", ("person",))
MINUTE = timedelta(minutes=1)
# Looked at from top to bottom: who walks towards the left edge goes from left to right.
WIRE = Wire(name="gate", line=((0.5, 0.2), (0.5, 0.98)))
VIEW = SiteView(camera=CAM.device, wires=(WIRE,))
RULES = tuple(rule for rule in load_situation_rules() if rule.id == "line-crossing")


def counts(there: int = 0, back: int = 0) -> dict[tuple[str, tuple[str, ...]], Counts]:
    return {GATE: Counts(there, back)}


def minutes(tally: Tally) -> Sequence[tuple[datetime, int, int]]:
    told = tally.told(CAM)
    assert told is not None
    assert Crossings.decode(told.model_dump_json().encode()) == told
    return told.wires[0].minutes


def news(tally: Tally) -> bool:
    return tally.changed


def test_crossings_are_told_by_the_minute_they_fell_in() -> None:
    tally = Tally()
    for seconds, there, back in ((0, 0, 0), (10, 1, 0), (20, 1, 1), (40, 2, 1), (170, 4, 1)):
        tally.take(counts(there, back), T0 + timedelta(seconds=seconds))
    noon = T0.replace(second=0)
    assert minutes(tally) == ((noon, 1, 1), (noon + MINUTE, 1, 0), (noon + 3 * MINUTE, 2, 0))
    told = tally.told(CAM)
    assert told is not None
    assert (told.since, told.until) == (T0, T0 + timedelta(seconds=170))


def test_an_hour_later_they_are_told_no_more() -> None:
    tally = Tally()
    tally.take(counts(0), T0)
    tally.take(counts(3), T0 + MINUTE)
    tally.take(counts(3), T0 + 60 * MINUTE)
    assert [there for _, there, _ in minutes(tally)] == [3]
    tally.take(counts(3), T0 + 61 * MINUTE)
    assert minutes(tally) == ()


def test_what_is_remembered_anew_counts_from_nothing_again() -> None:
    tally = Tally()
    for seconds, there in enumerate((0, 5, 0, 2)):
        tally.take(counts(there), T0 + timedelta(seconds=seconds))
    assert [there for _, there, _ in minutes(tally)] == [7]


def test_a_clock_set_back_begins_anew() -> None:
    tally = Tally()
    tally.take(counts(0), T0)
    tally.take(counts(5), T0 + MINUTE)
    tally.take(counts(0), T0 - 30 * MINUTE)
    assert minutes(tally) == ()
    told = tally.told(CAM)
    assert told is not None
    assert told.since == T0 - 30 * MINUTE


def counted_until(seconds: int) -> Crossings:
    """By a process that counted one from left to right and was killed then."""
    before = Tally()
    before.take(counts(), T0)
    for second in range(1, seconds + 1):
        before.take(counts(1), T0 + timedelta(seconds=second))
    told = before.all(CAM)
    assert told is not None
    return told


def test_who_counts_next_goes_on_and_says_when_nobody_counted() -> None:
    tally = Tally()
    tally.resume(counted_until(20))
    tally.take(counts(), T0 + timedelta(seconds=32))
    tally.take(counts(1, 1), T0 + timedelta(seconds=34))
    noon = T0.replace(second=0)
    assert minutes(tally) == ((noon, 1, 0), (noon + MINUTE, 1, 1))
    told = tally.all(CAM)
    assert told is not None
    assert told.since == T0
    assert told.gaps == ((T0 + timedelta(seconds=20), T0 + timedelta(seconds=32)),)


def test_what_was_counted_before_is_added_to_what_came_since() -> None:
    tally = Tally()
    tally.take(counts(), T0 + timedelta(seconds=22))
    tally.take(counts(1), T0 + timedelta(seconds=24))
    tally.resume(counted_until(20))
    assert minutes(tally) == ((T0.replace(second=0), 2, 0),)
    told = tally.all(CAM)
    assert told is not None
    assert (told.since, told.gaps) == (T0, ()), "two seconds are no gap"


def test_a_camera_whose_clock_was_set_back_counts_anew() -> None:
    tally = Tally()
    tally.resume(counted_until(600))
    tally.take(counts(), T0)
    tally.take(counts(0, 1), T0 + timedelta(seconds=1))
    assert minutes(tally) == ((T0.replace(second=0), 0, 1),)


def test_when_no_frames_came_nobody_counted_for_an_hour_back() -> None:
    tally = Tally()
    for seconds in (0, 1, 61, 62):
        tally.take(counts(), T0 + timedelta(seconds=seconds))
    gap = (T0 + timedelta(seconds=1), T0 + timedelta(seconds=61))
    told = tally.all(CAM)
    assert told is not None
    assert told.gaps == (gap,)
    for minute in range(1, 70):
        tally.take(counts(), T0 + MINUTE * (1 + minute) + timedelta(seconds=2))
    told = tally.all(CAM)
    assert told is not None
    assert gap not in told.gaps


def test_it_says_what_is_to_be_written_down() -> None:
    tally = Tally()
    assert tally.unkept(CAM) is None
    tally.take(counts(), T0)
    told = tally.unkept(CAM)
    assert told is not None
    tally.keep(told)
    tally.take(counts(), T0 + timedelta(seconds=1))
    assert tally.unkept(CAM) is None
    tally.take(counts(1), T0 + timedelta(seconds=2))
    told = tally.unkept(CAM)
    assert told is not None
    tally.take(counts(2), T0 + timedelta(seconds=3))
    tally.keep(told)
    assert tally.unkept(CAM) is not None, "more was counted while it was written"


def test_it_says_when_there_is_something_new_to_tell() -> None:
    tally = Tally()
    tally.take({}, T0)
    assert (news(tally), tally.told(CAM)) == (False, None), "no wire, nothing to count"
    tally.take(counts(0), T0 + timedelta(seconds=1))
    assert news(tally), "a wire was drawn"
    assert minutes(tally) == ()
    tally.take(counts(0), T0 + timedelta(seconds=2))
    assert not news(tally)
    tally.take(counts(1), T0 + timedelta(seconds=3))
    assert news(tally)
    tally.told(CAM)
    tally.take({}, T0 + timedelta(seconds=4))
    told = tally.told(CAM)
    assert told is not None
    assert told.wires == (), "it is not drawn any more, which has to be told once"
    assert tally.told(CAM) is None


def test_people_who_walk_over_a_wire_and_back_are_counted_by_direction() -> None:
    desk, camera = Desk(RULES, Metrics()), Camera(CAM, T0)
    posts = {CAM: Post(CAM, 7, True, 5.0, None, VIEW, 1)}
    now = 0.0
    for frames in (camera.walk(450, 200), camera.film(15), camera.walk(200, 450)):
        for sighted in frames:
            now += 1
            desk.put(sighted, now)
            desk.step(posts, now)
    (told,) = desk.crossings(changed=True)
    (gate,) = told.wires
    assert (gate.wire, gate.families) == ("gate", ("person",))
    assert sum(there for _, there, _ in gate.minutes) == 1
    assert sum(back for _, _, back in gate.minutes) == 1
    assert desk.crossings(changed=True) == []
    assert desk.crossings(changed=False) == [told]
    posts[CAM] = replace(posts[CAM], view=SiteView(camera=CAM.device), revision=2)
    for sighted in camera.film(1):
        desk.put(sighted, now + 1)
    desk.step(posts, now + 2)
    assert [one.wires for one in desk.crossings(changed=True)] == [()]
