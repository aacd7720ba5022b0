"""What the desk does with which request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ingest.desk import TRUTH, Handler, Request
from smartopia.store.connection import Connection
from smartopia.things.requests import ENLIST, EnlistRequest
from smartopia.things.stage import enlist


async def _enlist(connection: Connection, request: Request) -> Mapping[str, Any]:
    asked = EnlistRequest.model_validate(request)
    await enlist(connection, asked.site, asked.names, by=asked.by)
    return {"enlisted": len(asked.names)}


DESK: Mapping[str, Handler] = {**TRUTH, ENLIST: _enlist}
