"""`smartopia simulate`: a city of simulated devices."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from smartopia.cli.groups import EntryPointGroup
from smartopia.cli.process import ProcessSpec
from smartopia.cli.state import settings_of_running
from smartopia.settings import Settings, load_settings

if TYPE_CHECKING:
    from devices_sim.scenario import Scenario
    from devices_sim.scenario_run import Play
    from devices_sim.sdk.registry import Kinds

_MORE = "smartopia.simulate_commands"
PROCESSES = (ProcessSpec("simulate", ("simulate",)),)


@click.group(cls=EntryPointGroup, entry_points=_MORE, invoke_without_command=True)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    help="A shipped scenario's name, or a YAML file; may be given more than once. "
    "Without it: those in SMARTOPIA_SCENARIO, or else city with cctv-demo, or real-data where "
    "SMARTOPIA_DATA is set.",
)
@click.option(
    "--credentials",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the devices' broker passwords; else SMARTOPIA_CREDENTIALS.",
)
@click.option("--list", "show", is_flag=True, help="Show scenarios, kinds and devices, and end.")
@click.option(
    "--dry-run",
    is_flag=True,
    help="Print what the sensors would tell, a JSON object a line, without a broker and without "
    "waiting; --for says of how many seconds (60 if it does not).",
)
@click.option(
    "--seed", type=click.IntRange(-(2**53) + 1, 2**53 - 1), help="Another seed than the scenario's."
)
@click.option("--for", "seconds", type=click.FloatRange(min=0), help="Stop after so many seconds.")
@click.pass_context
def simulate(
    context: click.Context,
    scenarios: tuple[str, ...],
    credentials: Path | None,
    show: bool,
    dry_run: bool,
    seed: int | None,
    seconds: float | None,
) -> None:
    """Simulate a city: sensors that agree with each other, and cameras."""
    if context.invoked_subcommand is not None:
        return
    # Imported here: `smartopia --help` shall not wait for OpenCV.
    from devices_sim.conditions.registry import discover_conditions  # noqa: PLC0415
    from devices_sim.scenario_files import load_played  # noqa: PLC0415
    from devices_sim.scenario_run import Play  # noqa: PLC0415
    from devices_sim.sdk.registry import discover_kinds  # noqa: PLC0415

    settings = load_settings() if show or dry_run else settings_of_running(None)
    if credentials is not None:
        settings = settings.model_copy(update={"credentials": credentials})
    kinds, names = discover_kinds(settings.kinds), scenarios or default_scenarios(settings)
    played = load_played(names, kinds)
    if seed is not None:
        played.scenario = played.scenario.model_copy(update={"seed": seed})
    if show:
        _show(played.scenario, kinds)
    elif dry_run:
        _print(played.scenario, kinds, settings, 60.0 if seconds is None else seconds)
    else:
        _run(Play("+".join(names), played, kinds, discover_conditions()), settings, seconds)


def default_scenarios(settings: Settings) -> tuple[str, ...]:
    """What SMARTOPIA_SCENARIO names; else the city, with real data where there is some."""
    named = tuple(name.strip() for name in settings.scenario.split(",") if name.strip())
    if named:
        return named
    return ("city", "real-data" if settings.data else "cctv-demo")


def _show(scenario: Scenario, kinds: Kinds) -> None:
    from devices_sim.cameras.scene.section import KIND  # noqa: PLC0415
    from devices_sim.scenario_files import shipped_scenarios  # noqa: PLC0415

    click.echo(f"scenarios: {', '.join(shipped_scenarios())}")
    click.echo(f"kinds: {', '.join(kinds.names())}")
    click.echo("devices:")
    for sensor in scenario.devices:
        click.echo(f"  {sensor.name:26} {sensor.kind:20} {sensor.title or ''}")
    for camera in scenario.cameras:
        shown = camera.kind or f"camera ({camera.source})"
        click.echo(f"  {camera.name:26} {shown:20} {camera.title or ''}")
    for scene in scenario.scenes:
        for lens in scene.cameras:
            click.echo(f"  {lens.name:26} {KIND:20} {lens.title or ''}")
    for replay in scenario.replays:
        click.echo(f"  {replay.name:26} {'replay':20} {replay.title or ''} ({replay.file})")


def _print(scenario: Scenario, kinds: Kinds, settings: Settings, seconds: float) -> None:
    from devices_sim.dry_run import lines  # noqa: PLC0415

    start = scenario.start or datetime.now(ZoneInfo(settings.timezone))
    for line in lines(scenario, kinds, start, seconds):
        click.echo(line)


def _run(play: Play, settings: Settings, seconds: float | None) -> None:
    from devices_sim.scenario_run import run_scenario  # noqa: PLC0415
    from smartopia.cli.run import run_part  # noqa: PLC0415

    async def main(stop: asyncio.Event) -> None:
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, stop.set)
        await run_scenario(play, settings, stop)

    run_part(settings, main)
