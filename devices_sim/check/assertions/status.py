"""D2: a device says whether it is there."""

from __future__ import annotations

from devices_sim.check.assertion import Level, Verdict, assertion, failed, not_tried, passed
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import CUTS, Fault
from smartopia.contract.status import DeviceState, Status
from smartopia.contract.topics import Channel
from smartopia.errors import RefusedMessageError

NO_CONNECTION = "it keeps no connection"


@assertion(
    "D2.1",
    Level.MUST,
    "tells its status as the contract says",
    mend='Publish {"state": "online"}, "offline" or "lost" on smartopia/v1/SITE/DEVICE/status, '
    "and nothing else.",
)
def status_is_valid(evidence: Evidence) -> Verdict:
    """Ingest puts any other status into quarantine."""
    told = evidence.statuses
    errors = [one.error for one in told if one.error is not None]
    if errors:
        return failed(str(errors[0]))
    if not told:
        return not_tried("no status was heard")
    states = dict.fromkeys(one.message.state.value for one in told if one.message is not None)
    return passed(f"{len(told)} heard: {', '.join(states)}")


@assertion(
    "D2.2",
    Level.SHOULD,
    "says that it is online, and has the broker keep it",
    mend='Publish {"state": "online"} on smartopia/v1/SITE/DEVICE/status after each connect, '
    "with the retain flag.",
)
def says_it_is_online(evidence: Evidence) -> Verdict:
    """Who looks later sees it too."""
    retained = evidence.transcript.retained.get(Channel.STATUS)
    if retained is None:
        heard = any(_is(one.message, DeviceState.ONLINE) for one in evidence.statuses)
        return failed("heard, but the broker does not keep it" if heard else "no status is kept")
    try:
        state = Status.decode(retained).state
    except RefusedMessageError as error:
        return failed(f"the broker keeps a status nobody can read: {error}")
    if state is not DeviceState.ONLINE:
        return failed(f"the broker keeps the status {state.value!r} while results come")
    return passed("the broker keeps the status 'online'")


@assertion(
    "D2.3",
    Level.SHOULD,
    "is told to be lost when it vanishes (last will)",
    mend='Connect with a last will: topic smartopia/v1/SITE/DEVICE/status, {"state": "lost"}, '
    "QoS 1, retained. The broker publishes it when the device breaks off without a goodbye.",
)
def has_a_last_will(evidence: Evidence) -> Verdict:
    """Operators shall see at once that a device is gone."""
    cuts = [one for one in evidence.transcript.injected if one.fault in CUTS]
    if not cuts:
        return not_tried(evidence.transcript.untried.get(Fault.CUT, "no connection was cut"))
    first = cuts[0].began
    lost = [one.heard.at for one in evidence.statuses if _is(one.message, DeviceState.LOST)]
    after = [at for at in lost if at >= first]
    if not after:
        return failed("its connection was cut, and no status 'lost' came")
    return passed(f"'lost' came {after[0] - first:.1f} s after the cut")


@assertion(
    "D2.4",
    Level.SHOULD,
    "says that it goes offline when it is stopped",
    mend='Publish {"state": "offline"} on smartopia/v1/SITE/DEVICE/status, retained, before '
    "disconnecting on purpose.",
)
def says_goodbye(evidence: Evidence) -> Verdict:
    """A device taken down on purpose is not a lost one."""
    restart = evidence.injected(Fault.RESTART)
    if restart is None:
        return not_tried(evidence.transcript.untried.get(Fault.RESTART, "it was not stopped"))
    told = [one for one in evidence.statuses if restart.began <= one.heard.at <= restart.watched]
    if any(_is(one.message, DeviceState.OFFLINE) for one in told):
        return passed("'offline' came when it was stopped")
    return failed("it was stopped, and no status 'offline' came")


def _is(status: Status | None, state: DeviceState) -> bool:
    return status is not None and status.state is state
