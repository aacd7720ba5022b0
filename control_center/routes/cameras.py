"""/api/v1/cameras: what the cameras show, masked, and what is seen in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from aiohttp import MultipartWriter, web
from aiohttp.helpers import ETag

from control_center.bodies import path_id
from control_center.cameras import counted, minutes_view, watched_view
from control_center.keys import CAMERAS, POOL
from control_center.views import alert_view, time_or_none
from smartopia.clock import from_rfc3339, rfc3339, utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.seen import Sighted
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/cameras.sql")
_ALERTS = 20
_MOST_AT_ONCE = 64
_ID = re.compile(r"[0-9]{1,9}")


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/cameras", show_all)
    app.router.add_get("/api/v1/cameras/pictures", show_pictures)
    app.router.add_get(r"/api/v1/cameras/{id:\d+}", show_one)
    app.router.add_get(r"/api/v1/cameras/{id:\d+}/picture", show_picture)


async def show_all(request: web.Request) -> web.Response:
    """All cameras, and how each is looked at."""
    async with request.app[POOL].connection() as connection:
        rows = await (await connection.execute(_SQL["cameras"], {"id": None})).fetchall()
    return web.json_response({"cameras": [_camera(request, row) for row in rows]})


async def show_one(request: web.Request) -> web.Response:
    """A camera with what it saw in the last half hour, who crossed its wires, its newest alerts."""
    row = await _find(request)
    async with request.app[POOL].connection() as connection:
        parameters = {"id": row["id"], "limit": _ALERTS}
        alerts = await (await connection.execute(_SQL["alerts_of"], parameters)).fetchall()
    key, now = _key(row), utc_now()
    watched = request.app[CAMERAS].watched(key, now)
    return web.json_response(
        {
            "camera": _camera(request, row),
            "minutes": minutes_view(watched.minutes) if watched else [],
            "crossings": request.app[CAMERAS].crossings.view(key, now),
            "alerts": [alert_view(alert) for alert in alerts],
        }
    )


async def show_picture(request: web.Request) -> web.Response:
    """The newest masked picture, or that of a time within the last seconds."""
    # Asked for many times a second: the database is asked only where there is no picture.
    camera = request.app[CAMERAS].camera(path_id(request))
    sighted = _wanted(request, camera or _key(await _find(request)))
    etag = ETag(rfc3339(sighted.seen.time))
    known = request.if_none_match or ()
    if etag in known:
        response = web.Response(status=304)
    else:
        response = web.Response(body=sighted.masked, content_type="image/jpeg")
    response.etag = etag
    response.last_modified = sighted.seen.time
    return response


async def show_pictures(request: web.Request) -> web.Response:
    """Masked pictures of several cameras at once, for a wall: `of=<id>@<time>` for each.

    One answer, a form with a file for each camera, named by its id; what is no longer kept is
    left out.
    """
    cameras = request.app[CAMERAS]
    form = MultipartWriter("form-data")
    for wanted in request.query.getall("of", [])[:_MOST_AT_ONCE]:
        thing, _, text = wanted.partition("@")
        camera = cameras.camera(int(thing)) if _ID.fullmatch(thing) else None
        found = cameras.at(camera, _time("of", text)) if camera else None
        if found is not None:
            part = form.append(found.masked, {"Content-Type": "image/jpeg"})
            part.set_content_disposition("form-data", name=thing, filename=f"{thing}.jpg")
    if not len(form):
        raise web.HTTPNotFound(text="None of these pictures is kept: ask for newer ones.")
    return web.Response(body=form)


def _wanted(request: web.Request, camera: DeviceKey) -> Sighted:
    cameras = request.app[CAMERAS]
    text = request.query.get("time")
    if text is None:
        newest = cameras.newest(camera)
        if newest is None:
            raise web.HTTPNotFound(
                text=f"There is no picture of {camera.device} yet: no detector has told of one."
            )
        return newest
    found = cameras.at(camera, _time("time", text))
    if found is None:
        raise web.HTTPNotFound(
            text=f"There is no picture of {camera.device} at {text}: "
            "those of the last 12 seconds are kept."
        )
    return found


def _time(name: str, text: str) -> datetime:
    try:
        return from_rfc3339(text)
    except ValueError as error:
        raise web.HTTPBadRequest(text=f"{name}: {error}") from None


async def _find(request: web.Request) -> dict[str, Any]:
    thing_id = path_id(request)
    async with request.app[POOL].connection() as connection:
        known = min(thing_id, 2**31 - 1)
        row: dict[str, Any] | None = await (
            await connection.execute(_SQL["cameras"], {"id": known})
        ).fetchone()
    if row is None:
        raise web.HTTPNotFound(text=f"There is no camera {thing_id}.")
    return row


def _camera(request: web.Request, row: Mapping[str, Any]) -> dict[str, Any]:
    """A camera as the API tells it; `watched` is null where no detector told of it."""
    now = utc_now()
    watched = request.app[CAMERAS].watched(_key(row), now)
    plain = ("id", "site", "name", "kind", "latitude", "longitude", "clock", "state", "stage")
    return {
        **{name: row[name] for name in plain},
        "title": row["title"] or row["name"],
        "rate": row["frame_rate"],
        "last_seen": time_or_none(row["last_seen"]),
        "open_alerts": row["open_alerts"],
        "site_view": row["site_view"],
        "areas": row["areas"] or 0,
        "watched": watched
        and {
            **watched_view(watched, now),
            "resolution": [watched.looked.width, watched.looked.height],
            "detector": watched.looked.detector,
            "rate": watched.rate,
            "still_rate": watched.still,
            "counts": counted(watched.looked),
        },
    }


def _key(row: Mapping[str, Any]) -> DeviceKey:
    return DeviceKey(row["site"], row["name"])
