"""Topics: `smartopia/v1/{site}/{device}/{channel}`, and their NATS subjects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from smartopia.errors import Reason, RefusedMessageError

PREFIX = "smartopia/v1"
SUBJECT_PREFIX = PREFIX.replace("/", ".")
NAME_PATTERN = r"^[a-z0-9][a-z0-9_-]{0,62}$"
_NAME = re.compile(NAME_PATTERN)


class Channel(StrEnum):
    """What a device may publish on; to `commands` and `errors` it listens."""

    ANNOUNCE = "announce"
    STATUS = "status"
    OBSERVATIONS = "observations"
    FRAMES = "frames"
    EVENTS = "events"
    COMMANDS = "commands"
    ERRORS = "errors"


TO_DEVICE = (Channel.COMMANDS, Channel.ERRORS)


@dataclass(frozen=True, slots=True, order=True)
class DeviceKey:
    """Which device: its site and its name there. The name is its broker user."""

    site: str
    device: str

    def topic(self, channel: Channel) -> str:
        """The MQTT topic of one of this device's channels."""
        return f"{PREFIX}/{self.site}/{self.device}/{channel}"

    def subject(self, channel: Channel) -> str:
        """The NATS subject the server maps that topic to."""
        return f"{SUBJECT_PREFIX}.{self.site}.{self.device}.{channel}"

    def __str__(self) -> str:
        return f"{self.site}/{self.device}"


def valid_name(name: str) -> bool:
    """Whether a site or device may be called so."""
    return _NAME.fullmatch(name) is not None


def parse_topic(topic: str) -> tuple[DeviceKey, Channel]:
    """The device and channel a topic names.

    Raises:
        RefusedMessageError: the topic is not of the contract.
    """
    levels = topic.split("/")
    if len(levels) != 5 or levels[:2] != PREFIX.split("/"):
        raise RefusedMessageError(
            Reason.UNKNOWN_TOPIC, f"topic {topic[:200]!r}; allowed is {PREFIX}/SITE/DEVICE/CHANNEL"
        )
    _, _, site, device, channel = levels
    if not (valid_name(site) and valid_name(device)):
        raise RefusedMessageError(
            Reason.UNKNOWN_TOPIC, f"site or device in {topic[:200]!r} does not match {NAME_PATTERN}"
        )
    try:
        return DeviceKey(site, device), Channel(channel)
    except ValueError:
        allowed = ", ".join(Channel)
        raise RefusedMessageError(
            Reason.UNKNOWN_CHANNEL, f"channel {channel[:80]!r}; allowed are {allowed}"
        ) from None


def sender_of(topic: str) -> DeviceKey | None:
    """The device whose own topic this is, whatever the channel; None if it is none's."""
    levels = topic.split("/")
    if len(levels) < 5 or levels[:2] != PREFIX.split("/"):
        return None
    key = DeviceKey(levels[2], levels[3])
    return key if valid_name(key.site) and valid_name(key.device) else None


def topic_of_subject(subject: str) -> str:
    """The MQTT topic behind a NATS subject (the server writes a dot in a level as //)."""
    return subject.replace("//", "\0").replace(".", "/").replace("\0", ".")
