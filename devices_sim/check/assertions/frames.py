"""D5: pictures are whole, as many as announced, and kept by nobody."""

from __future__ import annotations

import statistics
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
from devices_sim.check.assertions.observations import ENOUGH_GAPS, GOOD, WORST
from devices_sim.check.evidence import Evidence
from smartopia.contract.topics import Channel

NO_PICTURES = "it sends no pictures"


@assertion(
    "D5.1",
    Level.MUST,
    "sends pictures that are whole JPEGs of at most 1 MB and 4096 pixels a side",
    mend="Send each picture as one plain JPEG, from FF D8 to FF D9; make it smaller or lower its "
    "quality if it is too large.",
)
def frames_are_whole(evidence: Evidence) -> Verdict:
    """What breaks this is refused before a pixel is decoded."""
    if not evidence.frames:
        return not_tried(NO_PICTURES)
    errors = [one.error for one in evidence.frames if one.error is not None]
    if errors:
        return failed(f"{len(errors)} of {len(evidence.frames)} refused; {errors[0].detail}")
    sizes = {(f.message.width, f.message.height) for f in evidence.frames if f.message is not None}
    largest = max(len(one.heard.payload) for one in evidence.frames)
    shown = ", ".join(f"{width} x {height}" for width, height in sorted(sizes)[:4])
    return passed(f"{len(evidence.frames)} pictures, {shown}, at most {largest / 1000:.0f} kB")


@assertion(
    "D5.2",
    Level.MUST,
    "announces its pictures, and sends them at that rate, within a factor of 3",
    mend='Announce "frames": {"rate": 5}, in pictures a second, and send about as many.',
)
def rate_is_kept(evidence: Evidence) -> Verdict:
    """A camera that stands still is shown as such."""
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    if announce.frames is None:
        if evidence.frames:
            return failed(f"{len(evidence.frames)} pictures came, none are announced")
        return not_tried(NO_PICTURES)
    gap, calm = _usual_gap(evidence), evidence.transcript.calm
    rate = announce.frames.rate
    if gap is not None:
        held = 1 / WORST <= gap * rate <= WORST
        return judged(held, f"{1 / gap:.1f} a second, announced {rate:g}")
    if calm * rate >= WORST * ENOUGH_GAPS:
        return failed(f"too few pictures in {calm:.0f} s, announced {rate:g} a second")
    return not_tried(f"{rate:g} pictures a second are announced, {calm:.0f} s were listened")


@assertion(
    "D5.3",
    Level.SHOULD,
    "keeps its announced rate within 20 %",
    mend='Announce as "rate" what camera and line can keep up.',
)
def rate_is_kept_well(evidence: Evidence) -> Verdict:
    """Detectors count on it."""
    gap = _usual_gap(evidence)
    if gap is None or evidence.announce is None or evidence.announce.frames is None:
        return not_tried("too few pictures came to tell" if evidence.frames else NO_PICTURES)
    rate = evidence.announce.frames.rate
    return judged(abs(1 / gap - rate) <= GOOD * rate, f"{1 / gap:.2f} a second, announced {rate:g}")


@assertion(
    "D5.4",
    Level.MUST,
    "does not have the broker keep its pictures",
    mend="Publish pictures without the retain flag: they may show people, and are kept in memory "
    "only.",
)
def frames_are_not_retained(evidence: Evidence) -> Verdict:
    """Raw pictures are stored nowhere."""
    if Channel.FRAMES in evidence.transcript.retained:
        return failed("the broker keeps a picture on the frames topic")
    return passed("the broker keeps none") if evidence.frames else not_tried(NO_PICTURES)


def _usual_gap(evidence: Evidence) -> float | None:
    calm = evidence.transcript.calm
    at = [one.heard.at for one in evidence.frames if one.heard.at <= calm]
    gaps = [after - before for before, after in pairwise(at)]
    return statistics.median(gaps) if len(gaps) >= ENOUGH_GAPS else None
