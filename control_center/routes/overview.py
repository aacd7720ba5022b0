"""/api/v1/overview, /health and /schemas, and the page itself."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

import control_center.web
from control_center.keys import HUB, SETTINGS, WATCH
from smartopia import __version__
from smartopia.clock import rfc3339, utc_now
from smartopia.contract.schemas import json_schemas

DIST = Path(control_center.web.__file__).parent / "dist"


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/", show_page)
    app.router.add_get("/api/v1/overview", show_overview)
    app.router.add_get("/api/v1/health", show_health)
    app.router.add_get("/api/v1/schemas", show_schemas)
    if DIST.is_dir():
        app.router.add_static("/static/", DIST)


async def show_page(request: web.Request) -> web.StreamResponse:
    """The page; it signs in and does all else through the API."""
    del request
    page = DIST / "index.html"
    if not page.exists():
        return web.Response(
            status=503,
            text="The page has not been built. Run: python -m control_center.web.build\n",
        )
    return web.FileResponse(page)


async def show_overview(request: web.Request) -> web.Response:
    """What every console asks first."""
    return web.json_response(
        {
            "site": request.app[SETTINGS].site,
            "version": __version__,
            "now": rfc3339(utc_now()),
            "last_event_id": request.app[HUB].last_event_id,
        }
    )


async def show_health(request: web.Request) -> web.Response:
    """How the city is now."""
    return web.json_response(request.app[WATCH].health)


async def show_schemas(request: web.Request) -> web.Response:
    """JSON Schemas of what devices send."""
    del request
    return web.json_response(json_schemas())
