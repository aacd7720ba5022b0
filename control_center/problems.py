"""Errors as the API tells them: {"error": {"code", "message"}}, and never more."""

from __future__ import annotations

import json
import logging
from typing import Any

import psycopg
from aiohttp import web
from aiohttp.typedefs import Handler
from psycopg_pool import PoolTimeout

from smartopia.store.connection import LOST

log = logging.getLogger(__name__)


def problem(status: int, code: str, message: str, **more: Any) -> web.Response:  # noqa: ANN401
    """An error answer."""
    return web.json_response({"error": {"code": code, "message": message}, **more}, status=status)


@web.middleware
async def tell_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever goes wrong is told in one form; the details stay in the log."""
    try:
        return await handler(request)
    except web.HTTPException as error:
        if not request.path.startswith("/api/"):
            raise
        return problem(error.status, error.reason.lower().replace(" ", "_"), error.text or "")
    except (*LOST, PoolTimeout) as error:
        log.warning("%s: database: %s", request.path, error)
        return problem(
            503, "database_lost", "The database cannot be reached. Try again in a moment."
        )
    except (psycopg.DataError, json.JSONDecodeError, UnicodeDecodeError):
        return problem(400, "bad_request", "A value in the request is not allowed.")
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return problem(500, "internal", "Something went wrong here; it is in the log.")


@web.middleware
async def harden(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Headers that keep a browser from doing more than this page needs."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        _hold_back(request, error)
        raise
    if not response.prepared:
        _hold_back(request, response)
    return response


def _hold_back(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)
    cached = "no-store" if request.path.startswith("/api/") else "no-cache"
    response.headers.setdefault("Cache-Control", cached)


HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
        "script-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
