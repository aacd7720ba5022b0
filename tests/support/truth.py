"""A chapter of truth as a simulator reveals it, and the platform's seal of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from devices_sim.truth.files import write_frames, write_truth
from smartopia.alarms.model import Domain
from smartopia.contract.announce import Location
from smartopia.truth.canonical import digest
from smartopia.truth.model import Applied, Box, Condition, Event, Frame, Record, Schedule, Seal

BEGIN = datetime(2026, 3, 1, 12, 0, 0, 250_000, UTC)
RUN = "20260301t115958z-0a1b2c3d"


def at(seconds: float) -> datetime:
    """An instant of the chapter."""
    return BEGIN + timedelta(seconds=seconds)


def a_schedule(**changes: Any) -> Schedule:
    fire = Event(
        id="fire-0.0",
        kind="fire",
        domain=Domain.DISASTER,
        location=Location(latitude=37.6312, longitude=126.7142),
        radius=200,
        strength=1,
        begins_at=at(40),
        ends_at=at(220),
    )
    crime = fire.model_copy(update={"id": "crime-1.0", "kind": "crime", "domain": Domain.CRIME})
    drift = Condition(
        device="river-1", condition="drift", grade=3, begins_at=at(60), ends_at=at(120)
    )
    schedule = Schedule(
        run=RUN,
        chapter=0,
        scenario="city",
        scenario_digest="c" * 64,
        seed=7,
        begins_at=at(0),
        ends_at=at(900),
        played_from=at(0),
        played_until=at(900),
        salt="5" * 64,
        events=(fire, crime),
        conditions=(drift,),
    )
    return schedule.model_copy(update=changes)


def a_record(schedule: Schedule, **changes: Any) -> Record:
    drift = Applied(
        device="river-1", condition="drift", grade=3, begins_at=at(60.2), ends_at=at(120)
    )
    record = Record(
        run=schedule.run,
        chapter=schedule.chapter,
        schedule_digest=digest(schedule.as_json()),
        ended_at=schedule.ends_at,
        sealed_at=at(-1.5),
        clock_offset=0.001,
        applied=(drift,),
        counts={"river-1": {"observations": 900}},
    )
    return record.model_copy(update=changes)


def a_seal(schedule: Schedule, record: Record | None = None, **changes: Any) -> Seal:
    """What the platform holds of it."""
    seal = Seal(
        run=schedule.run,
        chapter=schedule.chapter,
        digest=digest(schedule.as_json()),
        begins_at=schedule.played_from,
        ends_at=schedule.played_until,
        sealed_at=schedule.played_from - timedelta(seconds=1.5),
        revealed_at=schedule.played_until if record else None,
        record_digest=digest(record.as_json()) if record else None,
    )
    return seal.model_copy(update=changes)


def some_frames(n: int) -> tuple[Frame, ...]:
    box = Box(label="person", track=4, box=(10, 20.5, 50, 120))
    return tuple(Frame(device="cctv-1", time=at(i / 5), boxes=(box,)) for i in range(n))


def reveal(folder: Path, *, frames: int = 0, **changes: Any) -> tuple[Path, Seal]:
    """A chapter's file, and the seal that fits it."""
    schedule = a_schedule(**changes)
    attached = (
        write_frames(
            folder,
            schedule.run,
            schedule.chapter,
            (frame.model_dump_json().encode() for frame in some_frames(frames)),
        )
        if frames
        else None
    )
    record = a_record(schedule, frames=attached)
    return write_truth(folder, schedule, record), a_seal(schedule, record)


def edit(file: Path, change: Any) -> None:
    """Change a truth's file as somebody who wants another truth would."""
    content = json.loads(file.read_text())
    change(content)
    file.write_text(json.dumps(content))


@dataclass
class Troubles:
    """Stands for a part's heartbeat: what it says is wrong now, and what it ever said."""

    now: dict[str, str] = field(default_factory=dict)
    ever: set[str] = field(default_factory=set)

    def degraded(self, reason: str, text: str) -> None:
        self.now[reason] = text
        self.ever.add(reason)

    def recovered(self, reason: str) -> None:
        self.now.pop(reason, None)
