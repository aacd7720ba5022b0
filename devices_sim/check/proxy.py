"""A line between a device and the broker that can be broken, on purpose and for real."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

from smartopia.tasks import ended

_CHUNK = 65_536


class Proxy:
    """Passes TCP connections on to the broker's MQTT listener.

    Attributes:
        answers: what the broker says reaches the device; else it waits here.
        passes: what the device says reaches the broker; else it is lost here.
        away: every connection is closed as soon as it is made.
    """

    def __init__(self, host: str, port: int, refused: Callable[[], None]) -> None:
        """`refused` is called for each connection that was turned away."""
        self._host, self._port = host, port
        self._refused = refused
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._lines: set[asyncio.Task[None]] = set()
        self._answering = asyncio.Event()
        self._answering.set()
        self.passes = True
        self.away = False

    async def start(self) -> int:
        """Listen on 127.0.0.1; returns the port."""
        self._server = await asyncio.start_server(self._take, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def answers(self) -> bool:
        """Whether what the broker says reaches the device."""
        return self._answering.is_set()

    @answers.setter
    def answers(self, through: bool) -> None:
        (self._answering.set if through else self._answering.clear)()

    def cut(self) -> None:
        """Break all connections off, both ways, as a line does."""
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def close(self) -> None:
        """Stop listening, and break all off."""
        if self._server is not None:
            self._server.close()
        self.answers = True
        self.cut()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = asyncio.create_task(self._serve(reader, writer))
        self._lines.add(line)
        line.add_done_callback(self._lines.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.away:
            self._refused()
            writer.transport.abort()
            return
        try:
            broker_reader, broker_writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, broker_writer}
        self._writers |= ends
        try:
            forth = asyncio.create_task(self._forth(reader, broker_writer))
            back = asyncio.create_task(self._back(broker_reader, writer))
            await asyncio.wait({forth, back}, return_when=asyncio.FIRST_COMPLETED)
            await ended(forth, back)
        finally:
            for end in ends:
                end.close()
            self._writers -= ends

    async def _forth(self, device: asyncio.StreamReader, broker: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await device.read(_CHUNK):
                if self.passes:
                    broker.write(data)
                    await broker.drain()

    async def _back(self, broker: asyncio.StreamReader, device: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await broker.read(_CHUNK):
                await self._answering.wait()
                device.write(data)
                await device.drain()
