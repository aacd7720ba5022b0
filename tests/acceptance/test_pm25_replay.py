"""Five years of real air quality, replayed fast, against an oracle that shares no code."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from tests.support.city import run_city, wait_until

HOUR = timedelta(hours=1)

SCENARIO = """\
replays:
  - name: air-replay
    file: "{file}"
    time: {{columns: [year, month, day, hour]}}
    value: pm2.5
    datastream: {{name: pm2_5, observed_property: pm2_5, unit: ug/m3, interval: 3600}}
    speed: 10000000
"""


def hours_of(file: Path) -> list[tuple[datetime, float]]:
    """The hours of the file that have a value."""
    found = []
    with file.open() as lines:
        for row in csv.DictReader(lines):
            year, month, day, hour = (int(row[n]) for n in ("year", "month", "day", "hour"))
            time = datetime(year, month, day, hour, tzinfo=UTC)
            if row["pm2.5"] != "NA":
                found.append((time, float(row["pm2.5"])))
    return found


def advisories(hours: list[tuple[datetime, float]]) -> list[tuple[str, datetime]]:
    """By the letter: two hours in a row at 75 or more raise it, an hour under 35 lifts it."""
    told, on, previous = [], False, None
    for time, value in hours:
        before_high = previous is not None and previous[0] == time - HOUR and previous[1] >= 75
        if not on and value >= 75 and before_high:
            on = True
            told.append(("raised", time))
        elif on and value < 35:
            on = False
            told.append(("cleared", time))
        previous = (time, value)
    return told


@pytest.mark.needs_data
def test_the_pm25_advisory_comes_and_goes_at_the_hours_the_data_says(
    data: Path, open_folder: Path
) -> None:
    file = data / "sensors" / "air-quality-beijing-pm25.csv"
    hours = hours_of(file)
    scenario = open_folder / "beijing.yaml"
    scenario.write_text(SCENARIO.format(file=file))
    options = ("--without", "analytics-vision", "--scenario", str(scenario))
    with run_city(open_folder / "city", *options, sandbox="false") as city:
        city.wait_said("http://")
        url = city.running()["settings"]["database_url"]
        with psycopg.connect(url, autocommit=True) as database:
            wait_until(
                lambda: count(database, "SELECT count(*) FROM observation") == len(hours),
                what=f"{len(hours)} hours are stored",
                timeout_s=60,
            )
            expected = advisories(hours)
            wait_until(
                lambda: len(told(database)) >= len(expected),
                what=f"{len(expected)} advisories are told",
                timeout_s=20,
            )
            assert told(database) == expected
            stored = database.execute(
                "SELECT phenomenon_time, result FROM observation ORDER BY 1"
            ).fetchall()
    assert stored == hours
    assert len(expected) > 200, "too few to mean much"


def count(database: psycopg.Connection[Any], query: LiteralString) -> int:
    row = database.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def told(database: psycopg.Connection[Any]) -> list[tuple[str, datetime]]:
    """What became of the advisory: first raised and raised again are both a rise."""
    rows = database.execute(
        """
        SELECT CASE x.kind WHEN 'reraised' THEN 'raised' ELSE x.kind END, x.phenomenon_time
        FROM alert_transition x JOIN alert a ON a.id = x.alert_id
        WHERE a.rule = 'pm2-5-advisory' ORDER BY x.id
        """
    ).fetchall()
    return [(str(kind), time) for kind, time in rows]
