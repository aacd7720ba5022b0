"""What an opened truth says of situations: true events, and under which conditions who looked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from analytics.evaluation.events import Conditions, TrueEvent, Watched
from smartopia.truth.model import Applied, Happened
from smartopia.truth.open import Truth

FAULTS: Mapping[str, tuple[str, int]] = {
    "occlusion": ("camera_blinded", 5),
    "defocus": ("camera_blinded", 5),
    "frozen": ("camera_frozen", 4),
    "turned": ("camera_turned", 3),
}
"""Conditions that are true events of the camera itself: of which situation, from which grade on."""


@dataclass(frozen=True, slots=True)
class TrueRun:
    """What some chapters of one or more runs tell.

    Attributes:
        events: one for each camera that looks; the same whatever the order of the chapters.
        covered: the time the truth is known of, by camera, in spans of the same conditions.
        untold: how many events were of a kind that no situation tells, by kind.
    """

    events: tuple[TrueEvent, ...]
    covered: tuple[Watched, ...]
    untold: Mapping[str, int]


def true_run(truths: Iterable[Truth], site: str, situations: Collection[str]) -> TrueRun:
    """Events and conditions of opened chapters. A kind of event is the name of its situation.

    Args:
        truths: each chapter once.
        site: whose cameras they are of.
        situations: names of those that can be told.
    """
    chapters = sorted(truths, key=lambda one: (one.record.run, one.record.chapter))
    applied = _applied(chapters)
    happened = _happened(chapters)
    events = [
        TrueEvent(
            id=f"{run}/{one.id}",
            kind=one.kind,
            site=site,
            camera=camera,
            onset=one.onset,
            end=one.end,
            conditions=conditions_at(applied.get(camera, ()), one.onset),
            asked=camera in one.cameras,
        )
        for run, one in happened
        if one.kind in situations
        for camera in (*one.cameras, *one.far)
    ]
    faults = [one for one in _faults(applied, site) if one.kind in situations]
    return TrueRun(
        events=tuple(sorted([*events, *faults], key=lambda one: (one.onset, one.id, one.camera))),
        covered=tuple(_covered(chapters, applied, site)),
        untold=Counter(one.kind for _, one in happened if one.kind not in situations),
    )


def conditions_at(applied: Iterable[Applied], when: datetime) -> Conditions:
    """Which conditions are on a camera at a time; of the same one the higher grade counts."""
    grades: dict[str, int] = {}
    for one in applied:
        if one.begins_at <= when < one.ends_at:
            grades[one.condition] = max(one.grade, grades.get(one.condition, 0))
    return tuple(sorted(grades.items()))


def _happened(chapters: Iterable[Truth]) -> list[tuple[str, Happened]]:
    """Each event of each run once; one that reached into the next chapter ends as that says."""
    found: dict[tuple[str, str], Happened] = {}
    for chapter in chapters:
        for one in chapter.record.happened:
            key = chapter.record.run, one.id
            begun = found.get(key, one)
            found[key] = begun.model_copy(update={"end": one.end})
    return [(run, one) for (run, _), one in found.items()]


def _applied(chapters: Iterable[Truth]) -> dict[str, list[Applied]]:
    """By device; what was cut where a chapter ends is one again."""
    by_device: dict[str, list[Applied]] = defaultdict(list)
    every = [one for chapter in chapters for one in chapter.record.applied]
    for one in sorted(every, key=lambda span: (span.begins_at, span.ends_at, span.condition)):
        mine = by_device[one.device]
        for index in reversed(range(len(mine))):
            before = mine[index]
            alike = (before.condition, before.grade) == (one.condition, one.grade)
            if alike and before.ends_at >= one.begins_at:
                ends_at = max(before.ends_at, one.ends_at)
                mine[index] = before.model_copy(update={"ends_at": ends_at})
                break
        else:
            mine.append(one)
    return by_device


def _faults(applied: Mapping[str, Sequence[Applied]], site: str) -> Iterator[TrueEvent]:
    for camera, spans in applied.items():
        for one in spans:
            kind, least = FAULTS.get(one.condition, ("", 0))
            if kind and one.grade >= least:
                yield TrueEvent(
                    id=f"{camera}/{one.condition}/{one.begins_at.isoformat()}",
                    kind=kind,
                    site=site,
                    camera=camera,
                    onset=one.begins_at,
                    end=one.ends_at,
                    conditions=conditions_at(spans, one.begins_at),
                )


def _covered(
    chapters: Iterable[Truth], applied: Mapping[str, Sequence[Applied]], site: str
) -> Iterator[Watched]:
    for chapter in chapters:
        begin, end = chapter.schedule.begins_at, chapter.record.ended_at
        for camera in sorted(_cameras(chapter)):
            spans = applied.get(camera, ())
            edges = {edge for one in spans for edge in (one.begins_at, one.ends_at)}
            cuts = sorted({begin, end} | {edge for edge in edges if begin < edge < end})
            for left, right in pairwise(cuts):
                yield Watched(site, camera, left, right, conditions_at(spans, left))


def _cameras(chapter: Truth) -> set[str]:
    filming = {name for name, sent in chapter.record.counts.items() if sent.get("frames")}
    return filming.union(*(one.cameras for one in chapter.record.happened))
