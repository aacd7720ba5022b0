"""Cameras for the wall: frames of rendered streets, told of at a pace as a detector does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import cv2
import psycopg

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import light_of
from devices_sim.cameras.scene.eye import Eye
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.plan import Plan
from devices_sim.conditions.model import Picture
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.alarms.model import Domain, Severity
from smartopia.bus.connection import connect_once
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Seen, SeenObject, Sighted, seen_of
from tests.support.alerts import add_alert, draft
from tests.support.consoles import Consoles

JPEG = b"\xff\xd8 masked \xff\xd9"
_SEED = 7
_AT_S = 30.0
_DAY = World(11, 1.0, 14.0)
_NIGHT = World(11, 1.0, 18.3, day_of_year=350.0)


def sighted(
    camera: DeviceKey,
    time: datetime,
    *,
    objects: Sequence[SeenObject] = (),
    masked: bytes = JPEG,
    still: bool = False,
    size: tuple[int, int] = (640, 384),
) -> Sighted:
    """One frame looked at."""
    seen = Seen(
        site=camera.site,
        device=camera.device,
        time=time,
        width=size[0],
        height=size[1],
        detector="test 0123456789ab",
        labels=("person", "car"),
        still=still,
        objects=tuple(objects),
    )
    return Sighted(seen, masked, b"sealed")


def of(label: str, score: float = 0.9) -> SeenObject:
    """An object somewhere."""
    return SeenObject(label=label, score=score, box=(10, 20, 40, 90))


def street(camera: DeviceKey, layout_name: str, pole: int, *, night: bool = False) -> Sighted:
    """What a camera of a rendered street shows, its people covered."""
    layout = load_layout(layout_name)
    world = _NIGHT if night else _DAY
    eye = Eye(layout, Camera.of_pole(layout.cameras[pole]), _SEED)
    light = light_of(world.view(Place(*layout.place), _AT_S))
    rendered = eye.see(Plan(layout, world, _SEED).at(_AT_S), light, _SEED)
    picture = rendered.picture.copy()
    objects = []
    for number, box in enumerate(rendered.boxes):
        if box.visible is None or box.share < 0.3:
            continue
        score = 0.95 - 0.04 * (number % 12)
        objects.append(SeenObject(label=str(box.kind), score=score, box=box.visible))
        if box.kind == "person":
            _cover(picture, box.visible)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    size = picture.shape[1], picture.shape[0]
    return sighted(camera, utc_now(), objects=objects, masked=jpeg, size=size)


def _cover(picture: Picture, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = (max(0, round(edge)) for edge in box)
    part = picture[top:bottom, left:right]
    if part.size:
        coarse = cv2.resize(part, (4, 10), interpolation=cv2.INTER_AREA)
        size = (part.shape[1], part.shape[0])
        picture[top:bottom, left:right] = cv2.resize(coarse, size, interpolation=cv2.INTER_NEAREST)


def announce(consoles: Consoles, titles: Mapping[DeviceKey, str]) -> None:
    """Cameras in the field, as ingest writes them down when they announce themselves."""
    for camera, title in titles.items():
        consoles.do(
            "INSERT INTO thing (site, name, title, kind, frame_rate, state, state_at,"
            " announced_at, last_seen, announce_digest, stage) VALUES (%s, %s, %s,"
            " 'cctv_camera', 2, 'online', now(), now(), now(), 'd1', 'field')",
            (camera.site, camera.device, title),
        )


def raise_alert(
    consoles: Consoles,
    camera: DeviceKey,
    title: str,
    severity: Severity = Severity.SEVERE,
    **facts: object,
) -> None:
    """As the situations process does: in the database, which tells. `facts`: its evidence."""

    async def act() -> None:
        async with await psycopg.AsyncConnection.connect(consoles.database) as connection:
            cursor = await connection.execute(
                "SELECT id FROM thing WHERE name = %s", (camera.device,)
            )
            (thing,) = await cursor.fetchone() or (0,)
            plain = draft(thing, f"wall:{camera.device}:{title}")
            evidence = plain.evidence | facts
            alert = replace(
                plain, title=title, severity=severity, domain=Domain.CRIME, evidence=evidence
            )
            await add_alert(connection, alert)

    elsewhere(act)


def elsewhere(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run this in another thread: playwright's loop lets no other run in its own."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, act()).result()


@dataclass
class Teller:
    """Tells of cameras twice a second.

    Attributes:
        shows: what each of them shows, at whatever time it is.
        stopped: those it tells of no more.
    """

    shows: Mapping[DeviceKey, Sighted]
    stopped: set[DeviceKey] = field(default_factory=set)

    async def tell(self, url: str, end: threading.Event) -> None:
        client = await connect_once(url, "test-detector")
        while not end.is_set():
            for camera, show in self.shows.items():
                if camera not in self.stopped:
                    seen = show.seen.model_copy(update={"time": utc_now()})
                    await client.publish(seen_of(camera), replace(show, seen=seen).encode())
            await asyncio.to_thread(end.wait, 0.5)
        await client.close()


@contextmanager
def telling(url: str, shows: Sequence[Sighted]) -> Iterator[Teller]:
    """A detector's part in a thread of its own, from here to the end of the block."""
    teller = Teller({show.seen.camera: show for show in shows})
    end = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(teller.tell(url, end)))
    thread.start()
    try:
        yield teller
    finally:
        end.set()
        thread.join()
