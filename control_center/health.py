"""How the city is, from what its parts say of themselves: pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from smartopia.bus.health import Heartbeat
from smartopia.clock import rfc3339

MISSING_S = 3.5
FORGET_S = 60.0
BACKLOG = 5000
EXPECTED = ("ingest", "analytics-rules", "analytics-vision", "analytics-situations")

_DUTIES = {
    "ingest": "observations are not stored; devices' messages wait in the broker's log",
    "analytics-rules": "no alerts are raised from sensors; they will be when it is back",
    "analytics-vision": "cameras are not watched",
    "analytics-situations": "no alerts are raised from what cameras see",
    "control-center": "another control center is gone",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something an operator must know, in words."""

    code: str
    part: str
    severity: Literal["warning", "critical"]
    text: str


def assess(
    beats: Mapping[str, Heartbeat],
    now: datetime,
    *,
    broker_up: bool,
    database_up: bool,
    backlog: Mapping[str, int],
) -> dict[str, Any]:
    """The health of the city, as the screen shows it.

    Args:
        beats: the last heartbeat of each instance.
        backlog: entries waiting, by cursor.
    """
    problems = list(_server_problems(broker_up=broker_up, database_up=database_up))
    parts = newest_by_part(beats.values())
    heard = {beat.part: _heard(beat.part, beats.values(), now) for beat in parts.values()}
    if broker_up:
        problems += _part_problems(parts, heard, now)
        problems += _process_problems(parts)
        problems += [
            Problem(
                "backlog",
                cursor,
                "warning",
                f"{cursor} is {count} messages behind; what it does comes late",
            )
            for cursor, count in backlog.items()
            if count > BACKLOG
        ]
    restarts = {p.name: p.restarts for beat in parts.values() for p in beat.processes}
    return {
        "at": rfc3339(now),
        "state": "degraded" if problems else "ok",
        "problems": [
            {"code": p.code, "part": p.part, "severity": p.severity, "text": p.text}
            for p in sorted(problems, key=lambda p: (p.severity, p.part, p.code))
        ],
        "parts": [
            _part(beat, now) | {"restarts": restarts.get(name, 0)}
            for name, newest in sorted(parts.items())
            for beat in heard[name] or [newest]
        ],
        "processes": [
            process.model_dump() for beat in parts.values() for process in beat.processes
        ],
        "backlog": [{"cursor": name, "pending": n} for name, n in sorted(backlog.items())],
    }


def newest_by_part(beats: Iterable[Heartbeat]) -> dict[str, Heartbeat]:
    """The most recent heartbeat of each part."""
    newest: dict[str, Heartbeat] = {}
    for beat in beats:
        if beat.part not in newest or newest[beat.part].at < beat.at:
            newest[beat.part] = beat
    return newest


def _heard(part: str, beats: Iterable[Heartbeat], now: datetime) -> list[Heartbeat]:
    """The instances of a part that speak at present, each in its place."""
    speak = [
        b for b in beats if b.part == part and b.state != "stopped" and _age(b, now) <= MISSING_S
    ]
    return sorted(speak, key=lambda beat: beat.instance)


def _age(beat: Heartbeat, now: datetime) -> float:
    return (now - beat.at).total_seconds()


def _server_problems(*, broker_up: bool, database_up: bool) -> Iterable[Problem]:
    if not broker_up:
        yield Problem(
            "broker_lost",
            "broker",
            "critical",
            "The broker cannot be reached. Nothing new comes in; devices keep what they send "
            "and deliver it when the broker is back.",
        )
    if not database_up:
        yield Problem(
            "database_lost",
            "database",
            "critical",
            "The database cannot be reached. What you see may be old, and nothing can be "
            "acknowledged; messages wait in the broker's log.",
        )


def _part_problems(
    parts: Mapping[str, Heartbeat], heard: Mapping[str, Sequence[Heartbeat]], now: datetime
) -> Iterable[Problem]:
    for name in sorted({*EXPECTED, *parts}):
        beat = parts.get(name)
        duty = _DUTIES.get(name, "what it does is not done")
        if beat is None:
            yield Problem("part_missing", name, "critical", f"{name} does not run: {duty}.")
        elif _age(beat, now) > MISSING_S:
            if name in EXPECTED or beat.state != "stopped":
                yield Problem("part_silent", name, "critical", f"{name} is silent: {duty}.")
        else:
            # What several of them say is told once.
            reasons = {r.code: r for one in heard[name] for r in one.reasons}
            for reason in reasons.values():
                yield Problem(reason.code, name, "warning", reason.text)


def _process_problems(parts: Mapping[str, Heartbeat]) -> Iterable[Problem]:
    for beat in parts.values():
        for process in beat.processes:
            if process.state == "restarting":
                yield Problem(
                    "restarting",
                    process.name,
                    "warning",
                    f"{process.name} {process.last_exit or 'is starting'} and is started again "
                    f"({process.restarts} times so far).",
                )


def _part(beat: Heartbeat, now: datetime) -> dict[str, Any]:
    age = _age(beat, now)
    state = "missing" if age > MISSING_S and beat.state != "stopped" else beat.state
    return {
        "part": beat.part,
        "instance": beat.instance,
        "state": state,
        "age_s": round(max(0.0, age), 1),
        "reasons": [reason.model_dump() for reason in beat.reasons],
        "counters": beat.counters,
        "notes": list(beat.notes),
    }
