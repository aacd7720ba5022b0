"""Finds field conditions: the shipped ones, and those other packages bring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import devices_sim.conditions.cameras
import devices_sim.conditions.sensors
from devices_sim.conditions.model import MAX_GRADE, MIN_GRADE, CameraCondition, SensorCondition
from smartopia.errors import ConfigurationError
from smartopia.plugins import installed, shipped

ENTRY_POINTS = "smartopia.conditions"
_HOW_TO = "docs/how-to/add-a-condition.md"

C = TypeVar("C")


@dataclass(frozen=True, slots=True)
class Conditions:
    """All conditions there are, by name. A sensor's and a camera's may share one (`noise`)."""

    sensors: Mapping[str, SensorCondition]
    cameras: Mapping[str, CameraCondition]

    def sensor(self, name: str, grade: int) -> SensorCondition:
        """The condition a sensor is to have.

        Raises:
            ConfigurationError: there is none of that name or grade; says what is allowed.
        """
        return _checked(self.sensors, "sensors", name, grade)

    def camera(self, name: str, grade: int) -> CameraCondition:
        """The condition a camera is to have.

        Raises:
            ConfigurationError: there is none of that name or grade; says what is allowed.
        """
        return _checked(self.cameras, "cameras", name, grade)


def _checked(known: Mapping[str, C], whose: str, name: str, grade: int) -> C:
    if name not in known:
        allowed = ", ".join(sorted(known))
        raise ConfigurationError(f"unknown condition {name!r} of {whose}; allowed are {allowed}")
    # A bool is an int to Python, but `grade: yes` in a scenario is a mistake.
    if type(grade) is not int or not MIN_GRADE <= grade <= MAX_GRADE:
        allowed = f"whole numbers from {MIN_GRADE} to {MAX_GRADE}"
        raise ConfigurationError(f"{name}: grade {grade!r}; allowed are {allowed}")
    return known[name]


def discover_conditions() -> Conditions:
    """All conditions: the `CONDITION` of each module of the two packages, and entry points.

    Raises:
        ConfigurationError: a module or entry point holds no condition, or a name is taken.
    """
    sensors: dict[str, SensorCondition] = {}
    cameras: dict[str, CameraCondition] = {}
    for source, found in (
        *shipped(devices_sim.conditions.sensors, "CONDITION"),
        *shipped(devices_sim.conditions.cameras, "CONDITION"),
        *installed(ENTRY_POINTS),
    ):
        if isinstance(found, SensorCondition):
            _add(sensors, source, found.name, found)
        elif isinstance(found, CameraCondition):
            _add(cameras, source, found.name, found)
        else:
            kinds = "SensorCondition or CameraCondition"
            raise ConfigurationError(f"{source} is no {kinds}; see {_HOW_TO}")
    return Conditions(sensors, cameras)


def _add(known: dict[str, C], source: str, name: str, condition: C) -> None:
    if name in known:
        raise ConfigurationError(f"{source}: the condition name {name!r} is taken")
    known[name] = condition
