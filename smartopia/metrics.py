"""Counters and latencies a part reports about itself, small enough to send every second."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

_STEP = math.log(1.1)
_FLOOR_S = 0.0005


class Latencies:
    """A histogram of seconds with buckets 10 % wide, so that runs can be added up."""

    def __init__(self, buckets: Mapping[str, int] | None = None) -> None:
        self._buckets: Counter[int] = Counter({int(k): v for k, v in (buckets or {}).items()})

    def observe(self, seconds: float) -> None:
        """Count one latency; a negative one (clocks differ) counts as none."""
        ratio = max(seconds, _FLOOR_S) / _FLOOR_S
        self._buckets[math.ceil(math.log(ratio) / _STEP)] += 1

    def add(self, other: Latencies) -> None:
        """Count another histogram's latencies too."""
        self._buckets.update(other._buckets)

    def quantile(self, q: float) -> float | None:
        """The latency in seconds that the share q stays under; None where none was counted."""
        total = self._buckets.total()
        if total == 0:
            return None
        rank = math.ceil(q * total)
        seen = 0
        for bucket in sorted(self._buckets):
            seen += self._buckets[bucket]
            if seen >= rank:
                return _FLOOR_S * math.exp(bucket * _STEP)
        raise AssertionError("unreachable: the buckets add up to the total")

    def summary(self) -> dict[str, float | int | None]:
        """n, p50, p95, p99 and max, in seconds."""
        rounded = {
            name: None if (value := self.quantile(q)) is None else round(value, 4)
            for name, q in (("p50_s", 0.5), ("p95_s", 0.95), ("p99_s", 0.99), ("max_s", 1.0))
        }
        return {"n": self._buckets.total(), **rounded}

    def as_json(self) -> dict[str, int]:
        """The buckets, as a heartbeat carries them."""
        return {str(k): v for k, v in self._buckets.items()}


class Metrics:
    """One part's counters and latencies since it started."""

    def __init__(self) -> None:
        self.counters: Counter[str] = Counter()
        self.latencies: dict[str, Latencies] = {}

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter."""
        self.counters[name] += n

    def observe(self, name: str, seconds: float) -> None:
        """Count a latency."""
        self.latencies.setdefault(name, Latencies()).observe(seconds)
