"""/api/v1/things/{id}/site-view: what is drawn on a camera's picture, revision by revision."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Annotated, Any

from aiohttp import web
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from control_center.auth.sessions import OPERATOR, for_operators
from control_center.bodies import path_id, read_body
from control_center.keys import POOL
from control_center.problems import problem
from smartopia.clock import rfc3339
from smartopia.contract.base import Text
from smartopia.errors import ViewConflictError
from smartopia.siteview import Drawing
from smartopia.siteview_store import (
    Revision,
    ViewSource,
    current_view,
    find_revision,
    keep_view,
    revisions,
)
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/site_views.sql")
_LISTED = 200
_LARGEST_ID = 2**31 - 1
_PARTS = {"areas": "area", "wires": "wire", "ways": "way"}
_POINTS = {"outline": "point", "line": "point", "picture": "mark", "metres": "mark"}


class _Draw(BaseModel):
    model_config = ConfigDict(extra="forbid")

    # Checked apart, so that what is wrong is told by its name.
    view: dict[str, Any]
    expected: Annotated[int, Field(ge=1)] | None
    note: Text = ""


def set_up(app: web.Application) -> None:
    """Add these routes."""
    path = r"/api/v1/things/{id:\d+}/site-view"
    app.router.add_get(path, show)
    app.router.add_put(path, for_operators(draw))
    app.router.add_get(path + r"/{number:\d{1,9}}", show_revision)


async def show(request: web.Request) -> web.Response:
    """What is drawn on a camera's picture now, and how it came to be."""
    async with request.app[POOL].connection() as connection:
        camera = await _camera(connection, request)
        found = await revisions(connection, camera["id"], _LISTED)
    return web.json_response(
        {
            "camera": camera,
            "current": _whole(found[0]) if found else None,
            "revisions": [_listed(one) for one in found],
        }
    )


async def show_revision(request: web.Request) -> web.Response:
    """One revision."""
    number = int(request.match_info["number"])
    async with request.app[POOL].connection() as connection:
        camera = await _camera(connection, request)
        found = await find_revision(connection, camera["id"], number)
    if found is None:
        raise web.HTTPNotFound(text=f"{camera['name']} has no revision {number}.")
    return web.json_response({"revision": _whole(found)})


async def draw(request: web.Request) -> web.Response:
    """An operator draws: a new revision, if nobody else has made one meanwhile."""
    body = await read_body(request, _Draw)
    try:
        drawing = Drawing.model_validate(body.view)
    except ValidationError as error:
        found = _problems(body.view, error)
        return problem(422, "unsound_view", "; ".join(found), problems=found)
    operator = request[OPERATOR]
    async with request.app[POOL].connection() as connection:
        camera = await _camera(connection, request)
        try:
            async with connection.transaction():
                kept = await keep_view(
                    connection,
                    camera["id"],
                    drawing,
                    author=operator.name,
                    source=ViewSource.DRAWN,
                    expected=body.expected,
                    note=body.note,
                )
        except ViewConflictError as error:
            now = await current_view(connection, camera["id"])
            return problem(409, "conflict", str(error), current=_whole(now) if now else None)
    log.info("%s: revision %d is drawn by %s", camera["name"], kept.number, operator.name)
    return web.json_response({"revision": _whole(kept)})


async def _camera(connection: AsyncConnection[Any], request: web.Request) -> dict[str, Any]:
    wanted = path_id(request)
    cursor = await connection.execute(_SQL["camera"], {"id": min(wanted, _LARGEST_ID)})
    row = await cursor.fetchone()
    if row is None:
        raise web.HTTPNotFound(text=f"There is no camera with the id {wanted}.")
    return dict(row)


def _listed(one: Revision) -> dict[str, Any]:
    return {
        "number": one.number,
        "author": one.author,
        "source": one.source,
        "at": rfc3339(one.created_at),
        "note": one.note,
    }


def _whole(one: Revision) -> dict[str, Any]:
    return {**_listed(one), "view": one.view.model_dump(mode="json", exclude={"camera"})}


def _problems(view: dict[str, Any], error: ValidationError) -> list[str]:
    """What is wrong with a drawing: `area yard, point 3: (1.2, 0) lies outside the picture`."""
    told = []
    for found in error.errors(include_url=False, include_input=False):
        text = found["msg"].removeprefix("Value error, ")
        where = _where(view, found["loc"])
        told.append(f"{where}: {text}" if where else text)
    return told


def _where(view: dict[str, Any], loc: Sequence[int | str]) -> str:
    """A place of a drawing as its drawer knows it: parts by name, points counted from 1."""
    words: list[str] = []
    for at, step in enumerate(loc):
        before = loc[at - 1] if at else None
        if isinstance(step, str):
            if step not in _PARTS and step not in _POINTS:
                words.append(step)
        elif before in _PARTS:
            words.append(f"{_PARTS[str(before)]} {_name(view, str(before), step)}")
        elif before in _POINTS:
            words.append(f"{_POINTS[str(before)]} {step + 1}")
    return ", ".join(words)


def _name(view: dict[str, Any], parts: str, index: int) -> str:
    listed = view.get(parts)
    part = listed[index] if isinstance(listed, list) and index < len(listed) else None
    name = part.get("name") if isinstance(part, dict) else None
    return str(name)[:80] if name else str(index + 1)
