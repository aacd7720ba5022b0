"""A real camera: always its newest picture, and word of it when there is none."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import cv2
from pydantic import SecretStr

from devices_sim.cameras.encode import encode
from devices_sim.cameras.sources import Picture
from smartopia.clock import utc_now
from smartopia.errors import ConfigurationError

PORTS = {"rtsp": 554, "rtsps": 322, "http": 80, "https": 443}
OPEN_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 5.0
_FIRST_DELAY_S = 0.5
_LONGEST_DELAY_S = 15.0
_LOOK_S = 0.5
# Frames that piled up while the stream was examined come at once, and are not of now.
_SETTLE_S = 0.25
_VIDEO_DEVICE = re.compile(r"/dev/video\d+")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LiveSource:
    """Where a stream comes from.

    Attributes:
        url: with its credentials, so it stands in no message.
        label: scheme, host and port: what may be shown. Paths hold passwords, too, with some
            makes of camera.
        host: whom to knock at first; None for a device of this machine.
    """

    url: str = field(repr=False)
    label: str
    host: tuple[str, int] | None = None


def live_source(source: str, password: SecretStr | None = None) -> LiveSource | None:
    """The live source a text names; None where it names a file or folder.

    Args:
        source: rtsp://USER@HOST/PATH, rtsps, http or https the same, or /dev/videoN.
        password: of the user in the url.

    Raises:
        ConfigurationError: the address is of no form we know; does not repeat it.
    """
    if _VIDEO_DEVICE.fullmatch(source):
        return LiveSource(source, source)
    scheme, found, _ = source.partition("://")
    if not found:
        return None
    scheme = scheme.lower()
    if scheme not in PORTS:
        allowed = ", ".join(f"{known}://" for known in PORTS)
        raise ConfigurationError(
            f"camera source: {scheme[:20]}:// is not read; allowed are {allowed}, "
            "/dev/videoN, a file or a folder"
        )
    try:
        parts = urlsplit(source)
        host, port = parts.hostname, parts.port or PORTS[scheme]
    except ValueError:
        host, port = None, 0
    if not host:
        raise ConfigurationError(
            f"camera source: give {scheme}://USER@HOST:PORT/PATH; special characters in user "
            "and password are written as %XX"
        )
    shown = f"[{host}]" if ":" in host else host
    if password is not None:
        if not parts.username:
            raise ConfigurationError("camera source: a password is given, but no USER@ in it")
        user = f"{parts.username}:{quote(password.get_secret_value(), safe='')}"
        source = parts._replace(netloc=f"{user}@{shown}:{port}").geturl()
    return LiveSource(source, f"{scheme}://{shown}:{port}", (host, port))


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture, and when it was taken."""

    picture: Picture
    taken: datetime


class Stream:
    """Keeps a source open from `start` to `stop`, in a thread of its own.

    The thread takes every frame off the stream as it comes, so that none waits in a buffer and
    grows old; only those asked for are made into pictures.

    Attributes:
        failures: how often the source ended, or could not be opened.
    """

    def __init__(self, source: LiveSource) -> None:
        self.source = source
        self._changed = threading.Condition()
        self._stopping = threading.Event()
        self._wanted = False
        self._shot: Shot | None = None
        self._problem: str | None = f"{source.label} is being opened"
        self.failures = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name=f"see {source.label}")

    def start(self) -> None:
        """Begin to open it."""
        self._thread.start()

    def stop(self) -> None:
        """Close it. Blocking, until the decoder has let go: it must not outlive the process."""
        self._stopping.set()
        self._thread.join(OPEN_TIMEOUT_S + READ_TIMEOUT_S)

    @property
    def problem(self) -> str | None:
        """Why there are no pictures, in words; None while there are."""
        with self._changed:
            return self._problem

    def take(self, timeout: float) -> Shot | None:
        """The next picture that comes; None if none does within `timeout` seconds. Blocking."""
        with self._changed:
            self._shot, self._wanted = None, True
            self._changed.wait_for(lambda: self._shot is not None, timeout)
            self._wanted = False
            return self._shot

    def _run(self) -> None:
        delay = _FIRST_DELAY_S
        while not self._stopping.is_set():
            try:
                seen, why = self._watch()
            except Exception as error:
                # Whatever a decoder makes of a stream, the camera shall come back. The error's
                # own text may hold the url.
                seen, why = 0, f"cannot be read ({type(error).__name__})"
            self._tell(f"{self.source.label} {why}; it is opened again")
            self.failures += 1
            delay = _FIRST_DELAY_S if seen else min(2 * delay, _LONGEST_DELAY_S)
            self._stopping.wait(delay)

    def _watch(self) -> tuple[int, str]:
        """Open the source and read it to its end: how many frames came, and why it ended."""
        refusal = _knock(self.source)
        if refusal is not None:
            return 0, refusal
        capture = _open(self.source)
        try:
            if not capture.isOpened():
                return 0, "cannot be opened: are its path, user and password right?"
            seen = 0
            settled = time.monotonic() + _SETTLE_S
            while not self._stopping.is_set() and capture.grab():
                taken = utc_now()
                seen += 1
                if self._wanted and time.monotonic() >= settled:
                    there, picture = capture.retrieve()
                    if there:
                        self._give(Shot(picture, taken))
            return seen, "broke off" if seen else "gives no picture"
        finally:
            capture.release()

    def _give(self, shot: Shot) -> None:
        with self._changed:
            self._shot, self._problem = shot, None
            self._changed.notify_all()

    def _tell(self, problem: str) -> None:
        with self._changed:
            if problem != self._problem and not self._stopping.is_set():
                _log.warning("%s", problem)
            self._problem = problem


def _knock(source: LiveSource) -> str | None:
    """Why nobody answers there, in words, before a decoder waits for it; None if one does."""
    if source.host is None:
        return None
    try:
        socket.create_connection(source.host, OPEN_TIMEOUT_S).close()
    except OSError as error:
        return f"does not answer: {error}"
    return None


def _open(source: LiveSource) -> Any:  # noqa: ANN401
    if source.host is None:
        return cv2.VideoCapture(source.url, cv2.CAP_V4L2)
    # A second is enough to find out what it is; the decoder's own messages may hold the url.
    options = "rtsp_transport;tcp|analyzeduration;1000000"
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", options)
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    timeouts = [
        cv2.CAP_PROP_OPEN_TIMEOUT_MSEC,
        int(OPEN_TIMEOUT_S * 1000),
        cv2.CAP_PROP_READ_TIMEOUT_MSEC,
        int(READ_TIMEOUT_S * 1000),
    ]
    return cv2.VideoCapture(source.url, cv2.CAP_FFMPEG, timeouts)


class Shows(Protocol):
    """As much of a device as a live camera needs."""

    @property
    def connected(self) -> bool:
        """Whether the broker has let it in."""

    def show(self, jpeg: bytes, time: datetime) -> bool:
        """Show a picture; false if the way was not free."""


async def film_live(
    device: Shows, stream: Stream, rate: float, tell: Callable[[str | None], None]
) -> None:
    """Show the newest picture at the rate until cancelled.

    Args:
        device: whose pictures they are.
        stream: started already.
        rate: frames per second, at most.
        tell: called with what is wrong, in words, and with None when pictures come (again).
    """
    clock = asyncio.get_running_loop().time
    due = clock()
    while True:
        shot = await asyncio.to_thread(stream.take, _LOOK_S)
        problem = stream.problem
        if shot is None and problem is not None:
            tell(problem)
        if shot is None:
            continue
        tell(None)
        if device.connected:
            device.show(await asyncio.to_thread(encode, shot.picture), shot.taken)
        # A source slower than the rate falls behind; it does not hurry after.
        due = max(due + 1 / rate, clock())
        await asyncio.sleep(due - clock())
