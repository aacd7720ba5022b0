"""What detectors tell becomes alerts in the database, whatever is away or ends meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import timedelta

import cv2
import numpy as np
from nats.aio.msg import Msg

from analytics.vision.watching.part import run as watch
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.world.world import World
from smartopia.bus.connection import Broker
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings, crossings_of
from smartopia.seen import SeenObject, Sighted, seen_of
from smartopia.siteview import SiteView, Wire
from smartopia.siteview_store import ViewSource, current_view, keep_view
from smartopia.store.connection import connect_database
from tests.bench.situations_city import CityCamera
from tests.support.parts import (
    Heartbeats,
    Row,
    broker_of,
    eventually,
    listen_to,
    rows,
    running,
    shut_database,
)
from tests.support.scenes import YARD
from tests.support.servers import Platform
from tests.support.sightings import (
    RIGHT_HALF,
    Camera,
    forbidden,
    person,
    picture,
    sighted,
)

CAM = DeviceKey("gimpo", "cam-1")
KEY = f"intrusion:{CAM}:yard"
JPEG = picture()


async def install(platform: Platform, camera: DeviceKey = CAM, stage: str = "field") -> int:
    """A camera that has announced itself."""
    found = await rows(
        platform,
        "INSERT INTO thing (site, name, kind, announced_at, frame_rate, stage, latitude, longitude)"
        " VALUES (%s, %s, 'camera', now(), 5, %s, 37.6, 126.7) RETURNING id",
        (camera.site, camera.device, stage),
    )
    return int(found[0]["id"])


async def draw(platform: Platform, thing: int, view: SiteView) -> None:
    """Let somebody draw this on its picture."""
    async with await connect_database(platform.settings, "test") as connection:
        newest = await current_view(connection, thing)
        await keep_view(
            connection,
            thing,
            view,
            author="operator",
            source=ViewSource.DRAWN,
            expected=newest.number if newest is not None else None,
        )
        await connection.commit()


async def tell(broker: Broker, frames: Iterable[Sighted]) -> None:
    """As detectors do."""
    for one in frames:
        await broker.client.publish(seen_of(one.seen.camera), one.encode())
    await broker.client.flush()


async def on_duty(
    broker: Broker, beats: Heartbeats, camera: Camera, objects: Sequence[SeenObject] = ()
) -> None:
    """Wait until frames of this camera are watched."""

    async def watched() -> bool:
        await tell(broker, camera.film(0.2, objects))
        return bool(beats.came) and beats.came[-1].counters.get("sightings_watched", 0) > 0

    await eventually(watched, what="the camera is watched", timeout_s=60)


async def alerts(platform: Platform) -> list[Row]:
    return await rows(platform, "SELECT * FROM alert ORDER BY id")


async def wait_active(platform: Platform, *, active: bool = True) -> Row:
    async def look() -> Row | None:
        found = await alerts(platform)
        return found[0] if found and found[0]["active"] is active else None

    return await eventually(look, what=f"an alert that is active: {active}", timeout_s=30)


async def test_an_intruder_of_a_rendered_scene_becomes_an_alert_with_words_and_a_picture(
    platform: Platform,
) -> None:
    layout = load_layout(str(YARD))
    event = SceneEvent(kind=EventKind.INTRUSION, at=2.0, duration=20.0)
    plan = Plan(layout, World(3, 1.0, 14.0), 3, [event])
    yard = CityCamera(layout, layout.cameras[0], Sight(layout))
    key = DeviceKey("gimpo", yard.name)
    begin, jpeg = utc_now() - timedelta(minutes=2), picture(yard.size)
    frames = []
    for number in range(5 * 60):
        bodies = yard.bodies(plan.at(number / 5).actors)
        found = [SeenObject(label=b.label, score=0.8, box=b.box) for b in bodies]
        at = begin + timedelta(seconds=number / 5)
        frames.append(sighted(key, at, found, seq=number, size=yard.size, masked=jpeg))
    (truth,) = plan.happened()
    thing = await install(platform, key)
    await draw(platform, thing, yard.view)
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):
            await on_duty(broker, beats, Camera(key, begin - timedelta(seconds=60), "boot-0"))
            await tell(broker, frames)
            await eventually(
                lambda: beats.came[-1].counters["sightings_watched"] >= len(frames),
                what="all is watched",
                timeout_s=60,
            )
            await wait_active(platform, active=False)
    (row,) = [row for row in await alerts(platform) if row["rule"] == "intrusion"]
    assert row["key"] == f"intrusion:{key}:plot"
    assert row["description"] == "a person is in plot, where nobody may be"
    late = (row["onset"] - begin).total_seconds() - truth.onset
    assert -0.5 < late < 10
    assert row["evidence"]["site_view"] == 1
    of_it = {"alert": row["id"]}
    images = "SELECT * FROM evidence_image WHERE alert_id = %(alert)s"
    (image,) = await rows(platform, images, of_it)
    assert (image["width"], image["height"]) == yard.size
    assert {box["label"] for box in image["boxes"]} == {"person"}
    (plot,) = [area for area in yard.view.areas if area.name == "plot"]
    assert len(image["zone"]) == len(plot.outline)
    shown = cv2.imdecode(np.frombuffer(image["jpeg"], np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    seen = await rows(platform, "SELECT last_seen FROM thing")
    assert seen[0]["last_seen"] is not None


async def test_a_view_that_is_drawn_anew_counts_while_it_runs(platform: Platform) -> None:
    thing = await install(platform)
    camera = Camera(CAM, utc_now())
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera)
            await eventually(
                lambda: [n for n in beats.came[-1].notes if "intrusion: draw an area" in n],
                what="it is told what is missing",
            )
            await draw(platform, thing, forbidden(CAM))
            began = asyncio.get_running_loop().time()

            async def raised() -> list[Row]:
                await tell(broker, camera.film(0.2, [person()]))
                return await alerts(platform)

            (row,) = await eventually(raised, what="it counts", timeout_s=20)
            assert asyncio.get_running_loop().time() - began < 10
            assert (row["key"], row["evidence"]["site_view"]) == (KEY, 1)
            await draw(platform, thing, forbidden(CAM, RIGHT_HALF, "gate"))

            async def over() -> bool:
                await tell(broker, camera.film(1, [person()]))
                return not (await alerts(platform))[0]["active"]

            await eventually(over, what="the old area is forgotten", timeout_s=20)
            assert len(await alerts(platform)) == 1


async def run_once(platform: Platform, camera: Camera, objects: Sequence[SeenObject]) -> None:
    """Let a process begin, watch a minute of these, and end."""
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera, objects)
            before = beats.came[-1].counters["sightings_watched"]
            frames = camera.film(60, objects)
            await tell(broker, frames)
            await eventually(
                lambda: beats.came[-1].counters["sightings_watched"] >= before + len(frames),
                what="all is watched",
                timeout_s=40,
            )
            await wait_active(platform, active=bool(objects))


async def test_a_restart_tells_nothing_twice_and_leaves_nothing_active_for_ever(
    platform: Platform,
) -> None:
    await draw(platform, await install(platform), forbidden(CAM))
    camera = Camera(CAM, utc_now())
    await run_once(platform, camera, [person()])
    await run_once(platform, camera, [person()])
    await run_once(platform, camera, [])
    transitions = await rows(platform, "SELECT kind, phenomenon_time FROM alert_transition")
    assert [one["kind"] for one in transitions] == ["raised", "cleared"]
    assert transitions[1]["phenomenon_time"] <= camera.at
    assert [row["occurrences"] for row in await alerts(platform)] == [1]


async def test_crossings_are_counted_on_after_a_restart_which_says_when_nobody_counted(
    platform: Platform,
) -> None:
    thing = await install(platform)
    wire = Wire(name="gate", line=((0.5, 0.2), (0.5, 0.98)))
    await draw(platform, thing, SiteView(camera=CAM.device, wires=(wire,)))
    camera = Camera(CAM, utc_now() - timedelta(minutes=3))
    told: list[Crossings] = []

    async def hear(message: Msg) -> None:
        told.append(Crossings.decode(message.data))

    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        await broker.client.subscribe(crossings_of(CAM), cb=hear)

        async def cross(start: float, end: float) -> None:
            await tell(broker, camera.walk(start, end))
            before = sum(counted())

            async def more() -> bool:
                await tell(broker, camera.film(0.2))
                return sum(counted()) > before

            await eventually(more, what="the crossing is told", timeout_s=60)

        def counted() -> tuple[int, int]:
            wires = told[-1].wires if told else ()
            minutes = [minute for one in wires for minute in one.minutes]
            return sum(there for _, there, _ in minutes), sum(back for _, _, back in minutes)

        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera)
            await cross(450, 200)
            assert counted() == (1, 0)
        since, ended = told[-1].since, camera.at
        camera.at += timedelta(seconds=20)
        beats.came.clear()
        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera)
            await cross(200, 450)
    assert counted() == (1, 1)
    assert told[-1].since == since
    ((begin, end),) = told[-1].gaps
    assert begin == ended
    assert end - begin >= timedelta(seconds=20.2), "and until it was on duty"


async def test_what_is_told_while_the_database_is_away_is_not_lost(platform: Platform) -> None:
    await draw(platform, await install(platform), forbidden(CAM))
    camera = Camera(CAM, utc_now())
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera)
            shut_database(platform, shut=True)
            await tell(broker, camera.film(5, [person()], masked=JPEG, sealed=b"sealed"))
            await eventually(
                lambda: {"database_lost", "alerts_wait"} <= beats.codes(),
                what="it is told",
                timeout_s=30,
            )
            await tell(broker, camera.film(20))
            shut_database(platform, shut=False)
            row = await wait_active(platform, active=False)
            await eventually(lambda: not beats.codes(), what="it is well again", timeout_s=20)
    assert (row["key"], row["occurrences"]) == (KEY, 1)
    (image,) = await rows(platform, "SELECT alert_id, taken_at, expires_at FROM evidence_image")
    (kept,) = await rows(platform, "SELECT * FROM sealed_evidence")
    assert (image["alert_id"], kept["alert_id"], kept["sealed"]) == (
        row["id"],
        row["id"],
        b"sealed",
    )
    assert kept["taken_at"] == image["taken_at"]
    assert abs(kept["expires_at"] - image["expires_at"]) < timedelta(seconds=1)


async def test_a_second_watcher_stands_by_and_takes_over(platform: Platform) -> None:
    await draw(platform, await install(platform), forbidden(CAM))
    camera = Camera(CAM, utc_now())
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings) as first:
            await on_duty(broker, beats, camera)
            async with running(watch, platform.settings):
                await tell(broker, camera.film(5, [person()]))
                await wait_active(platform)
                await first.break_off()
                beats.came.clear()
                await on_duty(broker, beats, camera)
                await tell(broker, camera.film(60))
                await wait_active(platform, active=False)
    transitions = await rows(platform, "SELECT kind FROM alert_transition")
    assert [one["kind"] for one in transitions] == ["raised", "cleared"]


async def test_whoever_lost_the_duty_to_another_rests_until_it_is_free(platform: Platform) -> None:
    await draw(platform, await install(platform), forbidden(CAM))
    camera = Camera(CAM, utc_now())
    take = "SELECT pg_advisory_lock(hashtextextended('smartopia.situations', 0))"
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):
            await on_duty(broker, beats, camera)
            async with await connect_database(platform.settings, "test") as other:
                waiting = asyncio.create_task(other.execute(take))
                waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
                await eventually(lambda: rows(platform, waits), what="another stands by")
                await rows(
                    platform,
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'smartopia-situations-duty'",
                )
                await waiting

                async def rests() -> bool:
                    before = len(beats.came), beats.came[-1].counters["sightings_in"]
                    await tell(broker, camera.film(5, [person()]))
                    await eventually(lambda: len(beats.came) > before[0] + 1, what="two beats")
                    return beats.came[-1].counters["sightings_in"] == before[1]

                await eventually(rests, what="it watches no more", timeout_s=30)
                raised = len(await alerts(platform))
                await tell(broker, camera.film(60, [person()]))
            await eventually(lambda: not beats.codes(), what="it is well")

            async def watches() -> bool:
                await tell(broker, camera.film(60))
                found = await alerts(platform)
                return beats.came[-1].counters["sightings_in"] > 900 and not any(
                    row["active"] for row in found
                )

            await eventually(watches, what="it watches again", timeout_s=30)
            assert len(await alerts(platform)) == raised


async def test_a_camera_in_the_sandbox_raises_nothing_until_it_is_promoted(
    platform: Platform,
) -> None:
    thing = await install(platform, stage="sandbox")
    await draw(platform, thing, forbidden(CAM))
    camera = Camera(CAM, utc_now())
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "analytics-situations")
        async with running(watch, platform.settings):

            async def passed() -> bool:
                await tell(broker, camera.film(5, [person()]))
                return bool(beats.came) and "sightings_in_sandbox" in beats.came[-1].counters

            await eventually(passed, what="its frames are known", timeout_s=60)
            assert await alerts(platform) == []
            await rows(platform, "UPDATE thing SET stage = 'field' WHERE id = %s", (thing,))

            async def raised() -> bool:
                await tell(broker, camera.film(5, [person()]))
                return bool(await alerts(platform))

            await eventually(raised, what="it raises one now", timeout_s=20)
