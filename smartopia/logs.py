"""Logging: one line an event, UTC, no secrets, no forged lines."""

from __future__ import annotations

import logging
import sys
import time


class _OneLine(logging.Formatter):
    """Writes line breaks in messages as \\n: a device's text cannot forge a log line."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def format(self, record: logging.LogRecord) -> str:
        if record.exc_info:
            return super().format(record)
        return super().format(record).replace("\r", "\\r").replace("\n", "\\n")


def configure_logs(level: str) -> None:
    """Send logs of this process to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Both tell every reconnection at length; our own lines say it once.
    logging.getLogger("nats").setLevel(logging.ERROR)
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
