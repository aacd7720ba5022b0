"""The data directory of `smartopia up`: who runs on it, its secrets, and its settings."""

from __future__ import annotations

import fcntl
import json
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from smartopia.bus.accounts import new_password
from smartopia.errors import AlreadyRunningError, ConfigurationError
from smartopia.private_files import check_private, write_private
from smartopia.settings import Settings, default_data_dir, load_settings


@dataclass(slots=True)
class DataDir:
    """One city's state on this machine."""

    path: Path
    _lock: IO[str] | None = None

    @property
    def logs(self) -> Path:
        """Where each process's log goes."""
        return self.path / "logs"

    @property
    def broker(self) -> Path:
        """The broker's folder."""
        return self.path / "broker"

    @property
    def postgres(self) -> Path:
        """The database's folder."""
        return self.path / "postgres"

    @property
    def evidence_keys(self) -> Path:
        """The keys that open evidence."""
        return self.path / "evidence-keys.json"

    @property
    def credentials(self) -> Path:
        """Broker passwords of the simulated devices."""
        return self.path / "simulated-devices.json"

    def claim(self) -> None:
        """Make this directory ours until we end.

        Raises:
            AlreadyRunningError: another `up` has it; says where to find it.
            ConfigurationError: it cannot be written.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self.logs.mkdir(exist_ok=True, mode=0o700)
            lock = (self.path / "lock").open("w")
        except OSError as error:
            raise ConfigurationError(
                f"cannot write to {self.path}: {error.strerror}; choose another --data-dir"
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            info = self.read_running() or {}
            raise AlreadyRunningError(
                f"already running on {self.path}: {info.get('url', 'starting')} (pid "
                f"{info.get('pid', 'unknown')}, MQTT port {info.get('mqtt_port', 'unknown')}). "
                "Stop it with Ctrl-C where it runs, or choose another --data-dir."
            ) from None
        self._lock = lock
        self._running.unlink(missing_ok=True)

    def secrets(self) -> dict[str, str]:
        """The platform's own passwords, made at random the first time."""
        file = self.path / "secrets.json"
        if not file.exists():
            made = {name: new_password() for name in ("platform", "system", "database")}
            write_private(file, made)
        check_private(file)
        found: dict[str, str] = json.loads(file.read_text())
        return found

    @property
    def _running(self) -> Path:
        return self.path / "running.json"

    def write_running(self, info: dict[str, Any]) -> None:
        """Leave word of what runs here, for other commands of the same user."""
        write_private(self._running, info)

    def read_running(self) -> dict[str, Any] | None:
        """What runs here, if anything does (a kill -9 leaves its word behind)."""
        if self._lock is None and self._is_free():
            return None
        try:
            info: dict[str, Any] = json.loads(self._running.read_text())
        except (OSError, ValueError):
            return None
        return info

    def _is_free(self) -> bool:
        try:
            with (self.path / "lock").open() as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def release(self) -> None:
        """Give the directory back."""
        self._running.unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()


def settings_of_running(data_dir: str | None) -> Settings:
    """The settings of the city that runs on this machine, or of the environment.

    Raises:
        ConfigurationError: neither is there.
    """
    configured = load_settings()
    is_set = configured.broker_dir is not None or any(
        url.get_secret_value() for url in (configured.broker_url, configured.database_url)
    )
    if is_set and data_dir is None:
        return configured
    place = DataDir(Path(data_dir) if data_dir else default_data_dir())
    info = place.read_running()
    if info is None:
        raise ConfigurationError(
            f"no city runs on {place.path}. Start one with `smartopia up`, name its --data-dir, "
            "or set SMARTOPIA_BROKER_DIR, SMARTOPIA_BROKER_SYSTEM_URL and SMARTOPIA_DATABASE_URL."
        )
    return configured.model_copy(update=Settings(**info["settings"]).model_dump(exclude_unset=True))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def check_port(host: str, port: int, option: str) -> None:
    """Refuse a port somebody listens on.

    Raises:
        ConfigurationError: names the option to change.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ConfigurationError(
                f"port {port} of {host} cannot be used ({error.strerror}); choose another with "
                f"{option} (0 takes any free one)"
            ) from None
