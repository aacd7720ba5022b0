"""Says one thing as a device, for one that cannot say it itself."""

from __future__ import annotations

import logging

from paho.mqtt import MQTTException, publish

from smartopia.contract.topics import Channel, DeviceKey
from smartopia.errors import UnavailableError
from smartopia.settings import Settings


def announce_for(settings: Settings, key: DeviceKey, password: str, announcement: bytes) -> None:
    """Publish a device's announcement, retained, under the device's own account.

    Raises:
        UnavailableError: the broker cannot be reached, or does not let it in.
    """
    # Else what it says of its own goodbye reaches the terminal, and looks like a failure.
    logging.getLogger("paho").addHandler(logging.NullHandler())
    try:
        publish.single(
            key.topic(Channel.ANNOUNCE),
            announcement,
            qos=1,
            retain=True,
            hostname=settings.mqtt_host,
            port=settings.mqtt_port,
            client_id=key.device,
            auth={"username": key.device, "password": password},
        )
    except (OSError, MQTTException) as error:
        where = f"{settings.mqtt_host}:{settings.mqtt_port}"
        raise UnavailableError(f"{key} could not be announced at {where}: {error}") from None
