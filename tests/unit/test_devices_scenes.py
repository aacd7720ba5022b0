"""Scenes of a scenario: what is refused, and what one plays turn by turn."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices_sim.cameras.scene.live.pace import Pace
from devices_sim.cameras.scene.plan import EventKind
from devices_sim.cameras.scene.programme import TURN_IDS, Programme, Showing, programme
from devices_sim.conditions.registry import discover_conditions
from devices_sim.dry_run import lines
from devices_sim.scenario import Scenario
from devices_sim.scenario_files import load_scenario
from devices_sim.sdk.registry import discover_kinds
from devices_sim.spans import spans_of
from devices_sim.truth.schedule import SCENE_DOMAINS
from smartopia.errors import ConfigurationError
from tests.support.scenes import YARD, loaded, yard

KINDS = discover_kinds()
INTRUSION = "{kind: intrusion, at: 5, duration: 20}"
EAST = "cameras: [{name: e, of: yard-east}]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {name: a, layout: moon}", r"wrong\.yaml:2: scenes\[0\]\.layout: no layout 'moon'"),
        ("- {name: a, layout: 7}", r"scenes\[0\]\.layout: give the name of a shipped layout"),
        ("- {name: a, layout: folded.yaml}",
         r"wrong\.yaml:2: scenes\[0\]\.layout: .*folded\.yaml:\d+: cameras\[0\]: .*folds"),
        ("- {name: a, layout: placeless.yaml}", r"placeless\.yaml:\d+: place: is missing"),
        ("- name: a\n  layout: yard.yaml\n  cameras:\n  - {name: c, of: roof}",
         r"wrong\.yaml:5: scenes\[0\]\.cameras\[0\]\.of: yard has no pole 'roof'; allowed are "
         r"yard-west, yard-east"),
        ("- {name: a, layout: yard.yaml, events: [{kind: riot, at: 1}]}",
         r"scenes\[0\]\.events\[0\]\.kind: .*'jaywalking'"),
        ("- name: a\n  layout: yard.yaml\n  events:\n  - {kind: intrusion, at: 1, where: attic}",
         r"wrong\.yaml:5: scenes\[0\]\.events\[0\]: intrusion cannot be at 'attic'; .* plot"),
        ("- name: a\n  layout: yard.yaml\n  events:\n"
         "  - {kind: collapse, at: 1, where: [-20, -15]}",
         r"wrong\.yaml:5: .*no camera \(yard-west, yard-east\) sees collapse"),
        ("- {name: a, layout: yard.yaml}\n- {name: b, layout: yard.yaml}",
         r"wrong\.yaml:3: scenes\[1\]\.cameras\[0\]\.name: another device is named 'yard-west'"),
        (f"- {{name: a, layout: yard.yaml, {EAST}}}\n- {{name: a, layout: yard.yaml}}",
         r"scenes named twice: a"),
        ("- {name: a, layout: yard.yaml, events: [{kind: collapse, at: 30, duration: 40}]}\n"
         "cycle: 60", r"wrong\.yaml:2: .*events\[0\]: collapse lasts to 70 s, .* cycle of 60 s"),
        ("- {name: a, layout: yard.yaml, rate: 0}", r"scenes\[0\]\.rate: .*greater than 0"),
    ],
)  # fmt: skip
def test_a_wrong_scene_says_where_and_what_is_allowed(tmp_path: Path, text: str, told: str) -> None:
    layout = YARD.read_text()
    (tmp_path / "yard.yaml").write_text(layout)
    (tmp_path / "placeless.yaml").write_text(layout.replace("place: [37.6094, 126.7141]\n", ""))
    folded = layout.replace("size: [320, 192]", "size: [320, 192], field_of_view: 118, lens: -0.4")
    (tmp_path / "folded.yaml").write_text(folded)
    file = tmp_path / "wrong.yaml"
    file.write_text(f"scenes:\n{text}\n")
    with pytest.raises(ConfigurationError, match=told):
        load_scenario([str(file)], KINDS)


def test_each_pole_has_a_camera_where_none_is_named(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, f"scenes: [{{name: a, layout: {YARD}}}]")
    assert scenario.names() == ["yard-west", "yard-east"]


def test_included_scenes_add_up_and_lie_where_they_are_told_to(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(yard())
    place = "place: [37.7, 126.8]"
    scenario = loaded(
        tmp_path, f"include: [one.yaml]\nscenes: [{{name: b, layout: {YARD}, {place}, {EAST}}}]"
    )
    assert [scene.name for scene in scenario.scenes] == ["yard", "b"]
    assert [scene.ground.place for scene in scenario.scenes] == [
        (37.6094, 126.7141),
        (37.7, 126.8),
    ]


def test_conditions_are_put_on_cameras_of_scenes(tmp_path: Path) -> None:
    conditions = (
        "conditions:\n"
        "- {condition: fog, on: cam-west}\n"
        '- {condition: noise, on: "kind:scene_camera"}\n'
        '- {condition: defocus, on: "*"}\n'
    )
    spans = spans_of(loaded(tmp_path, yard(more=conditions)), discover_conditions())
    told = {name: [span.condition for span in own] for name, own in spans.items()}
    assert told == {"cam-west": ["fog", "noise", "defocus"], "cam-east": ["noise", "defocus"]}


def _programme(scenario: Scenario) -> Programme:
    return programme(scenario.scenes[0], scenario.seed, scenario.cycle)


def test_events_come_again_with_the_cycle_and_other_people(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, yard(INTRUSION, "cycle: 60"))
    world = scenario.world(14)
    showing = Showing(_programme(scenario), world)
    for time in range(0, 119, 3):
        showing.at(float(time))
    first, second = showing.happened()
    assert [one.id for one in (first, second)] == ["yard-intrusion-0.0", "yard-intrusion-0.1"]
    assert first.onset < 30
    assert 60 < second.onset < 90
    assert max(first.actors) < TURN_IDS < min(second.actors)
    again = Showing(_programme(scenario), world)
    again.at(117.0)
    assert again.happened() == (second,), "who was away has the present turn to catch up with"


def test_a_time_just_past_does_not_start_a_scene_again(tmp_path: Path) -> None:
    scenario = loaded(tmp_path, yard())
    showing = Showing(_programme(scenario), scenario.world(14))
    state = showing.at(10.0)
    assert showing.at(9.95) is state


def test_without_a_cycle_events_happen_once(tmp_path: Path) -> None:
    played = _programme(loaded(tmp_path, yard(INTRUSION)))
    assert [len(played.events(turn)) for turn in (0, 1, 2)] == [1, 0, 0]
    assert played.turn(10 * played.length) == 10


def test_a_dry_run_lists_scenes_their_cameras_and_events(tmp_path: Path) -> None:
    start = datetime(2026, 6, 1, 12, tzinfo=UTC)
    (line,) = lines(loaded(tmp_path, yard(INTRUSION)), KINDS, start, 60)
    told = json.loads(line)
    assert (told["scene"], told["cameras"]) == ("yard", ["cam-west", "cam-east"])
    (event,) = told["events"]
    assert (event["kind"], event["from"]) == ("intrusion", "2026-06-01T12:00:05.000000Z")


def test_the_shipped_cameras_see_one_event_of_each_kind() -> None:
    scenario = load_scenario(["cctv-day"], KINDS)
    kinds = [event.kind for scene in scenario.scenes for event in scene.events]
    assert sorted(kinds) == sorted(EventKind)
    assert len([lens for scene in scenario.scenes for lens in scene.cameras]) == 8
    assert set(SCENE_DOMAINS) == set(EventKind)


def test_cameras_that_are_too_slow_are_told_within_five_seconds() -> None:
    pace = Pace({"a": 2.0, "b": 2.0})
    for step in range(30):
        now = step / 2
        for name in "ab":
            pace.asked(name, now)
            if name == "a" or now < 10:
                pace.made(name, now)
        told = pace.behind(now)
        assert told is None or now >= 10
    assert told is not None
    assert told.startswith("cameras are slower than asked: 2 cameras at 2/s, 2 of 4 frames/s made")


def test_a_camera_nobody_listens_to_is_not_slow() -> None:
    pace = Pace({"a": 2.0})
    for step in range(20):
        pace.made("a", step / 2)
    pace.away("a")
    assert pace.behind(100.0) is None
