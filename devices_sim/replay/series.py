"""A recorded series: the rows of a CSV file with their own times."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from devices_sim.scenario import Replay, TimeColumns
from smartopia.errors import ConfigurationError

_MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-"})
_CLOCK = ("hours", "minutes", "seconds")


@dataclass(frozen=True, slots=True)
class Row:
    """One result of a recording, and when it was true."""

    time: datetime
    value: float


def read_series(file: Path, replay: Replay) -> list[Row]:
    """The rows to replay, in the file's order: within start and end, and holding a value.

    Raises:
        ConfigurationError: no such file or column, a cell that cannot be read, or no row left.
    """
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            reader = csv.DictReader(lines)
            _check_columns(file, reader.fieldnames or (), replay)
            rows = [row for row in _rows(file, reader, replay) if _within(row.time, replay)]
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
    if not rows:
        raise ConfigurationError(
            f"{file}: no row has a value in {replay.value!r} between start and end"
        )
    return rows


def _check_columns(file: Path, there: Collection[str], replay: Replay) -> None:
    time = replay.time.columns or (replay.time.column or "",)
    for column in (*time, replay.value):
        if column not in there:
            raise ConfigurationError(
                f"{file}: no column {column!r}; there are {', '.join(there) or 'none'}"
            )


def _rows(file: Path, reader: csv.DictReader[str], replay: Replay) -> Iterator[Row]:
    for cells in reader:
        cell = (cells[replay.value] or "").strip()
        if cell.lower() in _MISSING:
            continue
        try:
            value, time = float(cell), _time(cells, replay.time)
        except (ValueError, TypeError) as error:
            raise ConfigurationError(f"{file} line {reader.line_num}: {error}") from None
        if math.isfinite(value):
            yield Row(time, value)


def _time(cells: Mapping[str, str], columns: TimeColumns) -> datetime:
    if columns.columns is not None:
        year, month, day, *clock = (int(cells[name]) for name in columns.columns)
        since_midnight = timedelta(**dict(zip(_CLOCK, clock, strict=False)))
        return datetime(year, month, day, tzinfo=UTC) + since_midnight
    return datetime.strptime(cells[columns.column or ""], columns.format).replace(tzinfo=UTC)


def _within(time: datetime, replay: Replay) -> bool:
    after_start = replay.start is None or time >= replay.start
    return after_start and (replay.end is None or time < replay.end)
