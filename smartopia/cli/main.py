"""The `smartopia` command, put together from entry points: it imports none of the parts."""

from __future__ import annotations

import sys

import click

from smartopia import __version__
from smartopia.cli.broker import broker
from smartopia.cli.contract import contract
from smartopia.cli.device import device
from smartopia.cli.doctor import doctor
from smartopia.cli.evidence import evidence_keys
from smartopia.cli.groups import EntryPointGroup
from smartopia.cli.migrate import migrate
from smartopia.cli.truth import truth
from smartopia.cli.up import up
from smartopia.errors import SmartopiaError


@click.group(
    cls=EntryPointGroup,
    entry_points="smartopia.commands",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="smartopia")
def cli() -> None:
    """Smartopia: watch over a city with cameras and sensors, and know how well that works.

    `smartopia up` runs everything on this machine. The other commands run one part each,
    against the broker and database named in SMARTOPIA_BROKER_URL and SMARTOPIA_DATABASE_URL.
    """


for _command in (up, migrate, doctor, device, broker, contract, truth, evidence_keys):
    cli.add_command(_command)


def main() -> None:
    """Run the command; errors raised on purpose are one line, without a trace."""
    try:
        cli()
    except SmartopiaError as error:
        click.echo(f"smartopia: {error}", err=True)
        sys.exit(1)
    except ModuleNotFoundError as error:
        click.echo(
            f"smartopia: {error}. This part is not installed here: "
            "`pip install 'smartopia[all]'`, or the part's own extra.",
            err=True,
        )
        sys.exit(1)
