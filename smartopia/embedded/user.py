"""Whom a server runs as: ourselves, or an unprivileged user where we are root."""

from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

from smartopia.errors import ConfigurationError


def server_user() -> tuple[int, int]:
    """The (uid, gid) embedded servers run as.

    Raises:
        ConfigurationError: we are root, and this machine has no user `nobody`.
    """
    if os.geteuid() != 0:
        return os.geteuid(), os.getegid()
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise ConfigurationError(
            "running as root, and there is no user 'nobody' to run the database as; "
            "run `smartopia up` as an ordinary user"
        ) from None
    return entry.pw_uid, entry.pw_gid


def reachable(path: Path, uid: int) -> bool:
    """Whether that user may enter all folders down to this path."""
    return first_closed(path, uid) is None


def first_closed(path: Path, uid: int) -> Path | None:
    """The first folder on the way to this path that the user may not enter."""
    if uid == os.geteuid():
        return None
    resolved = path.resolve()
    for folder in (*reversed(resolved.parents), resolved):
        if not folder.is_dir():
            continue
        mode = folder.stat()
        may = stat.S_IXUSR if mode.st_uid == uid else stat.S_IXOTH
        if not mode.st_mode & may:
            return folder
    return None


def own_folder(path: Path, uid: int, gid: int) -> None:
    """Make a folder that is that user's alone. Nothing above it is changed.

    Raises:
        ConfigurationError: the user cannot come there; says which folder is closed.
    """
    path.mkdir(parents=True, exist_ok=True)
    closed = first_closed(path.parent, uid)
    if closed is not None:
        raise ConfigurationError(
            f"{closed} is closed to the unprivileged user the servers run as, and {path} lies "
            "in it; choose another --data-dir, e.g. /var/lib/smartopia"
        )
    if os.geteuid() == 0:
        os.chown(path, uid, gid)
    path.chmod(0o700)
