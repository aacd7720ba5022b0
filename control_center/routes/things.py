"""/api/v1/things, /datastreams and /quarantine: devices, what they observe, what was refused."""

from __future__ import annotations

from aiohttp import web

from control_center.bodies import path_id, whole_number
from control_center.keys import POOL
from control_center.views import thing_view
from smartopia.clock import rfc3339
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/things.sql")


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/things", show_all)
    app.router.add_get(r"/api/v1/datastreams/{id:\d+}/observations", show_observations)
    app.router.add_get("/api/v1/quarantine", show_quarantine)


async def show_all(request: web.Request) -> web.Response:
    """All devices with their newest results."""
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["things"], {"ids": None})
        rows = await cursor.fetchall()
    return web.json_response({"things": [thing_view(row) for row in rows]})


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
            "refused": [
                {
                    "id": row["id"],
                    "at": rfc3339(row["received_at"]),
                    "topic": row["topic"],
                    "reason": row["reason"],
                    "detail": row["detail"],
                    "size": row["size"],
                }
                for row in rows
            ],
            "counts": {row["reason"]: row["n"] for row in counts},
        }
    )
