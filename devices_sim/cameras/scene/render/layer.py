"""A shape alone, as one camera sees it in one light, and those of the last picture, kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import Actor, ActorKind, Light
from devices_sim.cameras.scene.render.boxes import Box
from devices_sim.cameras.scene.render.cutout import Cutout, Part
from devices_sim.cameras.scene.render.mesh import Array


@dataclass(frozen=True, eq=False)
class Shade:
    """A part of the picture's ground, and how dark it gets there (h, w), 0 to 255."""

    part: Part
    dark: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Drawn:
    """A shape as the lens sees it.

    Attributes:
        whole: the box of its outline.
        pixels: about how many fine pixels it covers, seen or not, in the picture or outside; 0
            where it was not drawn.
        cutout: none if the empty place hides all of it.
    """

    whole: Box
    pixels: int
    cutout: Cutout | None


@dataclass(frozen=True, eq=False)
class Layer:
    """A shape and the shade it casts.

    Attributes:
        actor: its id.
        far: how far it is on average, metres.
        below, behind: the ground it keeps the sky and the sun from, if it is in the picture.
        drawn: none if it only casts a shadow into the picture.
    """

    actor: int
    kind: ActorKind
    far: float
    below: Shade | None
    behind: Shade | None
    drawn: Drawn | None


@dataclass(frozen=True, eq=False)
class Buffers:
    """What a picture is drawn into; H and W are the picture's.

    Attributes:
        light: (H, W, 3).
        depth: (2H, 2W) metres along the axis.
        marks: (2H, 2W) the number of the shape a pixel shows; 0 for the empty place.
        dirty: which tiles are no longer those of the empty place.
    """

    light: Array
    depth: Array
    marks: NDArray[np.uint16]
    dirty: NDArray[np.bool_]


@dataclass(eq=False)
class Kept:
    """What a view's next picture may need of its last one; it changes none of them.

    Attributes:
        layers: of the last picture: who has not moved since need not be drawn again. A layer
            follows from its actor and the view alone.
        lenses: the lit lens of a signal, by its name; none outside the picture.
        spare: buffers of pictures that are done.
    """

    layers: dict[Actor, tuple[Layer, ...]] = field(default_factory=dict)
    lenses: dict[tuple[str, Light], Cutout | None] = field(default_factory=dict)
    spare: list[Buffers] = field(default_factory=list)
