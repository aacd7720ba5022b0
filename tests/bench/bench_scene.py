"""How real the rendered streets are, by a detector that never saw them, and how fast they come.

    python -m tests.bench.bench_scene [--pictures 48] [--frames 30] [--seeds 12] [--buses 0.9]

First the speed: CPU time of one thread to render and encode a frame of a sequence as a camera
takes it, by day, by night and in a storm (rain and a shaken pole), against what four cameras at 5
frames a second leave on one core. `--pictures 0` stops there.

What follows needs SMARTOPIA_MODEL: weights trained on photographs (COCO classes). People and
vehicles are put at random along the ways of every layout; the detector must find those whose
visible box is longer than 32 px and at least half seen, at confidence 0.25, with IoU 0.5 and the
right class. Buses are few in an ordinary street: `--seeds 12` takes the pictures of so many seeds
together, `--buses 0.9` makes most vehicles buses, for a figure that is worth something.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from analytics.evaluation.intervals import wilson
from devices_sim.cameras.encode import encode
from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose, SceneState
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.exact import draw_exactly
from devices_sim.cameras.scene.exposure import expose
from devices_sim.cameras.scene.layout import Layout, Line
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.plan import Plan
from devices_sim.cameras.scene.render.frame import Rendered, render
from devices_sim.cameras.scene.render.light import Light
from devices_sim.cameras.scene.render.static import survey, view
from devices_sim.conditions.model import Span
from devices_sim.conditions.registry import discover_conditions
from devices_sim.world.world import World

LAYOUTS = Path(__file__).parents[2] / "devices_sim" / "cameras" / "scene" / "layouts"
CLASSES = {0: ActorKind.PERSON, 2: ActorKind.CAR, 5: ActorKind.BUS}
OTHERS = {6: "train", 7: "truck"}
"""Classes of COCO that a vehicle may be taken for."""
_NIGHT = Light(-20, 0, 0.5, 0.5, True)
TAKEN: dict[str, tuple[Light, tuple[tuple[str, int], ...]]] = {
    "day": (Light(40, 200, 0.3), ()),
    "night": (_NIGHT, ()),
    # What a storm puts on a picture, and a pole that it shakes.
    "storm": (_NIGHT, (("rain", 4), ("shaken", 3))),
}
"""Light, and conditions with their grades."""
RATE = 5.0
BUDGET = 1000 / (4 * RATE)
"""Milliseconds of one core for a frame of four cameras."""
WARM = 5
"""Frames at a sequence's start that are not counted: what is kept is made then."""
LEAST_PIXELS, LEAST_SHARE, LEAST_IOU, CONFIDENCE = 32, 0.5, 0.5, 0.25
_UPRIGHT = (Pose.WALKING, Pose.WALKING, Pose.WALKING, Pose.STANDING, Pose.RUNNING, Pose.CARRYING)

Box = tuple[float, float, float, float]


@dataclass
class Score:
    """What was there and what was found, by class; `taken`: what was missed, and as what."""

    wanted: Counter[ActorKind] = field(default_factory=Counter)
    found: Counter[ActorKind] = field(default_factory=Counter)
    false: Counter[ActorKind] = field(default_factory=Counter)
    taken: Counter[tuple[ActorKind, str]] = field(default_factory=Counter)


def by_day(dice: np.random.Generator) -> Light:
    """Some light of the day."""
    return Light(
        sun_elevation=float(dice.uniform(18, 65)),
        sun_azimuth=float(dice.uniform(90, 270)),
        cloud=float(dice.choice([0.1, 0.4, 0.7, 1.0])),
    )


def crowd(
    layout: Layout, dice: np.random.Generator, people: int, vehicles: int, buses: float = 0.18
) -> list[Actor]:
    """People along the walks and vehicles along the lanes, such a share of them buses."""
    found: list[Actor] = []
    kinds = [ActorKind.CAR, ActorKind.BUS, ActorKind.TRUCK, ActorKind.MOTORCYCLE, ActorKind.BICYCLE]
    rest = np.array([0.62, 0.0, 0.06, 0.07, 0.07]) / 0.82 * (1 - buses)
    odds = rest + np.array([0, buses, 0, 0, 0])
    for _ in range(vehicles * 4):
        lane = layout.lanes[int(dice.integers(len(layout.lanes)))]
        kind = kinds[int(dice.choice(5, p=odds))]
        if lane.small and kind in {ActorKind.BUS, ActorKind.TRUCK}:
            continue
        _add(found, kind, lane.line, 0.2, dice)
        if len(found) >= vehicles:
            break
    for _ in range(people):
        walk = layout.walks[int(dice.integers(len(layout.walks)))]
        _add(found, ActorKind.PERSON, walk.line, walk.width / 2 - 0.3, dice)
    return found


def _add(
    found: list[Actor], kind: ActorKind, line: Line, aside: float, dice: np.random.Generator
) -> None:
    x, y, heading = _somewhere(line, dice)
    shift = float(dice.uniform(-aside, aside))
    x, y = x - shift * math.sin(heading), y + shift * math.cos(heading)
    room = 1.0 if kind is ActorKind.PERSON else 9.0 if kind is ActorKind.BUS else 6.0
    for other in found:
        apart = room if other.kind is not ActorKind.BUS else max(room, 3 if room < 2 else 12)
        if math.hypot(other.x - x, other.y - y) < apart:
            return
    pose = Pose.NONE
    if kind is ActorKind.PERSON:
        pose = _UPRIGHT[int(dice.integers(len(_UPRIGHT)))]
        heading += math.pi * int(dice.integers(2))
    elif kind in {ActorKind.BICYCLE, ActorKind.MOTORCYCLE}:
        pose = Pose.RIDING
    found.append(
        Actor(
            id=len(found) + 1,
            kind=kind,
            x=x,
            y=y,
            heading=heading,
            speed=1.3,
            pose=pose,
            phase=float(dice.random()),
            look=int(dice.integers(1_000_000)),
        )
    )


def _somewhere(line: Line, dice: np.random.Generator) -> tuple[float, float, float]:
    points = np.array(line)
    steps = np.diff(points, axis=0)
    lengths = np.hypot(*steps.T)
    at = int(dice.choice(len(lengths), p=lengths / lengths.sum()))
    x, y = points[at] + steps[at] * dice.random()
    return float(x), float(y), math.atan2(steps[at][1], steps[at][0])


def iou(one: Box, other: Box) -> float:
    """How much of two boxes is common to both."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return wide * high / (both - wide * high)


def judge(score: Score, shown: Rendered, guesses: list[tuple[str, Box]]) -> list[Box]:
    """Add a picture to the score; returns the boxes that were missed."""
    missed, left = [], list(guesses)
    for box in shown.boxes:
        if box.kind not in CLASSES.values() or box.visible is None:
            continue
        inside = box.visible
        size = max(inside[2] - inside[0], inside[3] - inside[1])
        best = max(
            (guess for guess in left if guess[0] == box.kind),
            key=lambda guess: iou(guess[1], inside),
            default=None,
        )
        hit = best is not None and iou(best[1], inside) >= LEAST_IOU
        if best is not None and hit:
            left.remove(best)
        if size > LEAST_PIXELS and box.share >= LEAST_SHARE:
            score.wanted[box.kind] += 1
            score.found[box.kind] += hit
            if not hit:
                missed.append(inside)
                score.taken[box.kind, _taken_for(inside, left)] += 1
    score.false.update(ActorKind(kind) for kind, _ in left if kind in CLASSES.values())
    return missed


def _taken_for(inside: Box, guesses: list[tuple[str, Box]]) -> str:
    """The class of the guess that lies best on a box; "nothing" if none does."""
    near = [(iou(box, inside), kind) for kind, box in guesses]
    return str(max([pair for pair in near if pair[0] >= LEAST_IOU], default=(0, "nothing"))[1])


def scenes(pictures: int, seed: int, buses: float = 0.18) -> Iterator[Rendered]:
    """Pictures from every camera of every layout in turn."""
    dice = np.random.default_rng(seed)
    files = sorted(LAYOUTS.glob("*.yaml"))
    layouts = [Layout.model_validate(yaml.safe_load(path.read_text())) for path in files]
    poles = [(layout, pole) for layout in layouts for pole in layout.cameras]
    each = max(1, pictures // len(poles))
    for layout, pole in poles[:pictures]:
        place = view(survey(layout, Camera.of_pole(pole)), by_day(dice), seed=seed)
        for number in range(each):
            actors = crowd(layout, dice, 14, 8, buses)
            yield render(place, SceneState(0.0, tuple(actors)), seed=number)


def paces(layout: Layout, frames: int, seed: int) -> dict[str, list[float]]:
    """CPU milliseconds of each frame of a sequence from every camera of a layout, by `TAKEN`."""
    found: dict[str, list[float]] = {name: [] for name in TAKEN}
    plan = Plan(layout, World(1, 1.0, 15.0, ()), seed=seed)
    states = [plan.at(number / RATE) for number in range(WARM + frames)]
    conditions = discover_conditions()
    for pole in layout.cameras:
        looked = survey(layout, Camera.of_pole(pole))
        for name, (light, graded) in TAKEN.items():
            place = view(looked, light, seed=seed)
            spans = [Span(pole.name, condition, grade) for condition, grade in graded]
            for number, state in enumerate(states):
                start = time.process_time()
                shown = render(place, state, seed=number)
                picture, _ = expose(
                    shown, spans, number / RATE, conditions=conditions, seed=seed, number=number
                )
                assert picture is not None
                encode(picture)
                if number >= WARM:
                    found[name].append((time.process_time() - start) * 1e3)
    return found


def report_pace(frames: int, seed: int) -> None:
    """Print the median CPU time of a frame against the budget, by layout and over all."""
    total: dict[str, list[float]] = {name: [] for name in TAKEN}
    for path in sorted(LAYOUTS.glob("*.yaml")):
        found = paces(load_layout(path.stem), frames, seed)
        print(f"{path.stem:12}", *(_pace(name, found[name]) for name in TAKEN), sep="  ")
        for name, times in found.items():
            total[name] += times
    print(f"{'all':12}", *(_pace(name, total[name]) for name in TAKEN), sep="  ")


def _pace(name: str, times: list[float]) -> str:
    middle = statistics.median(times)
    return f"{name} {middle:5.1f} ms, {middle / BUDGET:.2f} of the budget"


def main() -> None:
    """Print how fast frames come, and recall by class with n."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--pictures", type=int, default=48)
    arguments.add_argument("--frames", type=int, default=30, help="of each sequence; 0 for none")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--seeds", type=int, default=1, help="whose pictures count together")
    arguments.add_argument("--buses", type=float, default=0.18, help="share of the vehicles")
    arguments.add_argument("--sheet", type=Path, help="write a contact sheet with what was missed")
    chosen = arguments.parse_args()
    draw_exactly()
    if chosen.frames:
        report_pace(chosen.frames, chosen.seed)
    if not chosen.pictures:
        return
    model = _detector(os.environ["SMARTOPIA_MODEL"])
    score, sheet = Score(), []
    for seed in range(chosen.seed, chosen.seed + chosen.seeds):
        for shown in scenes(chosen.pictures, seed, chosen.buses):
            missed = judge(score, shown, _guesses(model, shown.picture))
            if chosen.sheet:
                sheet.append(_marked(shown, missed))
    for kind in CLASSES.values():
        wanted, found = score.wanted[kind], score.found[kind]
        taken = {other: n for (missed_kind, other), n in score.taken.items() if missed_kind == kind}
        told = wilson(found, wanted)
        print(
            f"{kind:8} recall {told.value:.3f} ({told.low:.3f} to {told.high:.3f})  n {wanted}"
            f"  false {score.false[kind]}  missed, taken for {taken}"
        )
    if chosen.sheet:
        rows = [np.hstack(sheet[i : i + 3]) for i in range(0, len(sheet) - 2, 3)]
        cv2.imwrite(str(chosen.sheet), np.vstack(rows))


def _detector(weights: str) -> Any:
    os.environ.setdefault("YOLO_OFFLINE", "true")
    os.environ.setdefault("YOLO_AUTOINSTALL", "false")
    import torch  # noqa: PLC0415
    from ultralytics.models import YOLO  # noqa: PLC0415

    torch.set_num_threads(1)
    return YOLO(weights)


def _guesses(model: Any, picture: Any) -> list[tuple[str, Box]]:
    result = model.predict(picture, imgsz=640, conf=CONFIDENCE, verbose=False)[0].boxes
    numbers = [int(number) for number in result.cls]
    boxes = [tuple(float(v) for v in box) for box in result.xyxy]
    pairs = zip(numbers, boxes, strict=True)
    named: dict[int, str] = {**CLASSES, **OTHERS}
    return [(named[number], box) for number, box in pairs if number in named]  # type: ignore[misc]


def _marked(shown: Rendered, missed: list[Box]) -> Any:
    picture = shown.picture.copy()
    for box in missed:
        left, top, right, bottom = (round(v) for v in box)
        cv2.rectangle(picture, (left - 1, top - 1), (right + 1, bottom + 1), (0, 0, 255), 1)
    return cv2.resize(picture, (640, 384), interpolation=cv2.INTER_AREA)


if __name__ == "__main__":
    main()
