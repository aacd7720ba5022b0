"""One MQTT client driven by the running asyncio loop: no thread a device."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

from paho.mqtt.client import Client

_TICK_S = 1.0


class Link:
    """Connects a paho client and feeds it its socket's events.

    paho opens its socket in a worker thread, for that may block; everything after that
    happens on the loop.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._socket: Any = None
        self._ticker: asyncio.TimerHandle | None = None
        self._gone = asyncio.Event()
        client.on_socket_register_write = self._want_write
        client.on_socket_unregister_write = self._no_write
        client.on_socket_close = self._closed

    async def connect(self) -> None:
        """Open the connection; the broker's answer comes by the client's on_connect.

        Raises:
            OSError: nobody answers there.
        """
        self._gone.clear()
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._client.reconnect)
        self._socket = self._client.socket()
        if self._socket is None:
            raise ConnectionError("the connection closed as it opened")
        loop.add_reader(self._socket, self._client.loop_read)
        # The CONNECT packet waits since reconnect() queued it in the worker thread.
        loop.add_writer(self._socket, self._client.loop_write)
        self._ticker = loop.call_later(_TICK_S, self._tick)

    def cut(self) -> None:
        """Break the connection off, with nothing said to the broker."""
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)

    async def gone(self) -> None:
        """Wait until the connection is closed, by whomever."""
        await self._gone.wait()

    def _tick(self) -> None:
        """Let the client ping, and notice a broker that fell silent."""
        if self._socket is not None:
            self._ticker = asyncio.get_running_loop().call_later(_TICK_S, self._tick)
            self._client.loop_misc()

    def _want_write(self, _client: Client, _userdata: Any, sock: Any) -> None:  # noqa: ANN401
        # Not ours until connect() has it back from its worker thread.
        if self._socket is not None:
            asyncio.get_running_loop().call_soon(self._write, sock)

    def _write(self, sock: Any) -> None:  # noqa: ANN401
        """Write at once; wait for the socket only when it is full, for waiting costs more."""
        if self._socket is sock:
            self._client.loop_write()
        if self._socket is sock and self._client.want_write():
            asyncio.get_running_loop().add_writer(sock, self._client.loop_write)

    def _no_write(self, _client: Client, _userdata: Any, sock: Any) -> None:  # noqa: ANN401
        if self._socket is not None:
            asyncio.get_running_loop().remove_writer(sock)

    def _closed(self, _client: Client, _userdata: Any, sock: Any) -> None:  # noqa: ANN401
        if self._socket is None:
            return
        self._socket = None
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # thrown away after its loop has ended
            return
        loop.remove_reader(sock)
        loop.remove_writer(sock)
        if self._ticker is not None:
            self._ticker.cancel()
        self._gone.set()
