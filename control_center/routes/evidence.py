"""/api/v1/alerts/{id}/evidence: frames as they came, opened by few, for a reason, with a trace."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from control_center.auth.sessions import OPERATOR, for_administrators
from control_center.bodies import path_id, read_body
from control_center.keys import POOL, SETTINGS
from control_center.problems import problem
from smartopia.clock import rfc3339
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError, EvidenceError
from smartopia.evidence import Original, open_sealed
from smartopia.evidence_keys import read_keys
from smartopia.store.queries import load_queries

log = logging.getLogger(__name__)

_SQL = load_queries("control_center", "sql/evidence.sql")

Reason = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=5, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$"
    ),
]


class _Open(BaseModel):
    model_config = ConfigDict(extra="forbid")

    evidence: Annotated[int, Field(ge=1, lt=2**63)]
    reason: Reason


def set_up(app: web.Application) -> None:
    """Add these routes."""
    guard = for_administrators("Only an administrator opens originals. Ask one, and say why.")
    app.router.add_get(r"/api/v1/alerts/{id:\d+}/evidence", show_all)
    app.router.add_post(r"/api/v1/alerts/{id:\d+}/evidence/open", guard(open_one))


async def show_all(request: web.Request) -> web.Response:
    """What is kept sealed of an alert, and who opened any of it."""
    parameters = {"alert_id": path_id(request)}
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["alert_exists"], parameters)
        if await cursor.fetchone() is None:
            raise web.HTTPNotFound(text=f"There is no alert {parameters['alert_id']}.")
        sealed = await (await connection.execute(_SQL["sealed_of"], parameters)).fetchall()
        openings = await (await connection.execute(_SQL["openings_of"], parameters)).fetchall()
    return web.json_response(
        {
            "sealed": [_sealed_view(row) for row in sealed],
            "openings": [_opening_view(row) for row in openings],
            "may_open": request[OPERATOR].is_administrator,
        }
    )


async def open_one(request: web.Request) -> web.Response:
    """A frame as it came. Who opens it and why is committed before a byte is sent."""
    body = await read_body(request, _Open)
    alert_id = path_id(request)
    file = request.app[SETTINGS].evidence_keys
    if file is None:
        return problem(
            503, "no_keys", "This control center holds no keys: set SMARTOPIA_EVIDENCE_KEYS."
        )
    row = await _trace(request, alert_id, body)
    try:
        original = await asyncio.to_thread(_open, file, row)
    except (ConfigurationError, EvidenceError) as error:
        log.warning("evidence %d of alert %d: %s", body.evidence, alert_id, error)
        return problem(409, "cannot_be_opened", f"The picture cannot be opened: {error}.")
    return web.Response(
        body=original.jpeg, content_type="image/jpeg", headers={"Cache-Control": "no-store"}
    )


async def _trace(request: web.Request, alert_id: int, body: _Open) -> dict[str, Any]:
    """The row of the evidence, once it is written down who opens it.

    Raises:
        web.HTTPNotFound: there is no such evidence.
    """
    operator = request[OPERATOR]
    wanted = {"id": body.evidence, "alert_id": alert_id}
    async with request.app[POOL].connection() as connection, connection.transaction():
        row = await (await connection.execute(_SQL["sealed"], wanted)).fetchone()
        if row is None:
            raise web.HTTPNotFound(text="There is no such evidence, or its time is over.")
        await connection.execute(
            _SQL["insert_opening"],
            {
                "alert_id": alert_id,
                "evidence_id": body.evidence,
                "taken_at": row["taken_at"],
                "sealed_digest": hashlib.sha256(row["sealed"]).digest(),
                "opened_by": operator.name,
                "role": operator.role,
                "reason": body.reason,
            },
        )
    log.info("evidence %d of alert %d opened by %s", body.evidence, alert_id, operator.name)
    return row


def _open(file: Path, row: Mapping[str, Any]) -> Original:
    """The frame of this row, as it came.

    Raises:
        ConfigurationError: the keys cannot be read.
        EvidenceError: it cannot be opened, or is another frame than the row says.
    """
    original = open_sealed(read_keys(file).openers(), row["sealed"])
    camera = DeviceKey(row["site"], row["name"])
    if (original.camera, original.taken_at) != (camera, row["taken_at"]):
        raise EvidenceError(
            f"it was sealed as one of {original.camera.device} at {rfc3339(original.taken_at)}, "
            "which this is not"
        )
    return original


def _sealed_view(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "taken_at": rfc3339(row["taken_at"]),
        "expires_at": rfc3339(row["expires_at"]),
    }


def _opening_view(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "evidence": row["evidence_id"],
        "taken_at": rfc3339(row["taken_at"]),
        "at": rfc3339(row["opened_at"]),
        "by": row["opened_by"],
        "role": row["role"],
        "reason": row["reason"],
    }
