"""Bounds a flood: each topic may go on so often; of what is more, the newest waits its turn."""

from __future__ import annotations

from dataclasses import dataclass

from devices_sim.bridge.outcomes import Arrived

BURST = 20.0
MAX_TOPICS = 20_000


@dataclass(slots=True)
class _Bucket:
    """Tokens left of a topic, as of an instant, and what waits for one."""

    tokens: float
    at: float
    waiting: Arrived | None = None


class Throttle:
    """A token bucket for each topic. A message that is held back gives way to the next one."""

    def __init__(self, rate: float, burst: float = BURST, most: int = MAX_TOPICS) -> None:
        """`rate`: messages a second and topic; `most`: topics kept count of."""
        self._rate = rate
        self._burst = burst
        self._most = most
        self._buckets: dict[str, _Bucket] = {}
        self._held: dict[str, _Bucket] = {}
        self.left_out = 0

    def offer(self, message: Arrived, now: float) -> Arrived | None:
        """The message, if it may go on now; else it is held. `now`: seconds of a steady clock."""
        bucket = self._buckets.get(message.topic)
        if bucket is None:
            if len(self._buckets) >= self._most:
                self._forget_full(now)
            if len(self._buckets) >= self._most:
                self.left_out += 1
                return None
            bucket = self._buckets[message.topic] = _Bucket(self._burst, now)
        self._fill(bucket, now)
        if bucket.waiting is None and bucket.tokens >= 1:
            bucket.tokens -= 1
            return message
        self.left_out += bucket.waiting is not None
        bucket.waiting = message
        self._held[message.topic] = bucket
        return None

    def due(self, now: float) -> list[Arrived]:
        """Those held back whose turn has come."""
        ready = []
        for topic, bucket in list(self._held.items()):
            self._fill(bucket, now)
            if bucket.tokens >= 1 and bucket.waiting is not None:
                bucket.tokens -= 1
                ready.append(bucket.waiting)
                bucket.waiting = None
                del self._held[topic]
        return ready

    def _fill(self, bucket: _Bucket, now: float) -> None:
        bucket.tokens = min(self._burst, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now

    def _forget_full(self, now: float) -> None:
        """Topics that have been quiet for long enough need no bucket."""
        for topic, bucket in list(self._buckets.items()):
            self._fill(bucket, now)
            if bucket.tokens >= self._burst and bucket.waiting is None:
                del self._buckets[topic]
