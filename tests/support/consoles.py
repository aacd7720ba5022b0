"""A control center with a database full of devices, and no other part of the platform."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
from psycopg.types.json import Jsonb

from smartopia.cli.state import free_port
from smartopia.cli.supervisor import child_environment
from smartopia.embedded.postgres import EmbeddedPostgres
from tests.support.city import City, wait_until
from tests.support.servers import fresh_database, prepared, run_broker

HOSTILE = "<img src=x onerror=alert(1)>Old bridge"
KOREAN = "한강신도시 운양동 하수관로 수위 관측소 제3호기 동측 맨홀"
MANY = 2000
COMMAND = [sys.executable, "-m", "smartopia", "control-center"]
DIGEST = "d" * 64
REPORT = {
    "findings": [
        {
            "number": "17",
            "level": "MUST",
            "title": "tells times its clock can mean",
            "outcome": "fail",
            "seen": "a time 3 days ahead",
            "mend": "set the device's clock",
        },
        {
            "number": "3",
            "level": "MUST",
            "title": "announces itself",
            "outcome": "pass",
            "seen": "announced <b>at once</b>",
            "mend": "publish the announcement",
        },
    ]
}


@dataclass
class Consoles:
    """A control center with its database, and no other part."""

    url: str
    password: str
    database: str
    broker: str

    def do(self, query: str, values: tuple[Any, ...] = ()) -> None:
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(query.encode(), values)

    def check(self, name: str, grade: str = "A", *, passed: bool = True) -> None:
        """A check of what the device announces now."""
        self.do(
            "INSERT INTO thing_check (thing_id, grade, passed, announce_digest, report)"
            " SELECT id, %s, %s, announce_digest, %s FROM thing WHERE name = %s",
            (grade, passed, Jsonb(REPORT), name),
        )

    def refuse(self, name: str, reason: str, count: int, detail: str) -> None:
        self.do(
            "INSERT INTO quarantine (received_at, topic, reason, detail, payload, thing_id, count)"
            " SELECT now(), 'smartopia/v1/gimpo/' || name || '/observations', %s, %s, '{}', id, %s"
            " FROM thing WHERE name = %s",
            (reason, detail, count, name),
        )

    def operator(self, name: str, role: str) -> str:
        """A new account; its password."""
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "smartopia",
                "control-center",
                "--add-operator",
                f"{name}:{role}",
            ],
            env=child_environment({"SMARTOPIA_DATABASE_URL": self.database}),
            capture_output=True,
            text=True,
            check=True,
        )
        return re.search(r"the password (\S+)", done.stdout)[1]  # type: ignore[index]


@contextmanager
def control_center(postgres: EmbeddedPostgres, folder: Path, **more: object) -> Iterator[Consoles]:
    """One of a test's own; further settings by their names."""
    with fresh_database(postgres) as database, run_broker(folder / "broker") as broker:
        settings = asyncio.run(prepared(database, broker, folder)).settings
        port = free_port()
        environment = {
            "SMARTOPIA_DATABASE_URL": database,
            "SMARTOPIA_BROKER_URL": settings.broker(),
            "SMARTOPIA_HTTP_PORT": str(port),
            **{f"SMARTOPIA_{name.upper()}": str(value) for name, value in more.items()},
        }
        process = subprocess.Popen(
            COMMAND,
            env=child_environment({**environment, "PYTHONUNBUFFERED": "1"}),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            password = City(process, folder).password
            wait_until(lambda: answers(url), what="the control center answers")
            yield Consoles(url, password, database, settings.broker())
        finally:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout:
                process.stdout.close()


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/v1/schemas").status_code == 200
    except httpx.TransportError:
        return False


def fill(consoles: Consoles) -> None:
    """Many devices, a few of them worth a look."""
    consoles.do(
        "INSERT INTO thing (site, name, title, kind, latitude, longitude, state, state_at,"
        " announced_at, last_seen, announce_digest, stage)"
        " SELECT 'gimpo', 'gauge-' || n, 'Gauge ' || n, 'river_gauge',"
        " 37.58 + (n %% 40) * 0.003, 126.62 + (n / 40) * 0.003, 'online', now(), now(), now(),"
        " %s, 'field' FROM generate_series(1, %s) AS n",
        (DIGEST, MANY),
    )
    consoles.do(
        "INSERT INTO datastream (thing_id, name, observed_property, unit, period_s, interval_s)"
        " SELECT id, 'level', 'water_level', 'm', 60, 0 FROM thing"
    )
    consoles.do(
        "INSERT INTO datastream_latest SELECT id, now(), 1 + id * 0.001, 1, now() FROM datastream"
    )
    special = {
        "new-1": (HOSTILE, "sandbox", "online"),
        "korean-1": (KOREAN, "sandbox", "online"),
        "lost-1": ("Weir", "field", "lost"),
        "liar-1": ("Sewer mouth", "field", "online"),
    }
    for name, (title, stage, state) in special.items():
        consoles.do(
            "UPDATE thing SET name = %s, title = %s, stage = %s, state = %s WHERE id ="
            " (SELECT id FROM thing WHERE name LIKE 'gauge-%%' ORDER BY id LIMIT 1)",
            (name, title, stage, state),
        )
    consoles.do(
        "UPDATE thing SET title = NULL WHERE name = 'gauge-100'"  # which it need not give
    )
    consoles.refuse("liar-1", "absurd_time", 12, "time 2031-01-01 is 3 days ahead of the server")
    consoles.refuse("liar-1", "malformed", 1, "expected value at line 1 column 1")
