"""The life of a simulated sensor: it reads the world once a period, and tells."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from zlib import crc32

from devices_sim.conditions.model import Span
from devices_sim.conditions.sensing import ConditionedSensor
from devices_sim.run_model import Run
from devices_sim.scenario import Sensor
from devices_sim.sdk.device import Device
from devices_sim.sdk.kind import SensorKind
from devices_sim.world.place import Place
from smartopia.contract.observations import TimedResults

_HURRY_S = 0.2
_MOST = 1000


async def sense(
    device: Device, sensor: Sensor, kind: SensorKind, run: Run, spans: Sequence[Span]
) -> None:
    """Tell what the sensor measures, as the conditions on it have it, until cancelled."""
    if run.clock.speed > 1 and not spans:
        await _hurry(device, sensor, kind, run)
        return
    # Most devices have no condition ever, and a thousand of them need not pay for it.
    teller = _conditioned(device, kind, run, spans) if spans else None
    tell = device.observe if teller is None else teller.observe
    place, due = Place(*sensor.place), first_due(sensor, kind)
    try:
        while True:
            await asyncio.sleep(run.clock.wait(due))
            time = run.clock.told(due)
            results = kind.read(run.world.view(place, due, kind.period), time)
            tell(results, time)
            run.notes.count(sensor.name, "observations", len(results))
            # What was slept through (a suspended machine) is not measured after the fact.
            missed = max(0.0, (run.clock.now() - due) // kind.period)
            due += kind.period * (1 + missed)
    finally:
        if teller is not None:
            teller.close()


def _conditioned(
    device: Device, kind: SensorKind, run: Run, spans: Sequence[Span]
) -> ConditionedSensor:
    return ConditionedSensor(
        device,
        spans,
        run.conditions,
        seed=run.world.seed,
        clock=run.clock.now,
        period=kind.period,
        ranges={s.name: s.range for s in kind.datastreams if s.range is not None},
        record=run.notes.applied,
        wait=run.clock.wait,
    )


async def _hurry(device: Device, sensor: Sensor, kind: SensorKind, run: Run) -> None:
    """Time runs faster than life: many readings in one message, so that none floods."""
    place, due = Place(*sensor.place), first_due(sensor, kind)
    while True:
        rows: list[TimedResults] = []
        now = run.clock.now()
        while due <= now and len(rows) < _MOST:
            time = run.clock.told(due)
            results = kind.read(run.world.view(place, due, kind.period), time)
            rows.append(TimedResults(time=time, results=results))
            due += kind.period
        if rows:
            device.observe_many(rows)
            run.notes.count(sensor.name, "observations", sum(len(row.results) for row in rows))
        await asyncio.sleep(max(run.clock.wait(due), _HURRY_S))


def first_due(sensor: Sensor, kind: SensorKind) -> float:
    """When it reads first: at a place in its period of its own, so that not all speak at once."""
    return crc32(sensor.name.encode()) / 2**32 * kind.period
