"""A connection to the broker that comes back by itself, and says so."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

import nats
from nats.aio.client import Client
from nats.errors import Error as NatsError

from smartopia.settings import Settings

log = logging.getLogger(__name__)

RECONNECT_S = 0.25


@dataclass(slots=True)
class Broker:
    """A client, and how often its connection was made.

    Attributes:
        client: the NATS client.
        epoch: grows by one with every reconnection; a reader that sees it grow starts
            again from what it acknowledged.
    """

    client: Client
    epoch: int = 0
    closing: bool = False
    up: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def connected(self) -> bool:
        """Whether the broker can be reached now."""
        return self.client.is_connected

    async def wait_connected(self) -> None:
        """Return once the broker can be reached."""
        while not self.client.is_connected:
            self.up.clear()
            await self.up.wait()

    async def close(self) -> None:
        """Send what is pending and leave."""
        self.closing = True
        try:
            await asyncio.wait_for(self.client.drain(), 2)
        except (NatsError, TimeoutError):
            await self.client.close()


async def connect_broker(settings: Settings, name: str) -> Broker:
    """Connect as the platform, waiting for the broker as long as it takes.

    Raises:
        ConfigurationError: no broker is configured.
    """
    broker = Broker(Client())

    async def reconnected() -> None:
        broker.epoch += 1
        broker.up.set()
        log.info("broker reached again")

    async def disconnected() -> None:
        if broker.client.is_closed or broker.closing:
            return
        log.warning("broker lost; trying again every %.2f s", RECONNECT_S)

    async def failed(error: Exception) -> None:
        if isinstance(error, NatsError | OSError | TimeoutError):
            log.debug("broker: %r", error)  # told as lost, once, above
        else:
            log.error("a message could not be handled", exc_info=error)

    try:
        await broker.client.connect(
            settings.broker(),
            name=name,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,  # type: ignore[arg-type]  # it sleeps so long
            connect_timeout=2,
            ping_interval=2,
            max_outstanding_pings=2,
            reconnected_cb=reconnected,
            disconnected_cb=disconnected,
            error_cb=failed,
        )
    except asyncio.CancelledError:
        await broker.client.close()  # or its socket would stay open
        raise
    return broker


async def connect_once(url: str, name: str) -> Client:
    """Connect now or fail within two seconds (start-up checks, one-off commands)."""
    return await nats.connect(
        url, name=name, allow_reconnect=False, connect_timeout=2, max_reconnect_attempts=1
    )
