"""The rendered city as situations meet it, without pictures: tracks and site views from a plan."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from analytics.vision.situations.model import Box, Track
from devices_sim.cameras.scene.actors import SIZES, Actor, ActorKind, Pose
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout, SceneCamera
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.cameras.scene.site_view import LEAST_PX, PERSON_M, drawing_of
from smartopia.siteview import SiteView

_HIDES, _IN_PICTURE = 0.8, 0.5
_LABELS = {ActorKind.BAG: "suitcase"}
# Length along the heading, width, height of people by what they do, m.
_BODIES = {
    Pose.SITTING: (0.8, 0.5, 1.3),
    Pose.BENDING: (0.9, 0.5, 1.15),
    Pose.FIGHTING: (0.8, 0.6, 1.65),
    Pose.RUNNING: (0.9, 0.5, 1.65),
    Pose.WALKING: (0.6, 0.5, 1.7),
}


@dataclass(frozen=True, slots=True)
class Body:
    """One box a detector would find: whose, of what class, and how far away."""

    actor: int
    label: str
    box: Box
    depth: float


class CityCamera:
    """One camera of a layout.

    Attributes:
        reach: metres as far as its ways are drawn.
    """

    def __init__(self, layout: Layout, pole: SceneCamera, sight: Sight) -> None:
        self.name, self.camera = pole.name, Camera.of_pole(pole)
        self.size = (self.camera.width, self.camera.height_px)
        self.reach = self.camera.focal * PERSON_M / LEAST_PX
        self.view = SiteView(camera=pole.name, **dict(drawing_of(layout, pole)))
        self._screens = np.array([(*a, *b, top) for (a, b), top in sight._screens])

    def bodies(self, actors: Iterable[Actor]) -> list[Body]:
        """What a perfect detector would find."""
        solids = [(actor, label, box) for actor in actors for label, box in _solids(actor)]
        if not solids:
            return []
        pixels, depths = self.camera.project(np.concatenate([box for _, _, box in solids]))
        low, high = (way(pixels.reshape(-1, 8, 2), axis=1) for way in (np.min, np.max))
        near = depths.reshape(-1, 8).min(axis=1)
        tops = [float(solid[:, 2].max()) for _, _, solid in solids]
        hidden = self._hidden([actor for actor, _, _ in solids], tops)
        found = []
        for i, (actor, label, _) in enumerate(solids):
            if near[i] < 0.5 or hidden[i]:
                continue
            box = self._seen((*low[i].tolist(), *high[i].tolist()))
            if box is not None:
                found.append(Body(actor.id, label, box, float(near[i])))
        return _not_covered(found)

    def _seen(self, whole: Box) -> Box | None:
        """A box as far as it is in the picture; None where that is too little."""
        wide, high = (float(side) for side in self.size)
        x1, y1, x2, y2 = whole
        box = (max(0.0, x1), max(0.0, y1), min(wide, x2), min(high, y2))
        wide, high = box[2] - box[0], box[3] - box[1]
        if wide <= 0 or high <= 0 or max(wide, high) < LEAST_PX:
            return None
        return box if wide * high >= _IN_PICTURE * (x2 - x1) * (y2 - y1) else None

    def _hidden(self, actors: Sequence[Actor], tops: Sequence[float]) -> np.ndarray:
        """Whether a building or wall is before the middle of each; as `Sight` has it."""
        if not len(self._screens):
            return np.zeros(len(actors), dtype=bool)
        eye = np.array([self.camera.x, self.camera.y])
        r = np.array([(actor.x, actor.y) for actor in actors])[:, None] - eye
        c, d, top = self._screens[:, 0:2], self._screens[:, 2:4], self._screens[:, 4]
        s, q = d - c, c - eye
        turn = r[..., 0] * s[:, 1] - r[..., 1] * s[:, 0]
        turn = np.where(np.abs(turn) < 1e-12, np.nan, turn)
        share = (q[:, 0] * s[:, 1] - q[:, 1] * s[:, 0]) / turn
        other = (q[:, 0] * r[..., 1] - q[:, 1] * r[..., 0]) / turn
        ray = self.camera.height + (np.array(tops)[:, None] / 2 - self.camera.height) * share
        across = (share > 0.01) & (share < 0.99) & (other >= 0) & (other <= 1)
        return np.asarray((across & (ray < top)).any(axis=1))


def _not_covered(found: list[Body]) -> list[Body]:
    if len(found) < 2:
        return found
    boxes = np.array([body.box for body in found])
    depths = np.array([body.depth for body in found])
    owners = np.array([body.actor for body in found])
    solid = np.array([body.label not in {"smoke", "fire", "fighting"} for body in found])
    low = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    high = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=2)
    share = common / np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)[:, None]
    before = (depths[None] < depths[:, None]) & (owners[None] != owners[:, None]) & solid[None]
    gone = (before & (share > _HIDES)).any(axis=1)
    return [body for body, out in zip(found, gone, strict=True) if not out]


def _solids(actor: Actor) -> list[tuple[str, np.ndarray]]:
    size = SIZES[actor.kind]
    if actor.kind is ActorKind.PERSON:
        if actor.pose is Pose.FALLEN:
            return [("person", _fallen(actor))]
        shape = _BODIES.get(actor.pose, (0.5, 0.5, 1.7))
        solids = [("person", _solid(actor, *shape))]
        if actor.pose is Pose.FIGHTING:
            solids.append(("fighting", _solid(actor, 1.6, 1.2, 1.7)))
        return solids
    length, width, height = (part * actor.scale for part in (size.length, size.width, size.height))
    label = _LABELS.get(actor.kind, actor.kind.value)
    if actor.kind in {ActorKind.BICYCLE, ActorKind.MOTORCYCLE}:
        rider = _solid(actor, 0.7, 0.5, 1.7, base=0.45)
        return [(label, _solid(actor, length, width, 1.1)), ("person", rider)]
    return [(label, _solid(actor, length, width, height))]


def _fallen(actor: Actor) -> np.ndarray:
    """Upright to flat, as the body of `render.pose` falls: to the front, the back or a side."""
    done = min(1.0, actor.phase / 0.9)
    turn = math.radians(90 * done**1.6)
    long = 0.5 * math.cos(turn) + 1.75 * math.sin(turn)
    high = 1.7 * math.cos(turn) + 0.35 * math.sin(turn)
    across = actor.look % 4 >= 2
    return _solid(actor, 0.6 if across else long, long if across else 0.6, high)


def _solid(
    actor: Actor, length: float, width: float, height: float, base: float = 0.0
) -> np.ndarray:
    c, s = math.cos(actor.heading), math.sin(actor.heading)
    return np.array(
        [
            (actor.x + a * c - b * s, actor.y + a * s + b * c, z)
            for a in (-length / 2, length / 2)
            for b in (-width / 2, width / 2)
            for z in (base, height)
        ]
    )


@dataclass
class Tracker:
    """A tracker: perfect, or one of a middling detector.

    Attributes:
        jitter: standard deviation of each edge, px.
        missed: share of boxes not found.
        switches: new ids, a second and object; who was hidden for a second gets one anyway.
        owners: whose each id it ever gave was.
    """

    seed: int = 0
    jitter: float = 0.0
    missed: float = 0.0
    switches: float = 0.0
    owners: dict[int, int] = field(default_factory=dict)
    _ids: dict[tuple[int, str], tuple[int, float]] = field(default_factory=dict)
    _next: int = 1

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._last = -math.inf

    def tracks(self, bodies: Sequence[Body], now: float) -> tuple[Track, ...]:
        """What it tells of a frame."""
        dt, self._last = now - self._last, now
        found = []
        for body in bodies:
            if self._dice.random() < self.missed:
                continue
            ident = self._ident((body.actor, body.label), now, min(dt, 1.0))
            box = tuple(edge + self._dice.gauss(0, self.jitter) for edge in body.box)
            if box[2] - box[0] > 1 and box[3] - box[1] > 1:
                x1, y1, x2, y2 = box
                found.append(Track(ident, body.label, 0.8, (x1, y1, x2, y2)))
        return tuple(found)

    def _ident(self, key: tuple[int, str], now: float, dt: float) -> int:
        known = self._ids.get(key)
        lost = known is None or (self.switches > 0 and now - known[1] > 1.0)
        if known is None or lost or self._dice.random() < self.switches * dt:
            ident, self._next = self._next, self._next + 1
            self.owners[ident] = key[0]
        else:
            ident = known[0]
        self._ids[key] = (ident, now)
        return ident
