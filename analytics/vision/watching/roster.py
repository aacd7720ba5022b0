"""The cameras as the database has them, read again and again: stage, place, view."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from analytics.vision.watching.model import Post, Recalled
from smartopia.contract.base import refusal
from smartopia.contract.topics import DeviceKey
from smartopia.siteview import SiteView
from smartopia.siteview_store import Revision, current_view
from smartopia.store.connection import DictConnection
from smartopia.store.queries import load_queries
from smartopia.things.stage import field_ids

log = logging.getLogger(__name__)

ACTOR = "vision"
"""Who raises and clears what is told of cameras."""

_SQL = load_queries("analytics.vision.watching", "sql/watching.sql")


class Roster:
    """What is known of the cameras that are heard.

    Attributes:
        posts: by camera; what it was while the database is away.
    """

    def __init__(self) -> None:
        self.posts: dict[DeviceKey, Post] = {}
        self._views: dict[int, Revision | None] = {}

    def outdated(self, thing_id: int | None = None) -> None:
        """A thing's view is to be read again; or all are."""
        if thing_id is None:
            self._views.clear()
        else:
            self._views.pop(thing_id, None)

    async def load(self, connection: DictConnection, silences: Mapping[DeviceKey, float]) -> None:
        """Read these cameras, and the views that are new; tell when a frame last came.

        Args:
            silences: by camera, how long ago that was, in seconds.
        """
        heard = {
            "sites": [camera.site for camera in silences],
            "names": [camera.device for camera in silences],
            "silences": list(silences.values()),
        }
        await connection.execute(_SQL["heard"], heard)
        found = await (await connection.execute(_SQL["cameras"], heard)).fetchall()
        field = await field_ids(connection)
        for row in found:
            if row["id"] not in self._views:
                self._views[row["id"]] = await _view(connection, row["id"], row["name"])
        self.posts = {
            post.key: post
            for post in (_post(row, row["id"] in field, self._views[row["id"]]) for row in found)
        }


async def active_alerts(connection: DictConnection) -> list[Recalled]:
    """The alerts of cameras that are active."""
    cursor = await connection.execute(_SQL["active_alerts"], {"actor": ACTOR})
    return [
        Recalled(DeviceKey(row["site"], row["name"]), row["key"], row["rule"], row["place"])
        for row in await cursor.fetchall()
    ]


async def _view(connection: DictConnection, thing_id: int, name: str) -> Revision | None:
    try:
        return await current_view(connection, thing_id)
    except ValidationError as error:  # kept by an older version that allowed more
        log.error("the view of %s cannot be read (%s); draw it again", name, refusal(error))
        return None


def _post(row: dict[str, Any], in_field: bool, revision: Revision | None) -> Post:
    known = row["latitude"] is not None and row["longitude"] is not None
    return Post(
        key=DeviceKey(row["site"], row["name"]),
        thing_id=row["id"],
        in_field=in_field,
        rate=row["frame_rate"],
        place=(row["latitude"], row["longitude"]) if known else None,
        view=revision.view if revision is not None else SiteView(camera=row["name"]),
        revision=revision.number if revision is not None else None,
    )
