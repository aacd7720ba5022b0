"""Scripts of fire and water."""

from __future__ import annotations

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.plan.placing import bank_height
from devices_sim.cameras.scene.plan.simulation import STEP
from devices_sim.cameras.scene.plan.stage import Script, Stage

_GROWS = 12.0  # s
_DIES = 10.0
_SEEN = 0.35  # the scale of flames 0.4 m high
_WISP = 0.1
_RISES = 0.08  # m/s; a flash flood, shortened
_PER_RISE = 40.0  # s at most that a rise or fall takes


def fire(stage: Stage) -> Script:
    """A fire begins small, grows, burns, and dies; its smoke goes before and after it."""
    full = max(stage.event.force, 1.5 * _SEEN)
    yield from stage.until(stage.event.at - _GROWS * _SEEN / full - 3)
    smoke = stage.puts(ActorKind.SMOKE, stage.at, _WISP)
    yield from stage.wait(3)
    flames = stage.puts(ActorKind.FIRE, stage.at, _WISP)
    scale = _WISP
    die = None
    while die is None or scale > _WISP:
        if stage.onset is not None and stage.now >= stage.onset + stage.event.duration - _DIES:
            die = stage.now if die is None else die
        scale += full * STEP / (_GROWS if die is None else -_DIES)
        scale = max(_WISP, min(full, scale))
        if die is None and scale >= _SEEN:
            stage.begins()
        elif die is not None and scale < _SEEN:
            stage.ends()
        stage.scales(flames, scale)
        stage.scales(smoke, max(_WISP, 1.2 * scale))
        yield
    stage.takes(flames)
    yield from stage.wait(_DIES)
    stage.takes(smoke)


def flood(stage: Stage) -> Script:
    """The water rises over its bank and falls again."""
    bank = bank_height(stage.sim.layout)
    full = stage.event.force
    rate = max(_RISES, full / _PER_RISE)
    yield from stage.until(stage.event.at - bank / rate)
    level = 0.0
    while level < full:
        level = _set(stage, min(full, level + rate * STEP), bank)
        yield
    yield from stage.until((stage.onset or 0) + stage.event.duration - (full - bank) / rate)
    while level > 0:
        level = _set(stage, max(0.0, level - rate * STEP), bank)
        yield


def _set(stage: Stage, level: float, bank: float) -> float:
    stage.sim.flood = level
    if level >= bank:
        stage.begins()
    else:
        stage.ends()
    return level
