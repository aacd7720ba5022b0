"""What the broker's log tells, and which folder keeps a server out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from smartopia.embedded.broker import BrokerRefusal, read_refusal
from smartopia.embedded.user import first_closed, own_folder, reachable
from smartopia.errors import ConfigurationError

SOMEBODY = os.geteuid() + 54_321
HEAD = "[4271] 2026/11/22 15:02:20.999863 [ERR] 127.0.0.1:37115 - "


@pytest.mark.parametrize(
    ("line", "reason", "client", "detail"),
    [
        (
            'mid:29 - "river-1" - Publish Violation - Subject '
            '"smartopia.v1.gimpo.river-2.observations"',
            "not_permitted",
            "river-1",
            "smartopia.v1.gimpo.river-2.observations",
        ),
        (
            'mid:29 - "river-1" - maximum payload exceeded: 1500039 vs 1048576',
            "too_large",
            "river-1",
            "1500039 vs 1048576",
        ),
        (
            'mid:33 - "river-x" - authentication error - User "river-1"',
            "bad_login",
            "river-x",
            'User "river-1"',
        ),
    ],
)
def test_a_refusal_in_the_brokers_log_is_read(
    line: str, reason: str, client: str, detail: str
) -> None:
    assert read_refusal(HEAD + line) == BrokerRefusal(reason, client, detail)
    assert read_refusal(HEAD + line + "\n") == BrokerRefusal(reason, client, detail)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[4271] 2026/11/22 15:02:20.999863 [INF] Server is ready",
        "[4271] 2026/11/22 15:02:20.999863 [INF] Listening for MQTT clients on mqtt://0.0.0.0:1883",
        HEAD + 'mid:29 - "river-1" - read error: connection reset by peer',
        HEAD + 'cid:7 - "v1.16:nats.py" - authentication error - User "platform"',
    ],
)
def test_other_lines_are_no_refusals(line: str) -> None:
    assert read_refusal(line) is None


def test_a_client_cannot_flood_with_long_names() -> None:
    told = read_refusal(f'{HEAD}mid:1 - "{"n" * 5000}" - authentication error - {"u" * 5000}')
    assert told is not None
    assert len(told.client) <= 80
    assert len(told.detail) <= 300


def test_an_open_way_is_open(open_folder: Path) -> None:
    below = open_folder / "a" / "b"
    below.mkdir(parents=True)
    assert first_closed(below, SOMEBODY) is None
    assert first_closed(below / "not" / "there" / "yet", SOMEBODY) is None
    assert reachable(below, SOMEBODY)


def test_the_first_closed_folder_on_the_way_is_named(open_folder: Path) -> None:
    closed = open_folder / "home"
    below = closed / "city" / "data"
    below.mkdir(parents=True)
    below.chmod(0o700)
    closed.chmod(0o750)
    assert first_closed(below, SOMEBODY) == closed
    assert not reachable(below, SOMEBODY)


def test_a_link_is_judged_by_where_it_leads(open_folder: Path) -> None:
    closed = open_folder / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    link = open_folder / "link"
    link.symlink_to(closed / "data")
    assert first_closed(link, SOMEBODY) == closed


def test_nothing_is_closed_to_ourselves(open_folder: Path) -> None:
    closed = open_folder / "closed"
    closed.mkdir(mode=0o700)
    assert first_closed(closed, os.geteuid()) is None


def test_a_servers_folder_is_its_own_alone(open_folder: Path) -> None:
    own_folder(open_folder / "store" / "pg", os.geteuid(), os.getegid())
    assert (open_folder / "store" / "pg").stat().st_mode & 0o777 == 0o700
    assert open_folder.stat().st_mode & 0o777 == 0o755, "nothing above it is changed"


def test_a_server_kept_out_is_told_by_which_folder(open_folder: Path) -> None:
    closed = open_folder / "home"
    closed.mkdir(mode=0o700)
    with pytest.raises(ConfigurationError) as error:
        own_folder(closed / "city" / "pg", SOMEBODY, SOMEBODY)
    assert str(closed) in str(error.value)
    assert "--data-dir" in str(error.value)
