"""Triangles into pixels: OpenCV's z-buffer, behind the scene's own camera.

Corners are bent by the lens and handed over already projected, so what is drawn needs no
further warping and lies where `Camera.project` says. Edges stay straight between corners:
large faces must be cut into small ones first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.camera import NEAR
from devices_sim.cameras.scene.render.mesh import Array, Faces

FAR = 1000.0
"""Metres; the depth of the sky."""

Projected = tuple[NDArray[np.floating], NDArray[np.floating]]

_EYE = np.eye(4, dtype=np.float32)
_EYE.flags.writeable = False


def _settings(culling: int) -> Any:  # noqa: ANN401
    settings = cv2.TriangleRasterizeSettings()
    settings.setCullingMode(culling)
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    return settings


_FRONT_ONLY = _settings(cv2.RASTERIZE_CULLING_CW)
_BOTH_SIDES = _settings(cv2.RASTERIZE_CULLING_NONE)


def extent(pixels: NDArray[np.floating]) -> tuple[float, float, float, float]:
    """The box (x and y of two corners) round pixels (N, 2); column by column, which is faster."""
    x, y = np.ascontiguousarray(pixels.T)
    return float(x.min()), float(y.min()), float(x.max()), float(y.max())


@dataclass(frozen=True)
class Window:
    """A part of the picture, drawn at a scale.

    Attributes:
        x, y: its left upper corner in pixels of the picture; may lie outside.
        width, height: in pixels of the picture.
        scale: pixels drawn for each pixel of the picture, along a side.
    """

    x: int
    y: int
    width: int
    height: int
    scale: float = 1

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns drawn."""
        return round(self.height * self.scale), round(self.width * self.scale)


def visible_faces(faces: Faces, depth: NDArray[np.floating]) -> Faces:
    """The faces that lie before the lens with all their corners."""
    near = depth < NEAR
    if not near.any():
        return faces
    kept: Faces = faces[~near[faces].any(axis=1)]
    return kept


def blank(window: Window) -> tuple[Array, Array]:
    """Colours (H, W, 3) of black and depths (H, W) of the sky, to draw into."""
    rows, columns = window.shape
    return (
        np.zeros((rows, columns, 3), dtype=np.float32),
        np.full((rows, columns), FAR, dtype=np.float32),
    )


def _placed(window: Window, projected: Projected) -> Array:
    """Projected points where the rasteriser's own camera sees them at the same pixels, (V, 3)."""
    pixels, depth = projected
    rows, columns = window.shape
    # With a field of 90 degrees up, half the rows are one unit of slope.
    across = (pixels[:, 0] - window.x) * (2 * window.scale / rows) - columns / rows
    down = (pixels[:, 1] - window.y) * (2 * window.scale / rows) - 1
    at = np.empty((len(depth), 3), dtype=np.float32)
    at[:, 0] = across * depth
    at[:, 1] = -down * depth
    at[:, 2] = -depth
    return at


def draw(
    window: Window,
    projected: Projected,
    faces: Faces,
    values: Array,
    into: tuple[Array, Array],
    *,
    both_sides: bool = False,
) -> None:
    """Draw faces into colours and depths, nearer ones over farther ones.

    Args:
        projected: pixels (V, 2) and depths (V,), as `Camera.project` gives them.
        faces: (F, 3); counter-clockwise ones are seen, the others only if `both_sides`.
        values: (V, 3) carried across the faces in perspective; any numbers.
        into: colours (H, W, 3) and depths (H, W), as `blank` makes them; changed in place.
            Depths that are not drawn may come back a rounding error away.
    """
    shown = visible_faces(faces, projected[1])
    if len(shown) == 0:
        return
    cv2.triangleRasterize(
        _placed(window, projected),
        np.ascontiguousarray(shown),
        np.ascontiguousarray(values, dtype=np.float32),
        into[0],
        into[1],
        _EYE,
        np.pi / 2,
        NEAR / 2,
        FAR,
        _BOTH_SIDES if both_sides else _FRONT_ONLY,
    )


def draw_depth(window: Window, projected: Projected, faces: Faces) -> Array:
    """The depths (H, W) of faces alone; FAR, but for rounding, where there are none."""
    depth = np.full(window.shape, FAR, dtype=np.float32)
    shown = visible_faces(faces, projected[1])
    if len(shown):
        cv2.triangleRasterizeDepth(
            _placed(window, projected),
            np.ascontiguousarray(shown),
            depth,
            _EYE,
            np.pi / 2,
            NEAR / 2,
            FAR,
            _FRONT_ONLY,
        )
    return depth
