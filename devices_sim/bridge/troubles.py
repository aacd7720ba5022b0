"""What could not be mapped, by topic: said once in the log, and shown until it is over."""

from __future__ import annotations

import logging
from typing import Protocol

SHOWN = 10
MAX_TOPICS = 1000

_log = logging.getLogger(__name__)


class Says(Protocol):
    """Where troubles are shown: `smartopia.bus.health.Reporter`."""

    def degraded(self, reason: str, text: str) -> None:
        """Say, until recovered, what is wrong."""

    def recovered(self, reason: str) -> None:
        """Take that back."""


class Troubles:
    """The topics that are not understood at the moment. The first few are shown by name."""

    def __init__(self, says: Says) -> None:
        self._says = says
        self._texts: dict[str, str] = {}
        self._logged: set[str] = set()
        self._shown: set[str] = set()

    def tell(self, topic: str, text: str) -> None:
        """A topic is not understood."""
        if topic not in self._logged and len(self._logged) < MAX_TOPICS:
            self._logged.add(topic)
            _log.warning("not understood at %s: %s", topic, text)
        if self._texts.get(topic) == text:
            return
        if topic in self._texts or len(self._texts) < MAX_TOPICS:
            self._texts[topic] = text
            self._show()

    def over(self, topic: str) -> None:
        """It is understood now."""
        if self._texts.pop(topic, None) is not None:
            self._show()

    def _show(self) -> None:
        first = dict(list(self._texts.items())[:SHOWN])
        for topic in self._shown - first.keys():
            self._says.recovered(_code(topic))
        for topic, text in first.items():
            self._says.degraded(_code(topic), f"not understood at {topic}: {text}")
        self._shown = set(first)
        more = len(self._texts) - len(first)
        if more:
            self._says.degraded(
                "more topics", f"{more} more topics are not understood; see the log"
            )
        else:
            self._says.recovered("more topics")


def _code(topic: str) -> str:
    return f"topic {topic}"
