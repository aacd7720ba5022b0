"""Prepare the broker: its log and every cursor, before any device may connect.

A message that is acknowledged while no cursor exists is dropped by the server; so the
cursors are made first, and devices are let in afterwards.
"""

from __future__ import annotations

import asyncio
from urllib.parse import unquote, urlsplit

import paho.mqtt.client as mqtt
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from paho.mqtt.enums import CallbackAPIVersion

from smartopia.bus.connection import connect_once
from smartopia.bus.log import CURSORS, STREAM, consumer_config
from smartopia.errors import UnavailableError
from smartopia.settings import Settings


async def prepare_log(settings: Settings) -> None:
    """Make the log and its cursors where they are missing. Safe to run again.

    Raises:
        UnavailableError: the broker cannot be reached, or refuses.
    """
    try:
        client = await connect_once(settings.broker(), "prepare")
    except (NatsError, OSError, TimeoutError) as error:
        raise UnavailableError(f"the broker does not answer: {error!r}") from None
    try:
        js = client.jetstream(timeout=5)
        try:
            await js.stream_info(STREAM)
        except NotFoundError:
            await asyncio.to_thread(_open_mqtt_session, settings)
        for cursor in CURSORS:
            try:
                await js.consumer_info(STREAM, cursor)
            except NotFoundError:
                await js.add_consumer(STREAM, consumer_config(cursor))
    finally:
        await client.close()


def _open_mqtt_session(settings: Settings) -> None:
    """The server makes its log with the first MQTT session, so open and close one."""
    url = urlsplit(settings.broker())
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="smartopia-prepare")
    client.username_pw_set(unquote(url.username or ""), unquote(url.password or ""))
    answers: list[str] = []

    def answered(_c: object, _u: object, _f: object, reason: object, _p: object) -> None:
        answers.append(str(reason))

    client.on_connect = answered
    try:
        client.connect(settings.mqtt_host, settings.mqtt_port, keepalive=10)
    except OSError as error:
        where = f"{settings.mqtt_host}:{settings.mqtt_port}"
        raise UnavailableError(f"no MQTT listener at {where}: {error}") from None
    for _ in range(50):
        client.loop(timeout=0.1)
        if answers:
            break
    client.disconnect()
    client.loop(timeout=0.1)
    if answers[:1] != ["Success"]:
        raise UnavailableError(f"the MQTT listener did not let the platform in: {answers}")
