"""What travels on each channel: the source of the published contract and its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from smartopia.contract.schemas import BARE_RESULTS
from smartopia.contract.topics import TO_DEVICE, Channel

TIME = "2026-06-01T00:00:00Z"
_EARLIER = "2026-05-31T23:59:00Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageForm:
    """One form a message may take.

    Attributes:
        name: of the form, and of its schema.
        examples: payloads by what they show; each is valid.
    """

    name: str
    title: str
    summary: str
    examples: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelForm:
    """A channel: what it is for, how it travels, and the messages on it.

    Attributes:
        text: what a device maker must know; paragraphs are parted by blank lines.
        messages: its JSON forms; none on the channel of pictures.
    """

    channel: Channel
    title: str
    qos: int
    retain: bool
    text: str
    messages: tuple[MessageForm, ...] = ()

    @property
    def to_device(self) -> bool:
        """Whether the platform publishes and the device listens."""
        return self.channel in TO_DEVICE


CHANNELS: tuple[ChannelForm, ...] = (
    ChannelForm(
        channel=Channel.ANNOUNCE,
        title="What the device is",
        qos=1,
        retain=True,
        text="Sent first, at each start: what kind of device it is, where it stands, and what it "
        "observes. Retained, so that the platform knows the device after every restart of "
        "either.\n\n"
        "A camera may propose a `view`: areas, wires, ways and the ground, with points as shares "
        "of its picture's width and height. It is used until somebody draws in the control center; "
        "from then on a proposal changes nothing.",
        messages=(
            MessageForm(
                name="announce",
                title="Announcement",
                summary="What a device is, where it stands, and what it observes.",
                examples={
                    "A sensor": {
                        "kind": "river_gauge",
                        "title": "Old bridge",
                        "location": {"latitude": 37.6262, "longitude": 126.7112},
                        "datastreams": [
                            {
                                "name": "level",
                                "observed_property": "water_level",
                                "unit": "m",
                                "range": [0, 15],
                                "period": 60,
                            }
                        ],
                    },
                    "A camera": {
                        "kind": "camera",
                        "title": "Market, north gate",
                        "location": {"latitude": 37.6231, "longitude": 126.7158},
                        "frames": {"rate": 5},
                    },
                    "A camera that proposes what is drawn on its picture": {
                        "kind": "camera",
                        "frames": {"rate": 5},
                        "view": {
                            "areas": [
                                {
                                    "name": "yard",
                                    "use": "forbidden",
                                    "outline": [[0.1, 0.5], [0.6, 0.5], [0.6, 0.9], [0.1, 0.9]],
                                }
                            ],
                            "wires": [{"name": "gate", "line": [[0.7, 0.6], [0.9, 0.6]]}],
                            "ground": {"pole": {"height_m": 6, "tilt": 18, "fov": 70}},
                        },
                    },
                },
            ),
        ),
    ),
    ChannelForm(
        channel=Channel.STATUS,
        title="Whether the device is there",
        qos=1,
        retain=True,
        text="Optional. Say `online` after connecting and `offline` before leaving, and give the "
        'broker {"state": "lost"} as last will (QoS 1, retained): it tells it for a device that '
        "vanishes.",
        messages=(
            MessageForm(
                name="status",
                title="Status",
                summary="A device's own word on whether it is there.",
                examples={
                    "After connecting": {"state": "online"},
                    "Before leaving": {"state": "offline", "note": "battery is changed"},
                    "As last will": {"state": "lost"},
                },
            ),
        ),
    ),
    ChannelForm(
        channel=Channel.OBSERVATIONS,
        title="Results",
        qos=1,
        retain=False,
        text="Results by the name of the announced datastream. What the broker acknowledges is "
        "stored.\n\n"
        "A device that may repeat itself sends `boot` (drawn anew at each start), `seq` (counted "
        "up with each message) and `time`, and is stored once however often it repeats. The bare "
        "form has none of them: its time is when it arrives, and a repeat is stored again.",
        messages=(
            MessageForm(
                name="observations",
                title="Observations",
                summary="Results with the message's identity and time; of one time or of several.",
                examples={
                    "Of one time": {
                        "boot": "k3x",
                        "seq": 7,
                        "time": TIME,
                        "results": {"level": 2.1},
                    },
                    "Of several times, kept while there was no connection": {
                        "boot": "k3x",
                        "seq": 8,
                        "observations": [
                            {"time": _EARLIER, "results": {"level": 2.1}},
                            {"time": TIME, "results": {"level": 2.2}},
                        ],
                    },
                },
            ),
            MessageForm(
                name=BARE_RESULTS,
                title="Bare results",
                summary="Results alone.",
                examples={"The least there is": {"level": 2.1}},
            ),
        ),
    ),
    ChannelForm(
        channel=Channel.FRAMES,
        title="Pictures",
        qos=0,
        retain=False,
        text="One JPEG a message, unacknowledged: a detector that is slow looks at the newest and "
        "leaves out the others. A bare JPEG gets its arrival time.\n\n"
        "To tell its own identity and time, a camera puts a COM segment (FF FE, two bytes of "
        "length) right after FF D8, holding the text `smartopia/1 ` and then the JSON of a frame "
        'stamp: {"boot": "k3x", "seq": 7, "time": "' + TIME + '"}. Any viewer opens such a '
        "picture all the same.",
    ),
    ChannelForm(
        channel=Channel.EVENTS,
        title="What the device decided by itself",
        qos=1,
        retain=False,
        text="Something that happened, named by the device, such as a button pressed.",
        messages=(
            MessageForm(
                name="events",
                title="Event",
                summary="One happening.",
                examples={
                    "A button": {
                        "boot": "k3x",
                        "seq": 9,
                        "time": TIME,
                        "event": "pressed",
                        "note": "north entrance",
                    }
                },
            ),
        ),
    ),
    ChannelForm(
        channel=Channel.COMMANDS,
        title="What the platform asks",
        qos=0,
        retain=False,
        text="Requests of the platform to the device. A device ignores what it does not know.",
        messages=(
            MessageForm(
                name="commands",
                title="Command",
                summary="One request to a device.",
                examples={
                    "A request": {"id": "c-81", "command": "set_period", "arguments": {"s": 10}}
                },
            ),
        ),
    ),
    ChannelForm(
        channel=Channel.ERRORS,
        title="Why a message was refused",
        qos=0,
        retain=False,
        text="The platform's answer to a message of the device's own that breaks the contract. "
        "The message is kept in quarantine with the same words. Listen here while you build "
        "a device.",
        messages=(
            MessageForm(
                name="errors",
                title="Refusal",
                summary="Which message was refused, why, and what to do.",
                examples={
                    "A wrong name": {
                        "topic": "smartopia/v1/gimpo/river-2/observations",
                        "reason": "unknown_datastream",
                        "detail": "not announced: levle; announced are level",
                        "time": TIME,
                        "boot": "k3x",
                        "seq": 10,
                        "count": 1,
                    }
                },
            ),
        ),
    ),
)
