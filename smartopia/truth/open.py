"""Open a revealed truth, or refuse it. Whoever scores reads truth through here only."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from smartopia.clock import rfc3339
from smartopia.errors import TruthError
from smartopia.truth.canonical import digest, parse
from smartopia.truth.model import RUN_PATTERN, Frame, Part, Record, RunName, Schedule, Seal
from smartopia.truth.seal import TOLERANCE, on_time, timing
from smartopia.validation import problems_of

_AS_WRITTEN = "take the file as the simulator wrote it"
_ANOTHER = "score another chapter"

_Model = TypeVar("_Model", bound=Part)


@dataclass(frozen=True, slots=True)
class Truth:
    """One chapter whose schedule is the sealed one and whose record is the revealed one."""

    schedule: Schedule
    record: Record
    seal: Seal
    frames: tuple[Frame, ...] = ()


def open_revealed(path: Path, seal: Seal | None) -> Truth:
    """The truth in this file, where it is what the platform's seal says.

    Args:
        path: a file of the truth folder.
        seal: what the platform holds of that chapter; None where it holds nothing.

    Raises:
        TruthError: it was changed, is another chapter's, was sealed late or never, was never
            revealed, or its times cannot be trusted; says which and what to do.
    """
    content = _read(path)
    run, chapter = _named(path, content)
    if seal is None:
        raise TruthError(
            f"{path}: run {run}, chapter {chapter} was never sealed on this platform, so it may "
            f"have been written with hindsight; {_ANOTHER}, or ask the platform it ran against"
        )
    if (run, chapter) != (seal.run, seal.chapter):
        raise TruthError(
            f"{path}: is of run {run}, chapter {chapter}; expected run {seal.run}, chapter "
            f"{seal.chapter}; take that chapter's file"
        )
    _check_kept(path, seal)
    _check_digest(path, "schedule", content["schedule"], seal.digest)
    _check_digest(path, "record", content["record"], seal.record_digest)
    truth = Truth(
        _model(path, Schedule, content["schedule"]), _model(path, Record, content["record"]), seal
    )
    _check_agreement(path, truth)
    return Truth(truth.schedule, truth.record, seal, _frames(path, truth.record))


def run_and_chapter(path: Path) -> tuple[str, int]:
    """Which chapter a file says it is of, to look its seal up. Nothing else is believed of it.

    Raises:
        TruthError: it is no file of a truth.
    """
    return _named(path, _read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = parse(path.read_bytes())
    except OSError as error:
        raise TruthError(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise TruthError(f"{path}: is no JSON of a truth: {error}; {_AS_WRITTEN}") from None
    if not isinstance(content, dict) or set(content) != {"schedule", "record"}:
        raise TruthError(
            f"{path}: is no truth, which holds a schedule and a record and nothing else; "
            f"{_AS_WRITTEN}"
        )
    return content


class _Name(Part, extra="ignore"):
    run: RunName
    chapter: int


def _named(path: Path, content: dict[str, Any]) -> tuple[str, int]:
    try:
        name = _Name.model_validate(content["schedule"])
    except ValidationError:
        raise TruthError(
            f"{path}: its schedule names no run ({RUN_PATTERN}) and chapter; {_AS_WRITTEN}"
        ) from None
    return name.run, name.chapter


def _check_kept(path: Path, seal: Seal) -> None:
    if not on_time(seal):
        raise TruthError(
            f"{path}: {timing(seal)} (sealed {rfc3339(seal.sealed_at)}, begun "
            f"{rfc3339(seal.begins_at)}): it may have been written with hindsight; {_ANOTHER}"
        )
    if seal.record_digest is None:
        raise TruthError(
            f"{path}: run {seal.run}, chapter {seal.chapter} was sealed, but never revealed to "
            f"the platform: its simulator was killed or had lost it; {_ANOTHER}"
        )


def _check_digest(path: Path, part: str, value: object, expected: str | None) -> None:
    try:
        found = digest(value)
    except ValueError as error:
        raise TruthError(f"{path}: {part}: {error}; {_AS_WRITTEN}") from None
    if found != expected:
        told = "sealed" if part == "schedule" else "revealed"
        raise TruthError(
            f"{path}: the {part} was changed after it was {told}: expected SHA-256 {expected}, "
            f"found {found}; {_AS_WRITTEN}"
        )


def _model(path: Path, model: type[_Model], value: object) -> _Model:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise TruthError(
            f"{path}: {model.__name__.lower()}.{problems_of(error)[0]}; it is of another version "
            "of Smartopia: open it with that one"
        ) from None


def _check_agreement(path: Path, truth: Truth) -> None:
    """What the simulator told the platform besides the digests is what it sealed."""
    schedule, record, seal = truth.schedule, truth.record, truth.seal
    if (schedule.played_from, schedule.played_until) != (seal.begins_at, seal.ends_at):
        raise TruthError(
            f"{path}: sealed as of {rfc3339(seal.begins_at)} to {rfc3339(seal.ends_at)}, but the "
            f"schedule is of {rfc3339(schedule.played_from)} to {rfc3339(schedule.played_until)}; "
            f"{_ANOTHER}"
        )
    if (record.run, record.chapter, record.schedule_digest) != (
        seal.run,
        seal.chapter,
        seal.digest,
    ):
        raise TruthError(
            f"{path}: its record is of run {record.run}, chapter {record.chapter}, schedule "
            f"{record.schedule_digest}; expected run {seal.run}, chapter {seal.chapter}, schedule "
            f"{seal.digest}; {_ANOTHER}"
        )
    if abs(record.clock_offset) > TOLERANCE.total_seconds():
        raise TruthError(
            f"{path}: the machine's clock was moved by {record.clock_offset:+.1f} s during the "
            f"chapter, so its times are not those of the devices' messages; {_ANOTHER}"
        )


def _frames(path: Path, record: Record) -> tuple[Frame, ...]:
    if record.frames is None:
        return ()
    file = path.with_name(record.frames.file)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TruthError(
            f"{file}: cannot be read: {error.strerror}; put it next to {path}"
        ) from None
    found = hashlib.sha256(content).hexdigest()
    if found != record.frames.digest:
        raise TruthError(
            f"{file}: was changed after it was revealed: expected SHA-256 "
            f"{record.frames.digest}, found {found}; {_AS_WRITTEN}"
        )
    return tuple(_model(file, Frame, parse(line)) for line in content.splitlines())
