"""Frames in, errands for alerts out: what is told, how it looks, and what becomes of it later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.model import Look
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.watch import step
from analytics.vision.watching.desk import Desk
from analytics.vision.watching.draft import outline
from analytics.vision.watching.model import Clear, Errand, Post, Raise, Recalled, Renew
from analytics.vision.watching.needs import in_words
from analytics.vision.watching.outbox import MOST_PICTURES, Outbox
from smartopia.clock import rfc3339
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics
from smartopia.seen import Sighted
from smartopia.siteview import AreaUse, Ground, Marks, SiteView, Way, Wire
from tests.support.sightings import (
    DETECTOR,
    RIGHT_HALF,
    SIZE,
    Camera,
    forbidden,
    person,
    picture,
)

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
CAM = DeviceKey("gimpo", "cam-1")
KEY = f"intrusion:{CAM}:yard"
INTRUSION = tuple(rule for rule in load_situation_rules() if rule.id == "intrusion")
(RULE,) = INTRUSION
POST = Post(CAM, 7, True, 5.0, (37.6, 126.7), forbidden(CAM), 3)
JPEG = picture()


class City:
    """A desk, fed frame by frame."""

    def __init__(
        self, rules: Iterable[SituationRule] = INTRUSION, posts: Mapping[DeviceKey, Post] = {}
    ) -> None:
        self.metrics = Metrics()
        self.desk = Desk(tuple(rules), self.metrics)
        self.posts = dict(posts or {CAM: POST})
        self.now = 0.0

    def see(self, frames: Iterable[Sighted]) -> list[Errand]:
        errands: list[Errand] = []
        for sighted in frames:
            self.now += 1.0
            self.desk.put(sighted, self.now)
            errands += self.desk.step(self.posts, self.now)
        errands += self.desk.step(self.posts, self.now + 0.6)
        return errands


def raised(errands: Iterable[Errand]) -> list[Raise]:
    return [one for one in errands if isinstance(one, Raise)]


def cleared(errands: Iterable[Errand]) -> list[str]:
    return [one.key for one in errands if isinstance(one, Clear)]


def test_somebody_where_nobody_may_be_is_an_alert_with_words_facts_and_a_picture() -> None:
    city, camera = City(), Camera(CAM, T0)
    frames = camera.film(3, [person()], masked=JPEG, sealed=b"sealed")
    (errand,) = raised(city.see(frames))
    draft = errand.draft
    assert (draft.key, draft.rule, draft.rule_digest) == (KEY, RULE.id, RULE.digest)
    assert (draft.title, draft.guidance) == (RULE.title, RULE.guidance)
    assert draft.description == "a person is in yard, where nobody may be"
    assert (draft.thing_id, draft.datastream_id) == (7, None)
    assert draft.seen is not None
    assert T0 < draft.onset < draft.seen <= camera.at
    facts = draft.evidence
    assert (facts["situation"], facts["place"]) == ("intrusion", "yard")
    assert facts["boxes"] == [[130, 200, 170, 300]]
    assert facts["measures"] == {"people": 1}
    assert (facts["detector"], facts["site_view"]) == (DETECTOR, 3)
    assert (facts["boot"], facts["phenomenon_time"]) == ("boot-1", rfc3339(draft.seen))
    (image,) = draft.images
    assert (image.width, image.height, image.jpeg, image.taken_at) == (*SIZE, JPEG, draft.seen)
    assert [(box["label"], box["box"]) for box in image.boxes] == [("person", [130, 200, 170, 300])]
    assert image.zone == [[0, 0], [320, 0], [320, 360], [0, 360]]
    assert errand.sealed == b"sealed"
    assert "jpeg" not in repr(errand)


def test_it_is_told_once_and_cleared_when_it_is_over() -> None:
    city, camera = City(), Camera(CAM, T0)
    assert len(raised(city.see(camera.film(10, [person()])))) == 1
    errands = city.see(camera.film(10))
    assert cleared(errands) == [KEY]
    assert raised(errands) == []
    assert [one.draft.key for one in raised(city.see(camera.film(4, [person()])))] == [KEY]


def test_others_who_come_renew_what_it_says() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.see(camera.film(7, [person()]))
    (renewed,) = [
        one
        for one in city.see(camera.film(3, [person(), person(60)]))
        if isinstance(one, Renew) and "2 people" in one.description
    ][:1]
    assert renewed.key == KEY
    assert len(renewed.evidence["tracks"]) == 2
    assert "phenomenon_time" not in renewed.evidence, "of the frame that raised it"


def test_a_picture_up_to_two_seconds_old_goes_with_it_and_shows_where_they_were_then() -> None:
    city, camera = City(), Camera(CAM, T0)
    frames = camera.film(0.8, [person(120)], masked=JPEG) + camera.film(2, [person(130)])
    (errand,) = raised(city.see(frames))
    (image,) = errand.draft.images
    assert image.taken_at == frames[3].seen.time
    assert [box["box"] for box in image.boxes] == [[100, 200, 140, 300]]


def test_an_older_picture_is_none_and_the_alert_says_so() -> None:
    city, camera = City(), Camera(CAM, T0)
    frames = camera.film(0.4, [], masked=JPEG) + camera.film(3) + camera.film(2, [person()])
    (errand,) = raised(city.see(frames))
    assert errand.draft.images == ()
    assert "no masked picture" in errand.draft.evidence["picture"]
    assert errand.sealed == b""


def test_frames_of_several_detectors_tell_the_same_in_any_order() -> None:
    frames = Camera(CAM, T0).film(6, [person()])
    for first in range(0, len(frames) - 2, 3):
        frames[first : first + 2] = frames[first + 1], frames[first]
    city = City()
    for number, sighted in enumerate(frames):
        city.now = number * 0.1
        city.desk.put(sighted, city.now)
    errands = city.desk.step(city.posts, 10)
    assert len(raised(errands)) == 1
    assert city.metrics.counters["sightings_watched"] == len(frames)
    assert city.metrics.counters["sightings_late"] == 0


def test_a_new_view_counts_from_the_next_frame_on() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.see(camera.film(3, [person()]))
    city.posts[CAM] = replace(POST, view=forbidden(CAM, RIGHT_HALF, "gate"), revision=4)
    assert cleared(city.see(camera.film(10, [person()]))) == [KEY]
    (errand,) = raised(city.see(camera.film(3, [person(500)])))
    assert (errand.draft.key, errand.draft.evidence["site_view"]) == (
        f"intrusion:{CAM}:gate",
        4,
    )


def test_a_camera_in_the_sandbox_raises_nothing_and_what_it_raised_before_is_cleared() -> None:
    city, camera = City(), Camera(CAM, T0)
    assert len(raised(city.see(camera.film(3, [person()])))) == 1
    city.posts[CAM] = replace(POST, in_field=False)
    errands = city.see(camera.film(5, [person()]))
    assert (raised(errands), cleared(errands)) == ([], [KEY])
    city.posts[CAM] = POST
    assert len(raised(city.see(camera.film(3, [person()])))) == 1


def test_a_situation_that_fails_is_counted_and_other_cameras_are_watched(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = DeviceKey("gimpo", "cam-2")
    city = City(posts={CAM: POST, other: replace(POST, key=other)})
    fails = Camera(CAM, T0).film(1, [person()], size=(1, 1))

    def broken(rules: object, view: object, memory: object, look: Look) -> object:
        if look.size == (1, 1):
            raise ZeroDivisionError
        return step(rules, view, memory, look)  # type: ignore[arg-type]

    monkeypatch.setattr("analytics.vision.watching.lookout.step", broken)
    assert city.see(fails) == []
    assert len(raised(city.see(Camera(other, T0).film(3, [person()])))) == 1
    assert city.metrics.counters["frames_failed"] == 5
    assert "a frame of gimpo/cam-1 could not be judged" in caplog.text


def test_a_camera_nobody_announced_is_counted() -> None:
    city = City(posts={DeviceKey("gimpo", "cam-2"): POST})
    assert city.see(Camera(CAM, T0).film(3, [person()])) == []
    assert city.metrics.counters["sightings_of_unknown_cameras"] == 15


def test_what_was_active_before_a_restart_is_not_raised_anew_while_it_holds() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.desk.recall([Recalled(CAM, KEY, "intrusion", "yard")], 0)
    errands = city.see(camera.film(60, [person()]))
    assert cleared(errands) == []
    # Said again, which changes nothing where it is active still.
    assert [one.draft.key for one in raised(errands)] == [KEY]
    assert cleared(city.see(camera.film(10))) == [KEY]


def test_what_was_active_before_a_restart_is_cleared_where_it_is_over() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.desk.recall([Recalled(CAM, KEY, "intrusion", "yard")], 0)
    errands = city.see(camera.film(60))
    assert (cleared(errands), raised(errands)) == ([KEY], [])


def test_an_alert_of_a_rule_that_is_gone_is_cleared_at_once() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.desk.recall([Recalled(CAM, f"person-in-zone:{CAM}", "person-in-zone", "")], 0)
    assert cleared(city.see(camera.film(0.2))) == [f"person-in-zone:{CAM}"]


def test_an_alert_of_a_track_is_taken_on_by_the_same_rule_at_the_same_place() -> None:
    (rule,) = [one for one in load_situation_rules() if one.id == "loitering"]
    old = f"loitering:{CAM}:41"
    city, camera = City([rule]), Camera(CAM, T0)
    view = forbidden(CAM)
    area = view.areas[0].model_copy(update={"use": AreaUse.GATHERING})
    city.posts[CAM] = replace(POST, view=view.model_copy(update={"areas": (area,)}))
    city.desk.recall([Recalled(CAM, old, "loitering", "yard")], 0)
    errands = city.see(camera.film(320, [person()]))
    assert [one.draft.key for one in raised(errands)] == [old]
    assert cleared(errands) == []


def test_somebody_else_after_a_restart_does_not_raise_the_alert_of_another_again() -> None:
    (rule,) = [one for one in load_situation_rules() if one.id == "line-crossing"]
    wire = Wire(name="gate", line=((0.5, 1.0), (0.5, 0.0)))
    post = replace(POST, view=SiteView(camera=CAM.device, wires=(wire,)))
    keys = []
    for after in (0, 60):
        city, camera = City([rule], {CAM: post}), Camera(CAM, T0 + timedelta(seconds=after))
        walk = [one for x in range(200, 440, 8) for one in camera.film(0.2, [person(x)])]
        keys += [one.draft.key for one in raised(city.see(walk))]
    assert len(set(keys)) == 2


def test_a_clock_that_is_set_back_neither_blinds_the_camera_nor_tells_twice() -> None:
    city = City()
    city.see(Camera(CAM, T0).film(3, [person()]))
    again = Camera(CAM, T0 - timedelta(hours=1), boot="boot-2")
    errands = city.see(again.film(20, [person()]))
    assert {one.draft.key for one in raised(errands)} == {KEY}
    assert cleared(errands) == []
    assert cleared(city.see(again.film(10))) == [KEY]


def test_alerts_of_a_camera_that_falls_silent_are_cleared() -> None:
    city, camera = City(), Camera(CAM, T0)
    city.see(camera.film(3, [person()]))
    assert city.desk.close_silent(city.now - 1) == []
    assert cleared(city.desk.close_silent(city.now + 1)) == [KEY]
    assert city.desk.close_silent(city.now + 1) == []


def test_another_resolution_changes_nothing_but_the_pixels() -> None:
    city, camera = City(), Camera(CAM, T0)
    small = (320, 180)
    city.see(camera.film(2, [], masked=JPEG))
    half = person().model_copy(update={"box": (65, 100, 85, 150)})
    frames = camera.film(3, [half], size=small, masked=picture(small))
    (errand,) = raised(city.see(frames))
    assert errand.draft.evidence["boxes"] == [[65, 100, 85, 150]]
    (image,) = errand.draft.images
    assert (image.width, image.height) == small
    assert image.zone == [[0, 0], [160, 0], [160, 180], [0, 180]]


def test_whoever_goes_from_camera_to_camera_is_one_incident() -> None:
    other = DeviceKey("gimpo", "cam-2")
    near = replace(POST, key=other, place=(37.6003, 126.7), view=forbidden(other))
    city = City(posts={CAM: POST, other: near})
    (first,) = raised(city.see(Camera(CAM, T0).film(3, [person()])))
    (second,) = raised(city.see(Camera(other, T0 + timedelta(seconds=8)).film(3, [person()])))
    assert first.draft.key != second.draft.key
    assert first.draft.evidence["incident"] == second.draft.evidence["incident"]


def test_a_ground_that_is_none_is_told_and_the_rest_is_watched() -> None:
    flat = Marks.model_construct(
        picture=((0.1, 0.5), (0.9, 0.5), (0.5, 0.5), (0.3, 0.5)),
        metres=((0, 0), (1, 0), (2, 0), (3, 0)),
    )
    view = forbidden(CAM).model_copy(update={"ground": Ground.model_construct(marks=flat)})
    city, camera = City(), Camera(CAM, T0)
    city.posts[CAM] = replace(POST, view=view)
    assert len(raised(city.see(camera.film(3, [person()])))) == 1
    assert "its ground" in city.desk.lacks(city.posts)["cam-1"]


def test_what_cameras_lack_is_summed_up_in_words() -> None:
    rules = [one for one in load_situation_rules() if one.id in {"intrusion", "fire", "crowd"}]
    other = DeviceKey("gimpo", "cam-2")
    posts = {key: replace(POST, key=key, view=SiteView(camera=key.device)) for key in (CAM, other)}
    city = City(rules, posts)
    for key in posts:
        city.see(Camera(key, T0).film(1))
    notes = in_words(city.desk.lacks(city.posts))
    assert (
        "cam-1, cam-2: intrusion: draw an area with use forbidden on the camera's picture" in notes
    )
    assert "cam-1, cam-2: fire: use a model that knows fire or smoke" in notes


def test_many_cameras_that_lack_the_same_are_one_line() -> None:
    notes = in_words({f"cam-{n}": {"a": "draw", "b": "draw", "c": "look"} for n in range(9)})
    assert notes == (
        "cam-0, cam-1, cam-2 and 6 more cameras: a, b: draw",
        "cam-0, cam-1, cam-2 and 6 more cameras: c: look",
    )


async def test_while_the_database_is_away_alerts_wait_and_the_last_ones_leave_their_pictures() -> (
    None
):
    (errand,) = raised(City().see(Camera(CAM, T0).film(3, [person()], masked=JPEG, sealed=b"s")))
    box = Outbox()
    assert box.put([errand] * MOST_PICTURES) == 0
    assert box.put([errand, Clear(KEY, T0)]) == 1
    last: Errand = errand
    kinds = []
    while box:
        last = await box.first()
        kinds.append(type(last))
        if isinstance(last, Raise) and not last.draft.images:
            assert (last.sealed, last.draft.evidence["picture"]) == (
                b"",
                "none: too many alerts waited",
            )
        box.done()
    assert kinds == [Raise] * (MOST_PICTURES + 1) + [Clear]


@pytest.mark.parametrize("part", ["way", "wire"])
def test_a_line_is_outlined_there_and_back(part: str) -> None:

    line = ((0.0, 0.5), (0.5, 0.5), (1.0, 0.5))
    view = SiteView(
        camera="cam-1",
        ways=(Way(name="way", line=line),),
        wires=(Wire(name="wire", line=(line[0], line[2])),),
    )
    middle = [[50.0, 50.0]]
    ends = [[0.0, 50.0], [100.0, 50.0]]
    drawn = outline(view, part, (100, 100))
    assert drawn == ([ends[0], *middle, ends[1], *middle] if part == "way" else ends)
    assert outline(view, "nothing", (100, 100)) is None
