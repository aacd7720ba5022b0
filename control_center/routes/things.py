"""/api/v1/things, /datastreams and /quarantine: devices, what they observe, what was refused."""

from __future__ import annotations

import logging
from typing import Any

from aiohttp import web
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict

from control_center.auth.sessions import OPERATOR
from control_center.bodies import path_id, read_body, whole_number
from control_center.keys import POOL
from control_center.problems import problem
from control_center.views import reason_view, refused_view, report_view, thing_view
from smartopia.clock import rfc3339, utc_now
from smartopia.errors import StageError
from smartopia.store.queries import load_queries
from smartopia.things.stage import Stage, promote, withdraw

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/things.sql")
_REFUSED = 50


class _SetStage(BaseModel):
    model_config = ConfigDict(extra="forbid")

    stage: Stage


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/things", show_all)
    app.router.add_get("/api/v1/things/refused", show_refused)
    app.router.add_get(r"/api/v1/things/{id:\d+}", show_one)
    app.router.add_post(r"/api/v1/things/{id:\d+}/stage", set_stage)
    app.router.add_get(r"/api/v1/datastreams/{id:\d+}/observations", show_observations)
    app.router.add_get("/api/v1/quarantine", show_quarantine)


async def show_all(request: web.Request) -> web.Response:
    """All devices with their newest results."""
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["things"], {"ids": None})
        rows = await cursor.fetchall()
    return web.json_response({"things": [thing_view(row) for row in rows]})


async def show_refused(request: web.Request) -> web.Response:
    """Which devices had messages refused in the last hour: by id, then by reason."""
    async with request.app[POOL].connection() as connection:
        rows = await (await connection.execute(_SQL["things_refused"])).fetchall()
    refused: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        reason = reason_view(row["reason"], row["n"], row["at"], row["detail"])
        refused.setdefault(row["thing_id"], []).append(reason)
    return web.json_response({"refused_last_hour": refused})


async def show_one(request: web.Request) -> web.Response:
    """A device with its newest refused messages and what its newest check found."""
    thing_id = path_id(request)
    async with request.app[POOL].connection() as connection:
        thing = await _find(connection, thing_id)
        parameters = {"id": thing_id, "limit": _REFUSED}
        refused = await (await connection.execute(_SQL["refused_of_thing"], parameters)).fetchall()
        cursor = await connection.execute(_SQL["newest_report"], parameters)
        newest = await cursor.fetchone()
    return web.json_response(
        {
            "thing": thing,
            "refused": [refused_view(row) for row in refused],
            "assertions": report_view(newest["report"]) if newest else None,
        }
    )


async def set_stage(request: web.Request) -> web.Response:
    """An administrator promotes a device to the field, or puts it back into the sandbox."""
    operator = request[OPERATOR]
    if operator.role != "administrator":
        return problem(403, "not_permitted", "Only an administrator moves devices.")
    body = await read_body(request, _SetStage)
    thing_id = path_id(request)
    change = promote if body.stage is Stage.FIELD else withdraw
    async with request.app[POOL].connection() as connection:
        before = await _find(connection, thing_id)
        if before["stage"] == body.stage:
            return web.json_response({"thing": before})
        try:
            async with connection.transaction():
                await change(connection, thing_id, by=operator.name, now=utc_now())
        except StageError as error:
            now = await _find(connection, thing_id)
            return problem(409, "held_back", str(error), thing=now)
        after = await _find(connection, thing_id)
    log.info("%s is in the %s by %s", after["name"], body.stage, operator.name)
    return web.json_response({"thing": after})


async def show_observations(request: web.Request) -> web.Response:
    """A datastream's last minutes."""
    parameters = {
        "id": min(path_id(request), 2**31 - 1),
        "minutes": whole_number(request, "minutes", 60, 1, 60 * 24 * 31),
    }
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["datastream"], parameters)
        if await cursor.fetchone() is None:
            raise web.HTTPNotFound(text="There is no such datastream.")
        cursor = await connection.execute(_SQL["recent_observations"], parameters)
        rows = await cursor.fetchall()
    return web.json_response(
        {"points": [[rfc3339(row["phenomenon_time"]), row["result"]] for row in rows]}
    )


async def show_quarantine(request: web.Request) -> web.Response:
    """What was refused, and why."""
    limit = whole_number(request, "limit", 100, 1, 1000)
    async with request.app[POOL].connection() as connection:
        rows = await (await connection.execute(_SQL["quarantine"], {"limit": limit})).fetchall()
        counts = await (await connection.execute(_SQL["quarantine_counts"])).fetchall()
    return web.json_response(
        {
            "refused": [refused_view(row) for row in rows],
            "counts": {row["reason"]: int(row["n"]) for row in counts},
        }
    )


async def _find(connection: AsyncConnection[Any], thing_id: int) -> dict[str, Any]:
    known = [thing_id] if thing_id < 2**31 else []
    cursor = await connection.execute(_SQL["things"], {"ids": known})
    row = await cursor.fetchone()
    if row is None:
        raise web.HTTPNotFound(text=f"There is no device {thing_id}.")
    return thing_view(row)
