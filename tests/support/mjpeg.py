"""An IP camera over HTTP: MJPEG, each frame's grey telling when it was sent."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

FRAMES_A_S = 25
STEP = 10
LEVELS = 25


def level_of(instant: float) -> int:
    """Which grey a frame sent at this time has: one of 25 levels, a second for each round."""
    return int(instant * FRAMES_A_S) % LEVELS


class IpCamera:
    """Streams until it is unplugged; a user and password may be wanted of whoever looks."""

    def __init__(self, port: int, login: str = "") -> None:
        self.port = port
        self.frozen = threading.Event()
        self.unplugged = threading.Event()
        self.seen_logins: list[str] = []
        camera = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                camera.answer(self, login)

            def log_message(self, *_: object) -> None:
                return

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def answer(self, request: BaseHTTPRequestHandler, login: str) -> None:
        wanted = "Basic " + base64.b64encode(login.encode()).decode()
        if login and request.headers.get("Authorization") != wanted:
            request.send_response(401)
            request.send_header("WWW-Authenticate", 'Basic realm="camera"')
            request.end_headers()
            return
        request.send_response(200)
        request.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        request.end_headers()
        try:
            self._stream(request)
        except OSError:
            return

    def _stream(self, request: BaseHTTPRequestHandler) -> None:
        while not self.unplugged.is_set():
            time.sleep(1 / FRAMES_A_S)
            if self.frozen.is_set():
                continue
            picture = np.full((240, 320, 3), STEP * level_of(time.time()), np.uint8)
            jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(jpeg)}\r\n\r\n"
            request.wfile.write(head.encode() + jpeg + b"\r\n")
        request.connection.shutdown(socket.SHUT_RDWR)

    def unplug(self) -> None:
        self.unplugged.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def ip_camera(port: int, login: str = "") -> Iterator[IpCamera]:
    camera = IpCamera(port, login)
    try:
        yield camera
    finally:
        if not camera.unplugged.is_set():
            camera.unplug()
