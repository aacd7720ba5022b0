"""What becomes of frames: still ones are told of, others looked at, masked and sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np

from analytics.vision.detect.port import DetectorName
from analytics.vision.gate.model import GateSettings
from analytics.vision.inbox import Arrived
from analytics.vision.looking import Looking, Outcome
from analytics.vision.masking import Picture
from analytics.vision.model import Detection
from analytics.vision.telling import within
from smartopia.contract.frames import FrameStamp, read_frame, stamp_frame
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Sighted

T0 = datetime(2026, 6, 1, 3, tzinfo=UTC)
CAMERA, OTHER = DeviceKey("gimpo", "cam-1"), DeviceKey("gimpo", "cam-2")
PERSON = Detection("person", 0.9, (100.0, 60.0, 160.0, 240.0))
BROKEN = 77


class Finds:
    """A detector that always finds the same, and breaks at a picture of one colour."""

    drawn_only = False
    name = DetectorName("finds.onnx", "0" * 64)
    labels: tuple[str, ...] = ("person", "car")
    image_size = (640, 640)

    def __init__(self, *found: Detection) -> None:
        self.found = found
        self.batches: list[int] = []

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        self.batches.append(len(pictures))
        if any(abs(int(picture.mean()) - BROKEN) < 2 for picture in pictures):
            raise RuntimeError("no such kernel")
        return [self.found for _ in pictures]


def arrived(
    picture: Picture | int,
    second: float = 0.0,
    camera: DeviceKey = CAMERA,
    *,
    drawn: bool = False,
) -> Arrived:
    """A frame of a camera; a number is a grey one."""
    if isinstance(picture, int):
        picture = np.full((384, 640, 3), picture, np.uint8)
    at = T0 + timedelta(seconds=second)
    stamp = FrameStamp(boot="b", seq=0, time=at, drawn=drawn)
    jpeg = stamp_frame(cv2.imencode(".jpg", picture)[1].tobytes(), stamp)
    return Arrived(camera, read_frame(jpeg, at), at)


def seen(looking: Looking, *frames: Arrived) -> list[Sighted]:
    sifted = looking.sift(frames)
    looked = looking.look(sifted.passed) if sifted.passed else Outcome()
    return [*sifted.told, *looked.told]


def seal(jpeg: bytes, camera: DeviceKey, taken_at: datetime) -> bytes:
    return b"sealed " + jpeg[:8]


def test_frames_of_several_cameras_are_looked_at_together() -> None:
    detector = Finds(PERSON)
    told = seen(Looking(detector, None), arrived(100), arrived(120, camera=OTHER))
    assert detector.batches == [2]
    assert [one.seen.camera for one in told] == [CAMERA, OTHER]
    assert all(one.seen.objects[0].box == PERSON.box for one in told)


def test_what_is_still_has_the_objects_of_the_last_look_and_no_picture() -> None:
    detector = Finds(PERSON)
    looking = Looking(detector, GateSettings(), seal)
    told = [seen(looking, arrived(100, n / 5))[0] for n in range(40)]
    still = [one for one in told if one.seen.still]
    assert 25 < len(still) < 38
    assert sum(detector.batches) == 40 - len(still)
    assert {one.seen.objects for one in told} == {told[0].seen.objects}
    assert all(one.masked == one.sealed == b"" for one in still)
    assert all(one.seen.stats is not None for one in told)


def test_a_camera_that_changes_its_resolution_goes_on() -> None:
    looking = Looking(Finds(PERSON), GateSettings())
    for n in range(20):
        seen(looking, arrived(100, n / 5))
    (larger,) = seen(looking, arrived(np.full((1080, 1920, 3), 100, np.uint8), 4))
    assert (larger.seen.still, larger.seen.width) == (False, 1920)
    shown = cv2.imdecode(np.frombuffer(larger.masked, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (720, 1280, 3)


def test_a_picture_the_detector_fails_at_does_not_take_the_others_with_it() -> None:
    looking = Looking(Finds(PERSON), None)
    sifted = looking.sift([arrived(100), arrived(BROKEN, camera=OTHER)])
    looked = looking.look(sifted.passed)
    assert [one.seen.camera for one in looked.told] == [CAMERA]
    ((refused, error),) = looked.refused
    assert refused.camera == OTHER
    assert "no such kernel" in error.detail


def test_an_empty_street_is_shown_once_a_second_and_never_sealed() -> None:
    looking = Looking(Finds(), None, seal)
    told = [seen(looking, arrived(100, n / 5))[0] for n in range(11)]
    assert [n for n, one in enumerate(told) if one.masked] == [0, 5, 10]
    assert not any(one.sealed for one in told)


def test_frames_with_objects_are_shown_and_sealed_each() -> None:
    looking = Looking(Finds(PERSON), None, seal)
    told = [seen(looking, arrived(100, n / 5))[0] for n in range(3)]
    assert all(one.masked[:2] == b"\xff\xd8" for one in told)
    assert all(one.sealed.startswith(b"sealed \xff\xd8") for one in told)


def test_what_is_too_large_goes_without_the_sealed_then_without_the_masked_picture() -> None:
    (told,) = seen(Looking(Finds(PERSON), None), arrived(100))
    both = Sighted(told.seen, b"m" * 400, b"s" * 700)
    bare = len(Sighted(told.seen).encode()) + 10
    for most, masked, sealed in ((bare + 1100, 400, 700), (bare + 900, 400, 0), (bare, 0, 0)):
        payload, left_out = within(both, most)
        assert len(payload) <= most
        got = Sighted.decode(payload)
        assert (len(got.masked), len(got.sealed)) == (masked, sealed)
        assert left_out == ["sealed"] * (not sealed) + ["masked"] * (not masked)
        assert got.seen.objects == told.seen.objects


def test_a_model_of_drawn_streets_alone_leaves_nothing_of_a_real_picture_to_be_seen() -> None:
    """What it does not find it would not mask."""
    street = np.random.default_rng(1).integers(0, 255, (384, 640, 3), np.uint8)
    detector = Finds()
    detector.drawn_only = True
    looking = Looking(detector, None)
    real = arrived(street)
    drawn = arrived(street, camera=OTHER, drawn=True)
    outcome = looking.look(looking.sift([real, drawn]).passed)
    covered, shown = (
        cv2.imdecode(np.frombuffer(one.masked, np.uint8), cv2.IMREAD_COLOR) for one in outcome.told
    )
    assert outcome.blind == {CAMERA}
    assert covered is not None
    assert shown is not None
    # Of a few cells across, neighbours are alike.
    assert np.abs(np.diff(covered.astype(int), axis=1)).mean() < 3
    assert np.abs(np.diff(shown.astype(int), axis=1)).mean() > 30
