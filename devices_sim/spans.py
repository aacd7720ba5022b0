"""Which conditions befall which device of a scenario, and when."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from devices_sim.cameras.scene.section import KIND
from devices_sim.conditions.model import Span
from devices_sim.conditions.registry import Conditions
from devices_sim.scenario import Applied, Scenario
from smartopia.errors import ConfigurationError

EVERYTHING = "*"
_OF_KIND = "kind:"
FORESEEN_S = 30 * 86_400.0
"""How long conditions come again with the cycle, in seconds of the run."""


def spans_of(scenario: Scenario, conditions: Conditions) -> dict[str, tuple[Span, ...]]:
    """The conditions of each device, in the order in which the scenario lists them.

    Raises:
        ConfigurationError: a condition there is not, or on a device that is not there or cannot
            have it; says what is allowed.
    """
    spans: defaultdict[str, list[Span]] = defaultdict(list)
    for applied in scenario.conditions:
        for device in devices_of(scenario, applied, conditions):
            spans[device] += [
                Span(device, applied.condition, applied.grade, begin, end)
                for begin, end in _turns(applied, scenario.cycle)
            ]
    return {device: tuple(own) for device, own in spans.items()}


def _turns(applied: Applied, cycle: float | None) -> Iterator[tuple[float, float]]:
    """When it is on: once, or once each cycle, for as long as is foreseen."""
    if applied.duration is None:
        yield applied.at, math.inf
        return
    yield applied.at, applied.at + applied.duration
    turns = math.floor(FORESEEN_S / cycle) if cycle is not None else 0
    for turn in range(1, turns + 1):
        begin = applied.at + turn * (cycle or 0.0)
        yield begin, begin + applied.duration


def devices_of(scenario: Scenario, applied: Applied, conditions: Conditions) -> Iterator[str]:
    """The devices a condition is put on.

    Raises:
        ConfigurationError: as `spans_of`.
    """
    name, grade = applied.condition, applied.grade
    sensors = {sensor.name: sensor.kind for sensor in scenario.devices}
    cameras = {camera.name: camera.kind or "camera" for camera in scenario.cameras}
    cameras |= {lens.name: KIND for scene in scenario.scenes for lens in scene.cameras}
    if name not in conditions.sensors and name not in conditions.cameras:
        allowed = ", ".join(sorted({*conditions.sensors, *conditions.cameras}))
        raise ConfigurationError(f"unknown condition {name!r}; allowed are {allowed}")
    for wanted in applied.on:
        if wanted == EVERYTHING or wanted.startswith(_OF_KIND):
            kind = wanted.removeprefix(_OF_KIND)
            fits = (
                *(s for s in sensors if name in conditions.sensors),
                *(c for c in cameras if name in conditions.cameras),
            )
            chosen = [d for d in fits if kind in {EVERYTHING, sensors.get(d), cameras.get(d)}]
            if not chosen:
                raise ConfigurationError(f"{name}: no device is meant by {wanted!r}")
            yield from chosen
        elif wanted in sensors:
            conditions.sensor(name, grade)
            yield wanted
        elif wanted in cameras:
            conditions.camera(name, grade)
            yield wanted
        else:
            raise ConfigurationError(
                f"{name}: no sensor or camera {wanted!r} in the scenario; name one, "
                f"'{_OF_KIND}KIND', or '{EVERYTHING}'"
            )
