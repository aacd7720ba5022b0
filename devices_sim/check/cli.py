"""`smartopia device check`: is a device good enough for the field?"""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from smartopia.cli.state import settings_of_running
from smartopia.errors import ConfigurationError, SmartopiaError

if TYPE_CHECKING:
    from devices_sim.check.course import Plan
    from devices_sim.check.report import CheckReport
    from devices_sim.check.transcript import Transcript
    from devices_sim.sdk.registry import Kinds
    from smartopia.contract.topics import DeviceKey
    from smartopia.settings import Settings

FORMATS = ("text", "json", "html")
_SUFFIXES = {".txt": "text", ".json": "json", ".html": "html", ".htm": "html"}


@click.command()
@click.argument("name")
@click.option(
    "--seconds",
    type=click.FloatRange(1, 50),
    default=25.0,
    show_default=True,
    help="Listen at most so long before the first fault; it ends as soon as enough was heard.",
)
@click.option("--no-faults", is_flag=True, help="Only listen: cut nothing, send no commands.")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="What is printed, or written to an --out FILE whose suffix says nothing else.",
)
@click.option(
    "--out",
    "files",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write it to this file: .html, .json or .txt. May be given more than once.",
)
@click.option("--data-dir", type=click.Path(path_type=str), help="That of the running city.")
def check(
    name: str,
    seconds: float,
    no_faults: bool,
    form: str,
    files: tuple[Path, ...],
    data_dir: str | None,
) -> None:
    """Check NAME, break its line on purpose, and grade it, in under a minute.

    NAME is a kind of simulated device, such as river_gauge, which is started for the check on a
    broker of its own; or a device of the running city, by its name (river-2) or its topic
    (smartopia/v1/gimpo/river-2). A running device is cut off four times and sent commands no
    device knows.

    Exits with 0 if every MUST holds, which `smartopia device promote` asks for.
    """
    # Imported here: `smartopia --help` shall not wait for OpenCV.
    from devices_sim.check.course import Plan  # noqa: PLC0415

    _check_folders(files)
    # What the SDK logs of a line that is broken on purpose is no news.
    logging.getLogger().addHandler(logging.NullHandler())
    report = _examined(name, Plan(seconds, faults=not no_faults), data_dir)
    for file in files:
        file.write_text(click.unstyle(_rendered(report, _SUFFIXES.get(file.suffix, form))))
    click.echo(_rendered(report, "text" if files else form))
    for file in files:
        click.echo(f"written: {file}", err=True)
    if report.what == "running" and report.passed and not no_faults:
        click.echo(f"next: smartopia device promote {report.device.split('/')[1]}", err=True)
    sys.exit(0 if report.passed else 1)


def _examined(name: str, plan: Plan, data_dir: str | None) -> CheckReport:
    from devices_sim.check.report import judge  # noqa: PLC0415
    from devices_sim.check.subject import find_device  # noqa: PLC0415
    from devices_sim.sdk.registry import discover_kinds  # noqa: PLC0415
    from smartopia.settings import load_settings  # noqa: PLC0415

    kinds = discover_kinds(load_settings().kinds)
    if name in kinds.names():
        return judge(asyncio.run(_kind(name, kinds, plan)), "kind")
    key, settings = find_device(name, kinds.names(), lambda: settings_of_running(data_dir))
    click.echo(f"listening to {key} for up to {plan.seconds:.0f} s; it must send now", err=True)
    transcript = asyncio.run(_running(settings, key, plan))
    report = judge(transcript, "running")
    # A check that left half of it out promotes nobody.
    if plan.faults:
        _keep(settings, transcript, report)
    return report


async def _kind(name: str, kinds: Kinds, plan: Plan) -> Transcript:
    from devices_sim.check.bench import bench  # noqa: PLC0415
    from devices_sim.check.kinds import KindSpecimen  # noqa: PLC0415

    specimen = KindSpecimen(name, kinds)
    async with bench(specimen.key) as made:
        return await made.check(specimen, specimen.key, plan)


async def _running(settings: Settings, key: DeviceKey, plan: Plan) -> Transcript:
    from devices_sim.check.running import check_running  # noqa: PLC0415

    return await check_running(settings, key, plan)


def _keep(settings: Settings, transcript: Transcript, report: CheckReport) -> None:
    """Keep the report with its device, so that it can be promoted by it."""
    from devices_sim.check.evidence import Evidence  # noqa: PLC0415
    from smartopia.things.checks import keep_check  # noqa: PLC0415
    from smartopia.things.digest import announce_digest  # noqa: PLC0415

    announce = Evidence(transcript).announce
    keeping = keep_check(
        settings,
        transcript.key,
        passed=report.passed,
        grade=report.grade.value,
        announce_digest=announce_digest(announce) if announce else "",
        report=report.model_dump(mode="json"),
    )
    try:
        asyncio.run(keeping)
    except SmartopiaError as error:
        click.echo(f"the report is not kept with the device: {error}", err=True)


def _rendered(report: CheckReport, form: str) -> str:
    from devices_sim.check.html import as_html  # noqa: PLC0415
    from devices_sim.check.text import as_text  # noqa: PLC0415

    if form == "json":
        return report.model_dump_json(indent=2)
    return as_html(report) if form == "html" else as_text(report)


def _check_folders(files: tuple[Path, ...]) -> None:
    """Refuse at once what could not be written a minute later."""
    for file in files:
        if not file.parent.is_dir():
            raise ConfigurationError(f"{file}: there is no folder {file.parent}")
