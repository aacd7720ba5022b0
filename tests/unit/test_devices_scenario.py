"""Scenarios: the shipped ones keep their promises; wrong ones are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices_sim.cli import default_scenarios
from devices_sim.clock import RunClock
from devices_sim.conditions.registry import discover_conditions
from devices_sim.fleet import members
from devices_sim.run_model import Run
from devices_sim.scenario import Scenario
from devices_sim.scenario_files import load_played, load_scenario, shipped_scenarios
from devices_sim.sdk.registry import discover_kinds
from devices_sim.spans import spans_of
from devices_sim.world.place import Place
from smartopia.contract.announce import Announce
from smartopia.contract.topics import valid_name
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings

KINDS = discover_kinds()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
PROMISES: dict[str, Callable[[float], bool]] = {
    "rain_rate": lambda v: v > 30,
    "water_level": lambda v: v > 6,
    "bell_pressed": lambda v: v == 1,
    "vehicle_speed": lambda v: v < 20,
    "pm2_5": lambda v: v > 150,
    "smoke_obscuration": lambda v: v > 10,
    "temperature": lambda v: v > 70,
    "sound_level": lambda v: v > 85,
}


def abnormal(scenario: Scenario, hour: float, begin: int, end: int) -> set[str]:
    """The properties of which some device tells an abnormal result in these seconds."""
    world = scenario.world(hour)
    found: set[str] = set()
    for sensor in scenario.devices:
        kind = KINDS.sensors[sensor.kind]
        for now in range(begin, end):
            results = kind.read(world.view(Place(*sensor.place), now, kind.period), NOW)
            found |= {n for n, v in results.items() if n in PROMISES and PROMISES[n](v)}
    return found


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_announces_by_the_contract(name: str) -> None:
    scenario = load_scenario([name], KINDS)
    run = Run(scenario.world(12), RunClock.beginning(), conditions=discover_conditions())
    fleet = list(members(scenario, KINDS, run))
    assert len(fleet) == len(scenario.names()) > 0
    for member in fleet:
        assert valid_name(member.name)
        assert Announce.decode(member.announce.encode()) == member.announce


@pytest.mark.parametrize("hour", [3, 8, 15])
def test_the_city_shows_all_it_promises_in_ninety_seconds(hour: float) -> None:
    city = load_scenario(["city"], KINDS)
    assert abnormal(city, hour, 0, 90) == set(PROMISES)


def test_the_city_calms_down_and_begins_again() -> None:
    city = load_scenario(["city"], KINDS)
    assert abnormal(city, 12, 500, 560) == set()
    assert abnormal(city, 12, 900, 990) == set(PROMISES)


def test_the_quiet_city_stays_quiet() -> None:
    assert abnormal(load_scenario(["quiet"], KINDS), 8, 0, 90) == set()


def test_scenarios_add_up_and_a_file_counts_once() -> None:
    both = load_scenario(["city", "quiet", "real-data"], KINDS)
    assert set(both.names()) > set(load_scenario(["city"], KINDS).names())
    assert {c.name for c in both.cameras} == {"cam-pedestrians", "cam-crossing"}
    assert both.cycle == 900


def test_a_file_may_include_others_and_override_them(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("include: [city.yaml, real-data.yaml]\nseed: 99\n")
    mine = load_scenario([str(file)], KINDS)
    assert (mine.seed, mine.pace, len(mine.replays)) == (99, 20, 2)


def test_what_is_simulated_where_nothing_is_named(tmp_path: Path) -> None:
    settings = Settings.model_construct(data=None, scenario="")
    assert default_scenarios(settings) == ("city", "cctv-demo")
    with_data = settings.model_copy(update={"data": tmp_path})
    assert default_scenarios(with_data) == ("city", "real-data")
    named = settings.model_copy(update={"scenario": "quiet, mine.yaml"})
    assert default_scenarios(named) == ("quiet", "mine.yaml")


DEVICE = "{name: a, kind: river_gauge, place: [37, 126]}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("devices: [\n  {name: a\n", r"wrong\.yaml:\d: "),
        ("seed: 1\ncolour: red",
         r"wrong\.yaml:2: unknown key 'colour'; allowed are include, seed, pace"),
        (f"devices:\n- {DEVICE}\n- {{name: b, kind: lamp, place: [37, 126]}}",
         r"wrong\.yaml:3: devices\[1\]\.kind: unknown kind 'lamp'; allowed are .*river_gauge"),
        ("devices: [{name: Big, kind: river_gauge, place: [37, 126]}]", r"devices\[0\]\.name: "),
        ("devices: [{name: a, kind: river_gauge, place: [337, 126]}]",
         r"devices\[0\]\.place: give \[latitude, longitude\]"),
        (f"devices: [{DEVICE}, {DEVICE}]", r"devices named twice: a"),
        ("incidents: [{kind: flood, place: [37, 126], at: 1, duration: 1}]",
         r"incidents\[0\]\.kind: .*'cloudburst'"),
        ("replays: [{name: a, file: f, time: {}, value: v, datastream: {name: x, "
         "observed_property: pm2_5, unit: mg, interval: 1}}]",
         r"replays\[0\]\.time: give either column .*ug/m3 \(UCUM\), not 'mg'"),
        ("seed: 1\ninclude:\n- nowhere.yaml",
         r"wrong\.yaml:3: include\[0\]: no scenario 'nowhere\.yaml': .* one of "),
        ("just text", r"wrong\.yaml:1: "),
        ("speed: 60", r"a speed other than 1 needs a start"),
        ("cameras: [{name: c, kind: eye, place: [37, 126]}]",
         r"cameras\[0\]\.kind: unknown kind of camera 'eye'; allowed are test_card"),
        ("cameras: [{name: c, kind: test_card}]", r"cameras\[0\]: give its place"),
        ("cameras: [{name: c, kind: test_card, source: package}]", r"give either kind or source"),
        ("conditions: [{condition: drift, on: a, grade: 6}]", r"conditions\[0\]\.grade: .*5"),
    ],
)  # fmt: skip
def test_a_wrong_scenario_says_where_and_what_is_allowed(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        load_scenario([str(file)], KINDS)


def _spans(text: str, tmp_path: Path) -> dict[str, list[tuple[str, int, float]]]:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    scenario = load_scenario([str(file)], KINDS)
    spans = spans_of(scenario, discover_conditions())
    return {name: [(s.condition, s.grade, s.begin) for s in own] for name, own in spans.items()}


PAIR = "devices:\n- {name: a, kind: river_gauge, place: [37, 126]}\n" \
       "- {name: b, kind: rain_gauge, place: [37, 126]}\n" \
       "cameras: [{name: c, kind: test_card, place: [37, 126]}]\n"  # fmt: skip


def test_conditions_are_put_on_devices_kinds_or_all_that_can_have_them(tmp_path: Path) -> None:
    conditions = (
        "conditions: [{condition: drift, on: a, grade: 2, at: 5, duration: 10},"
        " {condition: gap, on: 'kind:rain_gauge'}, {condition: noise, on: '*'},"
        " {condition: fog, on: [c]}]"
    )
    assert _spans(PAIR + conditions, tmp_path) == {
        "a": [("drift", 2, 5.0), ("noise", 3, 0.0)],
        "b": [("gap", 3, 0.0), ("noise", 3, 0.0)],
        "c": [("noise", 3, 0.0), ("fog", 3, 0.0)],
    }


def test_a_condition_comes_again_with_the_cycle(tmp_path: Path) -> None:
    text = f"cycle: 900\n{PAIR}conditions: [{{condition: drift, on: a, at: 5, duration: 10}}]"
    begins = [begin for _, _, begin in _spans(text, tmp_path)["a"]]
    assert begins[:3] == [5, 905, 1805]
    assert begins[-1] > 29 * 86_400


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        ("{condition: rust, on: a}", "unknown condition 'rust'; allowed are .*drift"),
        ("{condition: drift, on: z}", "drift: no sensor or camera 'z' in the scenario"),
        ("{condition: drift, on: c}", "unknown condition 'drift' of cameras"),
        ("{condition: drift, on: 'kind:lamp'}", "no device is meant by 'kind:lamp'"),
    ],
)
def test_a_condition_that_cannot_be_is_refused(tmp_path: Path, condition: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"mine\.yaml:\d: conditions\[0\]: .*{told}"):
        _spans(f"{PAIR}conditions: [{condition}]", tmp_path)


def test_only_devices_of_shipped_files_count_as_shipped(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "include: [quiet.yaml]\ndevices: [{name: own, kind: river_gauge, place: [37, 126]}]"
    )
    played = load_played([str(file)], KINDS)
    assert "own" in played.scenario.names()
    assert "own" not in played.shipped
    assert set(played.scenario.names()) - {"own"} == played.shipped


def test_a_run_with_a_start_begins_at_its_hour_and_day(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("start: 2026-07-14T20:30:00+09:00\nspeed: 60\n")
    world = load_scenario([str(file)], KINDS).world(present_hour=3)
    assert (world.start_hour, world.day_of_year) == (20.5, 195)
