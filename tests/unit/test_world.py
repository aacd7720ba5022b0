"""The simulated city: the same everywhere, and what goes wrong is felt where and when it does."""

from __future__ import annotations

import inspect
import math
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.world.incident import ONSETS, Incident, IncidentKind
from devices_sim.world.place import Place, downwind_metres, reach
from devices_sim.world.world import View, World

ROOT = Path(__file__).parents[2]
HERE = Place(37.6153, 126.7156)
FAR = Place(37.70, 126.90)
PROPERTIES = sorted(
    name
    for name, value in inspect.getmembers(View)
    if not name.startswith("_") and not inspect.isfunction(value) and name != "rains"
)
EVERYTHING_WRONG = tuple(
    Incident(kind, HERE, 1000, at=0, duration=900, strength=onset.strength, cycle=1000)
    for kind, onset in ONSETS.items()
)


def incident(
    kind: IncidentKind, strength: float, cycle: float | None = None, duration: float = 120
) -> Incident:
    return Incident(kind, HERE, 1000, at=60, duration=duration, strength=strength, cycle=cycle)


def everything(world: World, now: float) -> list[float]:
    view = world.view(HERE, now)
    return [float(getattr(view, name)) for name in PROPERTIES]


def test_there_is_much_to_measure() -> None:
    assert {"water_level", "pm2_5", "illuminance", "tilt", "inactivity"} <= set(PROPERTIES)
    assert len(PROPERTIES) > 45


@given(seed=st.integers(0, 2**32), now=st.floats(0, 1e6))
def test_two_instances_of_one_seed_agree(seed: int, now: float) -> None:
    first, second = (World(seed, 20, incidents=EVERYTHING_WRONG) for _ in range(2))
    assert everything(first, now) == everything(second, now)


def test_what_was_asked_before_changes_nothing() -> None:
    world = World(7, 20, incidents=EVERYTHING_WRONG)
    times = [12.5, 400.0, 4321.5]
    forwards = [everything(world, now) for now in times]
    assert [everything(World(7, 20, incidents=EVERYTHING_WRONG), now) for now in times[::-1]] == (
        forwards[::-1]
    )


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_another_process_agrees(hash_seed: str) -> None:
    code = (
        "from tests.unit.test_world import EVERYTHING_WRONG, World, everything;"
        "world = World(7, 20, incidents=EVERYTHING_WRONG);"
        "print(repr([everything(world, now) for now in (12.5, 400.0, 4321.5, 90000.25)]))"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed}
    told = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env=environment,
    )
    world = World(7, 20, incidents=EVERYTHING_WRONG)
    assert told.stdout.strip() == repr(
        [everything(world, now) for now in (12.5, 400.0, 4321.5, 90_000.25)]
    )


def test_another_seed_is_another_city() -> None:
    assert everything(World(1), 100) != everything(World(2), 100)


def test_another_place_is_another_street() -> None:
    world = World(1)
    here, far = world.view(HERE, 100), world.view(FAR, 100)
    assert here.sound_level != far.sound_level
    assert here.signal_state != far.signal_state or here.spot_speed != far.spot_speed


def test_a_world_can_be_had_on_another_day() -> None:
    world = World(3, incidents=(incident(IncidentKind.FIRE, 1),))
    winter = replace(world, day_of_year=20)
    assert winter.view(HERE, 100).temperature < world.view(HERE, 100).temperature - 10
    assert winter.felt(IncidentKind.FIRE, HERE, 100) == 1


def test_every_kind_of_incident_says_its_unit() -> None:
    assert set(ONSETS) == set(IncidentKind)
    assert all(onset.unit and onset.effect for onset in ONSETS.values())
    assert all(onset.strength > 0 <= onset.seconds for onset in ONSETS.values())


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_the_how_to_tells_of_every_kind_of_incident(kind: IncidentKind) -> None:
    onset = ONSETS[kind]
    row = f"| `{kind}` | {onset.strength:g} | `{onset.unit}` | {onset.effect} | {onset.seconds:g} |"
    assert row in (ROOT / "docs/how-to/scenarios.md").read_text()


@pytest.mark.parametrize("kind", list(IncidentKind))
def test_an_incident_is_felt_near_it_only(kind: IncidentKind) -> None:
    onset = ONSETS[kind].seconds
    world = World(1, incidents=(incident(kind, 50, duration=onset + 120),))
    assert world.felt(kind, HERE, 60 + onset) == 50
    assert world.felt(kind, FAR, 60 + onset) == 0
    assert world.drifted(kind, FAR, 60 + onset) == 0


def test_reach_falls_to_nothing_at_the_radius() -> None:
    assert [reach(d, 100) for d in (0, 50, 75, 100, 500)] == [1, 1, 0.5, 0, 0]


def test_the_wind_carries_farther_downwind_than_up() -> None:
    north, south = Place(37.6253, 126.7156), Place(37.6053, 126.7156)
    east = Place(37.6153, 126.7283)
    metres = HERE.metres_to(north)
    assert metres == pytest.approx(1113, abs=2)
    assert downwind_metres(HERE, south, 0) == pytest.approx(0.4 * metres, rel=1e-6)
    assert downwind_metres(HERE, north, 0) == pytest.approx(1.6 * metres, rel=1e-6)
    assert downwind_metres(HERE, east, 0) == pytest.approx(HERE.metres_to(east), rel=1e-6)
    assert downwind_metres(HERE, HERE, 0) == 0


@given(now=st.floats(0, 5000))
def test_incidents_come_again_each_cycle(now: float) -> None:
    one = incident(IncidentKind.FIRE, 1, cycle=1000)
    assert one.share(now) == pytest.approx(one.share(now + 1000), abs=1e-6) or now < 60
    assert one.share(600) == 0


def test_an_incident_says_since_when_it_is_on() -> None:
    again = incident(IncidentKind.BREAK_IN, 110, cycle=1000)
    assert [again.since(now) for now in (61, 100, 1070)] == [1, 40, 10]
    assert again.since(300) == math.inf
    assert World(1, incidents=(again,)).since(IncidentKind.BREAK_IN, FAR, 100) == math.inf
