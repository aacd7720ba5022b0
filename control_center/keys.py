"""What the application carries, by typed key."""

from __future__ import annotations

from aiohttp import web

from control_center.cameras import Cameras
from control_center.hub import Hub
from control_center.watch import Watch
from smartopia.bus.connection import Broker
from smartopia.metrics import Metrics
from smartopia.settings import Settings
from smartopia.store.connection import Pool

SETTINGS = web.AppKey("settings", Settings)
POOL: web.AppKey[Pool] = web.AppKey("pool")
BROKER = web.AppKey("broker", Broker)
HUB = web.AppKey("hub", Hub)
WATCH = web.AppKey("watch", Watch)
METRICS = web.AppKey("metrics", Metrics)
CAMERAS = web.AppKey("cameras", Cameras)
