"""The simulated city: the same everywhere, and coherent."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place, reach
from devices_sim.world.world import World

HERE = Place(37.6153, 126.7156)
FAR = Place(37.70, 126.90)
PROPERTIES = [
    "rain_rate",
    "water_level",
    "vehicle_count",
    "vehicle_speed",
    "pm2_5",
    "pm10",
    "sound_level",
    "temperature",
    "relative_humidity",
    "wind_speed",
    "room_temperature",
    "smoke",
    "motion",
    "bell_pressed",
]


def incident(kind: IncidentKind, strength: float, cycle: float | None = None) -> Incident:
    return Incident(kind, HERE, radius=1000, at=60, duration=120, strength=strength, cycle=cycle)


def everything(world: World, now: float) -> list[float]:
    view = world.view(HERE, now)
    return [float(getattr(view, name)) for name in PROPERTIES]


@given(seed=st.integers(0, 2**32), now=st.floats(0, 1e6))
def test_two_instances_of_one_seed_agree(seed: int, now: float) -> None:
    assert everything(World(seed, 20), now) == everything(World(seed, 20), now)


def test_another_process_agrees() -> None:
    code = (
        "from devices_sim.world.world import World;"
        "from devices_sim.world.place import Place;"
        "print(repr(World(7, 20).view(Place(37.6153, 126.7156), 4321.5).pm2_5))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(told.stdout) == World(7, 20).view(HERE, 4321.5).pm2_5


def test_another_seed_is_another_city() -> None:
    assert everything(World(1), 100) != everything(World(2), 100)


def test_rain_raises_the_river_late_and_it_falls_slowly() -> None:
    world = World(20, pace=20, incidents=(incident(IncidentKind.CLOUDBURST, 80),))
    level = {now: world.view(HERE, now).water_level for now in range(0, 900, 5)}
    rain = {now: world.view(HERE, now).rain_rate for now in range(0, 900, 5)}
    assert rain[55] < 3
    assert rain[65] > 60
    assert level[65] - level[55] < 0.3, "the first water takes its time"
    highest = max(level, key=lambda now: level[now])
    assert highest >= 180, "the crest comes when the rain ends, not when it begins"
    assert level[highest] > 6
    assert level[highest + 30] > 4, "it falls slowly"
    assert level[895] < 2


def test_an_accident_stops_the_road_and_ends() -> None:
    world = World(1, incidents=(incident(IncidentKind.ACCIDENT, 1),))
    speed = {now: world.view(HERE, now).vehicle_speed for now in (50, 90, 170, 200)}
    assert speed[50] > 45
    assert speed[90] < 20
    assert speed[170] < 20
    assert speed[200] > 45


def test_rush_hours_are_slower_and_fuller() -> None:
    rush, night = World(1, start_hour=8), World(1, start_hour=3)
    assert rush.view(HERE, 0).vehicle_speed < night.view(HERE, 0).vehicle_speed - 10
    counts = [
        sum(w.view(HERE, t, 60).vehicle_count for t in range(0, 1800, 60)) for w in (rush, night)
    ]
    assert counts[0] > 3 * counts[1]


def test_counts_add_up_to_the_flow_whatever_the_interval() -> None:
    world = World(4, start_hour=13)
    by_second = sum(world.view(HERE, t, 1).vehicle_count for t in range(1800))
    by_minute = sum(world.view(HERE, t, 60).vehicle_count for t in range(0, 1800, 60))
    assert by_second == pytest.approx(by_minute, rel=0.2)


def test_smoke_dust_and_rain_move_the_particles() -> None:
    def pm(*incidents: Incident) -> float:
        return World(1, incidents=incidents).view(HERE, 120).pm2_5

    clean, dusty = pm(), pm(incident(IncidentKind.DUST, 300))
    assert 15 <= clean <= 30
    assert dusty > 150
    assert pm(incident(IncidentKind.FIRE, 1)) > 150
    washed = pm(incident(IncidentKind.DUST, 300), incident(IncidentKind.CLOUDBURST, 80))
    assert washed < 0.8 * dusty


def test_a_crime_moves_people_to_the_bell() -> None:
    view = World(1, incidents=(incident(IncidentKind.CRIME, 1),)).view(HERE, 100)
    assert view.bell_pressed
    assert view.motion


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_an_incident_is_felt_near_it_only(kind: IncidentKind) -> None:
    world = World(1, incidents=(incident(kind, 50),))
    assert world.felt(kind, HERE, 120) == 50
    assert world.felt(kind, FAR, 120) == 0


def test_reach_falls_to_nothing_at_the_radius() -> None:
    assert [reach(d, 100) for d in (0, 50, 75, 100, 500)] == [1, 1, 0.5, 0, 0]


@given(now=st.floats(0, 5000))
def test_incidents_come_again_each_cycle(now: float) -> None:
    one = incident(IncidentKind.FIRE, 1, cycle=1000)
    assert one.share(now) == pytest.approx(one.share(now + 1000), abs=1e-6) or now < 60
    assert one.share(600) == 0
