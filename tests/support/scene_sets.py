"""A small data set of scenes, exported as each format has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.formats.export import Exported, Shots, export
from devices_sim.cameras.scene.formats.model import DataSet
from devices_sim.cameras.scene.formats.registry import find_format
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.shots import Shot, Shown

WIDTH, HEIGHT = 200, 120
FORMATS = ("coco", "mot", "smartopia", "yolo")


def box(actor: int, kind: ActorKind, whole: tuple[float, ...], share: float = 1.0) -> TrueBox:
    """An actor's box in such a picture; one of which nothing is seen has a share of 0."""
    left, top, right, bottom = whole
    visible = (max(0.0, left), max(0.0, top), min(WIDTH, right), min(HEIGHT, bottom))
    return TrueBox(actor, kind, (left, top, right, bottom), visible if share else None, share)


CAR = box(1, ActorKind.CAR, (-20.0, 40.0, 60.0, 80.0), 0.75)
RIDER = box(2, ActorKind.PERSON, (100.0, 30.0, 120.0, 70.0))
CYCLE = box(2, ActorKind.BICYCLE, (95.0, 50.0, 125.0, 85.0))
SPECK = box(3, ActorKind.PERSON, (150.0, 10.0, 152.0, 14.0))
HIDDEN = box(4, ActorKind.PERSON, (20.0, 50.0, 30.0, 75.0), 0.0)
BUS = box(5, ActorKind.BUS, (130.0, 50.0, 190.0, 100.0))
SMOKE = box(6, ActorKind.SMOKE, (60.5, 5.0, 90.5, 40.0))
FULL = (CAR, RIDER, CYCLE, SPECK, HIDDEN, BUS, SMOKE)


def shot(place: str, number: int) -> Shot:
    """Every second picture shows all there is, the others nothing."""
    shown = Shown(
        sequence=f"lab-{place}",
        number=number,
        rate=5.0,
        layout=place,
        variant=3,
        camera=f"{place}-east",
        seed=11,
        time=number / 5,
        hour=18.5,
        sun_elevation=-2.0,
        conditions=(("fog", 2),) if place == "street" else (),
        events=("fire",),
    )
    dice = np.random.default_rng([number, len(place)])
    picture = dice.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    return Shot(shown, picture, () if number % 2 else FULL)


FILMS = [[shot(place, n) for n in range(4)] for place in ("street", "crossing", "alley")]


def shots(start: int) -> Iterator[Shot]:
    """All of them, from the sequence of that number on."""
    for film in FILMS[start:]:
        yield from film


def data_set(form: str, **more: Any) -> DataSet:
    return replace(DataSet(form, "lab", 12, rate=5.0), **more)


def write(form: str, path: Path, source: Shots = shots, **more: Any) -> Exported:
    """Export a set to a folder."""
    return export(data_set(form, **more), find_format(form), path, source, length=4)


def contents(path: Path) -> dict[str, bytes]:
    """What is in a folder, by file."""
    files = (file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


class StoppedError(Exception):
    """Ctrl-C, as it were."""


def stopped_after(pictures: int) -> Shots:
    """The shots, until somebody stops after so many."""

    def source(start: int) -> Iterator[Shot]:
        for n, one in enumerate(shots(start)):
            if n == pictures:
                raise StoppedError
            yield one

    return source
