"""The pictures of a data set, in order, made by as many processes as are given."""

from __future__ import annotations

import math
import os
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from itertools import islice
from multiprocessing import get_context, parent_process

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import conditions_told, light_of
from devices_sim.cameras.scene.exact import draw_exactly
from devices_sim.cameras.scene.exposure import expose, posed
from devices_sim.cameras.scene.eye import Eye
from devices_sim.cameras.scene.layout import Layout, SceneCamera, WalkKind
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.layout_variant import variant
from devices_sim.cameras.scene.plan import Plan
from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent
from devices_sim.cameras.scene.plan.geometry import Vec, distance
from devices_sim.cameras.scene.plan.placing import place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.cameras.scene.render.light import Light
from devices_sim.cameras.scene.shots import Shot, Shown
from devices_sim.cameras.scene.takes import (
    PICTURES,
    SPREAD_S,
    Graded,
    Riches,
    Split,
    Take,
    put_under,
    take,
)
from devices_sim.conditions.model import Span
from devices_sim.conditions.registry import discover_conditions
from devices_sim.world.place import Place
from devices_sim.world.world import World
from smartopia.errors import ConfigurationError

FILM_S = 30.0
"""How long a sequence is that is a film."""

_ROOM_M = {EventKind.FIRE: 12.0, EventKind.ABANDONMENT: 1.5, EventKind.COLLAPSE: 2.5}
"""Metres from another event of the kind."""

_WET = {"rain": 1.0, "snow": 0.5}
_CLOSED_SKY = frozenset({"fog", "rain", "snow"})


def sequence_length(rate: float | None) -> int:
    """Pictures in one sequence; `rate` as of `shots`."""
    return PICTURES if rate is None else max(1, round(FILM_S * rate))


def shots(
    split: Split,
    frames: int,
    *,
    seed: int = 1,
    rate: float | None = None,
    under: Graded = (),
    jobs: int = 1,
    start: int = 0,
) -> Iterator[Shot]:
    """The pictures of a data set: the same for equal arguments, whatever the number of jobs.

    Args:
        split: what they are for.
        frames: how many.
        seed: of the set.
        rate: pictures per second of a sequence; None spreads them, 4 s apart.
        under: conditions put on all of them, besides those they have.
        jobs: processes that work at once.
        start: how many of the first sequences to leave out.
    """
    length = sequence_length(rate)
    numbers = range(start, -(-frames // length))
    make = partial(sequence, split, seed=seed, rate=rate, under=under)
    left = max(0, frames - start * length)
    yield from islice((shot for film in _each(make, numbers, jobs) for shot in film), left)


def sequence(
    split: Split, number: int, *, seed: int, rate: float | None, under: Graded = ()
) -> list[Shot]:
    """All pictures of one sequence; the arguments are those of `shots`."""
    length, per_second = sequence_length(rate), rate or 1 / SPREAD_S
    chosen = take(split, number, seed, length / per_second)
    return list(film(put_under(chosen, under), length, per_second))


def film(chosen: Take, length: int, rate: float) -> Iterator[Shot]:
    """The pictures of a take: so many, so many a second."""
    layout = variant(load_layout(chosen.layout), chosen.variant)
    if chosen.rich is not None:
        layout = _rich(layout, chosen.rich)
    pole = _zoomed(layout.cameras[int(chosen.camera * len(layout.cameras))], chosen.zoom)
    spans = [Span(pole.name, name, grade) for name, grade in chosen.conditions]
    camera = posed(Camera.of_pole(pole), spans, 0.0, chosen.seed)
    world = World(chosen.seed, 1.0, chosen.hour, day_of_year=float(chosen.day))
    # What goes on on purpose goes on before this camera.
    watched = layout.model_copy(update={"cameras": (pole,)})
    plan = Plan(watched, world, chosen.seed, _fitting(watched, chosen))
    eye = Eye(layout, camera, chosen.seed)
    conditions = discover_conditions()
    graded = dict(chosen.conditions)
    light = _under(light_of(world.view(Place(*layout.place), 0.0)), graded)
    for number in range(length):
        time = number / rate
        state = plan.at(time)
        sky = world.view(Place(*layout.place), time)
        shown = eye.see(state, light, seed=_noise_seed(chosen, number))
        picture, boxes = expose(
            shown, spans, time, conditions=conditions, seed=chosen.seed, number=number
        )
        if picture is None:
            continue
        night = tuple(one for one in conditions_told(sky, camera) if one[0] == "night")
        told = Shown(
            sequence=chosen.name,
            number=number,
            rate=rate,
            layout=chosen.layout,
            variant=chosen.variant,
            camera=pole.name,
            seed=chosen.seed,
            time=time,
            hour=sky.hour,
            sun_elevation=round(sky.sun_elevation, 2),
            conditions=(*night, *chosen.conditions),
            events=tuple(
                sorted(
                    one.kind
                    for one in plan.happened()
                    if one.onset <= time and (one.end is None or time < one.end)
                )
            ),
        )
        yield Shot(told, picture, boxes)


def _rich(layout: Layout, riches: Riches) -> Layout:
    """The place with as many of the rare as of the frequent, and cyclists on its pavements."""
    walks = tuple(
        walk.model_copy(update={"kind": WalkKind.PATH})
        if riches.cycling and walk.kind is WalkKind.PAVEMENT
        else walk
        for walk in layout.walks
    )
    busier = {
        "traffic": max(0.6, layout.traffic),
        "liveliness": max(riches.liveliness, layout.liveliness),
    }
    return layout.model_copy(update={"mix": riches.mix, "walks": walks, **busier})


def _zoomed(pole: SceneCamera, zoom: float) -> SceneCamera:
    half = math.tan(math.radians(pole.field_of_view) / 2) / zoom
    return pole.model_copy(update={"field_of_view": math.degrees(2 * math.atan(half))})


def _fitting(layout: Layout, chosen: Take) -> Iterator[SceneEvent]:
    """The events that have a place in the layout, and room: two fires in one are one."""
    sight = Sight(layout)
    taken: dict[EventKind, list[Vec]] = {}
    for event in chosen.events:
        try:
            spot = place(event, layout, sight, chosen.seed)
        except ConfigurationError:
            continue
        there = taken.setdefault(event.kind, [])
        if all(distance((spot.x, spot.y), other) >= _ROOM_M.get(event.kind, 0) for other in there):
            there.append((spot.x, spot.y))
            yield event


def _under(light: Light, graded: Mapping[str, int]) -> Light:
    """The light under the weather that is put on the pictures."""
    cloud = 1.0 if _CLOSED_SKY & graded.keys() else light.cloud
    wet = max([light.wet, *(wet for name, wet in _WET.items() if name in graded)])
    return replace(light, cloud=cloud, wet=wet)


def _noise_seed(chosen: Take, number: int) -> int:
    return chosen.seed * 100_003 + number


def _each(make: partial[list[Shot]], numbers: Iterable[int], jobs: int) -> Iterator[list[Shot]]:
    if jobs == 1:
        draw_exactly(alone=False)
        yield from map(make, numbers)
        return
    # Spawned, since a forked process would share OpenCV's threads.
    with ProcessPoolExecutor(jobs, get_context("spawn"), initializer=_alone) as crew:
        yield from crew.map(make, numbers)


def _alone() -> None:
    draw_exactly()
    # Ctrl-C reaches all of them, and is told by the one who asked.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A worker waits for work for ever, even when nobody is left to give it any."""
    parent = parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)
