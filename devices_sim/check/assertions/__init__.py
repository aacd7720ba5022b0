"""All assertions, in the order of their numbers: a file for each group."""

from __future__ import annotations

from types import ModuleType

from devices_sim.check.assertion import Assertion
from devices_sim.check.assertions import (
    announce,
    commands,
    endurance,
    frames,
    identity,
    observations,
    status,
)


def _of(module: ModuleType) -> tuple[Assertion, ...]:
    return tuple(thing for thing in vars(module).values() if isinstance(thing, Assertion))


GROUPS = {
    "announcement": _of(announce),
    "status": _of(status),
    "identity and time": _of(identity),
    "results": _of(observations),
    "pictures": _of(frames),
    "commands": _of(commands),
    "endurance": _of(endurance),
}
ASSERTIONS = tuple(one for group in GROUPS.values() for one in group)
