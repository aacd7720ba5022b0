"""`smartopia migrate`: bring database and broker to this version's shape."""

from __future__ import annotations

import asyncio

import click

from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.bus.provision import prepare_log
from smartopia.logs import configure_logs
from smartopia.settings import Settings, load_settings
from smartopia.store.migrate import migrate as migrate_database


@click.command()
def migrate() -> None:
    """Bring database and broker to this version's shape. Safe to run again.

    Makes the tables, the log and its cursors, and only then lets devices in.
    """
    settings = load_settings()
    configure_logs(settings.log_level)
    count = asyncio.run(prepare(settings))
    click.echo(f"database: {count} migrations applied; broker: log and cursors are there")


async def prepare(settings: Settings) -> int:
    """Migrate the database and prepare the broker; returns how many migrations ran."""
    count = await migrate_database(settings)
    await prepare_log(settings)
    if settings.broker_dir is not None:
        BrokerFolder(settings.broker_dir).admit_devices()
        await reload_users(settings)
    return count
