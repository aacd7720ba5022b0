"""What a scenario's sensors would tell, and what is to happen in its scenes, without waiting.

The same scenario and seed give the same lines, on any machine.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from devices_sim.cameras.scene.programme import Programme, programme
from devices_sim.scenario import Scenario, Sensor
from devices_sim.sdk.kind import SensorKind
from devices_sim.sdk.registry import Kinds
from devices_sim.sensing import first_due
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.clock import rfc3339

Line = tuple[float, str, dict[str, float]]


def lines(scenario: Scenario, kinds: Kinds, start: datetime, seconds: float) -> Iterator[str]:
    """One JSON object for each scene, then one for each reading, in order of time.

    Args:
        scenario: its `start` and `start_hour` count; where they are missing, `start` does.
        kinds: the kinds of sensors.
        start: the instant of second 0.
        seconds: of the run.
    """
    for scene in scenario.scenes:
        yield json.dumps(_scene(programme(scene, scenario.seed, scenario.cycle), start))
    world = scenario.world(start.hour + start.minute / 60)
    readings = (_readings(world, s, kinds.sensors[s.kind], start) for s in scenario.devices)
    for due, device, results in heapq.merge(*readings):
        if due >= seconds:
            return
        time = rfc3339(start + timedelta(seconds=due))
        yield json.dumps({"device": device, "time": time, "results": results})


def _scene(played: Programme, start: datetime) -> dict[str, object]:
    """Its cameras, and its events with the time from which each may be true at the earliest."""
    return {
        "scene": played.scene.name,
        "layout": played.layout.name,
        "time": rfc3339(start),
        "cameras": [lens.name for lens in played.scene.cameras],
        "events": [
            {
                "id": planned.id,
                "kind": planned.event.kind,
                "from": rfc3339(start + timedelta(seconds=planned.begin)),
                "until": rfc3339(start + timedelta(seconds=planned.end)),
            }
            for planned in played.planned(0)
        ],
    }


def _readings(world: World, sensor: Sensor, kind: SensorKind, start: datetime) -> Iterator[Line]:
    kind = kind.every(sensor.period) if sensor.period else kind
    place, due = Place(*sensor.place), first_due(sensor, kind)
    while True:
        view = world.view(place, due, kind.period)
        yield due, sensor.name, kind.read(view, start + timedelta(seconds=due))
        due += kind.period
