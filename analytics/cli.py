"""`smartopia analytics`."""

from __future__ import annotations

from functools import partial

import click

from smartopia.cli.process import ProcessSpec
from smartopia.cli.run import run_part
from smartopia.settings import load_settings

PROCESSES = (
    ProcessSpec("analytics-rules", ("analytics", "rules")),
    ProcessSpec("analytics-vision", ("analytics", "vision"), tells_alive=True),
    ProcessSpec("analytics-situations", ("analytics", "situations"), tells_alive=True),
)


@click.group()
def analytics() -> None:
    """Raise alerts: from rules over observations, and from what cameras see."""


@analytics.command()
@click.option("--check", is_flag=True, help="only read the rules, list them, and end")
def rules(*, check: bool) -> None:
    """Evaluate threshold rules over what sensors observe."""
    from analytics.rules.catalogue import load_rules  # noqa: PLC0415 - quick --help
    from analytics.rules.part import run  # noqa: PLC0415

    settings = load_settings()
    if check:
        for rule in load_rules(settings.rules):
            click.echo(f"{rule.domain:<12} {rule.severity:<9} {rule.id:<28} {rule.in_words()}")
        return
    run_part(settings, partial(run, settings))


@analytics.command()
def vision() -> None:
    """Detect people and vehicles in camera frames, and mask them."""
    from analytics.vision.part import run  # noqa: PLC0415 - keeps `smartopia --help` quick

    settings = load_settings()
    run_part(settings, partial(run, settings))


@analytics.command()
@click.option("--check", is_flag=True, help="only read the rules, list them, and end")
def situations(*, check: bool) -> None:
    """Follow what cameras see, and raise alerts of what happens there."""
    settings = load_settings()
    if check:
        from analytics.vision.situations.catalogue import (  # noqa: PLC0415 - quick --help
            load_situation_rules,
        )

        for rule in load_situation_rules():
            where = f"cameras {rule.cameras}" if rule.enabled else "not enabled"
            click.echo(f"{rule.domain:<12} {rule.severity:<9} {rule.id:<16} {rule.title} ({where})")
        return
    from analytics.vision.watching.part import run  # noqa: PLC0415 - quick --help

    run_part(settings, partial(run, settings))
