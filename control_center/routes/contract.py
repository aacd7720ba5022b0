"""/contract and /api/v1/asyncapi.json: what devices send and hear. Open to everybody."""

from __future__ import annotations

from aiohttp import web

from control_center.keys import SETTINGS
from smartopia.contract.asyncapi import Door, asyncapi_document
from smartopia.contract.page import contract_page


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/contract", show_page)
    app.router.add_get("/api/v1/asyncapi.json", show_document)


async def show_page(request: web.Request) -> web.Response:
    """The page for engineers."""
    return web.Response(text=contract_page(_door(request)), content_type="text/html")


async def show_document(request: web.Request) -> web.Response:
    """The AsyncAPI document."""
    return web.json_response(asyncapi_document(_door(request)))


def _door(request: web.Request) -> Door:
    return Door.of(request.app[SETTINGS], request.url.host or "localhost")
