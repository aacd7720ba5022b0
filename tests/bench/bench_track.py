"""How well one thing keeps one id, at 5, 2.5 and 1 looks a second.

    python -m tests.bench.bench_track [--films 8]

True boxes of rendered lab films, of which a tenth is left out and the rest shaken by 5 % of their
sides, with scores between 0.35 and 0.95. Of each object that is seen in four looks or more:
switches are changes of its id from one sighting to the next, ids the number of ids it was given.
Beside ByteTrack as we use it, with plain and with widened boxes, and OC-SORT.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import cv2
import numpy as np
from trackers import BIoU, ByteTrackTracker, IoU, OCSORTTracker
from trackers.core.base import BaseTracker

from analytics.vision.model import Detection
from analytics.vision.track.byte_track import ByteTrack
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import NewFollower, TrackSettings
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import asked
from devices_sim.cameras.scene.splits import FILM_S, sequence
from devices_sim.cameras.scene.takes import Split

RATE, MISSED, SHAKEN = 5.0, 0.1, 0.05
T0 = datetime(2026, 6, 1, tzinfo=UTC)
LABELS = frozenset({"person", "bicycle", "motorcycle", "car", "bus", "truck"})
Film = list[list[TrueBox]]


class Other(ByteTrack):
    """Another tracker of the library, called as ours is."""

    def __init__(self, tracker: BaseTracker) -> None:
        self._tracker = tracker


def byte_track(iou: IoU | BIoU) -> NewFollower:
    return lambda settings: Other(
        ByteTrackTracker(
            lost_track_buffer=round(settings.ends.total_seconds() * 30),
            frame_rate=settings.rate,
            track_activation_threshold=settings.start,
            minimum_consecutive_frames=2,
            minimum_iou_threshold=0.1,
            high_conf_det_threshold=settings.sure,
            iou=iou,
        )
    )


def oc_sort(settings: TrackSettings) -> Other:
    return Other(
        OCSORTTracker(
            lost_track_buffer=round(settings.ends.total_seconds() * 30),
            frame_rate=settings.rate,
            high_conf_det_threshold=0.2,
            minimum_consecutive_frames=1,
            minimum_iou_threshold=0.1,
        )
    )


METHODS: dict[str, NewFollower] = {
    "ByteTrack, DIoU (ours)": ByteTrack,
    "ByteTrack, IoU": byte_track(IoU()),
    "ByteTrack, widened by half": byte_track(BIoU(0.5)),
    "OC-SORT": oc_sort,
}


@dataclass
class Score:
    """Sums over all objects."""

    objects: int = 0
    ids: int = 0
    switches: int = 0
    sightings: int = 0
    tracked: int = 0
    seconds: float = 0.0
    looks: int = 0

    def __str__(self) -> str:
        return (
            f"{self.objects:>8}{self.switches / self.objects:>10.2f}{self.ids / self.objects:>8.2f}"
            f"{self.tracked / self.sightings:>10.1%}{1e3 * self.seconds / self.looks:>9.2f}"
        )


def film(number: int) -> Film:
    shots = sequence(Split.LAB, number, seed=1, rate=RATE)
    return [[box for box in shot.boxes if asked(box) and box.kind in LABELS] for shot in shots]


def follow(films: Sequence[Film], every: int, method: NewFollower) -> Score:
    """All films through one method, looking at every so manyth frame."""
    score, chance = Score(), np.random.default_rng(1)
    for pictures in films:
        tracks = CameraTracks(TrackSettings(), method)
        given: dict[tuple[int, str], list[int | None]] = defaultdict(list)
        for number in range(0, len(pictures), every):
            told = [
                ((box.actor, str(box.kind)), shaken(box, chance))
                for box in pictures[number]
                if chance.random() >= MISSED
            ]
            began = time.thread_time()
            shown = tracks.step([seen for _, seen in told], T0 + timedelta(seconds=number / RATE))
            score.seconds += time.thread_time() - began
            score.looks += 1
            by_box = {one.box: one.id for one in shown or ()}
            for whose, seen in told:
                given[whose].append(by_box.get(seen.box))
        for ids in given.values():
            count(score, ids)
    return score


def count(score: Score, ids: Sequence[int | None]) -> None:
    if len(ids) < 4:
        return
    known = [one for one in ids if one is not None]
    score.objects += 1
    score.ids += len(set(known))
    score.switches += sum(a != b for a, b in pairwise(known))
    score.sightings += len(ids)
    score.tracked += len(known)


def shaken(box: TrueBox, chance: np.random.Generator) -> Detection:
    left, top, right, bottom = box.visible or box.whole
    sides = np.array([right - left, bottom - top] * 2)
    x1, y1, x2, y2 = np.array([left, top, right, bottom]) + chance.normal(0, SHAKEN, 4) * sides
    place = (float(x1), float(y1), float(max(x1 + 1, x2)), float(max(y1 + 1, y2)))
    return Detection(str(box.kind), float(chance.uniform(0.35, 0.95)), place)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=8, help=f"of {FILM_S:.0f} s each")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    films = [film(number) for number in range(options.films)]
    print("method".ljust(28), "looks/s objects  switches     ids   tracked       ms")
    for every in (1, 2, 5):
        for name, method in METHODS.items():
            print(f"{name:<28}{RATE / every:>8.1f}{follow(films, every, method)}")


if __name__ == "__main__":
    main()
