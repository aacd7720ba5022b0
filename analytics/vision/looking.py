"""Looking at frames, away from the event loop: decode, gate, detect, mask, seal."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from analytics.vision.detect.port import Detector
from analytics.vision.gate.camera import CameraGate
from analytics.vision.gate.decode import decode, decode_small
from analytics.vision.gate.model import GateSettings
from analytics.vision.inbox import Arrived
from analytics.vision.masking import Picture, masked_jpeg
from analytics.vision.model import Detection
from analytics.vision.telling import seen_in
from smartopia.contract.topics import DeviceKey
from smartopia.errors import FrameRefusedError
from smartopia.seen import PictureStats, Sighted

log = logging.getLogger(__name__)

Seal = Callable[[bytes, DeviceKey, datetime], bytes]
"""Makes of a frame what is kept as evidence, given whose it is and when it was taken."""

# A camera's picture on the wall is never older, where its frames are looked at.
_SHOWN_EVERY = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Passed:
    """A frame that is worth a detector."""

    arrived: Arrived
    stats: PictureStats


@dataclass(slots=True)
class Outcome:
    """What became of some frames.

    Attributes:
        told: what is to be told, in the order of the frames.
        passed: frames that are to be looked at next.
        refused: frames that turned out to be none, and why.
        blind: cameras whose pictures are covered, since the detector finds nobody real.
        took: seconds by stage and frame.
    """

    told: list[Sighted] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    refused: list[tuple[Arrived, FrameRefusedError]] = field(default_factory=list)
    blind: set[DeviceKey] = field(default_factory=set)
    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @contextmanager
    def timed(self, stage: str, frames: int = 1) -> Iterator[None]:
        """Note how long a stage takes a frame."""
        began = time.monotonic()
        yield
        self.took[stage].append((time.monotonic() - began) / max(frames, 1))


class Looking:
    """All that is remembered of cameras, and a detector. One thread at a time may use it.

    Args:
        gate: settings of every camera's motion gate; None looks at each frame.
        seal: of frames with objects; None keeps none.
    """

    def __init__(
        self, detector: Detector, gate: GateSettings | None, seal: Seal | None = None
    ) -> None:
        self._detector = detector
        self._gate = gate
        self._seal = seal
        self._gates: dict[DeviceKey, CameraGate] = {}
        self._shown: dict[DeviceKey, datetime] = {}

    def sift(self, frames: Sequence[Arrived]) -> Outcome:
        """Tell of frames in which nothing is new, and let the others pass.

        Those told of have no picture: nobody looked where people are in it.
        """
        outcome = Outcome()
        for arrived in frames:
            frame = arrived.frame
            gate = self._gates.setdefault(arrived.camera, CameraGate(self._gate))
            try:
                with outcome.timed("gate"):
                    verdict, stats = gate.see(
                        decode_small(frame.jpeg),
                        (frame.width, frame.height),
                        frame.phenomenon_time,
                    )
            except FrameRefusedError as error:
                outcome.refused.append((arrived, error))
                continue
            if verdict.look:
                outcome.passed.append(Passed(arrived, stats))
            else:
                seen = seen_in(arrived, self._detector, gate.found, stats, still=True)
                outcome.told.append(Sighted(seen))
        return outcome

    def look(self, frames: Sequence[Passed]) -> Outcome:
        """Detect in all frames at once, and tell what is seen in each."""
        outcome = Outcome()
        pictures: list[tuple[Passed, Picture]] = []
        for passed in frames:
            try:
                with outcome.timed("decode"):
                    pictures.append((passed, decode(passed.arrived.frame.jpeg)))
            except FrameRefusedError as error:
                self._refuse(outcome, passed, error)
        with outcome.timed("detect", len(pictures)):
            found = self._detect([picture for _, picture in pictures])
        for (passed, picture), seen in zip(pictures, found, strict=True):
            if isinstance(seen, FrameRefusedError):
                self._refuse(outcome, passed, seen)
                continue
            arrived = passed.arrived
            size = (arrived.frame.width, arrived.frame.height)
            self._gates[arrived.camera].looked(seen, size, arrived.frame.phenomenon_time)
            head = seen_in(arrived, self._detector, seen, passed.stats, still=False)
            known: Collection[str] = self._detector.labels
            if self._detector.drawn_only and not arrived.frame.drawn:
                outcome.blind.add(arrived.camera)
                known = ()
            with outcome.timed("mask"):
                masked = self._masked(arrived, picture, seen, known)
            sealed = self._sealed(arrived) if seen else b""
            outcome.told.append(Sighted(head, masked, sealed))
        return outcome

    def _refuse(self, outcome: Outcome, passed: Passed, error: FrameRefusedError) -> None:
        self._gates[passed.arrived.camera].unlooked()
        outcome.refused.append((passed.arrived, error))

    def _detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection] | FrameRefusedError]:
        """What is in each; a picture the detector fails at must not take the others with it."""
        try:
            return list(self._detector.detect(pictures))
        except Exception as error:  # it raises whatever runs the model does
            log.exception("the detector failed at %d pictures", len(pictures))
            if len(pictures) == 1:
                return [FrameRefusedError(f"the detector failed at it: {error}")]
        return [self._detect([picture])[0] for picture in pictures]

    def _sealed(self, arrived: Arrived) -> bytes:
        if self._seal is None:
            return b""
        frame = arrived.frame
        return self._seal(frame.jpeg, arrived.camera, frame.phenomenon_time)

    def _masked(
        self,
        arrived: Arrived,
        picture: Picture,
        seen: Sequence[Detection],
        known: Collection[str],
    ) -> bytes:
        """The masked picture, where there is something to be seen, or it is time for one."""
        now = arrived.frame.phenomenon_time
        last = self._shown.get(arrived.camera)
        if not seen and last is not None and timedelta(0) <= now - last < _SHOWN_EVERY:
            return b""
        self._shown[arrived.camera] = now
        try:
            return masked_jpeg(picture, seen, known)
        except Exception:  # what was found is told all the same
            log.exception("%s: there is no masked picture", arrived.camera)
            return b""
