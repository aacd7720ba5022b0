"""/api/v1/field: spot checks of moments without an alert, and reports of what was missed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from control_center.auth.sessions import OPERATOR, for_operators
from control_center.bodies import path_id, read_body, whole_number
from control_center.field_summary import summarise
from control_center.keys import POOL, SETTINGS
from control_center.moments import shift_began
from control_center.problems import problem
from control_center.situations import SITUATIONS
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.base import Instant
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/field.sql")
_CLOCKS_APART = timedelta(minutes=1)

Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class Answer(StrEnum):
    """What an operator says of a moment without an alert."""

    NOTHING = "nothing"
    MISSED = "missed"
    CANNOT_TELL = "cannot_tell"


class _Situated(BaseModel):
    model_config = ConfigDict(extra="forbid")

    situation: str | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.situation is not None and self.situation not in SITUATIONS:
            raise ValueError(f"situation: one of {', '.join(SITUATIONS)}")
        if self.situation == "other" and not self.note:
            raise ValueError("note: say in it what the other situation is")
        return self


class _Answer(_Situated):
    answer: Answer
    began_before: bool | None = None

    @model_validator(mode="after")
    def _what(self) -> Self:
        told = (self.situation is not None, self.began_before is not None)
        missed = self.answer is Answer.MISSED
        if told != (missed, missed):
            raise ValueError(
                "situation and began_before: what was missed, and whether it was going on when "
                "the clip began; with the answer missed, and with no other"
            )
        return self


class _Miss(_Situated):
    thing: Annotated[int, Field(ge=1, lt=2**31)]
    situation: str
    happened_at: Instant
    note: Annotated[Words, Field(min_length=3)]


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/field/checks", show_checks)
    app.router.add_get(r"/api/v1/field/checks/{id:\d+}/pictures/{ordinal:\d{1,3}}", show_picture)
    app.router.add_post(r"/api/v1/field/checks/{id:\d+}/answer", for_operators(answer))
    app.router.add_get("/api/v1/field/misses", show_misses)
    app.router.add_post("/api/v1/field/misses", for_operators(report_miss))
    app.router.add_get("/api/v1/field/summary", show_summary)


async def show_checks(request: web.Request) -> web.Response:
    """The next check of this shift, and how many there are."""
    timezone = ZoneInfo(request.app[SETTINGS].timezone)
    parameters = {"shift_began": shift_began(utc_now(), timezone)}
    async with request.app[POOL].connection() as connection:
        row = await (await connection.execute(_SQL["next_check"], parameters)).fetchone()
        counts = await (await connection.execute(_SQL["shift_counts"], parameters)).fetchone()
    return web.json_response(
        {
            "next": _check_view(row) if row else None,
            "shift_began": rfc3339(parameters["shift_began"]),
            "situations": SITUATIONS,
            **(counts or {}),
        }
    )


async def show_picture(request: web.Request) -> web.Response:
    """A masked picture of a clip."""
    parameters = {"id": path_id(request), "ordinal": int(request.match_info["ordinal"])}
    async with request.app[POOL].connection() as connection:
        row = await (await connection.execute(_SQL["check_picture"], parameters)).fetchone()
    if row is None:
        raise web.HTTPNotFound(text="There is no such picture, or its time is over.")
    return web.Response(body=row["jpeg"], content_type="image/jpeg")


async def answer(request: web.Request) -> web.Response:
    """What the operator saw in a clip. Two may look at the same; the first answer stays."""
    body = await read_body(request, _Answer)
    parameters = {"id": path_id(request)}
    given = body.model_dump() | {"answered_by": request[OPERATOR].name}
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["answer_check"], given | parameters)
        if cursor.rowcount == 0:
            row = await (await connection.execute(_SQL["check"], parameters)).fetchone()
            if row is None:
                raise web.HTTPNotFound(text="There is no such check.")
            who = row["answered_by"]
            said = f"{who} has answered it already." if who else "It cannot be answered yet."
            return problem(409, "changed_meanwhile", said)
    return await show_checks(request)


async def show_misses(request: web.Request) -> web.Response:
    """What was reported as missed."""
    parameters = {"limit": whole_number(request, "limit", 50, 1, 1000)}
    async with request.app[POOL].connection() as connection:
        rows = await (await connection.execute(_SQL["misses"], parameters)).fetchall()
    return web.json_response({"misses": [_miss_view(row) for row in rows]})


async def report_miss(request: web.Request) -> web.Response:
    """Something happened and no alert told of it."""
    body = await read_body(request, _Miss)
    if body.happened_at > utc_now() + _CLOCKS_APART:
        raise web.HTTPBadRequest(text="happened_at: it lies in the future")
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["camera"], {"id": body.thing})
        if await cursor.fetchone() is None:
            raise web.HTTPBadRequest(text=f"thing: {body.thing} is no camera")
        given = body.model_dump() | {"thing_id": body.thing, "reported_by": request[OPERATOR].name}
        row = await (await connection.execute(_SQL["insert_miss"], given)).fetchone()
    return web.json_response(row, status=201)


async def show_summary(request: web.Request) -> web.Response:
    """What operators found in the last days, counted by situation."""
    days = whole_number(request, "days", 30, 1, 366)
    parameters = {"since": utc_now() - timedelta(days=days)}
    async with request.app[POOL].connection() as connection:
        counted = [
            await (await connection.execute(_SQL[name], parameters)).fetchall()
            for name in ("judged_alerts", "checks_counted", "misses_counted")
        ]
    return web.json_response({"days": days, **summarise(*counted)})


def _check_view(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "thing": {
            "id": row["thing_id"],
            "title": row["title"] or row["name"],
            "clock": row["clock"],
        },
        "begins_at": rfc3339(row["begins_at"]),
        "ends_at": rfc3339(row["ends_at"]),
        "pictures": [
            {
                "url": f"/api/v1/field/checks/{row['id']}/pictures/{ordinal}",
                "seconds": round(offset, 3),
            }
            for ordinal, offset in enumerate(row["offsets"])
        ],
    }


def _miss_view(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "thing": {"id": row["thing_id"], "title": row["title"] or row["name"]},
        "situation": row["situation"],
        "happened_at": rfc3339(row["happened_at"]),
        "note": row["note"],
        "reported_at": rfc3339(row["reported_at"]),
        "reported_by": row["reported_by"],
    }
