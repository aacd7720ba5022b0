"""Pictures as detectors tell them, drawn for tests."""

from __future__ import annotations

from datetime import datetime, timedelta

import cv2
import numpy as np

from smartopia.contract.topics import DeviceKey
from smartopia.seen import Seen, Sighted


def drawn_jpeg(step: int = 0, words: str = "", size: tuple[int, int] = (320, 240)) -> bytes:
    """A street of sorts, with something that moves on with each step."""
    width, height = size
    picture = np.full((height, width, 3), 90, np.uint8)
    cv2.rectangle(picture, (0, height // 2), (width, height), (60, 62, 60), -1)
    x = 20 + step * width // 14
    cv2.rectangle(picture, (x, height // 2 - 30), (x + 22, height // 2 + 40), (40, 40, 200), -1)
    if words:
        cv2.putText(picture, words, (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (255, 255, 255), 2)
    encoded, jpeg = cv2.imencode(".jpg", picture)
    assert encoded
    return jpeg.tobytes()


def sightings(camera: DeviceKey, until: datetime, n: int = 13) -> list[Sighted]:
    """The newest n seconds of a camera, a picture each."""
    return [
        Sighted(
            Seen(
                site=camera.site,
                device=camera.device,
                time=until - timedelta(seconds=n - 1 - step),
                width=320,
                height=240,
                detector="t@0",
                labels=("person",),
            ),
            masked=drawn_jpeg(step),
            sealed=b"x",
        )
        for step in range(n)
    ]
