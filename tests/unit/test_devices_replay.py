"""Replays: exactly the rows of the recording, at their own times."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from devices_sim.replay.play import announcement, due
from devices_sim.replay.series import Row, read_series
from devices_sim.scenario import Replay
from smartopia.contract.announce import DeviceClock
from smartopia.errors import ConfigurationError

STREAM = {"name": "pm", "observed_property": "pm2_5", "unit": "ug/m3", "interval": 3600}
HOURLY = """No,year,month,day,hour,pm2.5
1,2013,1,9,23,10
2,2013,1,10,0,20
3,2013,1,10,1,NA
4,2013,1,10,2,
5,2013,1,10,3,30.5
6,2013,1,11,0,40
"""


def replay(**changes: Any) -> Replay:
    spec = {
        "name": "r",
        "file": "f.csv",
        "time": {"columns": ["year", "month", "day", "hour"]},
        "value": "pm2.5",
        "datastream": STREAM,
    }
    return Replay.model_validate({**spec, **changes})


@pytest.fixture
def hourly(tmp_path: Path) -> Path:
    file = tmp_path / "f.csv"
    file.write_text(HOURLY)
    return file


def at(day: int, hour: int) -> datetime:
    return datetime(2013, 1, day, hour, tzinfo=UTC)


def test_the_rows_between_start_and_end_without_gaps(hourly: Path) -> None:
    rows = read_series(hourly, replay(start="2013-01-10", end="2013-01-11"))
    assert rows == [Row(at(10, 0), 20.0), Row(at(10, 3), 30.5)]


def test_all_rows_without_limits(hourly: Path) -> None:
    assert [row.value for row in read_series(hourly, replay())] == [10, 20, 30.5, 40]


def test_a_time_in_one_column(tmp_path: Path) -> None:
    file = tmp_path / "g.csv"
    file.write_text("timestamp,value\n2015-08-31 18:22:00,90\n")
    spec = replay(time={"column": "timestamp"}, value="value")
    assert read_series(file, spec) == [Row(datetime(2015, 8, 31, 18, 22, tzinfo=UTC), 90.0)]


def test_told_in_batches_each_row_once(hourly: Path) -> None:
    rows = read_series(hourly, replay())
    told: list[Row] = []
    for elapsed in (0.0, 0.4, 0.5, 1.9, 2.0, 12.5):
        told.extend(due(rows, len(told), elapsed, speed=7200))
        assert all((row.time - rows[0].time).total_seconds() <= elapsed * 7200 for row in told)
    assert told == rows


def test_a_batch_fits_into_a_message() -> None:
    rows = [Row(at(10, 0), float(value)) for value in range(2500)]
    assert [len(due(rows, told, 0, 1)) for told in (0, 1000, 2000)] == [1000, 1000, 500]


def test_it_announces_the_clock_of_the_recording() -> None:
    announce = announcement(replay())
    assert announce.clock is DeviceClock.REPLAY
    assert announce.datastreams[0].interval == 3600


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"value": "pm"}, r"f\.csv: no column 'pm'; there are No, year, .*pm2\.5"),
        ({"time": {"column": "when"}}, r"f\.csv: no column 'when'; there are No"),
        ({"start": "2020-01-01"}, r"f\.csv: no row has a value in 'pm2\.5' between"),
        ({"time": {"column": "No"}}, r"f\.csv line 2: time data '1' does not match"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    hourly: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(ConfigurationError, match=told):
        read_series(hourly, replay(**changes))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.csv cannot be read"):
        read_series(tmp_path / "nowhere.csv", replay())
