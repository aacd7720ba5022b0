"""Runs whose truth is known: folders with revealed chapters and the alerts of their time."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched
from analytics.evaluation.report.export import read_export
from analytics.evaluation.truth_events import true_run
from smartopia.errors import ConfigurationError
from smartopia.truth.open import Truth, open_revealed, run_and_chapter

ALERTS_FILE = "alerts.json"


@dataclass(frozen=True, slots=True)
class Run:
    """What was true, told and watched in some runs.

    Attributes:
        untold: events of kinds no situation tells, by kind.
        files: of the truth.
        digest: SHA-256 of all that was read.
    """

    events: tuple[TrueEvent, ...]
    alerts: tuple[RaisedAlert, ...]
    watched: tuple[Watched, ...]
    untold: Mapping[str, int]
    files: int
    digest: str


def read_runs(folders: Sequence[Path], situations: Collection[str]) -> Run:
    """Runs of a side together.

    Args:
        folders: each with the truth's files and alerts.json.
        situations: names of those that are scored.

    Raises:
        TruthError: a file is not what was sealed.
        ConfigurationError: one cannot be read or has nothing; says which.
    """
    runs = [_read(folder, situations) for folder in folders]
    return Run(
        events=tuple(one for run in runs for one in run.events),
        alerts=tuple(one for run in runs for one in run.alerts),
        watched=tuple(one for run in runs for one in run.watched),
        untold=sum((Counter(run.untold) for run in runs), Counter()),
        files=sum(run.files for run in runs),
        digest=hashlib.sha256("".join(sorted(run.digest for run in runs)).encode()).hexdigest(),
    )


def _read(folder: Path, situations: Collection[str]) -> Run:
    held, digest = read_export(folder / ALERTS_FILE)
    seals = {(one.run, one.chapter): one for one in held.seals}
    files = sorted(p for p in folder.glob("*.json") if p.name != ALERTS_FILE)
    if not files:
        raise ConfigurationError(f"{folder} holds no truth; copy the files of the truth folder")
    truths: list[Truth] = []
    total = hashlib.sha256(digest.encode())
    for file in files:
        truths.append(open_revealed(file, seals.get(run_and_chapter(file))))
        total.update(file.read_bytes())
    run = true_run(truths, held.site, situations)
    begin = min(one.schedule.begins_at for one in truths)
    end = max(one.record.ended_at for one in truths)
    if held.since > begin or held.until < end:
        raise ConfigurationError(
            f"{folder / ALERTS_FILE} is of {held.since} to {held.until}, the truth of {begin} to "
            f"{end}; export the alerts of all that time"
        )
    told = (one for one in held.raised() if begin <= one.raised <= end)
    return Run(
        events=run.events,
        alerts=tuple(one for one in told if one.situation in situations),
        watched=run.covered,
        untold=run.untold,
        files=len(files),
        digest=total.hexdigest(),
    )
