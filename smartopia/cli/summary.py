"""What a run did, from the parts' own heartbeats and from the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import Any

from smartopia.bus.health import Heartbeat
from smartopia.metrics import Latencies
from smartopia.store.connection import Connection
from smartopia.store.queries import load_queries

_SQL = load_queries("smartopia.cli", "sql/summary.sql")


class Tally:
    """The last heartbeat of every instance of every part."""

    def __init__(self) -> None:
        self._last: dict[str, Heartbeat] = {}

    def take(self, beat: Heartbeat) -> None:
        """Count a heartbeat."""
        self._last[beat.instance] = beat

    def parts(self) -> dict[str, dict[str, Any]]:
        """Counters and latencies by part, added up over restarts."""
        counters: defaultdict[str, Counter[str]] = defaultdict(Counter)
        latencies: defaultdict[str, dict[str, Latencies]] = defaultdict(dict)
        for beat in self._last.values():
            counters[beat.part].update(beat.counters)
            for name, buckets in beat.latencies.items():
                latencies[beat.part].setdefault(name, Latencies()).add(Latencies(buckets))
        return {
            part: {
                "instances": sum(beat.part == part for beat in self._last.values()),
                **dict(sorted(counters[part].items())),
                "latency": {name: lat.summary() for name, lat in latencies[part].items()},
            }
            for part in sorted(counters)
        }


async def database_summary(connection: Connection, since: datetime) -> dict[str, Any]:
    """What stands in the database since then."""
    answer: dict[str, Any] = {}
    for name in ("observations", "quarantine", "alerts", "transitions"):
        cursor = await connection.execute(_SQL[name], {"since": since})
        answer[name] = {str(key): int(count) for key, count in await cursor.fetchall()}
    return answer
