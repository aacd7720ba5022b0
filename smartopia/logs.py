"""Logging: one line an event, UTC, no secrets, no forged lines."""

from __future__ import annotations

import logging
import sys
import time
from typing import Any


class _OneLine(logging.Formatter):
    """Writes line breaks in messages as \\n: a device's text cannot forge a log line."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's names
        # Indented, so that no line of it looks like an event.
        return "\n".join(f"  {line}" for line in super().formatException(ei).splitlines())


def configure_logs(level: str) -> None:
    """Send logs of this process to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Both tell every reconnection at length; our own lines say it once.
    logging.getLogger("nats").setLevel(logging.ERROR)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
