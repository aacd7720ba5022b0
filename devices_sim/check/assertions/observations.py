"""D4: results are what was announced, and come when they are due."""

from __future__ import annotations

import statistics
from collections import defaultdict
from datetime import datetime
from itertools import pairwise

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
from devices_sim.check.assertions.identity import NO_RESULT
from devices_sim.check.evidence import Evidence
from smartopia.containment import FLOOD_RATE
from smartopia.contract.announce import Datastream
from smartopia.contract.topics import Channel
from smartopia.quality import PASS, gross_range

WORST = 3.0
GOOD = 0.2
ENOUGH_GAPS = 4
FLAT = 10


@assertion(
    "D4.1",
    Level.MUST,
    "sends a result while it is checked",
    mend="Start the check, and let the device send within its --seconds (at most 50); one that "
    "measures seldom must be made to measure now. What is never heard cannot be judged.",
)
def is_heard(evidence: Evidence) -> Verdict:
    """A result, a picture or an event: else there is nothing to judge."""
    calm = evidence.transcript.calm
    count = evidence.results_within(0.0, evidence.transcript.seconds)
    if count:
        return passed(f"{count} messages")
    notes = [one.message.note for one in evidence.statuses if one.message and one.message.note]
    why = f'; its status says "{notes[-1]}"' if notes else ""
    return failed(f"nothing came in {calm:.0f} s{why}")


@assertion(
    "D4.2",
    Level.MUST,
    "sends results as the contract says",
    mend='Send numbers by datastream name, such as {"level": 2.1}, or the fuller form with '
    "boot, seq and time. Text, null, true and NaN are no results: leave the datastream out.",
)
def results_are_valid(evidence: Evidence) -> Verdict:
    """Ingest puts any other message into quarantine."""
    if not evidence.messages:
        return not_tried("no results were heard")
    errors = [one.error for one in evidence.messages if one.error is not None]
    seen = f"{len(evidence.messages) - len(errors)} of {len(evidence.messages)} messages read"
    return judged(not errors, f"{seen}; {errors[0]}" if errors else seen)


@assertion(
    "D4.3",
    Level.MUST,
    "sends results of announced datastreams only",
    mend='Announce each datastream under the "name" the results use, before its first result.',
)
def results_are_announced(evidence: Evidence) -> Verdict:
    """What nobody announced has no unit, and is not stored."""
    told = dict.fromkeys(one.datastream for _, one in evidence.observations)
    if not told:
        return not_tried(NO_RESULT)
    if evidence.announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    announced = [stream.name for stream in evidence.announce.datastreams]
    unknown = [name for name in told if name not in announced]
    if unknown:
        names = ", ".join(announced) or "none"
        return failed(f"not announced: {', '.join(unknown[:6])}; announced are {names}")
    return passed(", ".join(told))


@assertion(
    "D4.4",
    Level.MUST,
    "sends results within the range it announced",
    mend="Look at the sensor and its conversion, or announce the range it really has. Do not send "
    "a placeholder such as -999 for a missing result: leave it out.",
)
def results_are_in_range(evidence: Evidence) -> Verdict:
    """A result the sensor cannot have measured is flagged, and raises no alert."""
    if evidence.announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    spans = {s.name: s.range for s in evidence.announce.datastreams if s.range is not None}
    told = [one for _, one in evidence.observations if one.datastream in spans]
    if not told:
        return not_tried("no result of a datastream with a range was heard")
    out = [one for one in told if gross_range(one.result, spans[one.datastream]) != PASS]
    if out:
        span = list(spans[out[0].datastream])
        return failed(
            f"{len(out)} of {len(told)}; {out[0].datastream} was {out[0].result:g}, "
            f"announced is {span}"
        )
    return passed(f"{len(told)} results")


@assertion(
    "D4.5",
    Level.MUST,
    "sends each datastream at its announced period, within a factor of 3",
    mend='Announce as "period" the seconds that really lie between two results, and send each '
    "announced datastream: the platform takes a silent one for broken.",
)
def period_is_kept(evidence: Evidence) -> Verdict:
    """A datastream that is overdue is shown as such."""
    unknown = _no_pace(evidence)
    if unknown is not None:
        return unknown
    paces = [_pace(evidence, stream) for stream in evidence.datastreams]
    by_verdict = {held: [told for told, h in paces if h is held] for held in (False, True, None)}
    if by_verdict[False]:
        return failed("; ".join(by_verdict[False][:4]))
    if by_verdict[True]:
        return passed("; ".join(by_verdict[True][:4]))
    return not_tried("; ".join(by_verdict[None][:4]))


@assertion(
    "D4.6",
    Level.SHOULD,
    "keeps its announced period within 20 %",
    mend="Send by a clock that does not drift (next due time = last due time + period), or "
    'announce the "period" it really keeps.',
)
def period_is_kept_well(evidence: Evidence) -> Verdict:
    """What is due is known ahead."""
    unknown = _no_pace(evidence)
    if unknown is not None:
        return unknown
    gaps = [(stream, _usual_gap(evidence.times(stream.name))) for stream in evidence.datastreams]
    known = [(stream, gap) for stream, gap in gaps if gap is not None]
    if not known:
        return not_tried("too few results came to tell")
    wrong = [(s, gap) for s, gap in known if abs(gap - s.period) > GOOD * s.period]
    told = [_told_gap(stream, gap) for stream, gap in wrong or known]
    return judged(not wrong, "; ".join(told[:4]))


@assertion(
    "D4.7",
    Level.MUST,
    f"sends no more than {FLOOD_RATE:.0f} messages a second",
    mend="Send less often, or several results in one message; what is over that is refused.",
)
def does_not_flood(evidence: Evidence) -> Verdict:
    """One device shall not take the place of a thousand."""
    calm = max(evidence.transcript.calm, 1.0)
    sent = [heard for heard in evidence.transcript.heard if heard.at <= calm]
    rate = sum(heard.channel is not Channel.FRAMES for heard in sent) / calm
    return judged(rate <= FLOOD_RATE, f"{rate:.1f} a second") if sent else not_tried(NO_RESULT)


@assertion(
    "D4.8",
    Level.MAY,
    "sends results that move",
    mend="If the sensor should have moved, look at it: a result that stands still for long is "
    "often that of a frozen sensor or a stuck program.",
)
def results_move(evidence: Evidence) -> Verdict:
    """A flat line, between the ends of the range; an idle sensor stands at one of them."""
    if evidence.announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    ends = {s.name: s.range or () for s in evidence.announce.datastreams}
    results: dict[str, list[float]] = defaultdict(list)
    for _, one in evidence.observations:
        results[one.datastream].append(one.result)
    long = {name: told for name, told in results.items() if len(told) >= FLAT}
    if not long:
        return not_tried(f"fewer than {FLAT} results of each datastream came")
    flat = [
        f"all {len(told)} results of {name} were {told[0]:g}"
        for name, told in long.items()
        if len(set(told)) == 1 and told[0] != 0 and told[0] not in ends.get(name, ())
    ]
    return judged(not flat, "; ".join(flat) or f"{', '.join(long)}")


def _no_pace(evidence: Evidence) -> Verdict | None:
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    if not announce.datastreams:
        return not_tried("it announces no datastream")
    if any(one.error is not None for one in evidence.messages):
        return not_tried("results that could not be read are missing: see D4.2")
    return None


def _pace(evidence: Evidence, stream: Datastream) -> tuple[str, bool | None]:
    """How a datastream keeps its period, in words, and whether well; None if nobody can tell."""
    times, calm = evidence.times(stream.name), evidence.transcript.calm
    gap = _usual_gap(times)
    if gap is not None:
        held = stream.period / WORST <= gap <= stream.period * WORST
        return _told_gap(stream, gap), held
    told = (
        f"{stream.name}: {len(times)} results in {calm:.0f} s, announced each {stream.period:g} s"
    )
    return told, False if len(times) + 1 < calm / (WORST * stream.period) else None


def _usual_gap(times: list[datetime]) -> float | None:
    """The median of the seconds between results, where there are enough."""
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    return statistics.median(gaps) if len(gaps) >= ENOUGH_GAPS else None


def _told_gap(stream: Datastream, gap: float) -> str:
    return f"{stream.name}: each {gap:.2f} s, announced {stream.period:g} s"
