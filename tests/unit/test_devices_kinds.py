"""Sensor kinds: their results are what they announce."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

import devices_sim.kinds
from devices_sim.sdk.kind import SensorKind, datastream
from devices_sim.sdk.registry import discover_kinds
from devices_sim.world.incident import ONSETS, Incident
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.contract.observations import decode_observations
from smartopia.contract.properties import PROPERTIES
from smartopia.errors import ConfigurationError

HERE = Place(37.6153, 126.7156)
NOW = datetime(2026, 3, 1, tzinfo=UTC)
KINDS = discover_kinds().sensors
WRONG = tuple(
    Incident(kind, HERE, 1000, 100.0 * at, duration=3000, strength=2 * onset.strength, cycle=20_000)
    for at, (kind, onset) in enumerate(ONSETS.items())
)


def test_the_shipped_kinds_are_found() -> None:
    assert set(KINDS) >= {
        "air_gas_analyser",
        "air_monitor",
        "anemometer",
        "emergency_bell",
        "flood_gauge",
        "gas_detector",
        "glass_break_sensor",
        "home_sensor",
        "motion_sensor",
        "odour_sensor",
        "parking_counter",
        "rain_gauge",
        "river_gauge",
        "seismometer",
        "sewer_gauge",
        "smoke_heat_detector",
        "sound_meter",
        "speed_radar",
        "tilt_sensor",
        "traffic_signal",
        "vehicle_loop",
        "visibility_meter",
        "water_quality_probe",
        "weather_station",
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_shipped_kind_observes_what_the_contract_knows(kind: SensorKind) -> None:
    for stream in kind.datastreams:
        assert stream.observed_property in PROPERTIES
        assert stream.unit == PROPERTIES[stream.observed_property].unit


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_kind_is_fifteen_lines_of_ones_own(kind: SensorKind) -> None:
    file = Path(devices_sim.kinds.__path__[0]) / f"{kind.name}.py"
    assert len([line for line in file.read_text().splitlines() if line.strip()]) <= 15


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("incidents", [(), WRONG], ids=["quiet", "wrong"])
def test_results_are_those_announced_and_within_range(
    kind: SensorKind, incidents: tuple[Incident, ...]
) -> None:
    world = World(11, 20, 0, incidents)
    for now in range(0, 86_400, 600):
        results = kind.read(world.view(HERE, now, kind.period), NOW)
        assert list(results) == [stream.name for stream in kind.datastreams]
        for stream in kind.datastreams:
            assert stream.range is not None
            assert stream.range[0] <= results[stream.name] <= stream.range[1]
            assert stream.period == kind.period


def test_a_quiet_day_is_clearly_normal() -> None:
    world = World(20, 20, 0)
    normal = {
        "water_level": (1, 2),
        "pm2_5": (15, 30),
        "sound_level": (50, 65),
        "vehicle_speed": (30, 60),
        "temperature": (5, 25),
        "bell_pressed": (0, 0),
        "smoke": (0, 1),
        "sewer_level": (0.1, 0.7),
        "flood_depth": (0, 0),
        "dissolved_oxygen": (7, 12),
        "ph": (7, 8),
        "turbidity": (5, 30),
        "o3": (0, 0.1),
        "no2": (0.005, 0.05),
        "h2s": (0, 0.005),
        "co": (0.1, 2),
        "combustible_gas": (0, 1),
        "visibility": (2000, 25_000),
        "snow_rate": (0, 0),
        "wind_gust": (0, 12),
        "peak_ground_acceleration": (0.01, 0.2),
        "tilt": (0, 0.3),
        "spot_speed": (0, 100),
        "parking_occupancy": (10, 95),
        "sound_peak_level": (50, 90),
        "power": (30, 1100),
        "signal_state": (1, 3),
    }
    for now in range(0, 86_400, 300):
        view = world.view(HERE, now)
        for name, (low, high) in normal.items():
            assert low <= getattr(view, name) <= high, (name, now)


def test_another_period_changes_what_sums_up() -> None:
    loop = KINDS["vehicle_loop"].every(60)
    assert {(s.period, s.interval) for s in loop.datastreams} == {(60, 60)}
    gauge = KINDS["river_gauge"].every(60)
    assert {(s.period, s.interval) for s in gauge.datastreams} == {(60, 0)}


def test_an_unknown_property_needs_a_unit() -> None:
    with pytest.raises(ConfigurationError, match=r"'ozone': give its unit; .*water_level"):
        datastream("ozone", low=0, high=1)
    assert datastream("ozone", low=0, high=1, unit="ug/m3").unit == "ug/m3"


def test_results_make_a_message_of_the_contract() -> None:
    results = KINDS["air_monitor"].read(World(1).view(HERE, 0), NOW)
    told = decode_observations(json.dumps(results).encode(), NOW, 1)
    assert {o.datastream: o.result for o in told} == results
