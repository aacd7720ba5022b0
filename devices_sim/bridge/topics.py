"""Topics of other brokers: `zigbee2mqtt/{device}` names a device by one level."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

PLACEHOLDER = "{device}"
MAX_NAME = 63
_WILDCARDS = frozenset("+#\0")


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A topic whose level `{device}`, if it has one, is the device's name."""

    text: str

    @property
    def filter(self) -> str:
        """What to subscribe to."""
        return self.text.replace(PLACEHOLDER, "+")

    @property
    def names_device(self) -> bool:
        """Whether it has the level `{device}`."""
        return PLACEHOLDER in self.text

    def match(self, topic: str) -> str | None:
        """The device a topic names ("" where the pattern has no such level); None: no match."""
        own, levels = self.text.split("/"), topic.split("/")
        if len(own) != len(levels):
            return None
        device = ""
        for expected, level in zip(own, levels, strict=True):
            if expected == PLACEHOLDER and level:
                device = level
            elif expected != level:
                return None
        return device


def parse_pattern(text: str) -> TopicPattern:
    """The pattern a text writes.

    Raises:
        ValueError: it is none; says what is allowed.
    """
    levels = text.split("/")
    clear = all(level == PLACEHOLDER or not set(level) & {*_WILDCARDS, *"{}"} for level in levels)
    if not text or not clear or levels.count(PLACEHOLDER) > 1:
        raise ValueError(
            f"topic {text!r}: allowed is a topic without wildcards, at most one of whose levels "
            f"is {PLACEHOLDER}, e.g. zigbee2mqtt/{PLACEHOLDER}"
        )
    return TopicPattern(text)


def device_name(template: str, device: str) -> str:
    """The name a foreign device gets with us: of letters, digits, `-` and `_`.

    A name that loses letters on the way (Korean ones, say), or is too long, ends in six digits
    of its SHA-256 instead, so that two devices stay two.
    """
    whole = template.replace(PLACEHOLDER, device)
    plain = unicodedata.normalize("NFKD", whole).lower()
    lost = any(c.isalnum() and not c.isascii() for c in plain)
    name = re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")
    if lost or not name or len(name) > MAX_NAME:
        digest = hashlib.sha256(whole.encode()).hexdigest()[:6]
        name = f"{name[: MAX_NAME - 7].rstrip('-_')}-{digest}".lstrip("-")
    return name
