"""The control center: an aiohttp application and the tasks that feed it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from aiohttp import web

from control_center.auth.accounts import ensure_first_administrator
from control_center.auth.sessions import MIDDLEWARES
from control_center.camera_feed import CameraFeed
from control_center.cameras import Cameras
from control_center.feed import AlertFeed, ThingFeed, ValueFeed, last_event_id
from control_center.hub import Hub
from control_center.keys import BROKER, CAMERAS, HUB, METRICS, POOL, SETTINGS, WATCH
from control_center.problems import harden, tell_problems
from control_center.routes import (
    alerts,
    cameras,
    contract,
    evidence,
    field,
    live,
    overview,
    reports,
    session,
    site_views,
    things,
)
from control_center.spot_checks import SpotChecks
from control_center.watch import Watch
from smartopia.bus.connection import connect_broker
from smartopia.bus.health import Reporter
from smartopia.errors import UnavailableError
from smartopia.listeners import check_http_listener
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import connect_database, database_pool
from smartopia.tasks import first_of

log = logging.getLogger(__name__)

_MAX_BODY = 64 * 1024


async def serve(settings: Settings, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Serve until stop is set.

    Raises:
        ConfigurationError: the listener would be open to others without encryption.
    """
    check_http_listener(settings)
    metrics = Metrics()
    async with Reporter(settings, "control-center", metrics) as reporter:
        del reporter  # it beats by itself; what is wrong with us, the watch finds
        newest = await _first_administrator(settings, say)
        broker = await connect_broker(settings, "control-center")
        hub = Hub()
        # Before anybody can ask: consoles resume against it, and the feed starts from it.
        hub.last_event_id = newest
        watch = Watch(settings, broker, hub)
        async with database_pool(settings, "control-center", 8) as pool:
            app = make_app(settings)
            app[POOL], app[BROKER], app[HUB] = pool, broker, hub
            app[WATCH], app[METRICS] = watch, metrics
            app[CAMERAS] = seen = Cameras()
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            site = web.TCPSite(runner, settings.http_host, settings.http_port)
            await site.start()
            log.info("serving on http://%s:%d", settings.http_host, settings.http_port)
            try:
                await first_of(
                    stop,
                    watch.run(),
                    AlertFeed(settings, hub, metrics).run(),
                    ValueFeed(broker, hub, metrics).run(),
                    ThingFeed(settings, broker, hub).run(),
                    CameraFeed(settings, broker, hub, seen, metrics).run(),
                    SpotChecks(settings, pool, seen, metrics).run(),
                )
            finally:
                await runner.cleanup()
                await broker.close()


def make_app(settings: Settings) -> web.Application:
    """The application with its routes; the caller adds pool, broker, hub and watch."""
    app = web.Application(
        middlewares=[harden, tell_problems, *MIDDLEWARES], client_max_size=_MAX_BODY
    )
    app[SETTINGS] = settings
    for resource in (
        overview,
        contract,
        session,
        alerts,
        things,
        site_views,
        cameras,
        evidence,
        field,
        reports,
        live,
    ):
        resource.set_up(app)
    return app


async def _first_administrator(settings: Settings, say: Callable[[str], None]) -> int:
    while True:
        try:
            async with await connect_database(settings, "control-center") as connection:
                await ensure_first_administrator(connection, say)
                return await last_event_id(connection)
        except UnavailableError as error:
            log.warning("%s", error)
            await asyncio.sleep(0.5)
