"""Test card: a camera that draws the hour's light, the weather and the time; nobody is in it."""

from datetime import datetime

import cv2
import numpy as np

from devices_sim.sdk.camera import CameraKind, Picture
from devices_sim.world.world import View

BARS = ((192,) * 3, (0, 192, 192), (192, 192, 0), (0, 192, 0), (192, 0, 192), (0, 0, 192))


def card(view: View, time: datetime) -> Picture:
    """Colour bars as bright as the day, and a line of text."""
    bars = np.repeat(np.array([BARS], np.float32), 384, 0).repeat(107, 1)[:, :640]
    picture = (bars * min(1.0, 0.25 + view.illuminance / 2e4)).astype(np.uint8)
    text = f"{time:%H:%M:%S}  {view.temperature:.0f} Cel  {view.rain_rate:.1f} mm/h"
    return cv2.putText(picture, text, (20, 350), cv2.FONT_HERSHEY_SIMPLEX, 1, (255,) * 3, 2)  # type: ignore[no-any-return]


KIND = CameraKind(name="test_card", title="Test card", rate=1, picture=card)
