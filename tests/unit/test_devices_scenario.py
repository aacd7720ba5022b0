"""Scenarios: the shipped ones keep their promises; wrong ones are told what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from devices_sim.cli import default_scenarios
from devices_sim.fleet import members
from devices_sim.scenario import Scenario
from devices_sim.scenario_files import load_scenario, shipped_scenarios
from devices_sim.sdk.registry import discover_kinds
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
        kind = KINDS[sensor.kind]
        for now in range(begin, end):
            results = kind.read(world.view(Place(*sensor.place), now, kind.period), NOW)
            found |= {n for n, v in results.items() if n in PROMISES and PROMISES[n](v)}
    return found


@pytest.mark.parametrize("name", shipped_scenarios())
def test_every_shipped_scenario_announces_by_the_contract(name: str) -> None:
    scenario = load_scenario([name], KINDS)
    fleet = list(members(scenario, KINDS, scenario.world(12), lambda: 0.0, None))
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
    assert default_scenarios(settings) == ("city", "demo-camera")
    with_data = settings.model_copy(update={"data": tmp_path})
    assert default_scenarios(with_data) == ("city", "real-data")
    named = settings.model_copy(update={"scenario": "quiet, mine.yaml"})
    assert default_scenarios(named) == ("quiet", "mine.yaml")


DEVICE = "{name: a, kind: river_gauge, place: [37, 126]}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("devices: [\n  {name: a\n", r"wrong\.yaml: line \d, column \d: "),
        ("colour: red", r"the scenario: unknown colour; allowed are include, seed, pace"),
        (f"devices: [{DEVICE}, {{name: b, kind: lamp, place: [37, 126]}}]",
         r"devices\[1\]\.kind: unknown kind 'lamp'; allowed are air_monitor, .*river_gauge"),
        ("devices: [{name: Big, kind: river_gauge, place: [37, 126]}]", r"devices\[0\]\.name: "),
        ("devices: [{name: a, kind: river_gauge, place: [337, 126]}]",
         r"devices\[0\]\.place: give \[latitude, longitude\]"),
        (f"devices: [{DEVICE}, {DEVICE}]", r"devices named twice: a"),
        ("incidents: [{kind: flood, place: [37, 126], at: 1, duration: 1}]",
         r"incidents\[0\]\.kind: .*'cloudburst'"),
        ("replays: [{name: a, file: f, time: {}, value: v, datastream: {name: x, "
         "observed_property: pm2_5, unit: mg, interval: 1}}]",
         r"replays\[0\]\.time: give either column .*ug/m3 \(UCUM\), not 'mg'"),
        ("include: [nowhere.yaml]", r"no scenario 'nowhere\.yaml': .* one of city"),
        ("just text", r"the scenario: "),
    ],
)  # fmt: skip
def test_a_wrong_scenario_says_where_and_what_is_allowed(
    tmp_path: Path, text: str, told: str
) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=told):
        load_scenario([str(file)], KINDS)
