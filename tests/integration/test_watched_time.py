"""When cameras were watched: written down by the process that watches, read by the scorer."""

from __future__ import annotations

from datetime import timedelta

from analytics.evaluation.report.export import export
from analytics.vision.watching.part import run as watch
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.seen import seen_of
from tests.support.parts import broker_of, eventually, listen_to, rows, running
from tests.support.servers import Platform
from tests.support.sightings import DETECTOR, Camera

CAM = DeviceKey("gimpo", "cam-1")


async def test_watched_time_is_written_when_the_process_ends_and_exported(
    platform: Platform,
) -> None:
    await rows(
        platform,
        "INSERT INTO thing (site, name, kind, announced_at, frame_rate, stage)"
        " VALUES (%s, %s, 'camera', now(), 5, 'field') RETURNING id",
        (CAM.site, CAM.device),
    )
    begin = utc_now() - timedelta(minutes=2)
    camera = Camera(CAM, begin)
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")

        async def film(seconds: float, least: int) -> None:
            for one in camera.film(seconds):
                await broker.client.publish(seen_of(CAM), one.encode())
            await broker.client.flush()
            await eventually(
                lambda: (
                    bool(beats.came)
                    and beats.came[-1].counters.get("sightings_watched", 0) >= least
                ),
                what=f"{least} frames are watched",
                timeout_s=60,
            )

        async with running(watch, platform.settings):

            async def on_duty() -> bool:
                for one in camera.film(0.2):
                    await broker.client.publish(seen_of(CAM), one.encode())
                await broker.client.flush()
                return bool(beats.came) and beats.came[-1].counters.get("sightings_watched", 0) > 0

            await eventually(on_duty, what="the camera is watched", timeout_s=60)
            await film(20, 100)
            dark = camera.at
            camera.at += timedelta(seconds=10)
            await film(10, 150)
    told = await export(platform.settings, begin, camera.at + timedelta(seconds=1))
    assert told.watched is not None
    before, after = told.watched
    assert before.end == dark
    assert (after.begin, after.end) == (dark + timedelta(seconds=10.2), camera.at)
    assert after.frames == 50
    assert after.model == DETECTOR
    assert set(after.rules) >= {"camera_blinded", "collapse"}
    now = utc_now()
    later = await export(platform.settings, now, now + timedelta(minutes=5))
    assert later.watched == ()
    earlier = await export(platform.settings, begin - timedelta(days=9), begin)
    assert earlier.watched is None
