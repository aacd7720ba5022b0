"""Runs whose truth is known: folders with revealed chapters and the alerts of their time."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analytics.evaluation.report.export import Export, read_export
from analytics.evaluation.same_events import Take
from analytics.evaluation.truth_events import true_run
from analytics.evaluation.watched import without_gaps
from smartopia.errors import ConfigurationError
from smartopia.truth.open import Truth, open_revealed, run_and_chapter

ALERTS_FILE = "alerts.json"


@dataclass(frozen=True, slots=True)
class Run:
    """What was true, told and watched in the runs of a folder.

    Attributes:
        folder: where it is from.
        take: events, alerts and time. All time the truth covers counts as watched where nobody
            wrote down when cameras were.
        written: whether somebody did.
        names: of the runs, as the simulator gave them.
        plays: what they play: scenario's digest and seed.
        untold: events of kinds no situation tells, by kind.
        files: of the truth.
        digest: SHA-256 of all that was read.
    """

    folder: Path
    take: Take
    written: bool
    names: frozenset[str]
    plays: frozenset[tuple[str, int]]
    untold: Mapping[str, int]
    files: int
    digest: str


def read_run(folder: Path, situations: Collection[str]) -> Run:
    """What is in a folder: the truth's files and alerts.json.

    Args:
        situations: names of those that are scored.

    Raises:
        TruthError: a file is not what was sealed.
        ConfigurationError: one cannot be read or has nothing; says which.
    """
    held, digest = read_export(folder / ALERTS_FILE)
    truths, total = _truths(folder, held), hashlib.sha256(digest.encode())
    for file in _files(folder):
        total.update(file.read_bytes())
    begin, end = _span(folder, held, truths)
    run = true_run(truths, held.site, situations)
    told = (one for one in held.raised() if begin <= one.raised <= end)
    spells = held.spells()
    return Run(
        folder=folder,
        take=Take(
            begin=begin,
            events=run.events,
            alerts=tuple(one for one in told if one.situation in situations),
            covered=run.covered,
            watched=run.covered if spells is None else without_gaps(run.covered, spells),
        ),
        written=spells is not None,
        names=frozenset(one.record.run for one in truths),
        plays=frozenset((one.schedule.scenario_digest, one.schedule.seed) for one in truths),
        untold=run.untold,
        files=len(truths),
        digest=total.hexdigest(),
    )


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.glob("*.json") if p.name != ALERTS_FILE)


def _truths(folder: Path, held: Export) -> list[Truth]:
    seals = {(one.run, one.chapter): one for one in held.seals}
    files = _files(folder)
    if not files:
        raise ConfigurationError(f"{folder} holds no truth; copy the files of the truth folder")
    return [open_revealed(file, seals.get(run_and_chapter(file))) for file in files]


def _span(folder: Path, held: Export, truths: Sequence[Truth]) -> tuple[datetime, datetime]:
    """From when to when the truth is; all of it has to be exported."""
    begin = min(one.schedule.begins_at for one in truths)
    end = max(one.record.ended_at for one in truths)
    if held.since > begin or held.until < end:
        raise ConfigurationError(
            f"{folder / ALERTS_FILE} is of {held.since} to {held.until}, the truth of {begin} to "
            f"{end}; export the alerts of all that time"
        )
    return begin, end


def digest_of(runs: Iterable[Run]) -> str:
    """SHA-256 of all that was read of these."""
    return hashlib.sha256("".join(sorted(run.digest for run in runs)).encode()).hexdigest()


def twin(other: Run, runs: Iterable[Run]) -> Run | None:
    """The run that has the same events as another: the same truth, or else the same play."""
    known = list(runs)
    alike = [one for one in known if one.names == other.names]
    again = [one for one in known if one.plays == other.plays and len(one.names) == 1]
    return next(iter((*alike, *(again if len(other.names) == 1 else ()))), None)
