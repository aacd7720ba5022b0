"""Settings, from the environment: every one begins with SMARTOPIA_."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from smartopia.errors import ConfigurationError

_PREFIX = "SMARTOPIA_"
# Read by the scripts and by tests, not by the platform.
_NOT_SETTINGS = frozenset({"SMARTOPIA_PYTHON"})


def default_data_dir() -> Path:
    """Where the city keeps its state: SMARTOPIA_HOME, or /var/lib for root, or the user's own
    data folder.
    """
    home = os.environ.get(f"{_PREFIX}HOME")
    if home:
        return Path(home)
    if os.geteuid() == 0:
        return Path("/var/lib/smartopia")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "smartopia"


class Settings(BaseSettings):
    """What a part needs to know to run. `smartopia up` sets all of it for its own parts."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    site: str = Field("gimpo", description="the site this platform watches over")
    timezone: str = Field("Asia/Seoul", description="the site's, for rules that know the hour")
    home: Path | None = Field(
        None, description="where `smartopia up` keeps the city's state, and others look for it"
    )
    broker_url: SecretStr = Field(
        SecretStr(""), description="nats://USER:PASSWORD@HOST:PORT of the broker"
    )
    broker_system_url: SecretStr = Field(
        SecretStr(""), description="the same for the broker's system user; to reload its users"
    )
    broker_dir: Path | None = Field(
        None, description="folder of the broker's configuration, where this part may add devices"
    )
    mqtt_host: str = Field("127.0.0.1", description="where devices connect")
    mqtt_port: int = Field(1883, ge=1, le=65535, description="its port")
    mqtt_plain: bool = Field(
        False, description="true on a trusted network: devices' passwords cross it unencrypted"
    )
    database_url: SecretStr = Field(SecretStr(""), description="postgresql://... of the database")
    http_host: str = Field("127.0.0.1", description="where the control center listens")
    http_port: int = Field(8080, ge=1, le=65535, description="its port")
    http_secure: bool = Field(
        False, description="true where browsers come by https: cookies then demand it"
    )
    http_plain: bool = Field(
        False, description="true where only this machine reaches the listener, as in compose"
    )
    data: Path | None = Field(
        None, description="folder of real pictures, video and sensor series to replay"
    )
    model: str = Field(
        "default",
        description="detector weights: default (those that come along, or else yolo11n.pt), "
        "a file, or a name Ultralytics knows; several, joined by commas, look together",
    )
    model_dir: Path | None = Field(None, description="where fetched weights are kept")
    motion_gate: bool = Field(
        True, description="look only at frames in which something moves; false looks at each"
    )
    detect_batch: int = Field(
        4, ge=1, le=8, description="how many cameras' frames are looked at together, at most 8"
    )
    rules: Path | None = Field(None, description="folder of your own rules, besides the shipped")
    kinds: Path | None = Field(
        None, description="folder of your own kinds of devices, besides the shipped"
    )
    credentials: Path | None = Field(
        None, description="file of the simulated devices' broker passwords"
    )
    scenario: str = Field("", description="what the simulator plays, names joined by commas")
    truth_dir: Path | None = Field(
        None, description="where the simulator reveals what really happened; for it alone"
    )
    sandbox: bool = Field(
        True, description="new devices raise no alert until promoted; false only for trials"
    )
    retention_days: int = Field(90, ge=1, description="days observations are kept")
    evidence_days: int = Field(30, ge=1, le=30, description="days pictures are kept; at most 30")
    evidence_public_key: str = Field(
        "", description="what frames are sealed with as evidence, in base64; none: none is kept"
    )
    evidence_keys: Path | None = Field(
        None, description="file of the keys that open it; for the control center alone"
    )
    spot_checks: int = Field(
        12, ge=0, le=1000, description="moments without an alert to check in a shift of 8 hours"
    )
    reports: Path | None = Field(
        None, description="folder of reports on accuracy; `reports` of the city's state if not set"
    )
    log_level: str = Field(
        "INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="how much the logs say"
    )
    supervised: bool = Field(False, description="stop when the starting process is gone")
    alive_fd: int | None = Field(
        None, ge=0, description="where signs of life go; set by the starting process"
    )

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"{name!r} is no time zone; e.g. Asia/Seoul") from None
        return name

    def broker(self) -> str:
        """The broker's address with its credentials.

        Raises:
            ConfigurationError: it is not set.
        """
        return _required(self.broker_url, "SMARTOPIA_BROKER_URL", "nats://USER:PASSWORD@HOST:4222")

    def database(self) -> str:
        """The database's address with its credentials.

        Raises:
            ConfigurationError: it is not set.
        """
        example = "postgresql://USER:PASSWORD@HOST:5432/smartopia"
        return _required(self.database_url, "SMARTOPIA_DATABASE_URL", example)


def _required(secret: SecretStr, name: str, example: str) -> str:
    value = secret.get_secret_value()
    if not value:
        raise ConfigurationError(
            f"{name} is not set. Set it to {example}, or run `smartopia up`, "
            "which starts a broker and a database of its own."
        )
    return value


def load_settings() -> Settings:
    """The settings in the environment.

    Raises:
        ConfigurationError: one is unknown or not allowed; names it and says what is.
    """
    known = {_PREFIX + name.upper() for name in Settings.model_fields} | _NOT_SETTINGS
    unknown = sorted(k for k in os.environ if k.startswith(_PREFIX) and k not in known)
    if unknown:
        raise ConfigurationError(
            f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{_PREFIX}{'.'.join(str(p) for p in e['loc']).upper()}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        raise ConfigurationError("; ".join(lines)) from None
