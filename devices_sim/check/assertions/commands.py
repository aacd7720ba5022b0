"""D6: a device listens, and no command breaks it."""

from __future__ import annotations

from devices_sim.check.assertion import Level, Verdict, assertion, failed, not_tried, passed
from devices_sim.check.assertions.status import NO_CONNECTION
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import Fault, Injected, LinkState
from smartopia.contract.topics import Channel

DUE_PERIODS = 2.5
DUE_S = 1.0
_MEND = "Read a command inside a handler that catches every error, tells it in the log, and goes on"


@assertion(
    "D6.1",
    Level.SHOULD,
    "listens for commands",
    mend="Subscribe to smartopia/v1/SITE/DEVICE/commands after each connect; a command it does "
    "not know it may ignore.",
)
def listens(evidence: Evidence) -> Verdict:
    """The platform can ask only who listens."""
    return _listens(evidence, Channel.COMMANDS)


@assertion(
    "D6.2",
    Level.SHOULD,
    "listens for errors",
    mend="Subscribe to smartopia/v1/SITE/DEVICE/errors and write what comes into the device's log: "
    "the platform says there which message it refused, and why.",
)
def listens_for_errors(evidence: Evidence) -> Verdict:
    """What is refused is told to whoever sent it."""
    return _listens(evidence, Channel.ERRORS)


@assertion(
    "D6.3",
    Level.MUST,
    "survives a command it does not know",
    mend=f"{_MEND}. A command of another name is none of its business.",
)
def survives_an_unknown_command(evidence: Evidence) -> Verdict:
    """Commands are added over the years; devices stay."""
    return _survives(evidence, Fault.UNKNOWN_COMMAND)


@assertion(
    "D6.4",
    Level.MUST,
    "survives a command that is no JSON",
    mend=f"{_MEND}. Never let an exception leave the handler: it ends the client's thread.",
)
def survives_a_malformed_command(evidence: Evidence) -> Verdict:
    """What comes over a network may be anything."""
    return _survives(evidence, Fault.MALFORMED_COMMAND)


@assertion(
    "D6.5",
    Level.MUST,
    "survives a huge command",
    mend=f"{_MEND}. Look at the size before reading, and drop what is longer than you can keep.",
)
def survives_a_huge_command(evidence: Evidence) -> Verdict:
    """A small device has little memory."""
    return _survives(evidence, Fault.HUGE_COMMAND)


def _listens(evidence: Evidence, channel: Channel) -> Verdict:
    listens_to = evidence.transcript.listens
    if listens_to is None:
        return not_tried(NO_CONNECTION)
    wanted = evidence.transcript.key.topic(channel)
    if wanted in listens_to:
        return passed(f"subscribed to {wanted}")
    return failed(f"not subscribed to {wanted}")


def _survives(evidence: Evidence, fault: Fault) -> Verdict:
    injected = evidence.injected(fault)
    if injected is None:
        return not_tried(evidence.transcript.untried.get(fault, "it was sent none"))
    if evidence.links_within(LinkState.CLOSED, injected.began, injected.watched):
        return failed("its connection closed after the command")
    return goes_on(evidence, injected, injected.ended)


def goes_on(evidence: Evidence, injected: Injected, since: float) -> Verdict:
    """Whether results came after a fault, as far as they were due."""
    waited = injected.watched - since
    results = evidence.results_within(since, injected.watched)
    if results:
        return passed(f"{results} message{'s' * (results > 1)} came within {waited:.1f} s")
    period = evidence.period
    if period is None or waited < DUE_PERIODS * period + DUE_S:
        return passed("its connection stayed open; no result was due")
    return failed(f"no result came in the {waited:.1f} s after it, one was due each {period:g} s")
