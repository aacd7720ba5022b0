"""D7: a device comes back from whatever the line does, and loses nothing."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby

from devices_sim.check.assertion import (
    Level,
    Outcome,
    Verdict,
    assertion,
    failed,
    judged,
    not_tried,
    passed,
)
from devices_sim.check.assertions.commands import goes_on
from devices_sim.check.evidence import Evidence, open_links
from devices_sim.check.transcript import CUTS, TITLES, Fault, Injected, LinkState
from smartopia.contract.observations import NO_BOOT
from smartopia.things.digest import announce_digest

STORM_A_SECOND = 5.0
NO_JITTER_S = 0.02
NO_JITTER_SHARE = 0.05
AT_ONCE_S = 0.1
ENOUGH_RETURNS = 3
SPARSE = 100
NOTHING_CUT = "no connection was cut"
NEVER_BACK = "it did not come back"
_KEEP = "Keep each message until the broker acknowledged it, and send it again after reconnecting"


@assertion(
    "D7.1",
    Level.MUST,
    "comes back after its connection is cut",
    mend="Reconnect for ever, whatever the error was: paho-mqtt does it in loop_start() and "
    "loop_forever(), other clients need their reconnect option.",
)
def comes_back(evidence: Evidence) -> Verdict:
    """Lines break."""
    return _returns(evidence, Fault.CUT)


@assertion(
    "D7.2",
    Level.MUST,
    "comes back each time its connection is cut again",
    mend="Reconnect after every loss, not after the first only, also where the new connection "
    "breaks off at once.",
)
def comes_back_each_time(evidence: Evidence) -> Verdict:
    """Bad lines break often."""
    return _returns(evidence, Fault.STORM)


@assertion(
    "D7.3",
    Level.MUST,
    "goes on after the broker acknowledged nothing for a while",
    mend="Do not wait for an acknowledgement before measuring on; queue instead, and reconnect.",
)
def survives_missing_acknowledgements(evidence: Evidence) -> Verdict:
    """A broker whose disk is slow acknowledges late."""
    return _returns(evidence, Fault.UNACKNOWLEDGED)


@assertion(
    "D7.4",
    Level.MUST,
    "comes back after the broker was away",
    mend="Go on trying while nobody answers, with growing pauses of at most some seconds.",
)
def survives_a_broker_away(evidence: Evidence) -> Verdict:
    """A broker is restarted now and then."""
    return _returns(evidence, Fault.AWAY)


@assertion(
    "D7.5",
    Level.MUST,
    "loses nothing it had to send",
    mend=f"{_KEEP}: QoS 1, a session or queue that survives the reconnection, and no new client "
    "object for each connection.",
)
def loses_nothing(evidence: Evidence) -> Verdict:
    """Every number between the first and the last seq of a boot came."""
    why_not = _why_uncounted(evidence)
    if why_not is not None:
        return not_tried(why_not)
    for boot in evidence.boots:
        holes = _holes(evidence, boot)
        if holes:
            return failed(f"{_ranges(holes)} of boot {boot} never came{_during(evidence, holes)}")
    cuts = _cuts(evidence)
    if not cuts or _back(evidence, cuts[-1]) is None:
        return not_tried(NEVER_BACK if cuts else _why_no_cut(evidence))
    return passed(f"all {len(evidence.by_name)} messages came, over {len(cuts)} faults of the line")


@assertion(
    "D7.6",
    Level.MUST,
    "announces nothing else after coming back",
    mend="Announce the same after each connect: an announcement that changes takes datastreams "
    "away or adds them, and a device whose announcement changed must be checked anew.",
)
def announces_the_same(evidence: Evidence) -> Verdict:
    """What was checked is what stays."""
    first = next(iter(evidence.transcript.injected), None)
    if first is None:
        return not_tried(_why_no_cut(evidence))
    told = [(one.heard.at, one.message) for one in evidence.announcements if one.message]
    before = {announce_digest(message) for at, message in told if at <= first.began}
    after = {announce_digest(message) for at, message in told if at > first.began}
    if not before:
        return not_tried("it had announced nothing before")
    if not after:
        return passed("it announced nothing anew; the broker keeps its announcement")
    return judged(
        before == after, "it announced the same" if before == after else "it announced another"
    )


@assertion(
    "D7.7",
    Level.SHOULD,
    "repeats a message under its own seq",
    mend="Give a message its boot and seq when it is made, not when it is sent; else a message "
    "sent twice is stored twice.",
)
def repeats_under_the_same_seq(evidence: Evidence) -> Verdict:
    """Only then a copy is known for one."""
    if not _cuts(evidence):
        return not_tried(_why_no_cut(evidence))
    told: dict[tuple[object, ...], dict[int, float]] = defaultdict(dict)
    for one in evidence.messages:
        rows = one.message or []
        if rows and rows[0].boot != NO_BOOT and all(row.timed for row in rows):
            content = tuple((row.datastream, row.phenomenon_time, row.result) for row in rows)
            told[rows[0].boot, content].setdefault(rows[0].seq, one.heard.at)
    if not told:
        return not_tried("it sends no results with boot, seq and time")
    for seqs in told.values():
        at = sorted(seqs.values())
        if len(at) > 1 and evidence.links_within(LinkState.OPENED, at[0], at[-1]):
            return failed(f"the same results came as seq {', '.join(map(str, sorted(seqs)[:4]))}")
    copies = sum(len(heard) - 1 for heard in evidence.by_name.values())
    return passed(f"{copies} copies, each under the seq of its first")


@assertion(
    "D7.8",
    Level.SHOULD,
    "does not repeat for ever",
    mend="Forget a message once the broker acknowledged it (PUBACK).",
)
def does_not_repeat_for_ever(evidence: Evidence) -> Verdict:
    """Once a reconnection may be needed; more is a burden on all."""
    if not evidence.named:
        return not_tried("it sends no boot and seq, so nobody can tell")
    worst = 1
    for (channel, boot, seq), heard in evidence.by_name.items():
        # Other content under the same seq is no repetition: see D3.2.
        copies = [one.at for one in heard if one.payload == heard[0].payload]
        allowed = 1 + len(evidence.links_within(LinkState.OPENED, copies[0], copies[-1]))
        if len(copies) > allowed:
            return failed(
                f"seq {seq} of boot {boot} on {channel.value} came {len(copies)} times over "
                f"{allowed - 1} reconnections"
            )
        worst = max(worst, len(copies))
    return passed(f"no message came more than {worst} times" if worst > 1 else "no copies came")


@assertion(
    "D7.9",
    Level.SHOULD,
    "does not storm a broker that is away",
    mend="Wait longer after each vain attempt, from half a second to some seconds.",
)
def does_not_storm(evidence: Evidence) -> Verdict:
    """A thousand devices that try ten times a second keep a broker down."""
    away = evidence.injected(Fault.AWAY)
    if away is None:
        return not_tried(evidence.transcript.untried.get(Fault.AWAY, NOTHING_CUT))
    tries = len(evidence.links_within(LinkState.REFUSED, away.began, away.ended))
    seconds = away.ended - away.began
    return judged(tries <= STORM_A_SECOND * seconds, f"{tries} attempts in {seconds:.1f} s")


@assertion(
    "D7.10",
    Level.SHOULD,
    "comes back after a pause drawn at random",
    mend="Wait a random time before reconnecting, say 0.5 to 1.5 times the usual pause (jitter): "
    "a thousand devices cut at once must not come back at once.",
)
def comes_back_with_jitter(evidence: Evidence) -> Verdict:
    """The pauses between a loss and the return differ."""
    pauses = _pauses(evidence)
    if len(pauses) < ENOUGH_RETURNS:
        return not_tried(_why_no_cut(evidence) if not pauses else "it came back too seldom to tell")
    spread = max(pauses) - min(pauses)
    even = max(NO_JITTER_S, NO_JITTER_SHARE * sum(pauses) / len(pauses))
    seen = f"{len(pauses)} pauses from {min(pauses):.2f} to {max(pauses):.2f} s"
    return judged(spread > even and max(pauses) >= AT_ONCE_S, seen)


def _returns(evidence: Evidence, fault: Fault) -> Verdict:
    injected = evidence.injected(fault)
    if injected is None:
        return not_tried(evidence.transcript.untried.get(fault, NOTHING_CUT))
    back = _back(evidence, injected)
    if back is None:
        waited = injected.watched - injected.ended
        return failed(f"it had no connection {waited:.0f} s after it")
    verdict = goes_on(evidence, injected, back)
    if verdict.outcome is Outcome.FAIL:
        return failed(f"it reconnected, and then {verdict.seen}")
    pause = max(0.0, back - injected.ended)
    return passed(f"connected again after {pause:.2f} s; {verdict.seen}")


def _back(evidence: Evidence, injected: Injected) -> float | None:
    """When the connection was made that it had at the end of a fault's watch."""
    links = [x for x in evidence.transcript.links if injected.began <= x.at <= injected.watched]
    return max((link.at for link in open_links(links)), default=None)


def _cuts(evidence: Evidence) -> list[Injected]:
    return [one for one in evidence.transcript.injected if one.fault in CUTS]


def _why_no_cut(evidence: Evidence) -> str:
    return evidence.transcript.untried.get(Fault.CUT, NOTHING_CUT)


def _why_uncounted(evidence: Evidence) -> str | None:
    """Why its seq does not show what was lost, if it does not."""
    if not evidence.named:
        return "it sends no boot and seq, so nobody can tell"
    if any(one.message is not None and one.message.stamp for one in evidence.frames):
        return "pictures may be left out, and are counted in its seq"
    for boot in evidence.boots:
        seqs = _seqs(evidence, boot)
        if max(seqs) - min(seqs) > SPARSE * len(seqs):
            return "its seq does not count up by one, so nobody can tell"
    return None


def _seqs(evidence: Evidence, boot: str) -> set[int]:
    return {one.seq for one in evidence.named if one.boot == boot}


def _holes(evidence: Evidence, boot: str) -> list[int]:
    """The seqs of a boot, between its first and its last, that came on no channel."""
    seqs = _seqs(evidence, boot)
    return sorted(set(range(min(seqs), max(seqs))) - seqs)


def _ranges(numbers: list[int]) -> str:
    """`seq 4, 7 to 9`."""
    runs = []
    for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        members = [number for _, number in run]
        last = f" to {members[-1]}" if len(members) > 1 else ""
        runs.append(f"{members[0]}{last}")
    return f"seq {', '.join(runs[:6])}{' and more' if len(runs) > 6 else ''}"


def _during(evidence: Evidence, holes: list[int]) -> str:
    """During which fault the first of them was lost, if during one."""
    before = [one.heard.at for one in evidence.named if one.seq == holes[0] - 1]
    for injected in evidence.transcript.injected:
        if before and before[-1] <= injected.watched:
            return f": lost while {TITLES[injected.fault]}"
    return ""


def _pauses(evidence: Evidence) -> list[float]:
    """Seconds from each loss of the connection that was our doing to its return."""
    pauses = []
    for injected in _cuts(evidence):
        if injected.fault is Fault.AWAY:
            continue
        closed = None
        for link in evidence.transcript.links:
            if not injected.began <= link.at <= injected.watched:
                continue
            if link.state is LinkState.CLOSED:
                closed = link.at
            elif closed is not None:
                pauses.append(link.at - closed)
                closed = None
    return pauses
