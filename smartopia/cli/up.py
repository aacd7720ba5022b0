"""`smartopia up`: the whole city on this machine, supervised."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path

import click

from smartopia.cli.city import City, CityOptions
from smartopia.cli.process import ProcessSpec
from smartopia.cli.run import run_part
from smartopia.cli.state import DataDir
from smartopia.errors import ConfigurationError
from smartopia.settings import default_data_dir, load_settings


@click.command()
@click.option("--port", type=int, help="of the control center  [default: 8080; 0: any free one]")
@click.option("--mqtt-port", type=int, help="of the broker  [default: 1883; 0: any free one]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="where the city keeps its state")
@click.option("--scenario", multiple=True, help="what the simulator plays; may be repeated")
@click.option("--model", help="detector weights: default, a file, or a name Ultralytics knows")
@click.option("--without", multiple=True, metavar="PROCESS", help="do not start this process")
@click.option("--for", "seconds", type=float, help="stop after so many seconds")
@click.option("--summary", type=click.Path(path_type=Path), help="then write what happened here")
def up(
    port: int | None,
    mqtt_port: int | None,
    data_dir: Path | None,
    scenario: tuple[str, ...],
    model: str | None,
    without: tuple[str, ...],
    seconds: float | None,
    summary: Path | None,
) -> None:
    """Run the whole city here: broker, database, devices, analytics, control center.

    Nothing else needs to be installed or running. Each process that dies is started again.
    Stop it with Ctrl-C; what it stored stays in the data directory.
    """
    given = {
        "http_port": port,
        "mqtt_port": mqtt_port,
        "model": model,
        "scenario": ",".join(scenario) or None,
    }
    settings = load_settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )
    processes = installed_processes()
    unknown = set(without) - {process.name for process in processes}
    if unknown:
        allowed = ", ".join(process.name for process in processes)
        raise ConfigurationError(f"--without {', '.join(unknown)}: there are {allowed}")
    options = CityOptions(
        data_dir=DataDir((data_dir or default_data_dir()).absolute()),
        processes=tuple(process for process in processes if process.name not in without),
        seconds=seconds,
        summary=summary,
        say=click.echo,
    )
    city = City(settings, options)
    run_part(settings, city.run)


def installed_processes() -> list[ProcessSpec]:
    """What the installed parts offer, in the order in which to start it."""
    order = ["ingest", "analytics", "control-center", "simulate"]
    entries = {entry.name: entry for entry in entry_points(group="smartopia.processes")}
    names = [name for name in order if name in entries] + sorted(set(entries) - set(order))
    return [process for name in names for process in entries[name].load()]
