"""`smartopia device`: accounts of devices at the broker."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.cli.state import settings_of_running
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings


@click.group()
def device() -> None:
    """Accounts of devices at the broker."""


@device.command()
@click.argument("name")
@click.option("--data-dir", type=click.Path(path_type=str), help="that of the running city")
def add(name: str, data_dir: str | None) -> None:
    """Give device NAME an account, and print its password once.

    Running it again gives the device a new password.
    """
    settings = settings_of_running(data_dir)
    key = DeviceKey(settings.site, name)
    password = BrokerFolder(_folder(settings)).add_devices([key])[key]
    asyncio.run(reload_users(settings))
    click.echo(f"broker    {settings.mqtt_host}:{settings.mqtt_port} (MQTT 3.1.1)")
    click.echo(f"user      {name}")
    click.echo(f"password  {password}")
    click.echo(f"topics    smartopia/v1/{key}/announce, /status, /observations, /frames, /events")
    click.echo("The password is shown only now.")


@device.command("list")
@click.option("--data-dir", type=click.Path(path_type=str), help="that of the running city")
def list_devices(data_dir: str | None) -> None:
    """List the devices that have an account."""
    for key in BrokerFolder(_folder(settings_of_running(data_dir))).devices():
        click.echo(str(key))


def _folder(settings: Settings) -> Path:
    if settings.broker_dir is None:
        raise ConfigurationError(
            "SMARTOPIA_BROKER_DIR is not set: name the folder of the broker's configuration"
        )
    return settings.broker_dir
