"""The gate of one camera: what it remembers between frames, and what was found at its last look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from analytics.vision.gate.expected import Expected, expect
from analytics.vision.gate.model import Box, GateMemory, GateSettings, Grey, Verdict, View
from analytics.vision.gate.motion import step
from analytics.vision.gate.stats import read_stats
from analytics.vision.model import Detection
from smartopia.seen import PictureStats


class CameraGate:
    """Tells which frames of a camera are worth a detector.

    Args:
        settings: of its gate; None lets every frame pass.

    Attributes:
        found: all that was found at the last look.
    """

    def __init__(self, settings: GateSettings | None) -> None:
        self._settings = settings
        self._memory: GateMemory | None = None
        self._view: View | None = None
        self._size = (1, 1)
        self._expected: tuple[Expected, ...] = ()
        self.found: Sequence[Detection] = ()

    def see(
        self, small: Grey, size: tuple[int, int], now: datetime
    ) -> tuple[Verdict, PictureStats]:
        """Whether a frame is worth a look, and what its picture is like.

        Args:
            small: its reduced picture, of `decode_small`.
            size: (width, height) of the frame, in pixels.
            now: when it was taken.
        """
        if size != self._size:  # boxes of another size are nowhere
            self._size, self._memory, self._expected, self.found = size, None, (), ()
        self._view, stats = read_stats(small, self._view, now)
        if self._settings is None:
            return Verdict(True, "refresh", 0.0), stats
        # Whoever tracks what we tell takes an object for one at its second look, too.
        known = [self._share(one.by(now)) for one in self._expected if one.speed is not None]
        self._memory, verdict = step(self._settings, self._memory, small, now, known)
        return verdict, stats

    def looked(self, found: Sequence[Detection], size: tuple[int, int], now: datetime) -> None:
        """Take what a look at a frame of that size found; boxes are in its pixels."""
        if size != self._size:
            return
        self.found = found
        self._expected = expect(self._expected, found, now)

    def unlooked(self) -> None:
        """Forget what is remembered: a look that was promised failed, so the next frame passes."""
        self._memory = None

    def _share(self, box: Box) -> Box:
        width, height = self._size
        x1, y1, x2, y2 = box
        return x1 / width, y1 / height, x2 / width, y2 / height
