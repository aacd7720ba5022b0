"""The tracks of a camera: detections in the order of their time in, tracks out.

tracks = CameraTracks(TrackSettings())
tracks.step(detections, now)     # a frame was looked at
tracks.at(now)                   # a frame was not: where everything should be by now
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.vision.model import Detection
from analytics.vision.situations.model import Track
from analytics.vision.track.byte_track import ByteTrack
from analytics.vision.track.port import Box, Follower, NewFollower, Seen, TrackSettings

_VEHICLE, _CYCLE = "vehicle", "cycle"
KINDS = {
    "car": _VEHICLE,
    "bus": _VEHICLE,
    "truck": _VEHICLE,
    "bicycle": _CYCLE,
    "motorcycle": _CYCLE,
}
"""Labels a detector takes for one another; a track keeps to its kind, and any other label is a
kind of its own. A van may turn from car to truck, no car into a person."""

# Farther ahead than this nothing is expected to keep its speed.
_FORESIGHT = timedelta(seconds=1)
_FRESH = 0.5


@dataclass(slots=True)
class _Followed:
    """An object: when and where it was seen last, and how its edges move, pixels a second."""

    id: int
    seen: datetime
    sight: Seen
    speed: Box = (0.0, 0.0, 0.0, 0.0)
    votes: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def see(self, detection: Detection, now: datetime) -> None:
        seconds = (now - self.seen).total_seconds()
        if seconds > 0:
            old, new = self.sight.box, detection.box
            self.speed = _edges(
                v + _FRESH * ((b - a) / seconds - v)
                for v, a, b in zip(self.speed, old, new, strict=True)
            )
        self.sight = Seen(detection.box, detection.score)
        self.seen = now
        self.votes[detection.label] += detection.score

    def at(self, now: datetime) -> Track:
        seconds = min(now - self.seen, _FORESIGHT).total_seconds()
        x1, y1, x2, y2 = _edges(
            edge + v * seconds for edge, v in zip(self.sight.box, self.speed, strict=True)
        )
        label = max(self.votes, key=lambda one: self.votes[one])
        return Track(self.id, label, self.sight.score, (x1, y1, max(x1, x2), max(y1, y2)))


class CameraTracks:
    """One camera's tracks. Equal calls make equal tracks.

    Attributes:
        refused: frames that were not newer than the one before them.
    """

    def __init__(self, settings: TrackSettings, method: NewFollower = ByteTrack) -> None:
        self._settings = settings
        self._method = method
        self._followers: dict[str, Follower] = {}
        self._followed: dict[tuple[str, int], _Followed] = {}
        self._began: datetime | None = None
        self._last: datetime | None = None
        self._next = 1
        self.refused = 0

    def step(self, detections: Sequence[Detection], now: datetime) -> tuple[Track, ...] | None:
        """What is seen in a frame and is known from earlier ones, by id.

        Args:
            detections: all of the frame, also none.
            now: when it was taken. Steps may vary; what lies between is not looked at.

        Returns:
            None where the frame is refused: it is not newer than the last. A clock that was set
            back further than a track lives begins anew.
        """
        if self._last is not None and now <= self._last:
            if self._last - now <= self._settings.ends:
                self.refused += 1
                return None
            self.restart()
        self._last = now
        self._began = self._began or now
        kinds: dict[str, list[Detection]] = {kind: [] for kind in self._followers}
        for detection in detections:
            kinds.setdefault(KINDS.get(detection.label, detection.label), []).append(detection)
        for kind, seen in kinds.items():
            self._follow(kind, seen, now)
        self._forget(now)
        return self.at(now)

    def at(self, now: datetime) -> tuple[Track, ...]:
        """Where everything that the last frame showed should be at a time after it, by id."""
        shown = [one for one in self._followed.values() if one.seen == self._last]
        return tuple(one.at(now) for one in sorted(shown, key=lambda one: one.id))

    def restart(self) -> None:
        """End all tracks, as when the camera turns or changes its resolution. Ids go on."""
        self._followers.clear()
        self._followed.clear()
        self._began = self._last = None

    def _follow(self, kind: str, detections: Sequence[Detection], now: datetime) -> None:
        if kind not in self._followers:
            self._followers[kind] = self._method(self._settings)
        seconds = (now - self._began).total_seconds() if self._began else 0.0
        seen = [Seen(one.box, one.score) for one in detections]
        numbers = self._followers[kind].follow(seen, seconds)
        for number, detection in zip(numbers, detections, strict=True):
            if number is None:
                continue
            place = (kind, number)
            if place not in self._followed:
                self._followed[place] = _Followed(
                    self._next, now, Seen(detection.box, detection.score)
                )
                self._next += 1
            self._followed[place].see(detection, now)

    def _forget(self, now: datetime) -> None:
        ended = [p for p, one in self._followed.items() if now - one.seen > self._settings.ends]
        for place in ended:
            del self._followed[place]


def _edges(values: Iterable[float]) -> Box:
    x1, y1, x2, y2 = values
    return x1, y1, x2, y2
