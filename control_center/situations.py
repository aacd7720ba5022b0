"""What operators may say a camera missed, by the names the detectors' situations have."""

from __future__ import annotations

SITUATIONS = (
    "abandonment",
    "camera_blinded",
    "camera_frozen",
    "camera_turned",
    "collapse",
    "congestion",
    "crowd",
    "fighting",
    "fire",
    "illegal_parking",
    "intrusion",
    "jaywalking",
    "line_crossing",
    "loitering",
    "wrong_way",
    "other",
)
