"""D3: each message is told from every other, and says when it happened."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from datetime import datetime

from devices_sim.check.assertion import (
    Level,
    Verdict,
    assertion,
    failed,
    judged,
    not_tried,
    passed,
)
from devices_sim.check.assertions.announce import NO_ANNOUNCEMENT
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import Fault, Heard
from smartopia.contract.announce import DeviceClock
from smartopia.contract.observations import NO_BOOT
from smartopia.contract.times import check_time
from smartopia.contract.topics import Channel
from smartopia.errors import RefusedMessageError

SKEW_S = 2.0
NO_RESULT = "no result could be read"


@assertion(
    "D3.1",
    Level.SHOULD,
    "gives each result a boot and a seq",
    mend='Send {"boot": "k3x", "seq": 7, "results": {...}}: `boot` drawn at random at each start, '
    "`seq` counted up from 0 with every message. A message sent twice is then stored once.",
)
def has_boot_and_seq(evidence: Evidence) -> Verdict:
    """Whoever may repeat itself must be recognised."""
    if evidence.observations:
        bare = sum(one.boot == NO_BOOT for _, one in evidence.observations)
        total = len(evidence.observations)
    else:
        whole = [one.message for one in evidence.frames if one.message is not None]
        bare, total = sum(frame.stamp is None for frame in whole), len(whole)
    if not total:
        return not_tried(NO_RESULT)
    return judged(not bare, f"{total - bare} of {total} results have both")


@assertion(
    "D3.2",
    Level.MUST,
    "never uses a seq twice for different messages",
    mend="Count `seq` up by one for every new message, and keep it only for a message that is "
    "sent again unchanged; draw a new `boot` at each start. The second message is not stored.",
)
def seqs_are_not_reused(evidence: Evidence) -> Verdict:
    """The platform takes the second message for a copy of the first."""
    if not evidence.named:
        return not_tried("it sends no boot and seq")
    for (channel, boot, seq), copies in evidence.by_name.items():
        contents = dict.fromkeys(heard.payload for heard in copies)
        if len(contents) > 1:
            first, second = list(contents)[:2]
            return failed(
                f"boot {boot}, seq {seq} on {channel.value}: {_short(first)} and then "
                f"{_short(second)}"
            )
    return passed(f"{len(evidence.by_name)} different messages, each under its own")


@assertion(
    "D3.3",
    Level.SHOULD,
    "says when each result was measured",
    mend='Send "time": "2026-03-01T12:00:00Z" (RFC 3339, UTC) with the results; else a result '
    "that waited for a connection gets the time it arrived.",
)
def tells_the_time(evidence: Evidence) -> Verdict:
    """Rules run on the time of the phenomenon."""
    if evidence.observations:
        untimed = sum(not one.timed for _, one in evidence.observations)
        total = len(evidence.observations)
    else:
        whole = [one.message for one in evidence.frames if one.message is not None]
        untimed, total = sum(frame.stamp is None for frame in whole), len(whole)
    if not total:
        return not_tried(NO_RESULT)
    return judged(not untimed, f"{total - untimed} of {total} results say when")


@assertion(
    "D3.4",
    Level.MUST,
    "tells times that are believed",
    mend="Set the device's clock (NTP) and send UTC. A recording that is replayed announces "
    '"clock": "replay", and may then tell any time of the past.',
)
def times_are_believed(evidence: Evidence) -> Verdict:
    """Ingest refuses a time no working clock would tell."""
    if evidence.announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    count = 0
    for heard, time in _times(evidence):
        count += 1
        try:
            check_time(time, heard.arrived, evidence.announce.clock)
        except RefusedMessageError as error:
            return failed(error.detail)
    return passed(f"{count} times") if count else not_tried("it tells no times")


@assertion(
    "D3.5",
    Level.SHOULD,
    "has a clock that is right within 2 s",
    mend="Synchronise the device's clock (NTP or chrony), and take the time when the result is "
    "measured.",
)
def clock_is_right(evidence: Evidence) -> Verdict:
    """Devices that agree on an event must agree on its time."""
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    if announce.clock is DeviceClock.REPLAY:
        return not_tried("it replays a recording")
    newest: dict[float, float] = {}
    for heard, time in _times(evidence):
        if heard.at <= evidence.transcript.calm:
            skew = (time - heard.arrived).total_seconds()
            # A batch is as old as its newest row.
            newest[heard.at] = max(skew, newest.get(heard.at, skew))
    if not newest:
        return not_tried("it tells no times")
    usual = statistics.median(newest.values())
    # A result that sums up may be timed by when its interval began.
    summed = max((stream.interval for stream in announce.datastreams), default=0.0)
    limit = SKEW_S if usual > 0 else SKEW_S + summed
    where = "ahead of" if usual > 0 else "behind"
    return judged(abs(usual) <= limit, f"{abs(usual):.3f} s {where} this machine's clock")


@assertion(
    "D3.6",
    Level.SHOULD,
    "sends all but pictures at QoS 1",
    mend="Publish at QoS 1 (mosquitto_pub: -q 1), and keep each message until the broker "
    "acknowledged it. What is sent at QoS 0 may be lost, and nobody will know.",
)
def uses_qos_1(evidence: Evidence) -> Verdict:
    """Only what the broker acknowledged is promised to be stored."""
    told = [
        heard
        for heard in evidence.transcript.heard
        if heard.channel is not Channel.FRAMES and heard.qos is not None
    ]
    if not told:
        return not_tried("nothing was heard")
    unsafe = [heard.channel.value for heard in told if heard.qos == 0]
    where = ", ".join(dict.fromkeys(unsafe))
    return judged(
        not unsafe,
        f"{len(unsafe)} of {len(told)} messages came at QoS 0, on {where}"
        if unsafe
        else f"all {len(told)} messages",
    )


@assertion(
    "D3.7",
    Level.SHOULD,
    "draws a new boot at each start, and only then",
    mend="Draw `boot` at random once when the program starts, and keep it over reconnections: "
    "else copies of a message are not recognised, or new messages are taken for copies.",
)
def boots_are_per_start(evidence: Evidence) -> Verdict:
    """A boot is one life of a device."""
    if not evidence.named:
        return not_tried("it sends no boot and seq")
    restart = evidence.injected(Fault.RESTART)
    end = restart.ended if restart else evidence.transcript.seconds
    before = {one.boot for one in evidence.named if one.heard.at <= end}
    if len(before) > 1:
        return failed(f"{len(before)} boots in one life: {', '.join(sorted(before)[:4])}")
    if restart is None:
        return passed("one boot over all that was done to it; it was not started again")
    after = {one.boot for one in evidence.named if one.heard.at > end}
    if not after:
        return not_tried("nothing was heard after it was started again")
    return judged(not after & before, f"{', '.join(before)}, then {', '.join(sorted(after))}")


def _times(evidence: Evidence) -> Iterator[tuple[Heard, datetime]]:
    """Each time the device told of a phenomenon, with the message it came in."""
    for heard, one in evidence.observations:
        if one.timed:
            yield heard, one.phenomenon_time
    for frame in evidence.frames:
        if frame.message is not None and frame.message.stamp is not None:
            yield frame.heard, frame.message.phenomenon_time
    for event in evidence.events:
        if event.message is not None and event.message.time is not None:
            yield event.heard, event.message.time


def _short(payload: bytes) -> str:
    text = payload[:120].decode(errors="replace")
    return text if len(payload) <= 120 else text + "..."
