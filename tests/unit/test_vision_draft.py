"""An alert of a camera shows where, and never who."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from analytics.vision.catalogue import load_zone_rules
from analytics.vision.draft import Sighting, alert_key, draft_alert
from analytics.vision.model import Detection
from smartopia.contract.frames import Frame, FrameStamp
from smartopia.contract.topics import DeviceKey

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
(RULE,) = load_zone_rules()
CAMERA = DeviceKey("gimpo", "cam-1")
SURE = Detection("person", 0.87654, (100, 100, 200, 400))
UNSURE = Detection("person", 0.25, (300, 100, 400, 400))
CAR = Detection("car", 0.9, (450, 200, 620, 400))
PICTURE = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)


def sighting(stamp: FrameStamp | None) -> Sighting:
    return Sighting(
        rule=RULE,
        camera=CAMERA,
        thing_id=3,
        frame=Frame(b"", 640, 480, stamp, NOW),
        detections=[SURE, UNSURE, CAR],
        found=[SURE],
        onset=NOW - timedelta(seconds=1),
        detector="yolo11n.pt sha256:0123456789abcdef",
    )


def test_an_alert_says_what_was_seen_and_can_be_traced() -> None:
    draft = draft_alert(sighting(FrameStamp(boot="b1", seq=7, time=NOW)), PICTURE)
    assert draft.description == "1 x person in the zone, best score 0.88"
    assert (draft.rule, draft.rule_digest, draft.key) == (
        RULE.id,
        RULE.digest,
        alert_key(RULE, CAMERA),
    )
    assert (draft.thing_id, draft.datastream_id) == (3, None)
    assert draft.onset == NOW - timedelta(seconds=1)
    assert draft.evidence == {
        "detections": [{"label": "person", "score": 0.877, "box": [100, 100, 200, 400]}],
        "boot": "b1",
        "seq": 7,
        "phenomenon_time": "2026-06-01T12:00:00.000000Z",
        "detector": "yolo11n.pt sha256:0123456789abcdef",
    }


def test_a_frame_without_a_stamp_is_evidence_too() -> None:
    evidence = draft_alert(sighting(None), PICTURE).evidence
    assert (evidence["boot"], evidence["seq"]) == (None, None)


def test_the_picture_shows_boxes_and_zone_and_no_face() -> None:
    (image,) = draft_alert(sighting(None), PICTURE).images
    assert (image.width, image.height, image.taken_at) == (640, 480, NOW)
    assert [box["label"] for box in image.boxes] == ["person"], "what the rule looks for"
    assert image.boxes[0]["box"] == [100, 100, 200, 400]
    assert image.zone is not None
    assert all(0 <= x <= 640 and 0 <= y <= 480 for x, y in image.zone)
    assert max(x for x, _ in image.zone) > 1, "in pixels"
    shown = cv2.imdecode(np.frombuffer(image.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (480, 640, 3)
    for seen, hidden in ((SURE, True), (UNSURE, True), (CAR, False)):
        left, top, right, bottom = map(int, seen.box)
        region = shown[top:bottom, left:right]
        assert (np.std(region) < 20) == hidden, seen


def test_the_alert_itself_does_not_print_its_picture() -> None:
    assert len(repr(draft_alert(sighting(None), PICTURE))) < 3000


def test_each_camera_has_an_alert_of_its_own() -> None:
    assert alert_key(RULE, CAMERA) != alert_key(RULE, DeviceKey("gimpo", "cam-2"))
    assert alert_key(RULE, CAMERA) != alert_key(RULE, DeviceKey("seoul", "cam-1"))
