"""`smartopia scenes`: rendered pictures with exact truth, for any other tool."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

from smartopia.errors import ConfigurationError, SmartopiaError

if TYPE_CHECKING:
    from devices_sim.cameras.scene.formats.verify import Differences
    from devices_sim.cameras.scene.layout import Layout
    from devices_sim.cameras.scene.shots import Shot
    from devices_sim.cameras.scene.takes import Split

_folder = click.Path(file_okay=False, path_type=Path)
_SHOWN = 10


class _Bar(Protocol):
    """What is used of click's bar, whose class is private."""

    pos: int

    def update(self, n_steps: int) -> None: ...


@click.group()
def scenes() -> None:
    """Rendered scenes: places, and pictures of them with exact truth."""


@scenes.command("export")
@click.option("--split", "split_name", required=True, metavar="[train|rare|val|lab|field]")
@click.option("--format", "format_name", required=True, metavar="[coco|yolo|mot|smartopia]")
@click.option("--frames", required=True, type=click.IntRange(min=1), help="How many pictures.")
@click.option("--out", required=True, type=_folder, help="A new folder, or an unfinished one.")
@click.option(
    "--seed", default=1, show_default=True, type=click.IntRange(0, 2**53 - 1), help="Of the set."
)
@click.option(
    "--rate",
    type=click.FloatRange(0.1, 10),
    help="Pictures per second of a film; without it they are 4 s apart (mot: 5 a second).",
)
@click.option(
    "--under",
    multiple=True,
    metavar="CONDITION:GRADE",
    help="Put on all pictures in addition, such as fog:3; may be given several times.",
)
@click.option(
    "--jobs",
    default=1,
    show_default=True,
    type=click.IntRange(1, 256),
    help="Processes that work at once; the pictures are the same.",
)
def export_set(
    split_name: str,
    format_name: str,
    frames: int,
    out: Path,
    seed: int,
    rate: float | None,
    under: tuple[str, ...],
    jobs: int,
) -> None:
    """Write a data set. Stopped, the same command goes on where it was."""
    # Imported here: `smartopia --help` shall not wait for OpenCV.
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415

    from devices_sim.cameras.scene.formats.export import export  # noqa: PLC0415
    from devices_sim.cameras.scene.formats.model import DataSet  # noqa: PLC0415
    from devices_sim.cameras.scene.formats.registry import find_format  # noqa: PLC0415
    from devices_sim.cameras.scene.splits import sequence_length, shots  # noqa: PLC0415
    from devices_sim.cameras.scene.takes import graded  # noqa: PLC0415

    split, form, more = _split(split_name), find_format(format_name), graded(under)
    rate = form.rate if rate is None else rate
    data_set = DataSet(form.name, split.value, frames, seed, rate, more)

    def rest(start: int) -> Iterable[Shot]:
        return shots(split, frames, seed=seed, rate=rate, under=more, jobs=jobs, start=start)

    try:
        with ExitStack() as until:
            progress = _progress(until, frames)
            length = sequence_length(rate)
            done = export(data_set, form, out, rest, length=length, progress=progress)
    except KeyboardInterrupt:
        raise SmartopiaError("stopped; the same command goes on where it was") from None
    except BrokenProcessPool:
        raise SmartopiaError(
            "a process was ended from without, perhaps for want of memory; "
            "the same command with fewer --jobs goes on where it was"
        ) from None
    if done.finished:
        click.echo(f"{out} was finished before: {done.pictures} pictures")
    else:
        click.echo(f"{done.pictures} pictures in {out}; see {out / 'datacard.md'}")


@scenes.command("list")
def list_layouts() -> None:
    """List the layouts: their cameras, and the events that have a place there."""
    from devices_sim.cameras.scene.layout_files import (  # noqa: PLC0415
        load_layout,
        shipped_layouts,
    )

    for name in shipped_layouts():
        layout = load_layout(name)
        cameras = ", ".join(camera.name for camera in layout.cameras)
        click.echo(f"{name}\n  cameras  {cameras}\n  events   {', '.join(_events(layout))}")


@scenes.command()
@click.option("--out", required=True, type=_folder, help="Where scenes.jpg and conditions.jpg go.")
def sheet(out: Path) -> None:
    """Draw contact sheets: every place by day and night, every condition and grade."""
    import cv2  # noqa: PLC0415

    from devices_sim.cameras.scene.sheet import conditions_sheet, scenes_sheet  # noqa: PLC0415

    out.mkdir(parents=True, exist_ok=True)
    for name, draw in (("scenes", scenes_sheet), ("conditions", conditions_sheet)):
        file = out / f"{name}.jpg"
        if not cv2.imwrite(str(file), draw(), [cv2.IMWRITE_JPEG_QUALITY, 80]):
            raise ConfigurationError(f"{file} cannot be written")
        click.echo(file)


@scenes.command()
@click.argument("folder", type=_folder)
@click.option(
    "--same-as",
    "other",
    type=_folder,
    help="Compare with the pictures of this set instead, as they were before they became JPEGs.",
)
def verify(folder: Path, other: Path | None) -> None:
    """Say whether a data set is as it was written. Ends with 1 if it is not.

    Files that were added since, such as a trainer's cache, are told and do no harm.
    """
    from devices_sim.cameras.scene.formats.verify import (  # noqa: PLC0415
        changes,
        rendered_otherwise,
    )

    found = changes(folder) if other is None else rendered_otherwise(folder, other)
    for word in ("changed", "missing", "added"):
        names: tuple[str, ...] = getattr(found, word)
        for name in names[:_SHOWN]:
            click.echo(f"{word:8} {name}")
        if len(names) > _SHOWN:
            click.echo(f"{word:8} and {len(names) - _SHOWN} more")
    same = not found.changed and not found.missing and not (other and found.added)
    click.echo(_verdict(found, same=same, of="pictures" if other else "files"))
    if not same:
        sys.exit(1)


def _progress(until: ExitStack, frames: int) -> Callable[[int, int], None]:
    """A bar on standard error, from the first call on."""
    bars: list[_Bar] = []

    def told(done: int, before: int) -> None:
        if not bars:
            # Only what is left counts, or the time it takes would be told too short.
            label = f"{before} of {frames} pictures were there" if before else "pictures"
            bar = click.progressbar(
                length=frames - before, label=label, file=sys.stderr, show_pos=True
            )
            bars.append(until.enter_context(bar))
        bars[0].update(done - before - bars[0].pos)

    return told


def _verdict(found: Differences, *, same: bool, of: str) -> str:
    if same:
        return f"same: {found.total} {of}"
    kept = found.total - len(found.changed) - len(found.missing)
    return f"different: {kept} of {found.total} {of} are the same"


def _split(name: str) -> Split:
    from devices_sim.cameras.scene.takes import Split  # noqa: PLC0415

    if name not in tuple(Split):
        raise ConfigurationError(f"unknown split {name!r}; allowed are {', '.join(Split)}")
    return Split(name)


def _events(layout: Layout) -> list[str]:
    """The kinds of events that have a place in a layout which a camera sees."""
    from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent  # noqa: PLC0415
    from devices_sim.cameras.scene.plan.placing import place  # noqa: PLC0415
    from devices_sim.cameras.scene.plan.sight import Sight  # noqa: PLC0415

    sight, fitting = Sight(layout), []
    for kind in EventKind:
        try:
            place(SceneEvent(kind=kind, at=0), layout, sight, seed=1)
        except ConfigurationError:
            continue
        fitting.append(kind.value)
    return fitting
