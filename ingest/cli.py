"""`smartopia ingest`."""

from __future__ import annotations

from functools import partial

import click

from smartopia.cli.process import ProcessSpec
from smartopia.cli.run import run_part
from smartopia.settings import load_settings

PROCESSES = (ProcessSpec("ingest", ("ingest",)),)


@click.command()
def ingest() -> None:
    """Store what devices send: decode, check, write, and only then acknowledge."""
    from ingest.part import run  # noqa: PLC0415 - keeps `smartopia --help` quick

    settings = load_settings()
    run_part(settings, partial(run, settings))
