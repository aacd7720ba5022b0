"""What a wall looks like: storeys, windows, doors and shop fronts, painted pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.layout import BuildingStyle
from devices_sim.cameras.scene.render.mesh import Array, decay, f32, linear
from devices_sim.cameras.scene.render.noise import cell, noise


@dataclass(frozen=True)
class Wall:
    """One side of a building.

    Attributes:
        length, height: metres.
        style: of the building.
        seed: of this building's colours.
    """

    length: float
    height: float
    style: BuildingStyle
    seed: int


@dataclass(frozen=True)
class _Rhythm:
    """How windows repeat: storey height, bay width, window's size and sill, in metres."""

    storey: float
    bay: float
    width: float
    height: float
    sill: float


_RHYTHMS = {
    BuildingStyle.APARTMENT: _Rhythm(2.9, 3.1, 1.5, 1.35, 0.9),
    BuildingStyle.VILLA: _Rhythm(2.8, 3.4, 1.3, 1.25, 0.95),
    BuildingStyle.SHOP: _Rhythm(3.3, 2.6, 1.5, 1.6, 0.9),
    BuildingStyle.OFFICE: _Rhythm(3.5, 1.7, 1.45, 2.0, 0.85),
    BuildingStyle.SCHOOL: _Rhythm(3.4, 3.0, 2.3, 1.7, 0.95),
    BuildingStyle.WAREHOUSE: _Rhythm(7.0, 6.0, 2.2, 0.8, 4.2),
}
_TONES = {
    BuildingStyle.APARTMENT: [(206, 196, 178), (186, 164, 140), (170, 108, 84), (198, 200, 198)],
    BuildingStyle.VILLA: [(222, 214, 198), (214, 196, 164), (206, 206, 200), (176, 160, 138)],
    BuildingStyle.SHOP: [(176, 120, 94), (202, 192, 174), (158, 152, 146), (206, 182, 146)],
    BuildingStyle.OFFICE: [(150, 156, 160), (176, 172, 164), (120, 128, 136), (196, 196, 192)],
    BuildingStyle.SCHOOL: [(204, 178, 138), (182, 116, 92), (212, 206, 190), (190, 190, 178)],
    BuildingStyle.WAREHOUSE: [(158, 166, 170), (142, 152, 146), (180, 176, 166), (128, 140, 156)],
}
_AWNINGS = [(150, 44, 40), (40, 84, 60), (44, 66, 110), (190, 150, 70), (96, 60, 84)]


@dataclass(frozen=True, eq=False)
class Face:
    """Parts of a wall: reflectance (N, 3), how much they mirror (N,), light by night (N,)."""

    colours: Array
    shine: Array
    glow: Array


def face(wall: Wall, along: Array, up: Array, grain: Array) -> Face:
    """A wall close up.

    Args:
        along, up: (N,) metres from the wall's start and from the ground.
        grain: (N,) metres a pixel spans there.
    """
    rhythm = _RHYTHMS[wall.style]
    colours = _plaster(wall, along, up, grain)
    bays = max(1, int(wall.length / rhythm.bay))
    margin = (wall.length - bays * rhythm.bay) / 2
    column = np.floor((along - margin) / rhythm.bay)
    x = along - margin - (column + 0.5) * rhythm.bay
    ground_floor = 3.6 if wall.style is BuildingStyle.SHOP else 0.0
    row = np.floor((up - ground_floor) / rhythm.storey)
    z = up - ground_floor - row * rhythm.storey - rhythm.sill
    fits = (column >= 0) & (column < bays) & (row >= 0)
    fits &= ground_floor + (row + 1) * rhythm.storey <= wall.height + 0.3
    inside = fits & (np.abs(x) < rhythm.width / 2) & (z > 0) & (z < rhythm.height)
    around = fits & (np.abs(x) < rhythm.width / 2 + 0.09) & (z > -0.09) & (z < rhythm.height + 0.07)
    colours[around] = np.array(linear(226, 224, 216)) * 0.85
    sill = fits & (np.abs(x) < rhythm.width / 2 + 0.16) & (z <= -0.02) & (z > -0.14)
    colours[sill] *= 1.15
    colours[fits & (np.abs(x) < rhythm.width / 2 + 0.14) & (z <= -0.14) & (z > -0.26)] *= 0.72
    _weathered(wall, colours, fits, (x, z), rhythm)
    look = Face(colours, np.zeros_like(along), np.zeros_like(along))
    index = column * 131 + row * 17 + wall.seed * 1009
    _glaze(look, inside, index, (x, z / rhythm.height), rhythm.width)
    if ground_floor:
        _shop_front(wall, look, along, up)
    elif wall.style is not BuildingStyle.WAREHOUSE:
        _doors(wall, colours, column == bays // 2, x, up)
    colours *= _relief(wall, rhythm, up, ground_floor)[:, None]
    return look


def _plaster(wall: Wall, along: Array, up: Array, grain: Array) -> Array:
    """The bare wall, streaked by weather; some of brick."""
    tones = _TONES[wall.style]
    tone = np.array(linear(*tones[wall.seed % len(tones)]), dtype=np.float32)
    streaks = noise(along, up * 0.12, 0.9, seed=wall.seed % 97)
    stains = noise(along, up, 3.5, seed=wall.seed % 89)
    change = 1 + 0.05 * streaks + 0.05 * stains
    change += 0.05 * noise(along, up, 0.08, octaves=3) / (1 + (grain / 0.04) ** 2)
    if tone[2] > 2.2 * tone[0] or wall.style is BuildingStyle.WAREHOUSE:
        course = 0.5 if wall.style is BuildingStyle.WAREHOUSE else 0.085
        joint = np.abs((up / course) % 1 - 0.5) > 0.42
        change -= 0.25 * joint / (1 + (grain / (course / 3)) ** 2)
    change += 0.06 * noise(along, up, 9.0, seed=wall.seed % 83)
    # Rain washes dirt down and splashes it up from the street.
    change -= 0.3 * decay(up / 0.8) * np.clip(1 + 0.5 * stains, 0, 2)
    eave = decay(np.maximum(wall.height - up, 0) / 1.6)
    change -= 0.16 * eave * np.clip(0.5 + noise(along, up * 0.03, 0.5, seed=wall.seed % 79), 0, 2)
    change *= np.where(up < 0.6, 0.78, 1.0)
    pipe = np.minimum(np.abs(along - 0.5), np.abs(along - wall.length + 0.5))
    change *= np.where(pipe < 0.05, 0.75, np.where(pipe < 0.12, 0.9, 1.0))
    return f32(tone * np.clip(change, 0.3, 1.5)[:, None])


def _weathered(
    wall: Wall,
    colours: Array,
    fits: NDArray[np.bool_],
    place: tuple[Array, Array],
    rhythm: _Rhythm,
) -> None:
    """Streaks that rain leaves below sills."""
    x, z = place
    below = fits & (np.abs(x) < rhythm.width / 2 + 0.1) & (z <= -0.2)
    runs = np.clip(noise(x, z * 0.05, 0.25, seed=wall.seed % 71), 0, 2)
    colours[below] *= (1 - 0.13 * runs * decay(-(z + 0.2) / 0.5))[below][:, None]


def _glaze(
    look: Face, inside: Array, index: Array, place: tuple[Array, Array], wide: float
) -> None:
    """Fill windows with panes, curtains, blinds and, by night, some with light."""
    x, z = place
    chosen = index[inside]
    draw, lit = cell(chosen, 1), cell(chosen, 2)
    across, height = x[inside] / wide, z[inside]
    pane = np.tile(np.array([[0.030, 0.026, 0.022]], dtype=np.float32), (len(chosen), 1))
    curtain = (draw > 0.55) & (np.abs(across) > 0.22 + 0.2 * cell(chosen, 3))
    pane[curtain] = np.array([0.26, 0.29, 0.31])
    blind = (draw < 0.3) & (height > 1 - 0.8 * cell(chosen, 4))
    pane[blind] = np.array([0.30, 0.33, 0.34])
    pane[height > 0.9] *= 0.5
    bar = np.abs(np.abs(across) - (0.0 if wide < 1.8 else 0.17)) < 0.03
    frame = bar | (np.abs(across) > 0.465) | (height < 0.04) | (height > 0.965)
    pane[frame] = np.array([0.52, 0.55, 0.56])
    look.colours[inside] = pane
    look.shine[inside] = np.where(frame, 0.0, np.where(blind | curtain, 0.35, 0.8))
    warm = np.where(lit > 0.68, 0.5 + 0.9 * cell(chosen, 5), 0.0)
    look.glow[inside] = np.where(frame, 0.1, np.where(curtain | blind, 0.6, 1.0)) * warm * 0.34


def _shop_front(wall: Wall, look: Face, along: Array, up: Array) -> None:
    """Shop windows, doors and awnings along the ground floor."""
    colours, shine, glow = look.colours, look.shine, look.glow
    width = 5.2
    shop = np.floor(along / width)
    x = along - shop * width
    index = shop + wall.seed * 31
    pick = (cell(index, 6) * len(_AWNINGS)).astype(int)
    band = (up > 2.7) & (up < 3.4) & (x > 0.12) & (x < width - 0.12)
    fascia = np.array([linear(*tone) for tone in _AWNINGS], dtype=np.float32)[pick]
    colours[band] = fascia[band]
    letters = band & (np.abs(up - 3.05) < 0.16) & (np.abs(x - width / 2) < 1.5)
    letters &= cell(np.floor(x / 0.16) + 57 * index, 7) > 0.35
    colours[letters] = np.array([0.62, 0.66, 0.68])
    closed = cell(index, 8) > 0.8
    glass = (up > 0.45) & (up < 2.65) & (x > 0.3) & (x < width - 0.3)
    door = glass | ((up <= 0.45) & (np.abs(x - width * 0.72) < 0.5))
    pane = door & ~closed
    goods = noise(along, up, 0.5, seed=21)
    inside = np.clip(0.06 + 0.035 * goods, 0.015, 0.2)
    colours[pane] = (inside[:, None] * np.array([0.8, 0.95, 1.0]))[pane]
    shine[pane], glow[pane] = 0.55, (0.42 + 0.14 * goods)[pane]
    frame = door & ((np.abs(x - width * 0.72) - 0.5) ** 2 < 0.002)
    frame |= glass & ((x < 0.36) | (x > width - 0.36) | (np.abs(up - 2.3) < 0.03))
    colours[frame], shine[frame], glow[frame] = 0.12, 0.0, 0.0
    shut = glass & closed
    slats = 0.24 + 0.07 * (np.abs((up / 0.1) % 1 - 0.5) > 0.3)
    colours[shut] = slats[shut][:, None]


def _doors(wall: Wall, colours: Array, here: NDArray[np.bool_], x: Array, up: Array) -> None:
    """A door on a wall's ground floor, in the bay that is `here`."""
    door = here & (np.abs(x) < 0.6) & (up < 2.2)
    around = here & (np.abs(x) < 0.72) & (up < 2.34)
    colours[around] = np.array(linear(196, 192, 184))
    tone = _AWNINGS[wall.seed % len(_AWNINGS)]
    colours[door] = np.array(linear(*tone)) * 0.6
    colours[door & (up > 1.3) & (up < 2.0) & (np.abs(x) < 0.4)] = 0.03


def _relief(wall: Wall, rhythm: _Rhythm, up: Array, ground_floor: float) -> Array:
    """Shade under ledges and the eaves, (N,)."""
    shade = np.ones_like(up)
    below_eave = wall.height - up
    shade *= np.where(below_eave < 0.25, 1.12, np.where(below_eave < 0.6, 0.8, 1.0))
    if wall.style in {BuildingStyle.APARTMENT, BuildingStyle.SCHOOL}:
        ledge = (up - ground_floor) % rhythm.storey
        shade *= np.where(ledge < 0.12, 1.1, np.where(ledge > rhythm.storey - 0.1, 0.82, 1.0))
    return shade
