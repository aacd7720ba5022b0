"""Run one server, and stop it when whoever started it is gone.

    python guard.py STOP_SIGNAL UID GID COMMAND...

Standard input is a pipe from the starter: when it closes, however the starter ended, the
server gets its stop signal, and ten seconds later SIGKILL. Uses only the standard library
and starts in milliseconds.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading

_GRACE_S = 10.0
_PR_SET_PDEATHSIG = 1


def _die_with_guard() -> None:
    # Should even this guard be killed outright (Linux only).
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGINT)


def main(arguments: list[str]) -> int:
    """Run the command until it ends or standard input closes; returns its exit status."""
    stop, uid, gid, *command = arguments
    stop_signal = int(stop)
    root = os.geteuid() == 0
    child = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=_die_with_guard,  # noqa: PLW1509 - no thread runs yet
        start_new_session=True,
        user=int(uid) if root else None,
        group=int(gid) if root else None,
        extra_groups=[] if root else None,
    )
    stopping = threading.Event()

    def end(*_: object) -> None:
        if not stopping.is_set():
            stopping.set()
            child.send_signal(stop_signal)
            threading.Timer(_GRACE_S, child.kill).start()

    def watch() -> None:
        while os.read(0, 1024):
            pass
        end()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=watch, daemon=True).start()
    status = child.wait()
    # A timer may still wait to kill what has ended.
    sys.stdout.flush()
    os._exit(status if status >= 0 else 128 - status)


if __name__ == "__main__":
    main(sys.argv[1:])
