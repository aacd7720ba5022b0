"""`smartopia up` as the README tells a newcomer to run it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from smartopia.cli.supervisor import child_environment
from tests.support.city import run_city, wait_until

DOMAINS = {"crime", "traffic", "environment", "disaster"}


def smartopia(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = child_environment({f"SMARTOPIA_{k.upper()}": v for k, v in settings.items()})
    return subprocess.run(
        [sys.executable, "-m", "smartopia", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )


@pytest.mark.needs_data
@pytest.mark.needs_model
def test_a_run_on_real_data_alerts_in_all_domains_and_its_summary_adds_up(
    data: Path, model: Path, open_folder: Path
) -> None:
    summary = open_folder / "summary.json"
    options = ("--for", "70", "--summary", str(summary), "--model", str(model))
    with run_city(open_folder / "city", *options, data=str(data)) as city:
        assert city.process.wait(timeout=150) == 0
    told = json.loads(summary.read_text())
    parts, database = told["parts"], told["database"]
    assert set(database["alerts"]) == DOMAINS
    assert parts["simulate"]["acknowledged"] > 500
    assert parts["ingest"]["messages_in"] == parts["simulate"]["acknowledged"]
    assert parts["analytics-rules"]["messages_in"] == parts["simulate"]["acknowledged"]
    assert sum(database["observations"].values()) == parts["simulate"]["observations"]
    assert parts["ingest"]["observations_stored"] == parts["simulate"]["observations"]
    assert database["quarantine"] == {}
    assert parts["analytics-vision"]["frames_in"] == parts["simulate"]["frames"]
    assert parts["analytics-situations"]["alerts_raised"] >= 1
    assert set(told["restarts"].values()) == {0}
    screen = parts["control-center"]["latency"]["sensor_phenomenon_to_console"]
    assert screen["n"] >= 4
    assert screen["p99_s"] < 1.0


def test_a_second_up_on_the_same_directory_says_what_runs_there(open_folder: Path) -> None:
    with run_city(open_folder / "city", "--without", "analytics-vision") as city:
        url = city.url
        second = smartopia(
            "up", "--port", "0", "--mqtt-port", "0", "--data-dir", str(city.data_dir)
        )
    assert second.returncode == 1
    assert "already running" in second.stderr
    assert url in second.stderr
    assert str(city.process.pid) in second.stderr


def test_a_port_that_is_taken_is_named_with_what_to_do(open_folder: Path) -> None:
    with run_city(open_folder / "city", "--without", "analytics-vision") as city:
        port = city.url.rsplit(":", 1)[1]
        other = str(open_folder / "other")
        second = smartopia("up", "--port", port, "--mqtt-port", "0", "--data-dir", other)
    assert second.returncode == 1
    assert f"port {port}" in second.stderr
    assert "--port" in second.stderr


def test_without_a_detector_all_else_runs_and_the_screen_says_what_to_do(
    open_folder: Path,
) -> None:
    options = ("--model", "no-such-model.pt")
    with run_city(open_folder / "city", *options) as city, city.sign_in() as client:

        def missing() -> list[dict[str, Any]]:
            problems = client.get("/api/v1/health").json().get("problems", [])
            return [p for p in problems if p["code"] == "detector_missing"]

        problem = wait_until(missing, what="the screen names the missing detector")[0]
        assert "no-such-model.pt" in problem["text"]
        assert "--model" in problem["text"]
        wait_until(
            lambda: client.get("/api/v1/alerts").json()["alerts"],
            what="sensors raise alerts all the same",
            timeout_s=60,
        )


def test_each_part_runs_alone_against_a_configured_broker_and_database(
    open_folder: Path,
) -> None:
    """What docker-compose.yml starts: a city whose servers are somebody else's."""
    without = [f"--without={name}" for name in ("ingest", "control-center", "simulate")]
    without += [f"--without=analytics-{name}" for name in ("rules", "vision", "situations")]
    with run_city(open_folder / "servers", *without) as servers:
        servers.wait_said("http://")
        given = servers.running()["settings"]
        names = ("broker_url", "broker_system_url", "broker_dir", "database_url", "mqtt_port")
        settings = {name: str(given[name]) for name in names}
        settings["credentials"] = str(open_folder / "credentials.json")
        migrated = smartopia("migrate", **settings)
        assert migrated.returncode == 0, migrated.stderr
        environment = child_environment({f"SMARTOPIA_{k.upper()}": v for k, v in settings.items()})
        parts = [
            subprocess.Popen(
                [sys.executable, "-m", "smartopia", *arguments],
                env=environment,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
            )
            for arguments in (["ingest"], ["analytics", "rules"], ["simulate"])
        ]
        try:
            with psycopg.connect(given["database_url"], autocommit=True) as database:
                wait_until(
                    lambda: database.execute("SELECT 1 FROM alert LIMIT 1").fetchone(),
                    what="an alert is raised",
                    timeout_s=60,
                )
        finally:
            for part in parts:
                part.terminate()
            assert [part.wait(timeout=20) for part in parts] == [0, 0, 0]


def test_the_doctor_says_what_to_do_about_each_failing_line(open_folder: Path) -> None:
    examined = smartopia(
        "doctor", "--data-dir", str(open_folder), model="/nowhere/model.pt", http_port="1"
    )
    failing = [line for line in examined.stdout.splitlines() if line.startswith("FAIL")]
    assert examined.returncode == 1
    assert any("model" in line and "SMARTOPIA_MODEL" in line for line in failing)
    assert all(len(line) > 40 for line in failing)


def test_an_unknown_setting_is_an_error_that_names_it() -> None:
    answer = smartopia("doctor", htpp_port="80")
    assert answer.returncode == 1
    assert "SMARTOPIA_HTPP_PORT" in answer.stderr


def test_help_is_quick_and_names_every_command() -> None:
    answer = smartopia("--help")
    for command in ("up", "simulate", "ingest", "analytics", "control-center", "migrate", "doctor"):
        assert f"\n  {command} " in answer.stdout
    assert answer.returncode == os.EX_OK
