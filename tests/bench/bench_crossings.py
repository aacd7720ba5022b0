"""People who cross a line in a real video: what we count, held against a count by eye.

    SMARTOPIA_MODEL=yolo11n.pt SMARTOPIA_DATA=... python -m tests.bench.bench_crossings

The count by eye is `crossings_vtest.yaml`. Its video goes, as JPEG at so many frames a second,
through what ships: header, motion gate, detector, tracker, and the shipped rule on line crossing
with the wire of the count drawn. A crossing is found where we count one of its direction within
1.5 s of it; one each. `delay` is the median of those found, in seconds.

A detector remembers nothing, so each frame is looked at once, whoever asks for it.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import cv2
import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict, Field
from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]

from analytics.vision.detect.opening import load_detector
from analytics.vision.detect.port import Detector, DetectorName
from analytics.vision.gate.model import GateSettings
from analytics.vision.inbox import Arrived
from analytics.vision.looking import Looking
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.kinds.line_crossing import Counts
from analytics.vision.situations.model import Look, Phase
from analytics.vision.situations.watch import Memory, step
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import TrackSettings
from devices_sim.cameras.encode import encode
from smartopia.contract.frames import read_frame
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Seen
from smartopia.siteview import Direction, SiteView, Spot, Wire

BY_EYE = Path(__file__).with_name("crossings_vtest.yaml")
CAMERA = DeviceKey("bench", "street")
T0 = datetime(2026, 6, 1, tzinfo=UTC)
NEAR_S = 1.5
WAYS = (Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT)

Moment = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class ByEye(BaseModel):
    """A count by eye; times are seconds from the video's first frame.

    Attributes:
        seconds: so much of the video was counted.
        wire: in shares of the picture's width and height.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    video: str
    seconds: Annotated[float, Field(gt=0)]
    wire: tuple[Spot, Spot]
    left_to_right: tuple[Moment, ...]
    right_to_left: tuple[Moment, ...]

    def times(self, way: Direction) -> list[float]:
        """The crossings of a direction, in order."""
        return sorted(self.left_to_right if way is Direction.LEFT_TO_RIGHT else self.right_to_left)

    @property
    def view(self) -> SiteView:
        """The camera's view, with nothing but the wire."""
        return SiteView(camera=CAMERA.device, wires=(Wire(name="line", line=self.wire),))


@dataclass
class Counted:
    """What we count.

    Attributes:
        looks: how many frames the detector was asked about.
        times: of the crossings of a direction, in order, seconds.
        ids: numbers the tracker gave to people; people: how many they were taken for.
    """

    looks: int = 0
    alerts: int = 0
    times: dict[Direction, list[float]] = field(default_factory=lambda: {w: [] for w in WAYS})
    ids: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Compared:
    """The crossings of a direction: delays of those found, times of all others."""

    delays: Sequence[float]
    missed: Sequence[float]
    extra: Sequence[float]


class Once:
    """A detector that looks at no picture twice."""

    def __init__(self, detector: Detector) -> None:
        self._detector = detector
        self._found: dict[bytes, Sequence[Detection]] = {}
        self.name: DetectorName = detector.name
        self.labels = detector.labels
        self.image_size = detector.image_size
        self.drawn_only = detector.drawn_only

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        """See `Detector`."""
        return [self._look(picture) for picture in pictures]

    def _look(self, picture: Picture) -> Sequence[Detection]:
        key = hashlib.blake2b(picture.tobytes()).digest()
        if key not in self._found:
            self._found[key] = self._detector.detect([picture])[0]
        return self._found[key]


def main() -> None:
    """Print how many crossings were found, and which were not."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rates", type=float, nargs="+", default=[10, 5], help="frames/s")
    chosen = arguments.parse_args()
    cv2.setNumThreads(1)
    by_eye = ByEye.model_validate(yaml.safe_load(BY_EYE.read_text()))
    video = Path(os.environ["SMARTOPIA_DATA"]) / "video" / by_eye.video
    detector = Once(load_detector(os.environ["SMARTOPIA_MODEL"], None))
    print("frames/s  gate  looks  by eye  counted  found  delay  alerts  ids  people")
    for rate in chosen.rates:
        frames = list(filmed(video, rate, by_eye.seconds))
        for gate in (None, GateSettings()):
            report(rate, by_eye, count(frames, Looking(detector, gate), by_eye.view, rate), gate)


def filmed(video: Path, rate: float, seconds: float) -> Iterator[Arrived]:
    """A video's frames as a camera of that rate sends them."""
    capture = cv2.VideoCapture(str(video))
    own = capture.get(cv2.CAP_PROP_FPS)
    if not own:
        sys.exit(f"{video} cannot be read")
    if own % rate:
        sys.exit(f"{video.name} has {own:g} frames/s; give a rate that divides them, not {rate:g}")
    for number in range(round(seconds * own)):
        if not capture.grab():
            sys.exit(f"{video.name} ends after {number / own:.1f} s; {seconds:g} s were counted")
        if number % (own / rate) == 0:
            now = T0 + timedelta(seconds=number / own)
            jpeg = encode(np.asarray(capture.retrieve()[1], np.uint8))
            yield Arrived(CAMERA, read_frame(jpeg, now), now)


def count(frames: Sequence[Arrived], looking: Looking, view: SiteView, rate: float) -> Counted:
    """Count with the shipped rule, as the situations process does."""
    (rule,) = (one for one in load_situation_rules() if one.situation == "line_crossing")
    tracks, memory, counted = CameraTracks(TrackSettings(rate=rate)), Memory(), Counted()
    before = Counts()
    for seen in sightings(frames, looking):
        counted.looks += not seen.still
        found = [Detection(one.label, one.score, one.box) for one in seen.objects]
        followed = tracks.at(seen.time) if seen.still else tracks.step(found, seen.time) or ()
        look = Look(seen.time, (seen.width, seen.height), followed, seen.stats)
        memory, told = step([rule], view, memory, look)
        counted.alerts += sum(one.signal.phase is Phase.RAISED for one in told)
        people = [t for t in memory.following.trails if t.family == "person"]
        counted.ids |= {trail.id for trail in people}
        counted.people |= {trail.key for trail in people}
        now = memory.rules[rule.id].counts.get(view.wires[0].name, Counts())
        for way in WAYS:
            more = getattr(now, way.value) - getattr(before, way.value)
            counted.times[way] += [(seen.time - T0).total_seconds()] * more
        before = now
    return counted


def sightings(frames: Sequence[Arrived], looking: Looking) -> Iterator[Seen]:
    """What the detector process tells of a camera's frames."""
    for frame in frames:
        sifted = looking.sift([frame])
        for told in (*sifted.told, *looking.look(sifted.passed).told):
            yield told.seen


def compare(true: Sequence[float], counted: Sequence[float]) -> Compared:
    """Pair the crossings of a direction with those by eye: as many as can be, then the nearest."""
    apart = np.abs(np.subtract.outer(true, counted))
    near = apart <= NEAR_S
    rows, columns = linear_sum_assignment(np.where(near, apart, len(true) * len(counted) * NEAR_S))
    pairs = {int(i): int(j) for i, j in zip(rows, columns, strict=True) if near[i, j]}
    return Compared(
        [counted[mine] - true[theirs] for theirs, mine in pairs.items()],
        [time for number, time in enumerate(true) if number not in pairs],
        [time for number, time in enumerate(counted) if number not in pairs.values()],
    )


def report(rate: float, by_eye: ByEye, counted: Counted, gate: GateSettings | None) -> None:
    """A line of figures, and one for each direction in which something is not as it was."""
    compared = {way: compare(by_eye.times(way), counted.times[way]) for way in WAYS}
    delays = [delay for one in compared.values() for delay in one.delays]
    true, ours = (sum(map(len, each)) for each in (map(by_eye.times, WAYS), counted.times.values()))
    print(
        f"{rate:>8g}{'on' if gate else 'off':>6}{counted.looks:>7}{true:>8}{ours:>9}"
        f"{len(delays):>7}{statistics.median(delays) if delays else float('nan'):>7.1f}"
        f"{counted.alerts:>8}{len(counted.ids):>5}{len(counted.people):>8}"
    )
    for way, one in compared.items():
        for what, times in (("missed", one.missed), ("extra", one.extra)):
            if times:
                print(f"    {way.value} {what} at", ", ".join(f"{time:.1f}" for time in times), "s")


if __name__ == "__main__":
    main()
