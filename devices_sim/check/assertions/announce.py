"""D1: a device says what it is."""

from __future__ import annotations

from devices_sim.check.assertion import (
    Level,
    Verdict,
    assertion,
    failed,
    judged,
    not_tried,
    passed,
)
from devices_sim.check.evidence import Evidence
from smartopia.contract.properties import PROPERTIES
from smartopia.contract.topics import Channel
from smartopia.errors import Reason

NO_ANNOUNCEMENT = "there is no valid announcement"


@assertion(
    "D1.1",
    Level.MUST,
    "announces itself",
    mend="Publish what the device is and observes, as JSON, on "
    "smartopia/v1/SITE/DEVICE/announce, before its first result.",
)
def announces_itself(evidence: Evidence) -> Verdict:
    """The platform knows a device only by its announcement."""
    told = evidence.announcements
    if not told:
        topic = evidence.transcript.key.topic(Channel.ANNOUNCE)
        return failed(f"nothing came on {topic}, and the broker keeps nothing there")
    at = told[0].heard.at
    return passed(f"heard {at:.1f} s after the check began" if at else "kept by the broker")


@assertion(
    "D1.2",
    Level.MUST,
    "has the broker keep its announcement (retained)",
    mend="Publish the announcement with the retain flag (mosquitto_pub: -r), at QoS 1, so that "
    "the platform knows the device after every restart of its own.",
)
def announcement_is_retained(evidence: Evidence) -> Verdict:
    """A platform that starts later asks the broker, not the device."""
    if not evidence.announcements:
        return not_tried("it announced nothing")
    retained = evidence.transcript.retained.get(Channel.ANNOUNCE)
    if retained is None:
        return failed("it was heard, and the broker does not keep it")
    told = [one.heard for one in evidence.announcements]
    before = [heard.payload for heard in told if 0 < heard.at <= evidence.transcript.calm]
    if before and retained not in before:
        return failed("the broker keeps an older announcement than the one heard")
    return passed("the broker keeps it")


@assertion(
    "D1.3",
    Level.MUST,
    "announces itself as the contract says",
    mend="Change the named fields to what is allowed. The shape is in the published JSON Schema "
    "of `announce`; fields it does not name are refused, for they are often typing errors.",
)
def announcement_is_valid(evidence: Evidence) -> Verdict:
    """Ingest puts any other announcement into quarantine."""
    told = evidence.announcements
    if not told:
        return not_tried("it announced nothing")
    errors = [one.error for one in told if one.error is not None]
    other = [error for error in errors if error.reason is not Reason.WRONG_UNIT]
    if other:
        return failed(str(other[0]))
    if errors:
        return not_tried("its unit is refused first: see D1.4")
    return passed(f"{len(told)} announcement{'s' * (len(told) > 1)} read")


@assertion(
    "D1.4",
    Level.MUST,
    "gives each property the contract knows in its unit",
    mend="Announce the unit named here, a UCUM code, and convert the results to it in the "
    "device. A rule written for a property then holds for every device.",
)
def units_are_right(evidence: Evidence) -> Verdict:
    """One property, one unit."""
    errors = [one.error for one in evidence.announcements if one.error is not None]
    wrong = [error.detail for error in errors if error.reason is Reason.WRONG_UNIT]
    if wrong:
        return failed(wrong[0])
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    if not announce.datastreams:
        return not_tried("it announces no datastream")
    return passed(", ".join(f"{s.observed_property} in {s.unit}" for s in announce.datastreams[:6]))


@assertion(
    "D1.5",
    Level.SHOULD,
    "says where it stands",
    mend='Announce "location": {"latitude": 37.62, "longitude": 126.71} (WGS 84, degrees); '
    "without it the device is on no map and near no other.",
)
def says_where_it_stands(evidence: Evidence) -> Verdict:
    """A device without a place is not on the map."""
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    if announce.location is None:
        return failed("no location is announced")
    return passed(f"{announce.location.latitude}, {announce.location.longitude}")


@assertion(
    "D1.6",
    Level.SHOULD,
    "has a title a person understands",
    mend='Announce "title": "Old bridge, left bank": operators read it in every alert.',
)
def has_a_title(evidence: Evidence) -> Verdict:
    """Operators do not know devices by their names."""
    announce = evidence.announce
    if announce is None:
        return not_tried(NO_ANNOUNCEMENT)
    title = (announce.title or "").strip()
    return passed(f'"{title}"') if title else failed("no title is announced")


@assertion(
    "D1.7",
    Level.SHOULD,
    "gives the range of each datastream",
    mend='Announce "range": [low, high] of what the sensor can measure, in its unit, so that a '
    "broken sensor's results are flagged and raise no alert.",
)
def ranges_are_given(evidence: Evidence) -> Verdict:
    """Without a range no result can be told from nonsense."""
    announce = evidence.announce
    if announce is None or not announce.datastreams:
        return not_tried(NO_ANNOUNCEMENT if announce is None else "it announces no datastream")
    without = [stream.name for stream in announce.datastreams if stream.range is None]
    spans = [f"{s.name} {list(s.range)}" for s in announce.datastreams if s.range is not None]
    return judged(
        not without, f"no range: {', '.join(without[:6])}" if without else ", ".join(spans[:6])
    )


@assertion(
    "D1.8",
    Level.SHOULD,
    "observes properties the contract knows",
    mend="Use the known name where there is one (a typing error?). If the property is new, add it "
    "to smartopia/contract/properties.py, so that rules can be written for it.",
)
def properties_are_known(evidence: Evidence) -> Verdict:
    """A rule is written for a property, not for a device."""
    announce = evidence.announce
    if announce is None or not announce.datastreams:
        return not_tried(NO_ANNOUNCEMENT if announce is None else "it announces no datastream")
    observed = {stream.observed_property for stream in announce.datastreams}
    unknown = sorted(observed - PROPERTIES.keys())
    if unknown:
        return failed(f"unknown: {', '.join(unknown[:6])}; known: {', '.join(sorted(PROPERTIES))}")
    return passed(", ".join(sorted(observed)))
