"""What the detectors saw of each camera in the last seconds, with masked pictures only: pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from control_center.crossings import CrossingCounts
from smartopia.clock import rfc3339
from smartopia.contract.topics import DeviceKey
from smartopia.seen import OPERATING_SCORE, Seen, Sighted

KEPT = timedelta(seconds=12)
"""For so long pictures stay, counted back from a camera's newest."""

_MOST_BYTES = 192 * 1024 * 1024
_RATE_OVER = timedelta(seconds=10)
_MINUTES = 30
_FORGOTTEN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pictured:
    """A masked picture, and when it came here."""

    sighted: Sighted
    came: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """How a camera is looked at.

    Attributes:
        looked: the newest frame looked at; its picture may be missing.
        came: when that was told.
        picture: the newest masked picture; None where none came yet.
        rate, still: frames told of per second, and those no detector had to look at.
        minutes: the last half hour: a minute, and the most objects of each label at once in it.
    """

    looked: Seen
    came: datetime
    picture: Pictured | None
    rate: float
    still: float
    minutes: tuple[tuple[datetime, Mapping[str, int]], ...]


class Cameras:
    """The cameras the detectors told of, each with its newest pictures.

    Args:
        most_bytes: of all pictures together; each camera has an equal share.

    Attributes:
        crossings: who crossed their wires.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: dict[DeviceKey, _Held] = {}
        self._news: dict[DeviceKey, None] = {}
        self._things: dict[DeviceKey, int] = {}
        self.crossings = CrossingCounts()

    def learn(self, things: Mapping[DeviceKey, int]) -> None:
        """Which devices they are, by the database."""
        self._things = dict(things)

    def thing(self, key: DeviceKey) -> int | None:
        """The id of the device a camera is; None where the database knows none."""
        return self._things.get(key)

    def camera(self, thing: int) -> DeviceKey | None:
        """The camera that is this device; None where none was told of."""
        return next((key for key in self._held if self._things.get(key) == thing), None)

    def take(self, sighted: Sighted, now: datetime) -> None:
        """Keep what a detector tells; the sealed picture is not kept."""
        key = sighted.seen.camera
        held = self._held.get(key)
        if held is None or held.began_anew(sighted.seen):
            held = self._held[key] = _Held(sighted.seen, now)
        held.take(replace(sighted, sealed=b""), now)
        held.shrink(self._most_bytes // len(self._held))
        self._news[key] = None

    def newest(self, key: DeviceKey) -> Sighted | None:
        """The newest with a masked picture."""
        held = self._held.get(key)
        return held.pictures[-1].sighted if held and held.pictures else None

    def recent(self, key: DeviceKey) -> tuple[Sighted, ...]:
        """Those with a masked picture of the last 12 s, oldest first; fewer if they are large."""
        held = self._held.get(key)
        return tuple(picture.sighted for picture in held.pictures) if held else ()

    def at(self, key: DeviceKey, time: datetime) -> Sighted | None:
        """The one with a masked picture of this very time, where it is still kept."""
        return next((one for one in self.recent(key) if one.seen.time == time), None)

    def watched(self, key: DeviceKey, now: datetime) -> Watched | None:
        """How it is looked at; None where no detector told of it."""
        held = self._held.get(key)
        return held.watched(now) if held else None

    def news(self) -> tuple[DeviceKey, ...]:
        """The cameras told of since this was asked last."""
        keys, self._news = tuple(self._news), {}
        return keys

    def forget(self, now: datetime) -> None:
        """Let go of pictures that are no longer recent, and of cameras silent for an hour."""
        for key, held in tuple(self._held.items()):
            if held.came < now - _FORGOTTEN:
                del self._held[key]
            elif held.came < now - KEPT:
                held.keep_newest()


@dataclass(slots=True)
class _Held:
    """One camera."""

    looked: Seen
    came: datetime
    pictures: deque[Pictured] = field(default_factory=deque)
    looks: deque[tuple[datetime, bool]] = field(default_factory=deque)
    minutes: deque[tuple[datetime, dict[str, int]]] = field(
        default_factory=lambda: deque(maxlen=_MINUTES)
    )
    size: int = 0

    def began_anew(self, seen: Seen) -> bool:
        """Whether its clock begins again, as that of a replay does."""
        return seen.time < self.looked.time - KEPT

    def take(self, sighted: Sighted, now: datetime) -> None:
        seen = sighted.seen
        self.looks.append((now, seen.still))
        self._count(seen, now)
        self.came = now
        # Detectors side by side may tell of frames out of order.
        if seen.time >= self.looked.time:
            self.looked = seen
        if sighted.masked:
            self._insert(Pictured(sighted, now))
        while self.pictures and self.pictures[0].sighted.seen.time < self.looked.time - KEPT:
            if len(self.pictures) == 1:
                break
            self._drop_oldest()
        while self.looks[0][0] < now - _RATE_OVER:
            self.looks.popleft()

    def shrink(self, share: int) -> None:
        """Let the oldest pictures go until the rest is no larger; the newest stays."""
        while self.size > share and len(self.pictures) > 1:
            self._drop_oldest()

    def keep_newest(self) -> None:
        self.shrink(0)

    def watched(self, now: datetime) -> Watched:
        looks = [still for at, still in self.looks if at > now - _RATE_OVER]
        seconds = _RATE_OVER.total_seconds()
        return Watched(
            self.looked,
            self.came,
            self.pictures[-1] if self.pictures else None,
            len(looks) / seconds,
            sum(looks) / seconds,
            tuple(self.minutes),
        )

    def _insert(self, picture: Pictured) -> None:
        time = picture.sighted.seen.time
        later = 0
        while later < len(self.pictures) and self.pictures[-1 - later].sighted.seen.time > time:
            later += 1
        self.pictures.insert(len(self.pictures) - later, picture)
        self.size += len(picture.sighted.masked)

    def _drop_oldest(self) -> None:
        self.size -= len(self.pictures.popleft().sighted.masked)

    def _count(self, seen: Seen, now: datetime) -> None:
        minute = now.replace(second=0, microsecond=0)
        if not self.minutes or self.minutes[-1][0] < minute:
            self.minutes.append((minute, {}))
        most = self.minutes[-1][1]
        for label, n in counted(seen).items():
            most[label] = max(most.get(label, 0), n)


def counted(seen: Seen) -> dict[str, int]:
    """How many objects of each label are shown."""
    counts: dict[str, int] = {}
    for item in seen.objects:
        if item.score >= OPERATING_SCORE:
            counts[item.label] = counts.get(item.label, 0) + 1
    return counts


def watched_view(watched: Watched, now: datetime) -> dict[str, Any]:
    """The newest of a camera, as a console draws it; what is told four times a second."""
    looked, picture = watched.looked, watched.picture
    return {
        "looked": {**_ages(looked, watched.came, now), "still": looked.still},
        "picture": _picture_view(picture, now) if picture else None,
    }


def _ages(seen: Seen, came: datetime, now: datetime) -> dict[str, Any]:
    """When it was, and in seconds how late it came and how long ago: clocks differ."""
    return {
        "time": rfc3339(seen.time),
        "lag": round((came - seen.time).total_seconds(), 3),
        "age": round((now - came).total_seconds(), 3),
    }


def _picture_view(picture: Pictured, now: datetime) -> dict[str, Any]:
    seen = picture.sighted.seen
    return {
        **_ages(seen, picture.came, now),
        "width": seen.width,
        "height": seen.height,
        "objects": [
            {
                "label": item.label,
                "score": round(item.score, 2),
                "box": [round(edge) for edge in item.box],
            }
            for item in seen.objects
            if item.score >= OPERATING_SCORE
        ],
    }


def minutes_view(
    minutes: Iterable[tuple[datetime, Mapping[str, int]]],
) -> list[dict[str, Any]]:
    """The most objects of each label at once, minute by minute."""
    return [{"minute": rfc3339(minute), "most": dict(most)} for minute, most in minutes]
