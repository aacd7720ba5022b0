"""Accounts of devices that stand for real ones, and the passwords of where those come from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from devices_sim.sdk.connection import Door
from smartopia.bus.accounts import OWN_USERS, BrokerFolder, ensure_devices, read_credentials
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings


def attaching_settings(settings: Settings, part: str, credentials: Path | None) -> Settings:
    """Settings with a credentials file of this part's own: each process writes its file whole."""
    if credentials is None and settings.broker_dir is not None:
        credentials = settings.broker_dir.parent / f"attached-{part}.json"
    return settings.model_copy(update={"credentials": credentials or settings.credentials})


def taken(settings: Settings, keys: Sequence[DeviceKey]) -> list[DeviceKey]:
    """Those of the names that another has already: it must not lose its account to ours."""
    if settings.broker_dir is None:
        return []
    own = read_credentials(settings.credentials) if settings.credentials else {}
    others = {key.device for key in BrokerFolder(settings.broker_dir).devices() if key not in own}
    return [key for key in keys if key.device in others | OWN_USERS]


async def doors_of(settings: Settings, keys: Sequence[DeviceKey]) -> dict[DeviceKey, Door]:
    """Where and as whom each of these devices connects; makes the accounts that are missing.

    Raises:
        ConfigurationError: they have no account, and none can be made.
        UnavailableError: the broker does not answer.
    """
    passwords = await ensure_devices(settings, keys)
    return {
        key: Door(settings.mqtt_host, settings.mqtt_port, key.device, passwords[key])
        for key in keys
    }


def read_password(variable: str | None, file: Path | None) -> SecretStr | None:
    """A password out of an environment variable or a file, never off the command line.

    Raises:
        ConfigurationError: the variable is not set, or the file cannot be read or is empty.
    """
    if file is not None:
        try:
            text = file.expanduser().read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"password file {file}: {error}") from None
        if not text:
            raise ConfigurationError(f"password file {file} is empty")
        return SecretStr(text)
    if variable is not None:
        if not os.environ.get(variable):
            raise ConfigurationError(
                f"the environment variable {variable} is not set: put the password in it, "
                "or name a file with --password-file"
            )
        return SecretStr(os.environ[variable])
    return None
