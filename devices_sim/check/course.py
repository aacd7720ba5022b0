"""The course of a check: listen, then one fault after the other, and watch it come back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from devices_sim.check.assertions.commands import DUE_PERIODS, DUE_S
from devices_sim.check.ear import Connected, Ear
from devices_sim.check.evidence import Evidence, open_links
from devices_sim.check.transcript import COMMANDS, TITLES, Fault, Injected, Transcript
from smartopia.contract.topics import Channel

ENOUGH_RESULTS = 8
ENOUGH_BY_HAND = 3
NO_CONNECTION = "it keeps no connection that could be cut"
NO_FAULTS = "--no-faults was given"
NO_TIME = "no time was left"
_LONGEST_S = 53.0
_LEAST_S = 4.0
_PATIENCE_S = 14.0
_SETTLE_S = 0.3
_LOOK_S = 0.5
_BRIEF_S = 1.5
_LAST_S = 1.0


class Hands(Protocol):
    """What can be done to this device."""

    impossible: Mapping[Fault, str]

    async def inject(self, fault: Fault, ear: Ear, period: float) -> None:
        """Do it, all of it; returns when it is over. `period`: seconds between its results."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a check is done: listen at most so many seconds, then inject faults or not."""

    seconds: float
    faults: bool = True


@dataclass(slots=True)
class _Course:
    ear: Ear
    hands: Hands
    period: float
    untried: dict[Fault, str]
    injected: list[Injected] = field(default_factory=list)

    async def run(self) -> None:
        for fault in Fault:
            if fault in self.untried:
                continue
            if self.ear.now + _LEAST_S > _LONGEST_S:
                self.untried[fault] = NO_TIME
                continue
            await self._inject(fault)
            if not self._goes_on():
                why = f"it did not go on after this: {TITLES[fault]}"
                tried = {one.fault for one in self.injected}
                self.untried |= {f: why for f in Fault if f not in tried | self.untried.keys()}
        if self.injected:
            await asyncio.sleep(_LAST_S)

    async def _inject(self, fault: Fault) -> None:
        ear, began = self.ear, self.ear.now
        await self.hands.inject(fault, ear, self.period)
        if fault in COMMANDS:
            # What was on its way already is no sign of life.
            await asyncio.sleep(_SETTLE_S)
        ended = since = ear.now
        patience = min(_PATIENCE_S, _LONGEST_S - ended)
        if fault not in COMMANDS and await ear.until(lambda: ear.open_since(began), patience):
            since = open_links(ear.links)[-1].at
        if ear.is_open:
            due = min(since + self._due, ended + _PATIENCE_S, _LONGEST_S)
            await ear.until(lambda: ear.result_since(since), due - ear.now)
        self.injected.append(Injected(fault, began, ended, ear.now))

    @property
    def _due(self) -> float:
        """Seconds within which a result must come."""
        return DUE_PERIODS * self.period + DUE_S

    def _goes_on(self) -> bool:
        last = self.injected[-1]
        due = last.watched - last.ended >= self._due
        return self.ear.is_open and (self.ear.result_since(last.ended) or not due)


async def examine(ear: Ear, hands: Hands, plan: Plan) -> Transcript:
    """Put a device through all of it: what was heard and done."""
    await _listen(ear, plan.seconds)
    calm, retained, connected = ear.now, await ear.retained(), await _kept_open(ear)
    period = Evidence(_transcript(ear, calm, retained)).period or 1.0
    course = _Course(ear, hands, period, dict(hands.impossible))
    if not plan.faults:
        course.untried = dict.fromkeys(Fault, NO_FAULTS)
    elif not connected:
        course.untried = dict.fromkeys(Fault, NO_CONNECTION)
    await course.run()
    listens = tuple(topic for one in connected for topic in one.topics) if connected else None
    return _transcript(
        ear,
        calm,
        retained,
        injected=course.injected,
        untried=course.untried,
        listens=listens,
    )


async def _listen(ear: Ear, seconds: float) -> None:
    """Until enough was heard to judge by, at most so many seconds."""
    retained: Mapping[Channel, bytes] = await ear.retained()
    while ear.now < seconds:
        await asyncio.sleep(min(_LOOK_S, seconds - ear.now))
        evidence = Evidence(_transcript(ear, ear.now, retained))
        if _enough(evidence, ENOUGH_BY_HAND) and (
            _enough(evidence, ENOUGH_RESULTS) or not await ear.connections()
        ):
            return


async def _kept_open(ear: Ear) -> list[Connected]:
    """The connections that last: `mosquitto_pub` opens one for each message."""
    found = await ear.connections()
    if ear.open_since(ear.now - _BRIEF_S):
        await asyncio.sleep(_BRIEF_S)
        still = {one.cid for one in await ear.connections()}
        found = [one for one in found if one.cid in still]
    return found


def _enough(evidence: Evidence, wanted: int) -> bool:
    announce = evidence.announce
    if announce is None:
        return len(evidence.messages) >= 2 * wanted
    streams = announce.datastreams
    return (
        bool(streams or announce.frames)
        and all(len(evidence.times(stream.name)) >= wanted for stream in streams)
        and (announce.frames is None or len(evidence.frames) >= wanted)
    )


def _transcript(
    ear: Ear,
    calm: float,
    retained: Mapping[Channel, bytes],
    *,
    injected: Sequence[Injected] = (),
    untried: Mapping[Fault, str] | None = None,
    listens: tuple[str, ...] | None = None,
) -> Transcript:
    return Transcript(
        key=ear.key,
        began=ear.began,
        seconds=ear.now,
        calm=calm,
        heard=tuple(ear.heard),
        links=tuple(ear.links),
        injected=tuple(injected),
        untried=untried or {},
        retained=retained,
        listens=listens,
    )
