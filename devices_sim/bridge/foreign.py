"""The connection to the other broker: it only listens, and comes back by itself."""

from __future__ import annotations

import asyncio
import logging
import secrets
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import SecretStr

from devices_sim.bridge.broker_url import BrokerUrl
from devices_sim.bridge.outcomes import Arrived
from devices_sim.sdk.backoff import Backoff
from devices_sim.sdk.link import Link
from smartopia.clock import utc_now
from smartopia.errors import ConfigurationError

AWAY = "foreign_broker"
NOT_ALLOWED = "foreign_broker_refuses"
KEEPALIVE_S = 15
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 30.0
# A subscription holds so many topics at most: brokers bound the size of a packet.
_TOPICS_AT_ONCE = 100
_REFUSED = 0x80

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Access:
    """Where the other broker is, and how we get in. `ca_file`: of a certificate of its own."""

    url: BrokerUrl
    password: SecretStr | None = None
    ca_file: Path | None = None


class ForeignBroker:
    """One MQTT 3.1.1 connection, kept open while `run` runs.

    The session is a clean one: what was sent while we were away would come late, and as most
    payloads hold no time, it would look as if it had happened now.
    """

    def __init__(
        self,
        access: Access,
        *,
        topics: Callable[[], Iterable[str]],
        take: Callable[[Arrived], None],
        tell: Callable[[str, str | None], None],
    ) -> None:
        """A connection that has not started.

        Args:
            access: where the broker is.
            topics: what to subscribe to on each connection.
            take: called with each message.
            tell: called with AWAY or NOT_ALLOWED and what is wrong, in words; or with None
                once it is well again.

        Raises:
            ConfigurationError: the ca_file cannot be read.
        """
        self._url = access.url
        self._topics = topics
        self._take = take
        self._tell = tell
        self._backoff = Backoff(_FIRST_DELAY_S, _LONGEST_DELAY_S)
        self._refusal: str | None = None
        self._subscribed: dict[int, list[str]] = {}
        self._client = self._make_client(access)
        self._link = Link(self._client)

    def _make_client(self, access: Access) -> Client:
        name = f"smartopia-bridge-{secrets.token_hex(4)}"
        client = Client(CallbackAPIVersion.VERSION2, client_id=name)
        if self._url.user is not None:
            secret = access.password.get_secret_value() if access.password else None
            client.username_pw_set(self._url.user, secret)
        if self._url.tls:
            client.tls_set_context(_tls(access.ca_file))
        client.connect_async(self._url.host, self._url.port, KEEPALIVE_S)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_subscribe = self._on_subscribe
        return client

    async def run(self) -> None:
        """Connect, and stay connected until cancelled."""
        told = None
        try:
            while True:
                self._refusal = None
                try:
                    await self._link.connect()
                    await self._link.gone()
                    why = self._refusal or "the connection broke off"
                except (OSError, ValueError) as error:
                    why = str(error)
                text = f"{self._url} cannot be reached: {why}; the bridge goes on trying"
                if why != told:
                    _log.warning("%s", text)
                told = why
                self._tell(AWAY, text)
                await asyncio.sleep(self._backoff.next_s())
        finally:
            self._client.disconnect()

    def follow(self, topics: Iterable[str]) -> None:
        """Subscribe to more topics."""
        wanted = list(topics)
        for at in range(0, len(wanted), _TOPICS_AT_ONCE):
            some = wanted[at : at + _TOPICS_AT_ONCE]
            _, identifier = self._client.subscribe([(topic, 1) for topic in some])
            if identifier is not None:
                self._subscribed[identifier] = some

    def drain(self) -> None:
        """Read what TLS has decrypted already: the socket does not announce that again."""
        sock = self._client.socket()
        while isinstance(sock, ssl.SSLSocket) and sock.pending():
            self._client.loop_read()
            sock = self._client.socket()

    def _on_connect(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401
        _flags: Any,  # noqa: ANN401
        reason: ReasonCode,
        _properties: Any,  # noqa: ANN401
    ) -> None:
        if reason.is_failure:
            self._refusal = f"it refuses us ({reason}); are user and password right?"
            return
        _log.info("connected to %s", self._url)
        self._backoff.reset()
        self._subscribed.clear()
        self._tell(AWAY, None)
        self._tell(NOT_ALLOWED, None)
        self.follow(self._topics())

    def _on_subscribe(
        self,
        _client: Client,
        _userdata: Any,  # noqa: ANN401
        identifier: int,
        reasons: list[ReasonCode],
        _properties: Any,  # noqa: ANN401
    ) -> None:
        asked = self._subscribed.pop(identifier, [])
        refused = [t for t, r in zip(asked, reasons, strict=False) if int(r.value) >= _REFUSED]
        if refused:
            names = ", ".join(refused[:5])
            _log.warning("%s does not let us subscribe to %s", self._url, names)
            text = f"{self._url} does not let us subscribe to {names}; allow it to our user"
            self._tell(NOT_ALLOWED, text)

    def _on_message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:  # noqa: ANN401
        self._take(Arrived(message.topic, bytes(message.payload), utc_now(), message.retain))


def _tls(ca_file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise ConfigurationError(f"ca_file {ca_file}: {error}") from None
