"""Site views in the database: revisions, never changed.

Each new one is told on the channel `site_view`, with the id of its thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from smartopia.errors import ConfigurationError, ViewConflictError
from smartopia.siteview import Drawing, SiteView
from smartopia.store.queries import load_queries

CHANNEL = "site_view"
"""PostgreSQL's LISTEN channel; the payload is the id of the thing whose view is new."""

_SQL = load_queries("smartopia", "sql/siteview.sql")
_MOST = 1_000

AnyConnection = AsyncConnection[Any]


class ViewSource(StrEnum):
    """Who a revision comes from: the camera itself, or somebody who drew it."""

    PROPOSED = "proposed"
    DRAWN = "drawn"


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of a camera's view.

    Attributes:
        number: counted from 1, by camera.
        author: an operator's name; the camera's own where it proposed the view.
    """

    thing_id: int
    number: int
    view: SiteView
    author: str
    source: ViewSource
    created_at: datetime
    note: str


async def current_view(connection: AnyConnection, thing_id: int) -> Revision | None:
    """A camera's newest revision; None where nothing was ever drawn."""
    rows = await _rows(connection, "current_view", {"thing_id": thing_id})
    return _revision(rows[0]) if rows else None


async def current_views(connection: AnyConnection) -> dict[int, Revision]:
    """The newest revision of every camera that has one, by thing id."""
    rows = await _rows(connection, "current_views", {})
    return {row["thing_id"]: _revision(row) for row in rows}


async def revisions(
    connection: AnyConnection, thing_id: int, limit: int = _MOST
) -> tuple[Revision, ...]:
    """A camera's newest revisions, newest first."""
    rows = await _rows(connection, "revisions", {"thing_id": thing_id, "limit": limit})
    return tuple(_revision(row) for row in rows)


async def find_revision(connection: AnyConnection, thing_id: int, number: int) -> Revision | None:
    """A camera's revision of this number, if there is one."""
    rows = await _rows(connection, "one_revision", {"thing_id": thing_id, "number": number})
    return _revision(rows[0]) if rows else None


async def keep_view(
    connection: AnyConnection,
    thing_id: int,
    view: Drawing,
    *,
    author: str,
    source: ViewSource,
    expected: int | None,
    note: str = "",
) -> Revision:
    """Keep a new revision; the caller commits.

    Args:
        expected: the number of the revision its drawer began from; None where there was none.

    Raises:
        ViewConflictError: another revision is the newest.
        ConfigurationError: there is no such thing.
    """
    if not await _rows(connection, "lock_camera", {"thing_id": thing_id}):
        raise ConfigurationError(f"there is no camera with the thing id {thing_id}")
    newest = await current_view(connection, thing_id)
    number = newest.number if newest is not None else None
    if number != expected:
        raise ViewConflictError(_conflict(newest, expected))
    await connection.execute(
        _SQL["insert_view"],
        {
            "thing_id": thing_id,
            "number": (number or 0) + 1,
            "drawing": Jsonb(view.model_dump(mode="json", exclude={"camera"})),
            "source": source,
            "author": author,
            "note": note,
        },
    )
    kept = await current_view(connection, thing_id)
    if kept is None:
        raise AssertionError("a revision just kept is not there")
    return kept


async def propose_view(
    connection: AnyConnection, thing_id: int, proposal: Drawing, *, camera: str
) -> Revision | None:
    """Keep what a camera proposes, unless somebody has drawn, or it is what is kept already.

    The caller commits.

    Returns:
        the new revision, if one is kept.
    """
    # Before looking: else somebody could draw between the look and the keeping.
    await _rows(connection, "lock_camera", {"thing_id": thing_id})
    newest = await current_view(connection, thing_id)
    if newest is not None:
        view = SiteView(camera=newest.view.camera, **dict(proposal))
        if newest.source is ViewSource.DRAWN or newest.view == view:
            return None
    return await keep_view(
        connection,
        thing_id,
        proposal,
        author=camera,
        source=ViewSource.PROPOSED,
        expected=newest.number if newest is not None else None,
    )


def _conflict(newest: Revision | None, expected: int | None) -> str:
    if newest is None:
        return f"there is no revision {expected} of this view; begin from an empty picture"
    return (
        f"{newest.author} has saved revision {newest.number} of this view at "
        f"{newest.created_at:%Y-%m-%d %H:%M:%S} UTC; look at it, then draw again"
    )


def _revision(row: dict[str, Any]) -> Revision:
    return Revision(
        thing_id=row["thing_id"],
        number=row["number"],
        view=SiteView.model_validate({**row["drawing"], "camera": row["name"]}),
        author=row["author"],
        source=ViewSource(row["source"]),
        created_at=row["created_at"],
        note=row["note"],
    )


async def _rows(
    connection: AnyConnection, name: str, values: dict[str, Any]
) -> list[dict[str, Any]]:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(_SQL[name], values)
        return await cursor.fetchall()
