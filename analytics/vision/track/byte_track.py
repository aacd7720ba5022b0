"""ByteTrack (Zhang et al., ECCV 2022) of the `trackers` library, by overlap and distance.

Boxes are compared by DIoU, overlap less distance, which may not be below 0: at 1 to 5 frames/s
things half leave their own box from one look to the next. Wider reach (buffered boxes) loses more
in crowds than it gains; tests/bench/bench_track.py compares them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import supervision
from trackers import ByteTrackTracker, DIoU
from trackers.core.base import BaseTracker

from analytics.vision.track.port import Seen, TrackSettings

# Of the library: its buffer for lost tracks is counted in frames of this rate.
_BUFFER_RATE = 30
_UNKNOWN = -1
# A second look confirms a track; ids are not spent on what flashes up once.
_CONFIRMED = 2
_INDEX = "index"
_LEAST_DIOU = 0.0


class ByteTrack:
    """The objects of one kind before one camera."""

    def __init__(self, settings: TrackSettings) -> None:
        self._tracker: BaseTracker = ByteTrackTracker(
            lost_track_buffer=round(settings.ends.total_seconds() * _BUFFER_RATE),
            frame_rate=settings.rate,
            track_activation_threshold=settings.start,
            minimum_consecutive_frames=_CONFIRMED,
            minimum_iou_threshold=_LEAST_DIOU,
            high_conf_det_threshold=settings.sure,
            iou=DIoU(),
        )

    def follow(self, seen: Sequence[Seen], seconds: float) -> list[int | None]:
        """Whose each box is; see `Follower`."""
        answer = self._tracker.update(_detections(seen), timestamp=seconds)
        found: list[int | None] = [None] * len(seen)
        numbers = answer.tracker_id if answer.tracker_id is not None else ()
        for index, number in zip(answer.data.get(_INDEX, ()), numbers, strict=True):
            if number != _UNKNOWN:
                found[int(index)] = int(number)
        return found


def _detections(seen: Sequence[Seen]) -> supervision.Detections:
    """Boxes as the library has them, each with its place in the list."""
    if not seen:
        return supervision.Detections.empty()
    return supervision.Detections(
        xyxy=np.array([one.box for one in seen], np.float64),
        confidence=np.array([one.score for one in seen], np.float64),
        data={_INDEX: np.arange(len(seen))},
    )
