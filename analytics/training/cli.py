"""`smartopia train`."""

from __future__ import annotations

from pathlib import Path

import click

_folder = click.Path(file_okay=False, path_type=Path)
_there = click.Path(exists=True, file_okay=False, path_type=Path)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def train() -> None:
    """Train the default detector on rendered scenes, and say how good it is."""


@train.command(context_settings={"show_default": True})
@click.option("--out", type=_folder, default=Path("training"), help="pictures, checkpoints, model")
@click.option("--frames", type=click.IntRange(1), default=1920, help="pictures to learn from")
@click.option("--rare", type=click.IntRange(0), default=1920, help="more, full of what is rare")
@click.option("--val-frames", type=click.IntRange(1), default=192, help="to measure on")
@click.option("--epochs", type=click.IntRange(1), default=6)
@click.option("--imgsz", type=click.IntRange(64, 1280), default=640, help="pixels, longer side")
@click.option("--piece", type=click.IntRange(64, 1280), default=416, help="learnt from, pixels")
@click.option("--pieces", type=click.IntRange(1, 20), default=2, help="of a picture, at least")
@click.option("--seed", type=click.IntRange(0), default=1)
@click.option(
    "--after",
    type=click.Path(exists=True, path_type=Path),
    help="begin with the weights of the training in this folder, or of an .onnx of one",
)
@click.option("--data", type=_there, help="a YOLO data set to train on instead of rendering one")
@click.option("--resume", is_flag=True, help="go on with the training in --out")
@click.option("--install", is_flag=True, help="make the result the default model")
def scenes(
    *,
    out: Path,
    frames: int,
    rare: int,
    val_frames: int,
    epochs: int,
    imgsz: int,
    piece: int,
    pieces: int,
    seed: int,
    after: Path | None,
    data: Path | None,
    resume: bool,
    install: bool,
) -> None:
    """Render pictures, train on them, and write model.onnx and training.yaml into --out.

    It takes an hour or more on two cores. Stopped, it goes on after the last whole epoch (or
    picture) with --resume and the same options.
    """
    from analytics.training.plan import TrainingPlan  # noqa: PLC0415 - quick --help
    from analytics.training.work import install_model, train_scenes  # noqa: PLC0415

    begun_with = str(after.resolve()) if after else ""
    plan = TrainingPlan(
        frames, val_frames, epochs, imgsz, piece, pieces, seed, rare=rare, after=begun_with
    )
    model = train_scenes(out, plan, data=data, resume=resume, say=click.echo)
    click.echo(f"{model} and {model.with_name('training.yaml')} are written")
    if install:
        click.echo(f"installed as {install_model(model)}")


@train.command()
@click.option("--weights", required=True, type=_file, help="of `train scenes`, with training.yaml")
@click.option("--lab", required=True, type=_there, help="COCO data set of lab pictures")
@click.option("--field", required=True, type=_there, help="COCO data set of field pictures")
@click.option("--photographs", type=_there, help="YOLO data set of real street photographs")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
def card(*, weights: Path, lab: Path, field: Path, photographs: Path | None, out: Path) -> None:
    """Score a model in the lab and in the field, and write its model card.

    `smartopia scenes export --split lab --format coco` makes the lab, `--split field` the field.
    """
    from analytics.training.scoring import make_card  # noqa: PLC0415 - quick --help

    out.write_text(make_card(weights, lab, field, photographs, say=click.echo))
    click.echo(f"{out} is written")
