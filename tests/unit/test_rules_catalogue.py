"""The shipped rules over the shipped scenarios: what should alert does, and nothing else does."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from analytics.rules.catalogue import load_rules
from analytics.rules.evaluate import Input, Memory, Raised, evaluate
from analytics.rules.model import Rule
from devices_sim.scenario import Scenario, Sensor
from devices_sim.scenario_files import SHIPPED, load_scenario
from devices_sim.sdk.kind import SensorKind
from devices_sim.sdk.registry import discover_kinds
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.contract.properties import PROPERTIES

ROOT = Path(__file__).parents[2]
SEOUL = ZoneInfo("Asia/Seoul")
MIDNIGHT = datetime(2026, 5, 4, tzinfo=SEOUL)
DAY = 86_400.0
SUMMER = 210
KINDS = discover_kinds()
RULES: defaultdict[str, list[Rule]] = defaultdict(list)
for _rule in load_rules(None):
    RULES[_rule.observed_property].append(_rule)
RULE = {rule.id: rule for rules in RULES.values() for rule in rules}


@dataclass(frozen=True)
class Alert:
    """One alert: the seconds of the run it was raised and cleared at, by which rule, where."""

    raised: float
    rule: str
    device: str
    cleared: float | None


def watched(
    sensor: Sensor, kind: SensorKind, world: World, seconds: float, start: datetime
) -> Iterator[Alert]:
    """The alerts one sensor's results raise."""
    place = Place(*sensor.place)
    memories: dict[str, Memory] = defaultdict(Memory)
    raised: dict[str, float] = {}
    for turn in range(int(seconds / kind.period)):
        at = turn * kind.period
        results = kind.read(world.view(place, at, kind.period), start)
        for stream in kind.datastreams:
            period, interval = timedelta(seconds=stream.period), timedelta(seconds=stream.interval)
            seen = Input(start + timedelta(seconds=at), results[stream.name], interval, period)
            for rule in RULES[stream.observed_property]:
                if not rule.suits(period):
                    continue
                memories[rule.id], outcome = evaluate(rule, memories[rule.id], seen, SEOUL)
                if isinstance(outcome, Raised):
                    raised[rule.id] = at
                elif outcome is not None:
                    yield Alert(raised.pop(rule.id), rule.id, sensor.name, at)
    for rule_id, at in raised.items():
        yield Alert(at, rule_id, sensor.name, None)


def alerts(
    scenario: Scenario, world: World, seconds: float, *, slowest: float = 0.0
) -> list[Alert]:
    """The alerts of a run in order; no sensor reports more often than each `slowest` seconds."""
    start = MIDNIGHT + timedelta(hours=world.start_hour)
    found: list[Alert] = []
    for sensor in scenario.devices:
        kind = KINDS.sensors[sensor.kind]
        kind = kind.every(max(kind.period, slowest))
        found += watched(sensor, kind, world, seconds, start)
    return sorted(found, key=lambda alert: (alert.raised, alert.rule, alert.device))


@cache
def play(name: str, seconds: float, slowest: float = 0.0) -> list[Alert]:
    scenario = load_scenario([name], KINDS)
    return alerts(scenario, scenario.world(12.0), seconds, slowest=slowest)


def quiet_city() -> Scenario:
    return load_scenario(["quiet"], KINDS)


@pytest.mark.parametrize(("seed", "start_hour"), [(20, 0.0), (7, 8.3)])
def test_a_quiet_day_raises_no_alert(seed: int, start_hour: float) -> None:
    world = World(seed, pace=20, start_hour=start_hour)
    assert alerts(quiet_city(), world, DAY, slowest=60) == []


@pytest.mark.parametrize("start_hour", [5.8, 21.7])
def test_half_a_quiet_hour_raises_none_at_the_devices_own_pace_either(start_hour: float) -> None:
    world = World(99, pace=20, start_hour=start_hour)
    assert alerts(quiet_city(), world, 1800) == []


# Seconds after the start at which each rule speaks up first: all that speak, and no others.
PLAYS: dict[str, dict[str, float]] = {
    "flood-night": {
        "rain-very-heavy": 40,
        "sewer-surcharge": 50,
        "road-flooded": 60,
        "wind-gust-advisory": 70,
        "wind-gust-warning": 80,
        "river-level-alert": 80,
        "underpass-flooded": 80,
        "river-level-serious": 90,
        "traffic-congestion": 165,
        "traffic-standstill": 190,
        "signal-dark": 185,
        "wall-leaning": 265,
        "wall-collapsing": 290,
    },
    "market-fire": {
        "gas-leak": 48,
        "smoke-detected": 84,
        "heat-detected": 88,
        "co-dangerous": 92,
        "pm2-5-plume": 95,
        "traffic-congestion": 135,
        "traffic-standstill": 140,
        "noise-excessive": 136,
        "emergency-bell": 150,
    },
    "rush-hour-crash": {
        "speeding-dangerous": 90,
        "visibility-poor": 110,
        "traffic-congestion": 125,
        "signal-dark": 130,
        "traffic-standstill": 145,
    },
    "night-crime": {
        "glass-break": 40,
        "motion-at-night": 50,
        "noise-excessive": 106,
        "emergency-bell": 130,
        "speeding-dangerous": 180,
    },
    "dust-and-odour": {
        "pm2-5-plume": 50,
        "odour-h2s": 130,
        "water-acid": 200,
        "noise-excessive": 206,
        "dissolved-oxygen-low": 210,
    },
    "earthquake": {
        "earthquake-felt": 61,
        "earthquake-damaging": 62,
        "glass-break": 65,
        "signal-dark": 75,
        "traffic-congestion": 85,
        "gas-leak": 94,
        "wall-leaning": 105,
        "wall-collapsing": 135,
        "traffic-standstill": 130,
        "smoke-detected": 160,
        "heat-detected": 164,
        "pm2-5-plume": 180,
    },
    "snow-morning": {
        "snow-settling": 70,
        "traffic-congestion": 215,
        "traffic-standstill": 235,
    },
}


@pytest.mark.parametrize("name", PLAYS)
def test_a_scenario_raises_what_it_should_when_it_should(name: str) -> None:
    first: dict[str, float] = {}
    for alert in play(name, 1400):
        first.setdefault(alert.rule, alert.raised)
    assert first == pytest.approx(PLAYS[name], abs=10)


@pytest.mark.parametrize("name", PLAYS)
def test_a_scenario_ends_in_peace(name: str) -> None:
    assert [alert for alert in play(name, 1400) if alert.cleared is None] == []


def test_the_scenarios_cover_all_domains() -> None:
    domains = {name: {RULE[rule].domain for rule in told} for name, told in PLAYS.items()}
    assert set().union(*domains.values()) == {"crime", "traffic", "environment", "disaster"}
    assert domains["market-fire"] == set().union(*domains.values())


@pytest.mark.parametrize("name", PLAYS)
def test_the_how_to_says_which_domains_a_scenario_alerts_in(name: str) -> None:
    domains = {str(RULE[rule].domain) for rule in PLAYS[name]}
    told = "all" if len(domains) == 4 else ", ".join(sorted(domains))
    rows = (ROOT / "docs/how-to/scenarios.md").read_text().splitlines()
    (row,) = [row for row in rows if row.startswith(f"| [{name}]")]
    assert row.endswith(f" | {told} |")


@pytest.mark.parametrize("name", [*PLAYS, "quiet", "city", "fall-at-home"])
def test_a_scenario_begins_with_what_happens(name: str) -> None:
    assert (SHIPPED / f"{name}.yaml").read_text().startswith("# ")


def test_the_scenario_of_the_how_to_is_one(tmp_path: Path) -> None:
    text = (ROOT / "docs/how-to/scenarios.md").read_text()
    block = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert block is not None
    file = tmp_path / "flood.yaml"
    file.write_text(block[1])
    flood = load_scenario([str(file)], KINDS)
    told = {alert.rule for alert in alerts(flood, flood.world(12), 250)}
    assert {"road-flooded", "river-level-alert", "traffic-congestion"} <= told


def test_somebody_who_fell_is_missed_after_two_hours() -> None:
    (alert,) = play("fall-at-home", 16_000, 60)
    assert (alert.rule, alert.device) == ("home-no-activity", "home-bukbyeon-12")
    assert alert.raised == pytest.approx(6400, abs=100)
    assert alert.cleared == 14_400


@pytest.mark.parametrize("hour", [3.0, 8.0, 15.0])
def test_the_city_alerts_in_every_domain_in_ninety_seconds_then_calms_down(hour: float) -> None:
    city = load_scenario(["city"], KINDS)
    told = alerts(city, replace(city.world(hour), start_hour=hour), 900)
    early = {RULE[alert.rule].domain for alert in told if alert.raised < 90}
    assert early == {"crime", "traffic", "environment", "disaster"}
    assert [alert for alert in told if alert.cleared is None or alert.cleared > 600] == []


LASTING: list[tuple[IncidentKind, float, str, set[str]]] = [
    (IncidentKind.DUST, 100, "air_monitor", {"pm2-5-advisory", "pm10-advisory"}),
    (IncidentKind.DUST, 300, "air_monitor", {"pm2-5-warning", "pm10-warning", "pm2-5-plume"}),
    (IncidentKind.HEATWAVE, 8, "air_gas_analyser", {"o3-advisory"}),
    (IncidentKind.HEATWAVE, 40, "air_gas_analyser", {"o3-warning"}),
    (IncidentKind.FIRE, 4, "air_gas_analyser", {"no2-high"}),
    (IncidentKind.CLOUDBURST, 25, "rain_gauge", {"rain-heavy-advisory"}),
    (IncidentKind.CLOUDBURST, 50, "rain_gauge", {"rain-heavy-warning", "rain-very-heavy"}),
]


@pytest.mark.parametrize(("kind", "strength", "device", "rules"), LASTING)
def test_what_lasts_for_hours_raises_the_rules_that_count_them(
    kind: IncidentKind, strength: float, device: str, rules: set[str]
) -> None:
    here = Place(37.6153, 126.7156)
    lasting = Incident(kind, here, 1000, at=0, duration=5 * 3600, strength=strength)
    sensor = Sensor(name="x", kind=device, place=(here.latitude, here.longitude))
    world = World(2, start_hour=11, incidents=(lasting,), day_of_year=SUMMER)
    told = alerts(Scenario(devices=(sensor,)), world, 5 * 3600, slowest=60)
    assert rules <= {alert.rule for alert in told}


def test_every_rule_has_its_cause() -> None:
    known = {rule for told in PLAYS.values() for rule in told} | {"home-no-activity"}
    known |= {rule for *_, rules in LASTING for rule in rules}
    assert known == set(RULE)


def test_every_rule_watches_something_a_shipped_kind_observes() -> None:
    observed = {
        stream.observed_property for kind in KINDS.sensors.values() for stream in kind.datastreams
    }
    assert set(RULES) <= observed <= set(PROPERTIES)
