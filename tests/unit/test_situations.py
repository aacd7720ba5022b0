"""Each situation is told when it is so, once, and not when it only looks so."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.vision.situations.catalogue import load_situation_rules, read_situation_rule
from analytics.vision.situations.ground import PolePlane
from analytics.vision.situations.model import Box, Look, Phase, Signal, Track
from analytics.vision.situations.registry import discover_situations
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.watch import Memory, shortcomings, step
from smartopia.errors import ConfigurationError
from smartopia.seen import PictureStats
from smartopia.siteview import Pole, SiteView

T0 = datetime(2026, 6, 1, tzinfo=UTC)
SIZE = (640, 384)
POLE = Pole(height_m=6, tilt=18, fov=72)
PLANE = PolePlane(POLE, SIZE)
RULES = {rule.situation: rule for rule in load_situation_rules()}

Place = tuple[float, float]
Shown = Callable[[float], Iterable[Track]]


def share(place: Place) -> Place:
    """A place on the ground, as a share of the picture."""
    pixel = PLANE.pixel(place)
    assert pixel is not None
    return pixel[0] / SIZE[0], pixel[1] / SIZE[1]


def square(x1: float, y1: float, x2: float, y2: float) -> list[Place]:
    return [share(p) for p in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))]


def view(**parts: Any) -> SiteView:
    parts.setdefault("ground", {"pole": POLE.model_dump()})
    return SiteView.model_validate({"camera": "cam-1", **parts})


def box(place: Place, width: float, height: float) -> Box:
    """The box of something that stands at a place, metres."""
    foot, top = PLANE.pixel(place), PLANE.pixel(place, height)
    beside = PLANE.pixel((place[0] + width / 2, place[1]))
    assert foot
    assert top
    assert beside
    half = beside[0] - foot[0]
    return foot[0] - half, top[1], foot[0] + half, foot[1]


def person(ident: int, x: float, y: float, height: float = 1.7, width: float = 0.5) -> Track:
    return Track(ident, "person", 0.8, box((x, y), width, height))


def car(ident: int, x: float, y: float) -> Track:
    """A car across the picture, by its nearer side."""
    return Track(ident, "car", 0.8, box((x, y - 0.9), 4.5, 1.5))


def told(
    rule: SituationRule | str,
    site: SiteView,
    shown: Shown,
    seconds: float,
    *,
    rate: float = 5.0,
    stats: Callable[[float], PictureStats] | None = None,
) -> list[Signal]:
    """All signals of a rule while something is shown."""
    rule = RULES[rule] if isinstance(rule, str) else rule
    rule = rule.model_copy(update={"enabled": True})
    memory, signals = Memory(), []
    for frame in range(int(seconds * rate)):
        t = frame / rate
        look = Look(T0 + timedelta(seconds=t), SIZE, tuple(shown(t)), stats(t) if stats else None)
        memory, said = step([rule], site, memory, look)
        signals += [one.signal for one in said]
    return signals


def raised(signals: Sequence[Signal]) -> list[float]:
    """When something was raised, seconds."""
    return [(s.now - T0).total_seconds() for s in signals if s.phase is Phase.RAISED]


YARD = view(areas=[{"name": "yard", "use": "forbidden", "outline": square(-3, 14, 3, 20)}])
PLAZA = view(areas=[{"name": "plaza", "use": "gathering", "outline": square(-6, 10, 6, 24)}])
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
        if 20 < t < 23:  # behind a pillar
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


def test_a_bag_beside_its_owner_is_not_abandoned() -> None:
    assert not told("abandonment", view(), lambda _: [person(1, 0.6, 12), bag(9, 0, 12)], 60)


def test_who_falls_and_stays_down_has_collapsed() -> None:
    def shown(t: float) -> list[Track]:
        return [person(1, -6 + t, 15) if t < 6 else person(1, 0, 15, 0.4, 1.7)]

    (at,) = raised(told("collapse", view(), shown, 20))
    assert 8 < at < 11


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
    assert 3.6 < raised(signals)[0] < 5.2
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


def test_who_drives_against_the_lane_is_told_and_who_follows_it_not() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, 10 - 5 * t, 20), car(2, 10 - 5 * t, 23.2)]

    signals = told("wrong_way", STREET, shown, 4)
    assert [s.place for s in signals if s.phase is Phase.RAISED] == ["east"]
    assert not told("wrong_way", STREET, lambda t: [car(1, -10 + 5 * t, 20)], 4)


def test_a_car_that_stands_at_the_kerb_is_told_and_one_that_passes_or_stands_beside_not() -> None:
    def shown(t: float) -> list[Track]:
        return [car(1, min(-4.0, -12 + 3 * t), 16.8)]

    (at,) = raised(told("illegal_parking", STREET, shown, 20))
    assert 6 < at < 11
    assert not told("illegal_parking", STREET, lambda _: [car(1, -4, 21.5)], 20)
    assert not told("illegal_parking", STREET, lambda t: [car(1, -12 + 2 * t, 16.8)], 10)


def test_cars_in_a_row_before_a_signal_do_not_park_there() -> None:
    lane = [share((x, 20.0)) for x in range(-12, 13, 2)]
    signal = view(
        ways=[{"name": "east", "line": lane, "stop": share((4.0, 20.0))}],
        areas=[{"name": "clear", "use": "no_parking", "outline": square(-11, 18, 5, 22)}],
    )
    row = [car(1, 1, 20), car(2, -5, 20)]
    assert not told("illegal_parking", signal, lambda _: row, 30)
    assert raised(told("illegal_parking", signal, lambda _: row[1:], 30))


def test_crawling_cars_are_a_jam_with_a_level_of_service_and_flowing_ones_not() -> None:
    def crawl(t: float) -> list[Track]:
        return [car(i, -11 + 6 * i + 0.8 * t, 20) for i in range(3)]

    signals = told("congestion", STREET, crawl, 12)
    assert len(raised(signals)) == 1
    assert signals[0].words.endswith("level of service F")
    assert signals[0].measures["vehicles"] == 3

    def flow(t: float) -> list[Track]:
        return [car(i + 3 * int(t / 3), -10 + 5 * i + 4 * (t % 3), 20) for i in range(3)]

    assert not told("congestion", STREET, flow, 20)


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


def blaze(ident: int, label: str, scale: float) -> Track:
    return Track(ident, label, 0.6, box((0, 20), scale, 1.2 * scale))


def test_flames_that_grow_are_told_and_a_flash_is_not() -> None:
    (at,) = raised(told("fire", view(), lambda t: [blaze(1, "fire", 0.3 + 0.1 * t)], 12))
    assert at < 6
    assert not told("fire", view(), lambda t: [blaze(1, "fire", 1)] if t < 1 else [], 12)


def test_steam_that_does_not_grow_is_no_fire() -> None:
    assert not told("fire", view(), lambda _: [blaze(1, "smoke", 2)], 60)


def picture(**changes: Any) -> PictureStats:
    usual = {
        "brightness": 0.4, "contrast": 0.2, "sharpness": 10.0, "likeness": 0.9, "digest": "a",
    }  # fmt: skip
    return PictureStats(**{**usual, **changes})


@pytest.mark.parametrize(
    ("situation", "change"),
    [
        ("camera_blinded", {"brightness": 0.01}),
        ("camera_blinded", {"contrast": 0.01}),
        ("camera_blinded", {"sharpness": 2.0}),
        ("camera_turned", {"likeness": 0.1}),
        ("camera_frozen", {"digest": "same"}),
    ],
)
def test_a_camera_that_fails_is_told_and_when_it_sees_again(
    situation: str, change: dict[str, Any]
) -> None:
    def stats(t: float) -> PictureStats:
        return picture(**{"digest": str(t), **(change if 30 <= t < 50 else {})})

    signals = told(situation, view(), lambda _: [], 80, stats=stats)
    assert [s.phase for s in signals] == [Phase.RAISED, Phase.CLEARED]
    assert 30 < raised(signals)[0] <= 40


def test_dusk_does_not_blind_a_camera() -> None:
    def stats(t: float) -> PictureStats:
        return picture(brightness=0.4 - 0.3 * t / 2400, sharpness=10 - 8 * t / 2400)

    assert not told("camera_blinded", view(), lambda _: [], 2400, rate=0.5, stats=stats)


def test_nothing_depends_on_the_resolution() -> None:
    memory, rule = Memory(), RULES["intrusion"]
    phases = []
    for frame in range(40):
        track = person(1, 0, 17)
        size, scale = (SIZE, 1.0) if frame < 20 else ((1280, 768), 2.0)
        x1, y1, x2, y2 = (edge * scale for edge in track.box)
        shown = Track(1, "person", 0.8, (x1, y1, x2, y2))
        look = Look(T0 + timedelta(seconds=frame / 5), size, (shown,))
        memory, said = step([rule], YARD, memory, look)
        phases += [one.signal.phase for one in said]
    assert phases == [Phase.RAISED]


def test_a_frame_from_before_changes_nothing() -> None:
    look = Look(T0, SIZE, (person(1, 0, 17),))
    memory, _ = step([RULES["intrusion"]], YARD, Memory(), look)
    assert step([RULES["intrusion"]], YARD, memory, look) == (memory, ())


PAGES = Path(__file__).parents[2] / "docs" / "situations"


@pytest.mark.parametrize("name", sorted(discover_situations()))
def test_the_page_of_a_situation_tells_its_settings_as_they_are(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE))
    fields = discover_situations()[name].settings.model_fields
    unseen = {"score", "size_px"} if name.startswith("camera_") else set()
    assert set(told) == set(fields) - unseen
    for field, value in told.items():
        default = fields[field].default
        assert value == (", ".join(default) if isinstance(default, tuple) else f"{default:g}")


def test_each_situation_has_a_rule() -> None:
    assert set(RULES) == set(discover_situations())
    assert [name for name, rule in RULES.items() if not rule.enabled] == ["fighting"]


def test_what_a_situation_lacks_is_said() -> None:
    rules = list(RULES.values())
    said = shortcomings(rules, view(), Memory(), frozenset({"person", "car"}))
    assert said["loitering"] == "draw an area with use gathering on the camera's picture"
    assert said["wrong-way"] == "draw a way (a lane with its direction) on the camera's picture"
    assert said["fire"] == "use a model that knows fire or smoke"
    assert "collapse" not in said


def test_a_rule_with_a_wrong_setting_is_refused_with_its_name() -> None:
    text = (
        "{id: too-long, situation: crowd, domain: disaster, title: Crowd, severity: Minor, "
        "urgency: Future, guidance: Look at the picture., source: own, settings: {people: 1}}"
    )
    with pytest.raises(ConfigurationError, match=r"settings: people: .* or equal to 2"):
        read_situation_rule(text, "x.yaml")
    with pytest.raises(ConfigurationError, match="unknown situation 'dance'; allowed are aband"):
        read_situation_rule(text.replace("situation: crowd", "situation: dance"), "x.yaml")
