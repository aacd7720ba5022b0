"""Why messages are refused, and what their sender does about it."""

from __future__ import annotations

from dataclasses import dataclass

from smartopia.containment import FLOOD_RATE
from smartopia.contract.base import MAX_MESSAGE_BYTES
from smartopia.contract.frames import MAX_FRAME_BYTES, MAX_SIDE
from smartopia.contract.times import AHEAD, BEHIND
from smartopia.contract.topics import NAME_PATTERN, PREFIX
from smartopia.errors import Reason


@dataclass(frozen=True, slots=True)
class Remedy:
    """What a reason means, and how to mend it."""

    means: str
    mend: str


REMEDIES: dict[Reason, Remedy] = {
    Reason.UNKNOWN_TOPIC: Remedy(
        f"The topic is not {PREFIX}/SITE/DEVICE/CHANNEL.",
        f"Use that form; site and device match {NAME_PATTERN}.",
    ),
    Reason.UNKNOWN_CHANNEL: Remedy(
        "There is no such channel, or it does not travel this way.",
        "Publish on one of the channels above, each at its own QoS.",
    ),
    Reason.UNKNOWN_DEVICE: Remedy(
        "The device has not announced itself.",
        "Publish the announcement first, retained, at QoS 1.",
    ),
    Reason.UNKNOWN_DATASTREAM: Remedy(
        "The result is of a datastream the announcement does not name.",
        "Announce the datastream, or correct its name. The other results were kept.",
    ),
    Reason.MALFORMED: Remedy(
        "The payload is not JSON.",
        "Send one JSON object in UTF-8. In a shell, put it in single quotes.",
    ),
    Reason.WRONG_TYPE: Remedy(
        "A field is missing, unknown, or of another type than the schema says.",
        "Compare the message with its schema. Results are numbers, not text and not null.",
    ),
    Reason.WRONG_UNIT: Remedy(
        "A known observed property is announced in another unit than its own.",
        "Convert the results and announce the unit in the table of observed properties.",
    ),
    Reason.UNSOUND_VIEW: Remedy(
        "What the camera proposes to draw on its picture cannot be: an outline that is empty or "
        "crosses itself, a point outside the picture, a name used twice.",
        "Give points as shares of the picture's width and height, from 0 to 1, corners in order; "
        "or leave out `view`: it can be drawn in the control center.",
    ),
    Reason.ABSURD_TIME: Remedy(
        f"The time is more than {AHEAD.seconds // 60} minutes ahead, "
        f"or more than {BEHIND.days} days back.",
        "Set the device's clock (UTC), or leave the time out. "
        'For a recording announce "clock": "replay".',
    ),
    Reason.TOO_LARGE: Remedy(
        f"The message is larger than {MAX_MESSAGE_BYTES // 1024} KiB.",
        "Send fewer observations in each message.",
    ),
    Reason.BAD_FRAME: Remedy(
        "The picture is no JPEG, is cut off, or is too large.",
        f"Send whole JPEG files of at most {MAX_FRAME_BYTES // 1000} kB "
        f"and {MAX_SIDE} pixels a side.",
    ),
    Reason.REUSED_SEQUENCE: Remedy(
        "This boot and seq have already named another message.",
        "Count seq up with each new message, and draw a new boot at each start. "
        "Only a repeat of the very same message may bear them again.",
    ),
    Reason.FLOODING: Remedy(
        f"The device has sent more than {FLOOD_RATE:.0f} messages a second for long; "
        "what is over that is not stored.",
        "Send at the announced period, and several observations in one message.",
    ),
}
