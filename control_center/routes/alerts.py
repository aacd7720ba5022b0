"""/api/v1/alerts: look, acknowledge, resolve."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Self

from aiohttp import web
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, Field, model_validator

from control_center.auth.sessions import OPERATOR, for_operators
from control_center.bodies import path_id, read_body, whole_number
from control_center.feed import last_event_id
from control_center.keys import POOL
from control_center.problems import problem
from control_center.views import alert_view, image_view, transition_view
from smartopia.alarms.model import Disposition, FalseReason
from smartopia.alarms.store import acknowledge_alert, resolve_alert
from smartopia.clock import rfc3339, utc_now
from smartopia.errors import AlarmConflictError, AlarmTransitionError
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/alerts.sql")
_BEFORE = timedelta(minutes=5)
_AFTER = timedelta(minutes=2)
_PERIODS = 30


class _Acknowledge(BaseModel):
    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1, lt=2**31)]
    note: Annotated[str | None, Field(max_length=2000)] = None


class _Resolve(_Acknowledge):
    disposition: Disposition
    false_reason: FalseReason | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.disposition is Disposition.FALSE) != (self.false_reason is not None):
            raise ValueError(
                "false_reason says why a false alert was false, and is for those alone: one of "
                + ", ".join(FalseReason)
            )
        if self.false_reason is FalseReason.OTHER and not (self.note or "").strip():
            raise ValueError("note: say in it what false_reason other is")
        return self


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/alerts", show_all)
    app.router.add_get(r"/api/v1/alerts/{id:\d+}", show_one)
    app.router.add_post(r"/api/v1/alerts/{id:\d+}/acknowledge", for_operators(acknowledge))
    app.router.add_post(r"/api/v1/alerts/{id:\d+}/resolve", for_operators(resolve))
    app.router.add_get(r"/api/v1/images/{id:\d+}", show_image)


async def show_all(request: web.Request) -> web.Response:
    """Open alerts, or all; the newest first."""
    state = request.query.get("state", "open")
    if state not in {"open", "all"}:
        raise web.HTTPBadRequest(text="state: open or all")
    before = whole_number(request, "before", 0, 0, 2**62)
    async with request.app[POOL].connection() as connection:
        # Asked first: an alert that comes in between is told twice rather than not at all.
        newest = await last_event_id(connection)
        cursor = await connection.execute(
            _SQL["alerts"],
            {
                "all": state == "all",
                "before": before or None,
                "limit": whole_number(request, "limit", 500, 1, 1000),
            },
        )
        rows = await cursor.fetchall()
    return web.json_response({"alerts": [alert_view(row) for row in rows], "last_event_id": newest})


async def show_one(request: web.Request) -> web.Response:
    """An alert with its evidence and its life so far."""
    alert_id = path_id(request)
    async with request.app[POOL].connection() as connection:
        row = await _find(connection, alert_id)
        parameters = {"id": alert_id}
        transitions = await (
            await connection.execute(_SQL["transitions_of"], parameters)
        ).fetchall()
        images = await (await connection.execute(_SQL["images_of"], parameters)).fetchall()
        series = await _series(connection, row) if row["datastream_id"] is not None else None
        parameters["incident"] = row["evidence"].get("incident")
        also_seen = await (await connection.execute(_SQL["also_seen"], parameters)).fetchall()
    return web.json_response(
        {
            "alert": alert_view(row),
            "evidence": row["evidence"],
            "transitions": [transition_view(item) for item in transitions],
            "series": series,
            "images": [image_view(image) for image in images],
            "also_seen": [alert_view(other) for other in also_seen],
        }
    )


async def acknowledge(request: web.Request) -> web.Response:
    """The operator has seen it and takes it on."""
    body = await read_body(request, _Acknowledge)
    operator = request[OPERATOR].name

    async def act(connection: AsyncConnection[Any], alert_id: int) -> None:
        await acknowledge_alert(
            connection, alert_id, body.version, utc_now(), actor=operator, note=body.note
        )

    return await _act(request, act)


async def resolve(request: web.Request) -> web.Response:
    """The operator is done with it and says what it was."""
    body = await read_body(request, _Resolve)
    operator = request[OPERATOR].name

    async def act(connection: AsyncConnection[Any], alert_id: int) -> None:
        await resolve_alert(
            connection,
            alert_id,
            body.version,
            utc_now(),
            actor=operator,
            disposition=body.disposition,
            note=body.note,
            false_reason=body.false_reason,
        )

    return await _act(request, act)


async def show_image(request: web.Request) -> web.Response:
    """A masked picture. Who looked is logged."""
    image_id = path_id(request)
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["image"], {"id": image_id})
        row = await cursor.fetchone()
    if row is None:
        raise web.HTTPNotFound(text="There is no such picture, or its time is over.")
    log.info("picture %d of alert %d seen by %s", image_id, row["alert_id"], request[OPERATOR].name)
    return web.Response(body=row["jpeg"], content_type="image/jpeg")


async def _act(
    request: web.Request, act: Callable[[AsyncConnection[Any], int], Awaitable[None]]
) -> web.Response:
    alert_id = path_id(request)
    async with request.app[POOL].connection() as connection:
        await _find(connection, alert_id)
        try:
            async with connection.transaction():
                await act(connection, alert_id)
        except (AlarmConflictError, AlarmTransitionError) as error:
            now = alert_view(await _find(connection, alert_id))
            return problem(409, "changed_meanwhile", str(error), alert=now)
        return web.json_response({"alert": alert_view(await _find(connection, alert_id))})


async def _find(connection: AsyncConnection[Any], alert_id: int) -> dict[str, Any]:
    cursor = await connection.execute(_SQL["alert"], {"id": alert_id})
    row: dict[str, Any] | None = await cursor.fetchone()
    if row is None:
        raise web.HTTPNotFound(text=f"There is no alert {alert_id}.")
    return row


async def _series(connection: AsyncConnection[Any], row: dict[str, Any]) -> dict[str, Any]:
    """What the datastream observed from some time before the onset until after the end."""
    step = timedelta(seconds=max(row["period_s"], row["interval_s"]))
    margin = max(_BEFORE, _PERIODS * step)
    told = row["evidence"].get("phenomenon_time")
    seen = datetime.fromisoformat(told) if told else row["onset"]
    live = row["clock"] == "live"
    end = row["cleared_at"] if live and row["cleared_at"] else None
    latest = end + _AFTER if end else datetime.now(UTC) if live else seen + margin
    cursor = await connection.execute(
        _SQL["series_around"],
        {
            "datastream_id": row["datastream_id"],
            "earliest": row["onset"] - margin,
            "latest": latest,
        },
    )
    points = await cursor.fetchall()
    return {
        "unit": row["unit"],
        "observed_property": row["observed_property"],
        "threshold": row["evidence"].get("threshold"),
        "points": [[rfc3339(p["phenomenon_time"]), p["result"]] for p in points],
    }
