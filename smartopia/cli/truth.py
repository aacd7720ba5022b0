"""`smartopia truth`: which chapters were sealed and revealed, and whether files are theirs."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import click

from smartopia.cli.state import settings_of_running
from smartopia.clock import utc_now
from smartopia.errors import TruthError
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.truth.model import Seal
from smartopia.truth.open import Truth, open_revealed, run_and_chapter
from smartopia.truth.seal import on_time, standing, timing
from smartopia.truth.store import seal_of, seals

_data_dir = click.option(
    "--data-dir", type=click.Path(path_type=str), help="that of the running city"
)


@click.group()
def truth() -> None:
    """Sealed ground truth of simulated runs."""


@truth.command("list")
@click.option("--run", help="Only this run's chapters.")
@_data_dir
def list_chapters(run: str | None, data_dir: str | None) -> None:
    """List all chapters: when they were sealed, and whether they were revealed."""
    found = asyncio.run(_seals(settings_of_running(data_dir), run))
    if not found:
        click.echo("no chapter has been sealed" + (f" of run {run}" if run else ""))
    now = utc_now()
    for seal in found:
        click.echo(_line(seal, now))


@truth.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@_data_dir
def verify(files: tuple[Path, ...], data_dir: str | None) -> None:
    """Say of each truth FILE whether it is what was sealed. Ends with 1 if any is not."""
    settings = settings_of_running(data_dir)
    if not asyncio.run(_verify(settings, files)):
        raise SystemExit(1)


def _line(seal: Seal, now: datetime) -> str:
    late = "" if on_time(seal) else "  LATE, not scorable"
    return (
        f"{seal.run}  {seal.chapter:4}  {seal.begins_at:%Y-%m-%d %H:%M:%S}Z  "
        f"{standing(seal, now):22}  {timing(seal)}{late}"
    )


async def _seals(settings: Settings, run: str | None) -> list[Seal]:
    async with await connect_database(settings, "truth") as connection:
        return await seals(connection, run)


async def _verify(settings: Settings, files: tuple[Path, ...]) -> bool:
    same = True
    async with await connect_database(settings, "truth") as connection:
        for file in files:
            try:
                run, chapter = run_and_chapter(file)
                found = open_revealed(file, await seal_of(connection, run, chapter))
            except TruthError as error:
                same = False
                click.echo(f"different  {error}")
            else:
                click.echo(f"same       {file}: {_summary(found)}")
    return same


def _summary(found: Truth) -> str:
    schedule, record = found.schedule, found.record
    seconds = (record.ended_at - schedule.begins_at).total_seconds()
    return (
        f"scenario {schedule.scenario}, seed {schedule.seed}, {seconds:.0f} s, "
        f"{timing(found.seal)}; {len(schedule.events)} events and {len(schedule.conditions)} "
        f"conditions scheduled, {len(record.applied)} conditions applied, "
        f"{len(record.counts)} devices, {len(found.frames)} frames with boxes"
    )
