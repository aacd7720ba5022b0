"""A plain paho device for tests: what any engineer would write."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from smartopia.contract.topics import Channel, DeviceKey


class Device:
    """One MQTT connection as one device."""

    def __init__(self, key: DeviceKey, password: str, port: int) -> None:
        self.key = key
        self.refused: str | None = None
        self.lost = threading.Event()
        self._connected = threading.Event()
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=key.device)
        self.client.username_pw_set(key.device, password)
        self.client.max_queued_messages_set(0)
        self.client.reconnect_delay_set(0.1, 0.5)  # type: ignore[arg-type]
        self.client.on_connect = self._on_connect
        self.client.on_disconnect = self._on_disconnect
        self.client.connect_async("127.0.0.1", port, keepalive=10)
        self.client.loop_start()

    def _on_connect(self, _c: Any, _u: Any, _f: Any, reason: Any, _p: Any) -> None:
        if reason.is_failure:
            self.refused = str(reason)
        self._connected.set()

    def _on_disconnect(self, _c: Any, _u: Any, _f: Any, _r: Any, _p: Any) -> None:
        self.lost.set()

    def wait_connected(self) -> None:
        assert self._connected.wait(10), "the broker did not answer"

    def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> None:
        """Publish and wait until the broker acknowledged (QoS 1)."""
        self.send(topic, payload, qos=qos, retain=retain).wait_for_publish(20)

    def send(
        self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False
    ) -> mqtt.MQTTMessageInfo:
        """Publish without waiting."""
        return self.client.publish(topic, payload, qos=qos, retain=retain)

    def announce(self, datastreams: Iterable[dict[str, Any]], **more: Any) -> None:
        message = {"kind": "test_device", "datastreams": list(datastreams), **more}
        self.publish(self.key.topic(Channel.ANNOUNCE), json.dumps(message).encode(), retain=True)

    def observe(self, message: dict[str, Any] | bytes) -> None:
        payload = message if isinstance(message, bytes) else json.dumps(message).encode()
        self.publish(self.key.topic(Channel.OBSERVATIONS), payload)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


LEVEL = {"name": "level", "observed_property": "water_level", "unit": "m", "period": 1}
