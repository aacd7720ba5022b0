"""A device's MQTT connection: it comes back by itself, and loses nothing on the way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode
from paho.mqtt.reasoncodes import ReasonCode

from devices_sim.sdk.backoff import Backoff
from devices_sim.sdk.link import Link
from devices_sim.sdk.outbox import MAX_IN_FLIGHT, Outbox, Outgoing
from smartopia.metrics import Metrics

KEEPALIVE_S = 15
_FIRST_DELAY_S = 0.25
_LONGEST_DELAY_S = 5.0
_CLOSE_S = 2.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Door:
    """Where and as whom a device connects. The password is kept out of its repr."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)


class Connection:
    """One MQTT 3.1.1 connection, kept open from `start` to `stop`.

    What is sent at QoS 1 is kept until the broker acknowledges it, and sent again after
    each reconnection until then. So the broker may see a message twice, never no time.
    """

    def __init__(
        self,
        door: Door,
        *,
        will: Outgoing,
        greet: Callable[[], Iterable[Outgoing]],
        listen: Mapping[str, Callable[[bytes], None]],
        metrics: Metrics,
    ) -> None:
        """A connection that has not started.

        Args:
            door: where to connect.
            will: what the broker says when the device vanishes.
            greet: what to say first on each connection.
            listen: the topics to subscribe to, and what is called with each payload there.
            metrics: counts `published`, `acknowledged` and `reconnects`.
        """
        self._door = door
        self._greet = greet
        self._listen = listen
        self._metrics = metrics
        self._client = self._make_client(will)
        self._link = Link(self._client)
        self._outbox = Outbox(self._hand_over)
        self._open = False
        self._met = False
        self._backoff = Backoff(_FIRST_DELAY_S, _LONGEST_DELAY_S)
        self._empty = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def _make_client(self, will: Outgoing) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, client_id=self._door.user)
        client.username_pw_set(self._door.user, self._door.password)
        client.will_set(will.topic, will.payload, qos=1, retain=True)
        # Both limits are the outbox's; the client must refuse nothing of what it is given.
        client.max_queued_messages_set(0)
        client.max_inflight_messages_set(2 * MAX_IN_FLIGHT)
        client.connect_async(self._door.host, self._door.port, KEEPALIVE_S)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        return client

    @property
    def open(self) -> bool:
        """Whether the broker has let the device in."""
        return self._open

    @property
    def unacknowledged(self) -> int:
        """How many messages the broker has not acknowledged."""
        return len(self._outbox)

    def start(self) -> None:
        """Begin to connect, and keep at it."""
        self._task = asyncio.create_task(self._keep(), name=f"connection {self._door.user}")

    def send(self, message: Outgoing) -> None:
        """Send a message at QoS 1, now or when the broker is there."""
        self._metrics.count("published")
        self._empty.clear()
        self._outbox.add(message)
        self._pump()

    def send_lossy(self, topic: str, payload: bytes) -> bool:
        """Send at QoS 0 if the way is free; false if it was left out.

        A picture nobody could take in time is worth less than the next one.
        """
        if not self._open or self._client.want_write():
            return False
        self._client.publish(topic, payload, qos=0)
        self._metrics.count("published")
        return True

    def cut(self) -> None:
        """Break the connection off without a goodbye, as a bad line does; it comes back."""
        if self._open:
            self._link.cut()

    async def stop(self, timeout: float) -> None:  # noqa: ASYNC109
        """Wait for the acknowledgements still due, at most `timeout` seconds, and close."""
        try:
            async with asyncio.timeout(timeout):
                while self._outbox:
                    await self._empty.wait()
        except TimeoutError:
            text = "%s stops while %d messages were never acknowledged"
            _log.warning(text, self._door.user, len(self._outbox))
        if self._task is not None:
            self._task.cancel()
        if self._open:
            self._client.disconnect()
            try:
                await asyncio.wait_for(self._link.gone(), _CLOSE_S)
            except TimeoutError:
                _log.warning("%s: the broker did not take its goodbye", self._door.user)

    async def _keep(self) -> None:
        told = False
        while True:
            try:
                await self._link.connect()
            except OSError as error:
                if not told:
                    where = f"{self._door.host}:{self._door.port}"
                    text = "%s cannot reach the broker at %s: %s; it goes on trying"
                    _log.warning(text, self._door.user, where, error)
                told = True
            else:
                told = False
                await self._link.gone()
            await asyncio.sleep(self._backoff.next_s())

    def _hand_over(self, message: Outgoing) -> int | None:
        info = self._client.publish(message.topic, message.payload, qos=1, retain=message.retain)
        # Any other code means that the client keeps it and sends it as soon as it can.
        return None if info.rc is MQTTErrorCode.MQTT_ERR_QUEUE_SIZE else info.mid

    def _pump(self) -> None:
        if self._open:
            self._outbox.pump()

    def _on_connect(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401
        _flags: Any,  # noqa: ANN401
        reason: ReasonCode,
        _properties: Any,  # noqa: ANN401
    ) -> None:
        user = self._door.user
        if reason.is_failure:
            _log.warning("%s: the broker refuses it: %s; is its password right?", user, reason)
            return
        _log.info("%s connected", user)
        self._metrics.count("reconnects", int(self._met))
        self._met = self._open = True
        self._client.subscribe([(topic, 0) for topic in self._listen])
        self._empty.clear()
        for message in self._greet():
            self._metrics.count("published")
            self._outbox.send_now(message)
        # Not from inside the callback: the client is about to walk through its own queue.
        asyncio.get_running_loop().call_soon(self._pump)

    def _on_disconnect(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401
        _flags: Any,  # noqa: ANN401
        reason: ReasonCode,
        _properties: Any,  # noqa: ANN401
    ) -> None:
        if self._open and reason.is_failure:
            _log.warning("%s lost its connection: %s", self._door.user, reason)
        self._open = False

    def _on_publish(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401
        identifier: int,
        _reason: ReasonCode,
        _properties: Any,  # noqa: ANN401
    ) -> None:
        if not self._outbox.acknowledge(identifier):
            return
        # Only now: a broker that is overwhelmed lets in, and drops again.
        self._backoff.reset()
        self._metrics.count("acknowledged")
        if self._outbox.waiting:
            asyncio.get_running_loop().call_soon(self._pump)
        elif not self._outbox:
            self._empty.set()

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401
        heard = self._listen.get(message.topic)
        if heard is not None:
            heard(bytes(message.payload))
