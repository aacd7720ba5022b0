"""One line an event: a device's text cannot forge another."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from smartopia.logs import configure_logs

FORGED = "2026-06-01T00:00:00.000Z INFO smartopia all is well"
LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z [A-Z]+ \S+ ")


@contextmanager
def platform_logs() -> Iterator[None]:
    """The platform's logs instead of pytest's."""
    handlers, level = logging.root.handlers[:], logging.root.level
    logging.root.handlers[:] = []
    configure_logs("INFO")
    try:
        yield
    finally:
        logging.root.handlers[:] = handlers
        logging.root.setLevel(level)


@pytest.mark.parametrize("breaks", ["\n", "\r", "\r\n", "\n\n"])
def test_a_line_break_in_a_devices_text_forges_no_line(
    capsys: pytest.CaptureFixture[str], breaks: str
) -> None:
    with platform_logs():
        logging.getLogger("ingest").warning("refused: %s", f"x{breaks}{FORGED}")
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "\r" not in told
    assert LINE.match(told)
    assert FORGED in told, "what was said is still there, in its own line"


def test_a_line_break_in_a_failures_message_forges_no_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    try:
        raise ValueError(f"odd\n{FORGED}")
    except ValueError:
        with platform_logs():
            logging.getLogger("web").exception("GET %s failed", f"/api/\n{FORGED}\r{FORGED}")
    told = re.split(r"[\r\n]", capsys.readouterr().err)
    assert [line for line in told if LINE.match(line)] == told[:1]


def test_a_failure_is_told_with_where_it_happened(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        raise ValueError("odd value")
    except ValueError:
        with platform_logs():
            logging.getLogger("web").exception("failed")
    told = capsys.readouterr().err
    assert "test_logs.py" in told
    assert "ValueError: odd value" in told


def test_the_level_is_as_set(capsys: pytest.CaptureFixture[str]) -> None:
    with platform_logs():
        logging.getLogger("ingest").debug("too much")
        logging.getLogger("ingest").info("worth it")
    assert "worth it" in (told := capsys.readouterr().err)
    assert "too much" not in told


def test_libraries_that_chatter_are_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    with platform_logs():
        logging.getLogger("nats").warning("reconnecting")
        logging.getLogger("psycopg.pool").warning("reconnecting")
    assert capsys.readouterr().err == ""


def test_times_are_utc(capsys: pytest.CaptureFixture[str]) -> None:
    record = logging.LogRecord("ingest", logging.INFO, "f", 1, "now", None, None)
    record.created, record.msecs = 1_780_272_000.0, 0.0
    with platform_logs():
        logging.getLogger("ingest").handle(record)
    assert capsys.readouterr().err.startswith("2026-06-01T00:00:00.000Z INFO ingest now")
