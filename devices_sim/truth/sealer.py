"""Seals each chapter of a run before it begins, and reveals it when it is over.

Until then its schedule is in this process's memory and nowhere else; the platform has its
digest. Killed in between, a chapter stays sealed, is never revealed, and cannot be scored.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from devices_sim.clock import RunClock
from devices_sim.truth.files import prepare_folder, write_frames, write_truth
from devices_sim.truth.recorder import Recorder, Taken
from devices_sim.truth.schedule import Chapter, Plan, happened, schedule
from devices_sim.truth.teller import Ask, Teller
from smartopia.clock import utc_now
from smartopia.errors import TruthError, UnavailableError
from smartopia.tasks import ended
from smartopia.truth.canonical import digest
from smartopia.truth.model import Applied, Record, Schedule, Seal
from smartopia.truth.requests import RevealRequest, SealRequest
from smartopia.truth.seal import TOLERANCE, on_time

CHAPTER_S = 900.0

# Seconds of life, as all here.
_LEAD_S = 2.0  # from drawing up the first chapter to its begin
_AHEAD_S = 60.0  # the same for all others
_RETRY_S = 0.25
_GOODBYE_S = 3.0

_log = logging.getLogger(__name__)


class Problems(Protocol):
    """What of `smartopia.bus.health.Reporter` a sealer needs."""

    def degraded(self, reason: str, text: str) -> None:
        """Say, until recovered, what is wrong and what to do about it."""

    def recovered(self, reason: str) -> None:
        """Take that back."""


@dataclass(slots=True)
class _Drawn:
    """A chapter drawn up and not yet revealed. `seal`: once it was acknowledged, in time."""

    chapter: Chapter
    clock: RunClock
    schedule: Schedule
    seal: Seal | None = None

    @property
    def name(self) -> str:
        return f"run {self.chapter.run}, chapter {self.chapter.number}"

    def request(self) -> SealRequest:
        return SealRequest.of(self.schedule)

    def acknowledged(self, seal: Seal) -> None:
        if self.clock.now() < self.chapter.begin:
            self.seal = seal


class Sealer:
    """Keeps one run's truth. Use: `begin`, then `run` until the run stops, then `end`."""

    def __init__(
        self,
        plan: Plan,
        recorder: Recorder,
        folder: Path,
        ask: Ask,
        problems: Problems,
        *,
        chapter_s: float = CHAPTER_S,
        make_clock: Callable[[float], RunClock] = RunClock.beginning,
    ) -> None:
        """A sealer of a run that has not begun.

        Args:
            plan: what the run plays.
            recorder: where the devices' doings are noted.
            folder: where chapters are revealed; nobody who is scored may read it.
            ask: asks the platform.
            problems: where it is said what cannot be sealed.
            chapter_s: the length of a chapter, in seconds of life.
            make_clock: gives the run's clock, whose second 0 is so many seconds from now.
        """
        self.run_name = _run_name(utc_now())
        self._plan = plan
        self._recorder = recorder
        self._folder = folder
        self._ask = ask
        self._teller = Teller(ask)
        self._problems = problems
        self._make_clock = make_clock
        self._clock = make_clock(0.0)
        self._length = chapter_s * self._clock.speed
        self._ahead = min(_AHEAD_S, chapter_s / 2) * self._clock.speed
        self._drawn: list[_Drawn] = []
        self._revealing: asyncio.Task[None] | None = None

    async def begin(self, patience_s: float = 15.0) -> RunClock:
        """Seal the first chapter; returns the run's clock, whose second 0 is yet to come.

        Args:
            patience_s: how long to wait for a platform to seal at. After that the run begins
                unsealed, and says so.

        Raises:
            ConfigurationError: the folder cannot be used.
        """
        prepare_folder(self._folder)
        deadline = time.monotonic() + patience_s
        while True:
            self._clock = self._make_clock(_LEAD_S)
            first = self._draw_up(0)
            try:
                first.acknowledged(await self._ask(first.request()))
            except UnavailableError:
                # Nobody has heard of it, so it may be drawn up anew.
                if time.monotonic() < deadline:
                    await asyncio.sleep(_RETRY_S)
                    continue
                self._teller.put(first.request(), first.acknowledged)
            except TimeoutError:
                self._teller.put(first.request(), first.acknowledged)
            except TruthError as error:
                _log.error("the platform refuses a seal: %s", error)
            self._drawn.append(first)
            return self._clock

    async def run(self) -> None:
        """Seal and reveal chapter after chapter, until cancelled."""
        telling = asyncio.create_task(self._teller.run(), name="truth-teller")
        try:
            while True:
                current = self._drawn[0]
                await self._until(current.chapter.begin)
                self._judge(current)
                await self._until(current.chapter.end - self._ahead)
                self._go_with_the_clock()
                coming = self._draw_up(current.chapter.number + 1)
                self._drawn.append(coming)
                self._teller.put(coming.request(), coming.acknowledged)
                await self._until(current.chapter.end)
                # Broken off, the writing goes on; `end` waits for it.
                self._revealing = asyncio.create_task(self._reveal(current))
                await asyncio.shield(self._revealing)
        finally:
            await ended(telling)

    async def end(self) -> None:
        """The run is over: reveal what has happened up to now."""
        if self._revealing is not None:
            await asyncio.wait([self._revealing])
        for drawn in tuple(self._drawn):
            await self._reveal(drawn)
        try:
            await asyncio.wait_for(self._teller.finish(), _GOODBYE_S)
        except TimeoutError:
            _log.error(
                "the platform does not answer, so it does not know of the end of %s; what was "
                "not revealed to it cannot be scored",
                self.run_name,
            )

    def _draw_up(self, number: int) -> _Drawn:
        begin = number * self._length
        chapter = Chapter(self.run_name, number, begin, begin + self._length)
        salt = secrets.token_hex(32)
        return _Drawn(chapter, self._clock, schedule(self._plan, chapter, self._clock, salt))

    def _go_with_the_clock(self) -> None:
        """Devices tell the machine's time: where it was set anew, the next chapter goes by it."""
        if abs(self._clock.offset()) > TOLERANCE.total_seconds():
            self._clock = self._clock.set_anew()

    def _judge(self, drawn: _Drawn) -> None:
        """Now that a chapter begins: is it sealed?"""
        if drawn.seal is not None and on_time(drawn.seal):
            _log.info("%s begins, sealed", drawn.name)
            self._problems.recovered("truth_unsealed")
            return
        _log.warning("%s begins unsealed", drawn.name)
        self._problems.degraded(
            "truth_unsealed",
            f"{drawn.name} was not sealed before it began, so it cannot be scored: ingest did not "
            "answer in time; see that it runs",
        )

    async def _until(self, seconds: float) -> None:
        await asyncio.sleep(self._clock.wait(seconds))

    async def _reveal(self, drawn: _Drawn) -> None:
        """Write a chapter's truth, and tell the platform."""
        self._drawn.remove(drawn)
        chapter = drawn.chapter
        now = min(self._clock.now(), chapter.end)
        begun = now > chapter.begin
        taken = self._recorder.take(now) if begun else Taken()
        try:
            record_digest = await asyncio.to_thread(
                _write, self._folder, drawn, taken, now if begun else chapter.begin
            )
        except OSError as error:
            _log.error("%s cannot be written to %s: %s", drawn.name, self._folder, error)
            self._problems.degraded(
                "truth_not_written",
                f"the truth of {drawn.name} is lost: {self._folder}: {error.strerror}; make room "
                "there, for the chapters to come",
            )
            return
        self._problems.recovered("truth_not_written")
        request = RevealRequest(
            run=chapter.run, chapter=chapter.number, record_digest=record_digest
        )
        self._teller.put(request, lambda _seal: _log.info("%s is revealed", drawn.name))


def _run_name(now: datetime) -> str:
    return f"{now.astimezone(UTC):%Y%m%dt%H%M%Sz}-{secrets.token_hex(4)}"


def _write(folder: Path, drawn: _Drawn, taken: Taken, ended: float) -> str:
    """Write a chapter's truth; returns the digest of its record."""
    chapter, clock = drawn.chapter, drawn.clock
    frames = (
        write_frames(folder, chapter.run, chapter.number, taken.frames()) if taken.packed else None
    )
    record = Record(
        run=chapter.run,
        chapter=chapter.number,
        schedule_digest=digest(drawn.schedule.as_json()),
        ended_at=clock.instant(ended),
        sealed_at=drawn.seal.sealed_at if drawn.seal is not None else None,
        clock_offset=round(clock.offset(), 3),
        applied=tuple(
            Applied(
                device=span.device,
                condition=span.condition,
                grade=span.grade,
                begins_at=clock.instant(span.begin),
                ends_at=clock.instant(span.end),
            )
            for span in taken.applied
        ),
        counts=taken.counts,
        happened=tuple(happened(one, clock) for one in taken.happened),
        frames=frames,
    )
    write_truth(folder, drawn.schedule, record)
    return digest(record.as_json())
