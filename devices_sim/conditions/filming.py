"""Puts conditions between what a camera sees and its encoder."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping, Sequence
from dataclasses import replace

import numpy as np

from devices_sim.conditions.ledger import Clock, Ledger, Record, no_record
from devices_sim.conditions.model import Affine, CameraCondition, CameraMoment, Depth, Picture, Span
from devices_sim.conditions.registry import Conditions


class ConditionedCamera:
    """A camera whose pictures pass through the conditions in force before they are encoded.

    They meet a picture in the order of their stages, from the air to the stream. It may be used
    from a worker thread, one picture at a time; `record` is then called there.
    """

    def __init__(
        self,
        name: str,
        spans: Sequence[Span],
        conditions: Conditions,
        *,
        seed: int,
        clock: Clock,
        record: Record = no_record,
    ) -> None:
        """A camera that has shown nothing yet; see `ConditionedSensor` for the arguments.

        Raises:
            ConfigurationError: a span names a condition or grade there is not.
        """
        for span in spans:
            conditions.camera(span.condition, span.grade)
        self._name, self._conditions = name, conditions
        self._seed, self._clock = seed, clock
        self._ledger = Ledger(spans, record)
        self._firsts: dict[Span, Picture] = {}
        self._number = -1

    def condition(
        self,
        picture: Picture,
        depth: Depth | None = None,
        weather: Iterable[tuple[str, int]] = (),
    ) -> Picture | None:
        """The next picture, as the conditions in force have it; None if this frame is lost.

        Args:
            picture: what the camera would see on a clear day.
            depth: how far off everything is, where that is known.
            weather: more conditions and their grades, as of `weather_conditions`. Where a span
                names the same condition, the higher grade counts.
        """
        now = self._clock()
        self._number += 1
        here = [Span(self._name, name, grade) for name, grade in weather]
        spans = self._ledger.in_force(now, here)
        for gone in self._firsts.keys() - set(spans):
            del self._firsts[gone]
        return condition_picture(
            picture,
            strongest(spans),
            now,
            conditions=self._conditions,
            seed=self._seed,
            number=self._number,
            depth=depth,
            firsts=self._firsts,
        )

    def close(self) -> None:
        """Finish the record."""
        self._ledger.close(self._clock())


def strongest(spans: Iterable[Span]) -> list[Span]:
    """Of spans of the same condition, the one of the highest grade."""
    by_name: dict[str, Span] = {}
    for span in spans:
        if span.condition not in by_name or span.grade > by_name[span.condition].grade:
            by_name[span.condition] = span
    return list(by_name.values())


def condition_picture(
    picture: Picture,
    spans: Iterable[Span],
    now: float,
    *,
    conditions: Conditions,
    seed: int,
    number: int = 0,
    depth: Depth | None = None,
    firsts: MutableMapping[Span, Picture] | None = None,
) -> Picture | None:
    """A picture as these conditions have it, `now` seconds into the run; None if it is lost.

    Args:
        picture: what the camera would see on a clear day.
        spans: the conditions, all of them in force.
        now: seconds of the run.
        conditions: where they are found.
        seed: the run's.
        number: of the frame.
        depth: how far off everything is, where that is known.
        firsts: keeps the first picture of each span from one call to the next.

    Raises:
        ConfigurationError: a span names a condition or grade there is not.
    """
    firsts = {} if firsts is None else firsts
    for condition, span in _staged(spans, conditions):
        moment = replace(_moment(span, now, seed, number), depth=depth)
        if span not in firsts or condition.renews(moment):
            firsts[span] = picture
        made = condition.apply(picture, replace(moment, first=firsts[span]))
        if made is None:
            return None
        picture = made
    return picture


def movement(
    size: tuple[int, int],
    spans: Iterable[Span],
    now: float,
    *,
    conditions: Conditions,
    seed: int,
    number: int = 0,
) -> Affine:
    """Where these conditions move what is in a picture of this width and height.

    Args:
        size: width and height, pixels.
        spans, now, conditions, seed, number: as for `condition_picture`.

    Raises:
        ConfigurationError: as `condition_picture`.
    """
    whole = np.eye(3)
    for condition, span in _staged(spans, conditions):
        moved = condition.moves(size, _moment(span, now, seed, number))
        whole = np.vstack([moved, [0, 0, 1]]) @ whole
    return whole[:2]


def _staged(spans: Iterable[Span], conditions: Conditions) -> list[tuple[CameraCondition, Span]]:
    """The conditions of these spans, in the order in which they meet a picture."""
    found = [(conditions.camera(span.condition, span.grade), span) for span in spans]
    return sorted(found, key=lambda pair: pair[0].stage)


def _moment(span: Span, now: float, seed: int, number: int) -> CameraMoment:
    return CameraMoment(
        condition=span.condition,
        grade=span.grade,
        device=span.device,
        seed=seed,
        since=now - span.begin,
        left=span.end - now,
        number=number,
    )
