"""What the motion gate saves, and what it costs in objects not seen.

    python -m tests.bench.bench_gate [--model yolo11n.onnx] [--follow 0.4] [--videos]

The mix is eight rendered cameras at 5 frames/s, 30 s each: a crossing and a street at noon, and
six at night in whose pictures somebody or something moves for about half of the time. Objects are
true boxes that a detector is asked to find. Detections are the true boxes, so that whatever is lost
is lost by the gate; each object that is not shown within IoU 0.5 in a frame counts as lost, where
looking at every frame loses none. With `--model`, one pass of that detector on one thread is the
unit of cost; recall with its own detections is printed too. Times are processor times, medians.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np

from analytics.vision.detect.onnx_runtime import OnnxDetector
from analytics.vision.detect.port import Detector
from analytics.vision.gate.camera import CameraGate
from analytics.vision.gate.decode import decode, decode_small
from analytics.vision.gate.model import Box, GateSettings
from analytics.vision.model import Detection
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import TrackSettings
from devices_sim.cameras.encode import encode
from devices_sim.cameras.scene.shots import asked
from devices_sim.cameras.scene.splits import film
from devices_sim.cameras.scene.takes import Take

RATE, SECONDS, OVERLAP = 5.0, 30, 0.5
T0 = datetime(2026, 6, 1, tzinfo=UTC)
LABELS = frozenset({"person", "bicycle", "motorcycle", "car", "bus", "truck"})
WET = (("rain", 2),)
MIX = (
    ("crossing", 12, 0.3, ()),
    ("street", 12, 0.3, ()),
    ("alley", 3, 0.3, ()),
    ("car-park", 3, 0.3, ()),
    ("alley", 2, 0.9, ()),
    ("car-park", 1, 0.9, WET),
    ("school-gate", 4, 0.3, ()),
    ("riverside", 3, 0.3, ()),
)


@dataclass(frozen=True)
class Picture:
    """A frame as a camera sends it, and what is in it (no truth for real video)."""

    jpeg: bytes
    truth: Sequence[Detection]


@dataclass
class Tally:
    """What one camera's gate did; times in seconds a frame."""

    name: str
    whys: Counter[str] = field(default_factory=Counter)
    frames: int = 0
    looks: int = 0
    objects: int = 0
    shown: int = 0
    asked_of_detector: int = 0
    gate_s: list[float] = field(default_factory=list)

    @property
    def passed(self) -> float:
        return self.looks / self.frames

    @property
    def lost(self) -> float:
        return self.asked_of_detector - self.shown


def rendered(number: int) -> list[Picture]:
    """The film of one camera of the mix."""
    layout, hour, camera, conditions = MIX[number]
    chosen = Take(
        f"{layout}-{hour:02}", layout, 0, camera, number + 1, float(hour), 150, conditions, ()
    )
    return [
        Picture(
            encode(shot.picture),
            [
                Detection(str(box.kind), 0.9, box.visible)
                for box in shot.boxes
                if box.visible and asked(box) and box.kind in LABELS
            ],
        )
        for shot in film(chosen, round(RATE * SECONDS), RATE)
    ]


def filmed(path: Path) -> Iterator[Picture]:
    """A real video at 5 frames/s."""
    video = cv2.VideoCapture(str(path))
    every = max(1, round(video.get(cv2.CAP_PROP_FPS) / RATE))
    number = 0
    while video.grab():
        if number % every == 0:
            yield Picture(encode(video.retrieve()[1]), ())
        number += 1


def watch(
    name: str,
    pictures: Sequence[Picture],
    settings: GateSettings,
    found: Sequence[Sequence[Detection]] | None,
) -> Tally:
    """One camera through gate and tracker.

    Args:
        name: of the camera.
        pictures: its frames.
        settings: of its gate.
        found: per frame, what a detector would find; None for the truth itself.
    """
    tally, tracks, gate = Tally(name), CameraTracks(TrackSettings()), CameraGate(settings)
    size = (1, 1)
    for number, picture in enumerate(pictures):
        now = T0 + timedelta(seconds=number / RATE)
        seen = picture.truth if found is None else found[number]
        if number == 0:
            height, width = decode(picture.jpeg).shape[:2]
            size = (width, height)
        began = time.thread_time()
        verdict, _ = gate.see(decode_small(picture.jpeg), size, now)
        tally.gate_s.append(time.thread_time() - began)
        tally.frames += 1
        tally.whys[verdict.why] += 1
        if verdict.look:
            tally.looks += 1
            gate.looked(seen, size, now)
            tracks.step(seen, now)
            shown: Sequence[tuple[str, Box]] = [(one.label, one.box) for one in seen]
        else:
            shown = [(one.label, one.box) for one in tracks.at(now)]
        tally.objects += len(picture.truth)
        tally.shown += matched(picture.truth, shown)
        tally.asked_of_detector += matched(picture.truth, [(s.label, s.box) for s in seen])
    return tally


def matched(truth: Sequence[Detection], shown: Sequence[tuple[str, Box]]) -> int:
    """How many true objects are shown, each by a box of its own, the best overlaps first."""
    pairs = sorted(
        (
            (overlap(true.box, box), a, b)
            for a, true in enumerate(truth)
            for b, (label, box) in enumerate(shown)
            if label == true.label
        ),
        reverse=True,
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for iou, a, b in pairs:
        if iou >= OVERLAP and a not in taken[0] and b not in taken[1]:
            taken[0].add(a)
            taken[1].add(b)
    return len(taken[0])


def overlap(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return wide * high / (both - wide * high)


def look_s(detector: Detector, pictures: Sequence[Picture]) -> float:
    """What one look costs: decoding in full and a detector's pass."""
    times = []
    for picture in pictures:
        began = time.process_time()
        detector.detect([decode(picture.jpeg)])
        times.append(time.process_time() - began)
    return statistics.median(times[3:])


def told(tallies: Sequence[Tally], look: float | None) -> None:
    """A line a camera, and one of them all."""
    print(f"{'camera':<22}{'frames':>7}{'passed':>8}{'objects':>9}{'lost':>8}{'gate ms':>9}  why")
    for one in tallies:
        lost = f"{one.lost / one.objects:.2%}" if one.objects else "-"
        cost = statistics.median(one.gate_s) * 1e3
        whys = ", ".join(f"{why} {count}" for why, count in one.whys.most_common())
        print(
            f"{one.name:<22}{one.frames:>7}{one.passed:>8.1%}{one.objects:>9}{lost:>8}"
            f"{cost:>9.2f}  {whys}"
        )
    passed = sum(one.looks for one in tallies) / sum(one.frames for one in tallies)
    objects = sum(one.objects for one in tallies)
    gate = statistics.median(t for one in tallies for t in one.gate_s)
    print(f"\nall: {passed:.1%} of the frames pass", end="")
    if objects:
        print(f"; {sum(one.lost for one in tallies) / objects:.2%} of {objects} objects", end="")
        print(" are lost (points of recall)", end="")
    print(f"; gate {gate * 1e3:.2f} ms a frame")
    if look:
        print(f"a look costs {look * 1e3:.1f} ms: the gate costs {gate / look:.3f} of it")
        print(f"cameras on the same processor: x {look / (gate + passed * look):.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=Path, help="an ONNX detector; its pass is the unit of cost")
    parser.add_argument("--follow", type=float, default=GateSettings().follow.total_seconds())
    parser.add_argument("--videos", action="store_true", help="those of SMARTOPIA_DATA/video too")
    parser.add_argument("--cameras", type=int, default=len(MIX), help="only the first of the mix")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    settings = GateSettings(follow=timedelta(seconds=options.follow))
    films = [
        (f"{one[0]} {one[1]:02}:00", rendered(n)) for n, one in enumerate(MIX[: options.cameras])
    ]
    detector = OnnxDetector(options.model, threads=1) if options.model else None
    look = look_s(detector, films[0][1][:40]) if detector else None
    print("detections: the true boxes")
    told([watch(name, film, settings, None) for name, film in films], look)
    if detector:
        print(f"\ndetections: {options.model.name}")
        found = [[detector.detect([decode(p.jpeg)])[0] for p in film] for _, film in films]
        pairs = zip(films, found, strict=True)
        told([watch(name, film, settings, seen) for (name, film), seen in pairs], look)
    if options.videos:
        print("\nreal videos, tracked by what is found" if detector else "\nreal videos, untracked")
        told([real(path, settings, detector) for path in videos()], look)


def videos() -> list[Path]:
    folder = Path(os.environ.get("SMARTOPIA_DATA", "")) / "video"
    return sorted(path for path in folder.iterdir() if path.suffix in {".avi", ".mp4"})


def real(path: Path, settings: GateSettings, detector: Detector | None) -> Tally:
    pictures = list(filmed(path))
    if detector is None:
        return watch(path.name, pictures, settings, None)
    found = [detector.detect([decode(one.jpeg)])[0] for one in pictures]
    believed = [
        Picture(one.jpeg, [seen for seen in all_ if seen.score >= 0.5])
        for one, all_ in zip(pictures, found, strict=True)
    ]
    return watch(path.name, believed, settings, found)


if __name__ == "__main__":
    np.seterr(all="raise")
    main()
