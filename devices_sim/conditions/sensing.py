"""Puts conditions between what a sensor measures and its connection."""

from __future__ import annotations

import asyncio
import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from devices_sim.conditions.ledger import Clock, Ledger, Record, no_record
from devices_sim.conditions.model import Moment, Reading, Sending, SensorCondition, Span
from devices_sim.conditions.registry import Conditions
from devices_sim.sdk.outbox import Outgoing


class Speaker(Protocol):
    """What of `devices_sim.sdk.device.Device` a condition needs."""

    def observation(self, results: Mapping[str, float], time: datetime) -> Outgoing:
        """The message that tells these results; it takes its `seq` now."""

    def send(self, message: Outgoing) -> None:
        """Send a message at QoS 1."""

    def cut(self) -> None:
        """Lose the connection; it comes back by itself."""


class ConditionedSensor:
    """A device whose readings pass through the conditions in force before they are sent.

    It is used in an asyncio loop in place of `Device.observe`. Several conditions meet a reading
    in the order of their spans. A sequence number is taken when a reading is made, so what is
    held back arrives with an older one than what overtook it.
    """

    def __init__(
        self,
        device: Speaker,
        spans: Sequence[Span],
        conditions: Conditions,
        *,
        seed: int,
        clock: Clock,
        period: float,
        ranges: Mapping[str, tuple[float, float]],
        record: Record = no_record,
        wait: Callable[[float], float] | None = None,
    ) -> None:
        """A sensor that has told nothing yet.

        Args:
            device: sends what comes out.
            spans: what befalls this device, and when.
            conditions: where the spans' conditions are found.
            seed: the run's.
            clock: the run's.
            period: seconds between readings.
            ranges: lowest and highest result by datastream, where they are known.
            record: told of each span when it takes hold, and when it is over.
            wait: seconds of life until a second of the run; without it, both pass alike.

        Raises:
            ConfigurationError: a span names a condition or grade there is not.
        """
        self._device = device
        self._found = {span: conditions.sensor(span.condition, span.grade) for span in spans}
        self._seed, self._clock = seed, clock
        self._wait = wait or (lambda due: max(0.0, due - clock()))
        self._period, self._ranges = period, ranges
        self._ledger = Ledger(spans, record)
        self._firsts: dict[Span, tuple[float, Reading]] = {}
        self._held: list[tuple[float, int, Outgoing]] = []
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def observe(self, results: Mapping[str, float], time: datetime) -> None:
        """Tell results of one phenomenon time, as the conditions in force have it."""
        now, cut = self._clock(), False
        sendings: Sequence[Sending] = (Sending(Reading(time, results)),)
        for span in self._ledger.in_force(now):
            if not sendings:
                break
            condition = self._found[span]
            moment = self._moment(span, sendings[0].reading, now)
            sendings = pass_on(sendings, condition, moment)
            cut = cut or condition.cuts(moment)
        for sending in sendings:
            self._take(sending, now)
        if cut:
            self._device.cut()

    def close(self) -> None:
        """Send all that is held, in the order in which it was due, and finish the record."""
        self._release(len(self._held))
        self._ledger.close(self._clock())

    def _moment(self, span: Span, reading: Reading, now: float) -> Moment:
        begun, first = self._firsts.setdefault(span, (now, reading))
        return Moment(
            condition=span.condition,
            grade=span.grade,
            device=span.device,
            seed=self._seed,
            since=now - span.begin,
            left=span.end - now,
            step=round((now - begun) / self._period),
            period=self._period,
            first=first,
            ranges=self._ranges,
        )

    def _take(self, sending: Sending, now: float) -> None:
        message = self._device.observation(sending.reading.results, sending.reading.time)
        if sending.wait <= 0:
            self._send([message] * sending.copies)
            return
        # To the millisecond, so that what is held until one instant is sent in its order.
        due = round(now + sending.wait, 3)
        for _ in range(sending.copies):
            self._count += 1
            bisect.insort(self._held, (due, self._count, message))
        self._set_timer()

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._held:
            wait = self._wait(self._held[0][0])
            self._timer = asyncio.get_running_loop().call_later(wait, self._on_time)

    def _on_time(self) -> None:
        now = self._clock()
        # A loop's timer may fire a little early.
        self._release(bisect.bisect_left(self._held, (now + 0.001,)))
        self._set_timer()

    def _release(self, count: int) -> None:
        due, self._held = self._held[:count], self._held[count:]
        self._send([message for _, _, message in due])
        if not self._held and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _send(self, messages: Iterable[Outgoing]) -> None:
        for message in messages:
            self._device.send(message)


def pass_on(
    sendings: Sequence[Sending], condition: SensorCondition, moment: Moment
) -> list[Sending]:
    """What a condition makes of what the conditions before it send."""
    return [
        Sending(after.reading, before.wait + after.wait, before.copies * after.copies)
        for before in sendings
        for after in condition.apply(before.reading, moment)
    ]
