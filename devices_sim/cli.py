"""`smartopia simulate`: a city of simulated devices."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartopia.cli.process import ProcessSpec
from smartopia.settings import Settings, load_settings

if TYPE_CHECKING:
    from devices_sim.scenario import Scenario

PROCESSES = (ProcessSpec("simulate", ("simulate",)),)


@click.command()
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    help="A shipped scenario's name, or a YAML file; may be given more than once. "
    "Without it: those in SMARTOPIA_SCENARIO, or else city, with real-data where "
    "SMARTOPIA_DATA is set.",
)
@click.option(
    "--credentials",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the devices' broker passwords; else SMARTOPIA_CREDENTIALS.",
)
@click.option("--list", "show", is_flag=True, help="Show scenarios, kinds and devices, and end.")
@click.option("--seed", type=int, help="Another seed than the scenario's.")
@click.option("--for", "seconds", type=click.FloatRange(min=0), help="Stop after so many seconds.")
def simulate(
    scenarios: tuple[str, ...],
    credentials: Path | None,
    show: bool,
    seed: int | None,
    seconds: float | None,
) -> None:
    """Simulate a city: sensors that agree with each other, and cameras."""
    # Imported here: `smartopia --help` shall not wait for OpenCV.
    from devices_sim.scenario_files import load_scenario  # noqa: PLC0415
    from devices_sim.sdk.registry import discover_kinds  # noqa: PLC0415

    settings = load_settings()
    if credentials is not None:
        settings = settings.model_copy(update={"credentials": credentials})
    kinds = discover_kinds()
    scenario = load_scenario(scenarios or default_scenarios(settings), kinds)
    if seed is not None:
        scenario = scenario.model_copy(update={"seed": seed})
    if show:
        _show(scenario, sorted(kinds))
    else:
        _run(scenario, settings, seconds)


def default_scenarios(settings: Settings) -> tuple[str, ...]:
    """What SMARTOPIA_SCENARIO names; else the city, with real data where there is some."""
    named = tuple(name.strip() for name in settings.scenario.split(",") if name.strip())
    if named:
        return named
    return ("city", "real-data" if settings.data else "demo-camera")


def _show(scenario: Scenario, kinds: list[str]) -> None:
    from devices_sim.scenario_files import shipped_scenarios  # noqa: PLC0415

    click.echo(f"scenarios: {', '.join(shipped_scenarios())}")
    click.echo(f"kinds: {', '.join(kinds)}")
    click.echo("devices:")
    for sensor in scenario.devices:
        click.echo(f"  {sensor.name:26} {sensor.kind:20} {sensor.title or ''}")
    for camera in scenario.cameras:
        click.echo(f"  {camera.name:26} {'camera':20} {camera.title or ''} ({camera.source})")
    for replay in scenario.replays:
        click.echo(f"  {replay.name:26} {'replay':20} {replay.title or ''} ({replay.file})")


def _run(scenario: Scenario, settings: Settings, seconds: float | None) -> None:
    import time  # noqa: PLC0415
    from datetime import datetime  # noqa: PLC0415

    from devices_sim.fleet import members  # noqa: PLC0415
    from devices_sim.run import run_fleet  # noqa: PLC0415
    from devices_sim.sdk.registry import discover_kinds  # noqa: PLC0415
    from smartopia.cli.run import run_part  # noqa: PLC0415

    here = datetime.now().astimezone()
    world = scenario.world(here.hour + here.minute / 60)

    async def main(stop: asyncio.Event) -> None:
        began = time.monotonic()
        if seconds is not None:
            asyncio.get_running_loop().call_later(seconds, stop.set)

        def clock() -> float:
            return time.monotonic() - began

        fleet = list(members(scenario, discover_kinds(), world, clock, settings.data))
        await run_fleet(fleet, settings, stop)

    run_part(settings, main)
