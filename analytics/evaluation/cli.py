"""`smartopia evaluate`."""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from smartopia.reports import Report

_folder = click.Path(file_okay=False, path_type=Path)
_there = click.Path(exists=True, file_okay=False, path_type=Path)
_time = click.DateTime(("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"))
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


_out = click.option(
    "--out", type=_folder, help="of the report; if not given, where the control center finds it"
)


def _command() -> list[str]:
    return ["smartopia", *sys.argv[1:]]


def _done(page: Path, report: Report) -> None:
    for line in report.glance:
        click.echo(line)
    click.echo(f"{page} is written")


def _say(line: str) -> None:
    click.echo(line, err=True)


@click.group(invoke_without_command=True)
@click.option(
    "--verify", type=_file, metavar="REPORT.json", help="Make this report again, compare."
)
@click.pass_context
def evaluate(context: click.Context, verify: Path | None) -> None:
    """Say how good detection is, in the lab and in the field, and where it fails.

    Stopped with Ctrl-C, it goes on with the same command.
    """
    if verify is not None:
        from analytics.evaluation.report.verify import verify_report  # noqa: PLC0415 - quick --help

        different = verify_report(verify, _say)
        for line in different:
            click.echo(f"different  {line}")
        if not different:
            click.echo(f"same       {verify}")
        raise SystemExit(1 if different else 0)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


@evaluate.command()
@click.option("--lab", required=True, type=_there, help="YOLO or COCO data set")
@click.option("--field", required=True, type=_there, help="YOLO or COCO data set")
@click.option("--model", default=None, help="weights; SMARTOPIA_MODEL if not given")
@click.option("--imgsz", type=click.IntRange(64, 4096), help="pixels the model looks at")
@click.option("--classes", default="", help="only these, joined by commas")
@click.option("--threshold", type=click.FloatRange(0, 1), help="confidence from which it counts")
@click.option("--compare", help="weights of another model, held against the first")
@click.option(
    "--under", multiple=True, type=_there, help="the lab's pictures under a condition, a COCO set"
)
@click.option("--training", multiple=True, type=_there, help="pictures it was trained on")
@_out
def objects(
    *,
    lab: Path,
    field: Path,
    model: str | None,
    imgsz: int | None,
    classes: str,
    threshold: float | None,
    compare: str | None,
    under: tuple[Path, ...],
    training: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Score a detector on labelled pictures of the lab and of the field."""
    from analytics.evaluation.report.objects import (  # noqa: PLC0415 - quick --help
        ROW_COLUMNS,
        make_objects_report,
    )
    from analytics.evaluation.report.plan import ObjectsPlan  # noqa: PLC0415
    from analytics.evaluation.report.writing import write_report  # noqa: PLC0415
    from analytics.vision.detect.weights import find_weights  # noqa: PLC0415
    from smartopia.errors import ConfigurationError  # noqa: PLC0415
    from smartopia.reports import reports_folder  # noqa: PLC0415
    from smartopia.seen import OPERATING_SCORE  # noqa: PLC0415
    from smartopia.settings import load_settings  # noqa: PLC0415

    settings = load_settings()
    if "," in (model or settings.model):
        raise ConfigurationError("one model is scored at a time; name it by --model")
    plan = ObjectsPlan(
        lab=lab,
        field=field,
        weights=find_weights(model or settings.model, settings.model_dir),
        image_size=imgsz,
        classes=tuple(name.strip() for name in classes.split(",") if name.strip()),
        training=training,
        compared=find_weights(compare, settings.model_dir) if compare else None,
        operating=OPERATING_SCORE if threshold is None else threshold,
        under=under,
    )
    folder = out or reports_folder(settings) / "objects"
    try:
        made = make_objects_report(plan, folder / "detections", _command(), _say)
    except KeyboardInterrupt:
        _say("stopped; the same command goes on where it was")
        raise SystemExit(130) from None
    _done(write_report(folder, made.report, made.pictures, ROW_COLUMNS, made.rows), made.report)


@evaluate.command()
@click.option("--scenario", required=True, multiple=True, help="what is played, such as cctv-exam")
@click.option(
    "--for", "seconds", type=click.FloatRange(1), default=1800.0, show_default=True, help="seconds"
)
@click.option("--model", help="detector weights; SMARTOPIA_MODEL if not given")
@click.option("--port", type=int, default=0, help="where to watch it  [default: any free one]")
@click.option("--out", required=True, type=_folder, help="a new folder, for truth and alerts")
def run(
    *, scenario: tuple[str, ...], seconds: float, model: str | None, port: int, out: Path
) -> None:
    """Play a scenario in a city of its own, and keep what `situations` scores.

    It takes as long as it plays; a machine with other work makes fewer frames. Ctrl-C ends it
    early. The city itself, with all its pictures, is deleted at the end.
    """
    from analytics.evaluation.report.city_run import CityRun, record_run  # noqa: PLC0415

    found = record_run(CityRun(scenario, seconds, model, out, port), _say)
    click.echo(f"{out}: {len(found.alerts)} alerts, and the truth of {len(found.seals)} chapters")


@evaluate.command()
@click.option("--lab", required=True, multiple=True, type=_there, help="folder of a run")
@click.option("--field", required=True, multiple=True, type=_there, help="folder of a run")
@click.option(
    "--compare",
    multiple=True,
    type=_there,
    help="folder of another run of the same events, held against the first",
)
@_out
def situations(
    *,
    lab: tuple[Path, ...],
    field: tuple[Path, ...],
    compare: tuple[Path, ...],
    out: Path | None,
) -> None:
    """Score alerts against the sealed truth of simulated runs.

    The folder of a run holds what the simulator revealed, and alerts.json of `export-alerts`.
    A run to compare has the same truth as one of lab or field, or plays the same scenario with
    the same seed again.
    """
    from analytics.evaluation.report.situations import (  # noqa: PLC0415 - quick --help
        ROW_COLUMNS,
        make_situations_report,
    )
    from analytics.evaluation.report.writing import write_report  # noqa: PLC0415
    from smartopia.reports import reports_folder  # noqa: PLC0415
    from smartopia.settings import load_settings  # noqa: PLC0415

    folder = out or reports_folder(load_settings()) / "situations"
    report, rows = make_situations_report(lab, field, _command(), _say, compare)
    _done(write_report(folder, report, (), ROW_COLUMNS, rows), report)


@evaluate.command()
@click.option("--field", required=True, type=_file, help="a file of `export-alerts`")
@click.option("--lab", type=_file, help="report.json of `evaluate situations`, to stand beside it")
@_out
def field(*, field: Path, lab: Path | None, out: Path | None) -> None:
    """Say how good live operation is, by what operators said of alerts and spot checks."""
    from analytics.evaluation.report.field import (  # noqa: PLC0415 - quick --help
        ROW_COLUMNS,
        make_field_report,
    )
    from analytics.evaluation.report.writing import write_report  # noqa: PLC0415
    from smartopia.reports import reports_folder  # noqa: PLC0415
    from smartopia.settings import load_settings  # noqa: PLC0415

    folder = out or reports_folder(load_settings()) / "field"
    report, rows = make_field_report(field, lab, _command())
    _done(write_report(folder, report, (), ROW_COLUMNS, rows), report)


@evaluate.command("export-alerts")
@click.option("--since", required=True, type=_time, help="phenomenon time, UTC")
@click.option("--until", type=_time, help="if not given, now")
@click.option("--data-dir", type=click.Path(path_type=str), help="that of the running city")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def export_alerts(
    *, since: datetime, until: datetime | None, data_dir: str | None, out: Path
) -> None:
    """Write cameras' alerts, when they were watched, spot checks, reports and seals as JSON.

    Of a span of time: beside the truth's files for `evaluate situations`, alone for `field`.
    """
    from analytics.evaluation.report.export import export  # noqa: PLC0415 - quick --help
    from smartopia.cli.state import settings_of_running  # noqa: PLC0415
    from smartopia.clock import utc_now  # noqa: PLC0415

    end = utc_now() if until is None else until.replace(tzinfo=UTC)
    found = asyncio.run(export(settings_of_running(data_dir), since.replace(tzinfo=UTC), end))
    out.write_text(found.model_dump_json(indent=1) + "\n")
    click.echo(
        f"{out}: {len(found.alerts)} alerts, {len(found.checks)} spot checks, "
        f"{len(found.misses)} reports, {len(found.seals)} seals"
    )
    if found.watched is None:
        _say("nobody wrote down when cameras were watched: all time counts as watched")
