"""A picture as a camera in the field takes it: turned, shaken, dirty; and its truth with it."""

from __future__ import annotations

from collections.abc import Iterable, MutableMapping
from dataclasses import replace

import numpy as np

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.render.boxes import Box, TrueBox
from devices_sim.cameras.scene.render.frame import Rendered
from devices_sim.conditions.cameras import turned
from devices_sim.conditions.filming import condition_picture, movement, strongest
from devices_sim.conditions.model import Affine, Occasion, Picture, Span, active
from devices_sim.conditions.registry import Conditions

_TILTS = (-10.0, 89.0)


def posed(camera: Camera, spans: Iterable[Span], now: float, seed: int) -> Camera:
    """The camera as it hangs `now` seconds into the run: aside, where it was turned.

    A rendered place knows what lies beside the picture, so the camera is really turned; it does
    not roll. `expose` leaves out the condition.

    Args:
        camera: as it was put up.
        spans: its conditions, in force or not.
        now: seconds of the run.
        seed: the run's.
    """
    turns = [span for span in active(spans, now) if span.condition == turned.NAME]
    for span in strongest(turns):
        occasion = Occasion(
            condition=span.condition, grade=span.grade, device=span.device, seed=seed
        )
        aside = turned.aside(occasion)
        low, high = _TILTS
        tilt = min(high, max(low, camera.tilt - aside.up))
        return replace(camera, pan=camera.pan - aside.right, tilt=tilt)
    return camera


def expose(
    rendered: Rendered,
    spans: Iterable[Span],
    now: float,
    *,
    conditions: Conditions,
    seed: int,
    number: int = 0,
    firsts: MutableMapping[Span, Picture] | None = None,
) -> tuple[Picture | None, tuple[TrueBox, ...]]:
    """A rendered picture as these conditions have it, and where everything is in it then.

    Args:
        rendered: by the camera as `posed`.
        spans: the conditions, all of them in force.
        now: seconds of the run.
        conditions: where they are found.
        seed: the run's.
        number: of the frame.
        firsts: keeps the first picture of each span from one call to the next.

    Returns:
        The picture, None if it is lost; and what was really there at this time, even if the
        picture is lost, or an old one.

    Raises:
        ConfigurationError: a span names a condition or grade there is not.
    """
    chosen = [span for span in strongest(spans) if span.condition != turned.NAME]
    picture = condition_picture(
        rendered.picture,
        chosen,
        now,
        conditions=conditions,
        seed=seed,
        number=number,
        depth=rendered.depth,
        firsts=firsts,
    )
    height, width = rendered.picture.shape[:2]
    moves = movement((width, height), chosen, now, conditions=conditions, seed=seed, number=number)
    if np.array_equal(moves, np.eye(2, 3)):
        return picture, rendered.boxes
    return picture, tuple(_moved(box, moves, (width, height)) for box in rendered.boxes)


def _moved(box: TrueBox, moves: Affine, size: tuple[int, int]) -> TrueBox:
    """A box where the picture took it; what left the picture is no longer seen."""
    whole = _around(box.whole, moves)
    if box.visible is None:
        return replace(box, whole=whole)
    visible = _around(box.visible, moves)
    left, top = max(0.0, visible[0]), max(0.0, visible[1])
    right, bottom = min(float(size[0]), visible[2]), min(float(size[1]), visible[3])
    if left >= right or top >= bottom:
        return replace(box, whole=whole, visible=None, share=0.0)
    area = (visible[2] - visible[0]) * (visible[3] - visible[1])
    kept = (right - left) * (bottom - top) / area
    return replace(box, whole=whole, visible=(left, top, right, bottom), share=box.share * kept)


def _around(box: Box, moves: Affine) -> Box:
    """The box round a box that was moved."""
    left, top, right, bottom = box
    corners = np.array([[left, top, 1], [right, top, 1], [left, bottom, 1], [right, bottom, 1]])
    x, y = moves @ corners.T
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())
