"""`smartopia device`: accounts of devices, and their way from the sandbox to the field."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from psycopg import AsyncConnection

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.speak import announce_for
from smartopia.cli.groups import EntryPointGroup
from smartopia.cli.state import settings_of_running
from smartopia.clock import utc_now
from smartopia.contract.announce import Announce
from smartopia.contract.topics import SUBJECT_PREFIX, TO_DEVICE, Channel, DeviceKey
from smartopia.errors import ConfigurationError, RefusedMessageError
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.things.stage import find_thing, forget, promote, stages, withdraw

T = TypeVar("T")

_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=str), help="That of the running city."
)
_by = click.option(
    "--by", default=None, help="Who decides; your login name if not given.", metavar="NAME"
)


@click.group(cls=EntryPointGroup, entry_points="smartopia.device_commands")
def device() -> None:
    """Devices: their accounts, their check, and their way from the sandbox to the field."""


@device.command()
@click.argument("name")
@click.option(
    "--announce",
    "announcement",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON file of its announcement, for a device that cannot announce itself.",
)
@_data_dir
def add(name: str, announcement: Path | None, data_dir: str | None) -> None:
    """Give device NAME an account, and print its password once.

    Running it again gives the device a new password. A new device begins in the sandbox: what
    it sends is stored and shown, and raises no alert.
    """
    settings = settings_of_running(data_dir)
    key = DeviceKey(settings.site, name)
    announced = _read_announcement(announcement) if announcement else None
    password = BrokerFolder(_folder(settings)).add_devices([key])[key]
    asyncio.run(reload_users(settings))
    if announced is not None:
        announce_for(settings, key, password, announced)
    own = ", ".join(f"/{channel}" for channel in Channel if channel not in TO_DEVICE)
    listens = ", ".join(f"/{channel}" for channel in TO_DEVICE)
    click.echo(f"broker    {settings.mqtt_host}:{settings.mqtt_port} (MQTT 3.1.1)")
    click.echo(f"user      {name}")
    click.echo(f"password  {password}")
    click.echo(f"topics    {SUBJECT_PREFIX.replace('.', '/')}/{key}  with {own}")
    click.echo(f"listen    to {listens}: the platform says there why it refused a message")
    click.echo("The password is shown only now.")


@device.command()
@click.argument("name")
@_data_dir
def remove(name: str, data_dir: str | None) -> None:
    """Take device NAME's account away. What it sent stays.

    Whoever gets that name next begins in the sandbox.
    """
    settings = settings_of_running(data_dir)
    BrokerFolder(_folder(settings)).remove_device(DeviceKey(settings.site, name))

    async def work(connection: AsyncConnection[Any]) -> None:
        await forget(connection, settings.site, name, by=getpass.getuser(), now=utc_now())

    asyncio.run(_with_database(settings, work))
    asyncio.run(reload_users(settings))
    click.echo(f"{name} has no account any more; the broker has closed its connection")


@device.command("list")
@_data_dir
def list_devices(data_dir: str | None) -> None:
    """List the devices that have an account, and how far they are."""
    settings = settings_of_running(data_dir)
    keys = BrokerFolder(_folder(settings)).devices()
    known = asyncio.run(_with_database(settings, stages))
    for key in sorted(keys):
        click.echo(f"{key!s:40} {known.get(key, 'not announced yet')}")


@device.command("promote")
@click.argument("name")
@_by
@_data_dir
def promote_device(name: str, by: str | None, data_dir: str | None) -> None:
    """Let device NAME raise alerts: from the sandbox to the field.

    Only a device whose newest check passed may: `smartopia device check NAME`.
    """
    _stage(name, by, data_dir, promote)
    click.echo(f"{name} is in the field: what it sends may raise alerts from now on")


@device.command("withdraw")
@click.argument("name")
@_by
@_data_dir
def withdraw_device(name: str, by: str | None, data_dir: str | None) -> None:
    """Put device NAME back into the sandbox: it raises no alert any more."""
    _stage(name, by, data_dir, withdraw)
    click.echo(f"{name} is in the sandbox: it is stored and shown, and raises no alert")


def _read_announcement(file: Path) -> bytes:
    try:
        return Announce.decode(file.read_bytes()).encode()
    except RefusedMessageError as error:
        raise ConfigurationError(f"{file}: {error.detail}") from None


def _stage(
    name: str, by: str | None, data_dir: str | None, change: Callable[..., Awaitable[None]]
) -> None:
    settings = settings_of_running(data_dir)

    async def work(connection: AsyncConnection[Any]) -> None:
        thing = await find_thing(connection, settings.site, name)
        await change(connection, thing, by=by or getpass.getuser(), now=utc_now())

    asyncio.run(_with_database(settings, work))


async def _with_database(
    settings: Settings, work: Callable[[AsyncConnection[Any]], Awaitable[T]]
) -> T:
    async with await connect_database(settings, "device") as connection:
        done = await work(connection)
        await connection.commit()
        return done


def _folder(settings: Settings) -> Path:
    if settings.broker_dir is None:
        raise ConfigurationError(
            "SMARTOPIA_BROKER_DIR is not set: name the folder of the broker's configuration"
        )
    return settings.broker_dir
