"""What a detector would tell of a camera, without one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import cv2
import numpy as np

from smartopia.contract.topics import DeviceKey
from smartopia.seen import Seen, SeenObject, Sighted
from smartopia.siteview import Area, AreaUse, SiteView

SIZE = (640, 360)
RATE = 5.0
LABELS = ("person", "bicycle", "car", "motorcycle", "bus", "truck")
DETECTOR = "test.onnx sha256:0123456789abcdef"
LEFT_HALF = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
RIGHT_HALF = ((0.5, 0.0), (1.0, 0.0), (1.0, 1.0), (0.5, 1.0))


def person(x: float = 150, y: float = 300, score: float = 0.8) -> SeenObject:
    """Somebody 100 pixels tall whose feet are here."""
    return SeenObject(label="person", score=score, box=(x - 20, y - 100, x + 20, y))


def forbidden(
    camera: DeviceKey, outline: Sequence[tuple[float, float]] = LEFT_HALF, name: str = "yard"
) -> SiteView:
    """A view with one area where nobody may be."""
    area = Area(name=name, use=AreaUse.FORBIDDEN, outline=tuple(outline))
    return SiteView(camera=camera.device, areas=(area,))


def picture(size: tuple[int, int] = SIZE) -> bytes:
    """A JPEG of this size."""
    done, jpeg = cv2.imencode(".jpg", np.full((size[1], size[0], 3), 90, np.uint8))
    assert done
    return bytes(jpeg.tobytes())


def sighted(
    camera: DeviceKey,
    at: datetime,
    objects: Iterable[SeenObject] = (),
    *,
    seq: int | None = None,
    boot: str = "boot-1",
    size: tuple[int, int] = SIZE,
    masked: bytes = b"",
    sealed: bytes = b"",
) -> Sighted:
    """One frame."""
    seen = Seen(
        site=camera.site,
        device=camera.device,
        time=at,
        boot=boot if seq is not None else None,
        seq=seq,
        width=size[0],
        height=size[1],
        detector=DETECTOR,
        labels=LABELS,
        objects=tuple(objects),
    )
    return Sighted(seen, masked, sealed)


class Camera:
    """A camera's frames, one after another, at its rate.

    Attributes:
        at: the time of the newest.
    """

    def __init__(self, key: DeviceKey, at: datetime, boot: str = "boot-1") -> None:
        self.key, self.at = key, at
        self._boot, self._seq = boot, 0

    def film(
        self,
        seconds: float,
        objects: Sequence[SeenObject] = (),
        *,
        masked: bytes = b"",
        sealed: bytes = b"",
        size: tuple[int, int] = SIZE,
    ) -> list[Sighted]:
        """So long a film of these."""
        frames = []
        for _ in range(round(seconds * RATE)):
            self.at += timedelta(seconds=1 / RATE)
            self._seq += 1
            frames.append(
                sighted(
                    self.key,
                    self.at,
                    objects,
                    seq=self._seq,
                    boot=self._boot,
                    masked=masked,
                    sealed=sealed,
                    size=size,
                )
            )
        return frames

    def walk(self, start: float, end: float, steps: int = 30) -> list[Sighted]:
        """Somebody walks through the picture, from one x to another."""
        ways = (start + (end - start) * step / steps for step in range(steps + 1))
        return [frame for x in ways for frame in self.film(1 / RATE, [person(x)])]
