"""What use leaves on the ground: wheel tracks, oil, dirt along kerbs, and covers of shafts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import cv2
import numpy as np

from devices_sim.cameras.scene.camera import Camera, Floats
from devices_sim.cameras.scene.layout import Lane, Layout, Material
from devices_sim.cameras.scene.render.ground import COVER, RIM, Patch, bands, outline_seen
from devices_sim.cameras.scene.render.mesh import Array, f32
from devices_sim.cameras.scene.render.noise import noise

_TRACKS, _TRACK = (-0.78, 0.78), 0.5
_OIL = 0.42
_GUTTER = 1.1
_SHIFT = 4
_COVER_EVERY, _COVER_APART, _COVER = 31.0, 11.0, 0.36


def covers(layout: Layout) -> Iterator[Patch]:
    """Covers of shafts along the lanes, each within its rim."""
    laid: list[Floats] = []
    for number, lane in enumerate(layout.lanes):
        if lane.small:
            continue
        ahead = 9.0 + 5.3 * (number % 4)
        for start, end in pairwise(np.array(lane.line, dtype=np.float64)):
            length = float(np.linalg.norm(end - start))
            while ahead < length:
                way = (end - start) / length
                middle = start + way * ahead + np.array([-way[1], way[0]]) * 0.5
                ahead += _COVER_EVERY
                if all(np.hypot(*(middle - other)) > _COVER_APART for other in laid):
                    laid.append(middle)
                    yield Patch(_disc(middle, _COVER + 0.13), RIM)
                    yield Patch(_disc(middle, _COVER), COVER)
            ahead -= length


def worn(camera: Camera, layout: Layout, scale: int) -> Array:
    """How dark use has made the ground, (H, W) at a scale: 0 as laid, up to 1."""
    driven = [lane for lane in layout.lanes if not lane.small]
    tracks = [band for lane in driven for side in _TRACKS for band in _beside(lane, side, _TRACK)]
    oil = [band for lane in driven for band in _beside(lane, 0.0, _OIL)]
    edges = [
        band
        for item in layout.ground
        if item.material is Material.PAVEMENT
        for band in bands(np.array([*item.polygon, item.polygon[0]]), _GUTTER)
    ]
    shares = ((tracks, 0.55), (oil, 0.5), (edges, 0.75))
    total = sum(_soft(camera, shapes) * np.float32(share) for shapes, share in shares)
    size = (camera.width * scale, camera.height_px * scale)
    return f32(cv2.resize(f32(total), size, interpolation=cv2.INTER_LINEAR))


def darkened(colours: Array, wear: Array, x: Array, y: Array) -> Array:
    """Colours (N, 3) of the ground at places (N,) that are worn this much (N,)."""
    patchy = 0.75 + 0.4 * noise(x, y, 4.0, seed=40) + 0.25 * noise(x, y, 0.5, seed=41)
    return f32(colours * (1 - 0.33 * wear * np.clip(patchy, 0, 1.6))[:, None])


def _disc(middle: Floats, radius: float) -> Floats:
    angle = np.linspace(0, 2 * np.pi, 25)[:-1]
    return np.asarray(middle + radius * np.column_stack([np.cos(angle), np.sin(angle)]))


def _beside(lane: Lane, aside: float, width: float) -> Iterator[Floats]:
    """A strip along a lane, to the left of its middle."""
    for start, end in pairwise(np.array(lane.line, dtype=np.float64)):
        length = float(np.linalg.norm(end - start))
        if length > 1e-6:
            shift = np.array([start[1] - end[1], end[0] - start[0]]) / length * aside
            yield from bands(np.stack([start, end]) + shift, width)


def _soft(camera: Camera, shapes: Iterable[Floats]) -> Array:
    """Where shapes lie in the picture (H, W), 0 to 1, with soft edges."""
    mask = np.zeros((camera.height_px, camera.width), dtype=np.uint8)
    for shape in shapes:
        seen = outline_seen(camera, shape, 0.0)
        if seen is not None:
            fixed = np.round((seen - 0.5) * 2**_SHIFT).astype(np.int32)
            cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _SHIFT)
    # Near the lens edges are wider than far from it.
    near, far = (cv2.GaussianBlur(mask, (0, 0), sigma) for sigma in (7.0, 1.0))
    share = np.linspace(0, 1, camera.height_px, dtype=np.float32)[:, None]
    return f32(near * share + far * (1 - share)) / np.float32(255)
