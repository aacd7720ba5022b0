"""Heartbeats: every part tells each second how it is, and why if it is not well."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Literal, Self

from nats.errors import Error as NatsError
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from smartopia.bus.connection import Broker, connect_broker
from smartopia.bus.subjects import health_of
from smartopia.clock import utc_now
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.tasks import ended

PERIOD_S = 1.0
_CANCEL_S = 0.2

State = Literal["ok", "degraded", "stopped"]


class Problem(BaseModel):
    """One reason why a part is degraded, in words for an operator."""

    model_config = ConfigDict(frozen=True)

    code: str
    text: str


class ProcessState(BaseModel):
    """One supervised process, as its supervisor sees it."""

    name: str
    pid: int | None
    state: Literal["running", "restarting", "stopped"]
    restarts: int = 0
    last_exit: str | None = None


class Heartbeat(BaseModel):
    """What a part says of itself each second."""

    part: str
    instance: str
    pid: int
    at: AwareDatetime
    state: State
    reasons: tuple[Problem, ...] = ()
    counters: dict[str, int] = {}
    latencies: dict[str, dict[str, int]] = {}
    processes: tuple[ProcessState, ...] = ()
    notes: tuple[str, ...] = ()


def read_heartbeat(data: bytes) -> Heartbeat | None:
    """The heartbeat in these bytes; None where they hold none (another version's)."""
    try:
        return Heartbeat.model_validate_json(data)
    except ValidationError:
        return None


class Reporter:
    """Sends a part's heartbeats while it is entered, and a last one when it leaves.

    Attributes:
        notes: what an operator may want to know of a part that is well.
    """

    def __init__(self, settings: Settings, part: str, metrics: Metrics) -> None:
        self._settings = settings
        self._part = part
        self._metrics = metrics
        self._instance = f"{part}-{secrets.token_hex(4)}"
        self.notes: tuple[str, ...] = ()
        self._reasons: dict[str, Problem] = {}
        self._broker: Broker | None = None
        self._task: asyncio.Task[None] | None = None
        self._processes: Callable[[], tuple[ProcessState, ...]] = tuple

    def tell_processes(self, source: Callable[[], tuple[ProcessState, ...]]) -> None:
        """Send the processes a supervisor watches with every heartbeat."""
        self._processes = source

    def degraded(self, reason: str, text: str) -> None:
        """Say, until recovered, what is wrong and what to do about it."""
        self._reasons[reason] = Problem(code=reason, text=text)

    def recovered(self, reason: str) -> None:
        """Take that back."""
        self._reasons.pop(reason, None)

    def beat(self, now: datetime, state: State | None = None) -> Heartbeat:
        """The heartbeat of this moment."""
        return Heartbeat(
            part=self._part,
            instance=self._instance,
            pid=os.getpid(),
            at=now,
            state=state or ("degraded" if self._reasons else "ok"),
            reasons=tuple(self._reasons.values()),
            counters=dict(self._metrics.counters),
            latencies={name: lat.as_json() for name, lat in self._metrics.latencies.items()},
            processes=self._processes(),
            notes=self.notes,
        )

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._task is not None:
            await ended(self._task, again_s=_CANCEL_S)
        if self._broker is not None:
            await self._send(self._broker, "stopped")
            await self._broker.close()

    async def _run(self) -> None:
        # A connection of its own, so that a part busy with its work still reports.
        self._broker = await connect_broker(self._settings, f"{self._part}-health")
        while True:
            await self._send(self._broker, None)
            await asyncio.sleep(PERIOD_S)

    async def _send(self, broker: Broker, state: State | None) -> None:
        if not broker.connected:
            return
        beat = self.beat(utc_now(), state)
        try:
            await broker.client.publish(health_of(self._part), beat.model_dump_json().encode())
        except NatsError:
            return
