"""/api/v1/live: what happens, as server-sent events that resume where they stopped."""

from __future__ import annotations

import asyncio
import time

from aiohttp import web

from control_center.auth.sessions import who
from control_center.feed import transitions_after
from control_center.hub import Console, Event
from control_center.keys import HUB, POOL
from control_center.problems import HEADERS
from smartopia.clock import rfc3339, utc_now
from smartopia.tasks import ended

_MAX_CONSOLES = 500
_PAGE = 500
_CHECK_S = 10.0


def set_up(app: web.Application) -> None:
    """Add this route."""
    app.router.add_get("/api/v1/live", follow)


async def follow(request: web.Request) -> web.StreamResponse:
    """Follow what happens; `after` or Last-Event-ID names the last alert event seen."""
    hub = request.app[HUB]
    if len(hub) >= _MAX_CONSOLES:
        raise web.HTTPServiceUnavailable(text=f"{_MAX_CONSOLES} consoles are connected already.")
    response = web.StreamResponse(
        headers={
            **HEADERS,
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    console = hub.join()
    telling = asyncio.ensure_future(_tell(request, console, response))
    lost = asyncio.ensure_future(console.lost.wait())
    try:
        await asyncio.wait([telling, lost], return_when=asyncio.FIRST_COMPLETED)
        if telling.done():
            await telling
        elif request.transport is not None:
            # It does not read, so a write to it, also of the end, would wait for ever.
            request.transport.abort()
    except (ConnectionResetError, asyncio.CancelledError):
        pass
    finally:
        await ended(telling, lost)
        hub.leave(console)
    return response


async def _tell(request: web.Request, console: Console, response: web.StreamResponse) -> None:
    # Missed events are fetched after joining, so that none falls in between.
    after = _seen(request, request.app[HUB].last_event_id)
    await response.prepare(request)
    hello = Event("hello", {"now": rfc3339(utc_now())})
    await response.write(b"retry: 1000\n\n" + hello.encode())
    while True:
        async with request.app[POOL].connection() as connection:
            missed = await transitions_after(connection, after, _PAGE)
        for event in missed:
            await response.write(event.encode())
            after = event.id or after
        if len(missed) < _PAGE:
            break
    checked = time.monotonic()
    while True:
        event_id, encoded = await console.queue.get()
        if time.monotonic() - checked > _CHECK_S:
            checked = time.monotonic()
            if await who(request) is None:  # signed out, or given another password
                return
        if event_id is None or event_id > after:
            await response.write(encoded)
            after = event_id or after


def _seen(request: web.Request, newest: int) -> int:
    text = request.headers.get("Last-Event-ID") or request.query.get("after") or ""
    if not text.isascii() or not text.isdigit():
        return newest
    # An id from the future (another database) must not silence the stream.
    return min(int(text[:19]), newest)
