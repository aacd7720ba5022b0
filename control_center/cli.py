"""`smartopia control-center`."""

from __future__ import annotations

import asyncio

import click

from smartopia.cli.process import ProcessSpec
from smartopia.cli.run import run_part
from smartopia.settings import load_settings

PROCESSES = (ProcessSpec("control-center", ("control-center",)),)


@click.command("control-center")
@click.option("--reset-password", metavar="NAME", help="give an operator a new password, and end")
@click.option(
    "--add-operator",
    metavar="NAME:ROLE",
    help="make an account (role: administrator, operator, viewer), and end",
)
def control_center(reset_password: str | None, add_operator: str | None) -> None:
    """Serve the control-center page and its API.

    The first start makes an administrator and shows its password once.
    """
    from control_center.app import serve  # noqa: PLC0415 - keeps `smartopia --help` quick
    from control_center.auth import accounts  # noqa: PLC0415

    settings = load_settings()
    if reset_password:
        click.echo(asyncio.run(accounts.reset_password(settings, reset_password)))
        return
    if add_operator:
        name, _, role = add_operator.partition(":")
        click.echo(asyncio.run(accounts.add_operator(settings, name, role or "operator")))
        return

    async def main(stop: asyncio.Event) -> None:
        await serve(settings, stop, click.echo)

    run_part(settings, main)
