"""Another's MQTT broker, and devices there that say what they like."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from smartopia.cli.state import free_port
from smartopia.cli.supervisor import guarded
from smartopia.embedded.broker import EmbeddedBroker
from tests.support.servers import Server

_CONFIG = """\
server_name: foreign
listen: "127.0.0.1:{nats_port}"
jetstream {{ store_dir: "{folder}/store" }}
mqtt {{ listen: "127.0.0.1:{port}" {more} }}
"""


@dataclass
class ForeignBroker:
    """An MQTT broker that is not ours: no accounts, and retained messages outlive it."""

    folder: Path
    port: int
    more: str = ""
    _server: Server | None = field(default=None, init=False)

    def start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        text = _CONFIG.format(
            nats_port=free_port(), folder=self.folder, port=self.port, more=self.more
        )
        config.write_text(text)
        command = [EmbeddedBroker(self.folder, 0, 0, "", "").command()[0], "--config", str(config)]
        self._server = Server(
            guarded(command, signal.SIGTERM, os.geteuid(), os.getegid()), self.folder / "log"
        )
        self._server.start()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise AssertionError("the other broker did not start")

    def stop(self) -> None:
        if self._server is not None:
            self._server.stop()
            self._server = None

    @contextmanager
    def device(self) -> Iterator[ForeignDevice]:
        """A device there."""
        device = ForeignDevice(self.port)
        try:
            yield device
        finally:
            device.close()


class ForeignDevice:
    """Says anything at any topic."""

    def __init__(self, port: int) -> None:
        self._connected = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_connect = lambda *_: self._connected.set()
        self._client.max_queued_messages_set(0)
        self._client.max_inflight_messages_set(1000)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        assert self._connected.wait(10)

    def say(self, topic: str, payload: Any, *, retain: bool = False, wait: bool = True) -> None:
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        sent = self._client.publish(topic, text.encode(), qos=1, retain=retain)
        if wait:
            sent.wait_for_publish(20)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
