"""`smartopia control-center`."""

from __future__ import annotations

import asyncio

import click

from smartopia.cli.process import ProcessSpec
from smartopia.cli.run import run_part
from smartopia.cli.state import settings_of_running
from smartopia.settings import load_settings

PROCESSES = (ProcessSpec("control-center", ("control-center",)),)


@click.command("control-center")
@click.option("--reset-password", metavar="NAME", help="give an operator a new password, and end")
@click.option(
    "--add-operator",
    metavar="NAME:ROLE",
    help="make an account (role: administrator, operator, viewer), and end",
)
@click.option("--data-dir", type=click.Path(), help="with these two: that of the running city")
def control_center(
    reset_password: str | None, add_operator: str | None, data_dir: str | None
) -> None:
    """Serve the control-center page and its API.

    The first start makes an administrator and shows its password once.
    """
    from control_center.app import serve  # noqa: PLC0415 - keeps `smartopia --help` quick
    from control_center.auth import accounts  # noqa: PLC0415

    if reset_password:
        running = settings_of_running(data_dir)
        click.echo(asyncio.run(accounts.reset_password(running, reset_password)))
        return
    if add_operator:
        name, _, role = add_operator.partition(":")
        running = settings_of_running(data_dir)
        click.echo(asyncio.run(accounts.add_operator(running, name, role or "operator")))
        return
    settings = load_settings()

    async def main(stop: asyncio.Event) -> None:
        await serve(settings, stop, click.echo)

    run_part(settings, main)
