"""The sealer, with a platform that is a dict and chapters that last half a second."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from devices_sim.clock import RunClock
from devices_sim.conditions.model import Span
from devices_sim.truth import sealer as sealer_module
from devices_sim.truth.recorder import Recorder
from devices_sim.truth.schedule import Plan
from devices_sim.truth.sealer import Sealer
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from smartopia.clock import utc_now
from smartopia.errors import ConfigurationError, SmartopiaError, TruthError, UnavailableError
from smartopia.truth.model import Box, Seal
from smartopia.truth.open import Truth, open_revealed
from smartopia.truth.requests import RevealRequest, SealRequest
from tests.support.parts import eventually
from tests.support.truth import Troubles

LENGTH = 0.5
PLAN = Plan(
    "city",
    "c" * 64,
    7,
    (Incident(IncidentKind.FIRE, Place(37.63, 126.71), 200, 0.1, 0.2, 1, LENGTH),),
    (Span("river-1", "drift", 3, 0.1, math.inf),),
)


@dataclass
class FakePlatform:
    """Keeps seals as the desk does. `failing`: what it does instead, in this order."""

    seals: dict[int, Seal] = field(default_factory=dict)
    failing: list[SmartopiaError | TimeoutError] = field(default_factory=list)
    asked: list[SealRequest | RevealRequest] = field(default_factory=list)
    deaf: bool = False

    async def ask(self, request: SealRequest | RevealRequest) -> Seal:
        self.asked.append(request)
        if self.deaf:
            raise UnavailableError("nobody listens")
        if self.failing:
            raise self.failing.pop(0)
        if isinstance(request, SealRequest):
            held = Seal(**request.model_dump(), sealed_at=utc_now())
            return self.seals.setdefault(request.chapter, held)
        if request.chapter not in self.seals:
            raise TruthError("it was never sealed on this platform")
        revealed = {"record_digest": request.record_digest, "revealed_at": utc_now()}
        held = self.seals[request.chapter].model_copy(update=revealed)
        self.seals[request.chapter] = held
        return held

    def revealed(self, chapter: int) -> Seal | None:
        seal = self.seals.get(chapter)
        return seal if seal is not None and seal.revealed_at is not None else None


@dataclass
class Run:
    """A run that is sealed, and all that belongs to it."""

    sealer: Sealer
    recorder: Recorder
    platform: FakePlatform
    troubles: Troubles
    folder: Path
    clock: RunClock
    task: asyncio.Task[None]

    async def stop(self) -> None:
        """As SIGTERM does."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.sealer.end()

    def file(self, chapter: int) -> Path:
        return self.folder / f"{self.sealer.run_name}-{chapter:04}.json"

    def open(self, chapter: int) -> Truth:
        return open_revealed(self.file(chapter), self.platform.seals.get(chapter))


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealer_module, "_LEAD_S", 0.3)
    monkeypatch.setattr(sealer_module, "_GOODBYE_S", 0.3)


@asynccontextmanager
async def a_run(
    folder: Path, platform: FakePlatform, *, patience_s: float = 0.0, **options: Any
) -> AsyncIterator[Run]:
    recorder, troubles = Recorder(), Troubles()
    options = {"chapter_s": LENGTH} | options
    sealer = Sealer(PLAN, recorder, folder, platform.ask, troubles, **options)
    clock = await sealer.begin(patience_s)
    task = asyncio.create_task(sealer.run())
    run = Run(sealer, recorder, platform, troubles, folder, clock, task)
    try:
        yield run
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _content(file: Path) -> Any:
    return json.loads(file.read_text())


def _files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


async def test_each_chapter_is_sealed_before_it_begins_and_revealed_after_it(
    tmp_path: Path,
) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path / "truth", platform) as run:
        run.recorder.applied(Span("river-1", "drift", 3, 0.11))
        run.recorder.count("river-1", "observations", 4)
        run.recorder.frame("cctv-1", run.clock.instant(0.2), [Box(label="car", box=(0, 0, 9, 9))])
        await eventually(lambda: platform.revealed(1), what="two chapters revealed")
        await run.stop()
        first, second = run.open(0), run.open(1)
    assert run.troubles.ever == set()
    for truth in (first, second):
        assert truth.seal.sealed_at < truth.schedule.begins_at
        assert truth.record.sealed_at == truth.seal.sealed_at
        assert truth.record.ended_at == truth.schedule.ends_at
        assert [event.kind for event in truth.schedule.events] == ["fire"]
    assert first.schedule.ends_at == second.schedule.begins_at
    assert first.schedule.salt != second.schedule.salt
    assert [event.id for event in second.schedule.events] == ["fire-0.1"]
    assert first.record.counts == {"river-1": {"observations": 4}}
    assert len(first.frames) == 1
    (drift,), (more,) = first.record.applied, second.record.applied
    assert drift.begins_at == run.clock.instant(0.11)
    assert drift.ends_at == more.begins_at == first.schedule.ends_at


async def test_nothing_is_on_disk_or_told_before_a_chapter_is_over(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform, chapter_s=60) as run:
        await eventually(lambda: run.clock.now() > 0 or None, what="it began")
        assert _files(tmp_path) == []
        (request,) = platform.asked
        told = request.model_dump()
        assert set(told) == {"run", "chapter", "digest", "begins_at", "ends_at"}


async def test_a_run_that_is_stopped_reveals_what_was_up_to_then(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform, chapter_s=60) as run:
        await eventually(lambda: run.clock.now() > 0.05 or None, what="it began")
        run.recorder.count("river-1", "observations")
        await run.stop()
        truth = run.open(0)
    assert truth.schedule.begins_at < truth.record.ended_at < truth.schedule.ends_at
    assert truth.record.ended_at <= utc_now()
    assert truth.record.counts == {"river-1": {"observations": 1}}
    # The schedule is the whole chapter's, as it was sealed.
    assert len(truth.schedule.events) == 120


async def test_a_chapter_sealed_ahead_and_never_begun_is_revealed_as_empty(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform, chapter_s=1.0) as run:
        await eventually(lambda: platform.seals.get(1), what="the second is sealed")
        run.recorder.applied(Span("river-1", "drift", 3, 0.1))
        await run.stop()
        assert [applied.condition for applied in run.open(0).record.applied] == ["drift"]
        empty = run.open(1)
    assert empty.record.ended_at == empty.schedule.begins_at
    assert empty.record.applied == ()


async def test_killed_it_leaves_a_seal_and_nothing_else(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform, chapter_s=60):
        pass  # cancelled, without `end`
    assert _files(tmp_path) == []
    assert platform.seals[0].revealed_at is None


async def test_it_waits_for_a_platform_before_it_begins(tmp_path: Path) -> None:
    platform = FakePlatform(failing=[UnavailableError("nobody listens")] * 3)
    async with a_run(tmp_path, platform, patience_s=10) as run:
        await eventually(lambda: run.platform.revealed(0), what="the first is revealed")
        digests = {request.digest for request in platform.asked[:4] if hasattr(request, "digest")}
        assert len(digests) == 4, "each attempt is drawn up anew"
        assert run.open(0).record.sealed_at is not None
        assert run.troubles.ever == set()


async def test_without_a_platform_it_begins_unsealed_and_says_so(tmp_path: Path) -> None:
    platform = FakePlatform(deaf=True)
    async with a_run(tmp_path, platform, chapter_s=1.2) as run:
        await eventually(lambda: run.troubles.now.get("truth_unsealed"), what="trouble told")
        assert "chapter 0 was not sealed before it began" in run.troubles.now["truth_unsealed"]
        platform.deaf = False
        # It goes on trying: the seal comes late, and the next one in time.
        await eventually(lambda: platform.revealed(1), what="the second is revealed")
        assert _content(run.file(0))["record"]["sealed_at"] is None
        assert platform.seals[0].sealed_at > platform.seals[0].begins_at
        assert run.open(1).record.sealed_at is not None
        assert "truth_unsealed" not in run.troubles.now


async def test_an_answer_that_is_lost_is_asked_for_again(tmp_path: Path) -> None:
    platform = FakePlatform(failing=[TimeoutError()])
    async with a_run(tmp_path, platform) as run:
        await eventually(lambda: platform.revealed(0), what="the first is revealed")
        seals = [request for request in platform.asked if isinstance(request, SealRequest)]
        assert seals[0] == seals[1], "what may have been heard is not drawn up anew"
        await run.stop()


async def test_what_the_platform_refuses_is_not_asked_for_ever(tmp_path: Path) -> None:
    platform = FakePlatform(failing=[TruthError("it was sealed with another digest")])
    async with a_run(tmp_path, platform) as run:
        await eventually(lambda: platform.revealed(1), what="the second is revealed")
        assert "truth_unsealed" in run.troubles.ever
        with pytest.raises(TruthError, match="never sealed"):
            run.open(0)


async def test_a_truth_that_cannot_be_written_is_told_as_lost(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path / "truth", platform) as run:
        (tmp_path / "truth").rmdir()
        await eventually(lambda: run.troubles.now.get("truth_not_written"), what="trouble told")
        (tmp_path / "truth").mkdir(0o700)
        await eventually(lambda: platform.revealed(1) or platform.revealed(2), what="later ones")
        assert platform.seals[0].revealed_at is None
        assert "truth_not_written" not in run.troubles.now


async def test_stopped_while_the_platform_is_away_it_ends_all_the_same(tmp_path: Path) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform, chapter_s=60) as run:
        platform.deaf = True
        await asyncio.wait_for(run.stop(), 2)
        assert run.file(0).exists()
        with pytest.raises(TruthError, match="never revealed"):
            run.open(0)


async def test_when_the_machines_clock_is_set_the_chapter_is_void_and_the_next_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = FakePlatform()
    async with a_run(tmp_path, platform) as run:
        moved = RunClock(run.clock.instant(-3600), run.clock.zero)
        run.sealer._drawn[0].clock = run.sealer._clock = moved
        await eventually(lambda: platform.revealed(1), what="the second is revealed")
        content = _content(run.file(0))
        assert content["record"]["clock_offset"] == pytest.approx(3600, abs=0.5)
        assert abs(run.open(1).record.clock_offset) < 0.5


async def test_a_run_of_another_day_is_sealed_by_the_present(tmp_path: Path) -> None:
    platform, start = FakePlatform(), datetime(2020, 7, 14, 20, tzinfo=UTC)
    make_clock = partial(RunClock.beginning, start=start, speed=60)
    async with a_run(tmp_path, platform, make_clock=make_clock) as run:
        await eventually(lambda: platform.revealed(1), what="two chapters revealed")
        first, second = run.open(0), run.open(1)
    minute = timedelta(seconds=60)
    assert first.schedule.begins_at == start
    assert second.schedule.ends_at == second.record.ended_at == start + minute
    assert len(first.schedule.events) == 60
    assert first.schedule.events[-1].begins_at < start + minute / 2
    assert run.troubles.ever == set()
    for truth in (first, second):
        assert abs(truth.schedule.played_from - utc_now()) < minute / 4
        assert truth.seal.sealed_at < truth.schedule.played_from < truth.schedule.played_until


async def test_a_folder_that_others_may_enter_is_refused(tmp_path: Path) -> None:
    (tmp_path / "open").mkdir(0o755)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        async with a_run(tmp_path / "open", FakePlatform()):
            pass
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be made"):
        async with a_run(tmp_path / "file", FakePlatform()):
            pass
