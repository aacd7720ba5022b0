"""Real cameras before a model of drawn streets are told of, and no longer than they send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.vision.blind import BlindCameras
from smartopia.bus.health import Reporter
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics
from smartopia.settings import Settings

T0 = datetime(2026, 6, 1, tzinfo=UTC)
CAMERAS = [DeviceKey("gimpo", f"cam-{number}") for number in range(5)]


def test_blind_cameras_are_named_and_taken_back_a_minute_after_their_last_picture() -> None:
    reporter = Reporter(Settings(), "analytics-vision", Metrics())
    blind = BlindCameras(reporter, "default.onnx")

    def told() -> list[str]:
        return [reason.text for reason in reporter.beat(utc_now()).reasons]

    blind.note((), T0)
    assert told() == []
    blind.note({CAMERAS[1]}, T0)
    (one,) = told()
    assert "default.onnx learnt from drawn streets alone" in one
    assert "on gimpo/cam-1 cannot be trusted" in one
    blind.note(set(CAMERAS), T0 + timedelta(seconds=30))
    assert "gimpo/cam-0, gimpo/cam-1, gimpo/cam-2 and 2 more" in told()[0]
    blind.note((), T0 + timedelta(seconds=89))
    assert len(told()) == 1
    blind.note((), T0 + timedelta(seconds=91))
    assert told() == []
