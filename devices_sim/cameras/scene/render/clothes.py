"""How a person looks: build, skin, hair and clothes, drawn from a seed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.render.mesh import linear

Colour = tuple[float, float, float]


class Top(StrEnum):
    """What the upper body wears."""

    TSHIRT = "tshirt"
    SHIRT = "shirt"
    JACKET = "jacket"
    COAT = "coat"
    HOODIE = "hoodie"


class Bottom(StrEnum):
    """What the legs wear."""

    TROUSERS = "trousers"
    SHORTS = "shorts"
    SKIRT = "skirt"


class Hair(StrEnum):
    """How the hair is worn."""

    SHORT = "short"
    LONG = "long"
    BALD = "bald"
    CAP = "cap"
    HELMET = "helmet"


class Luggage(StrEnum):
    """What is carried on the body."""

    NONE = "none"
    BACKPACK = "backpack"
    HANDBAG = "handbag"


@dataclass(frozen=True)
class Outfit:
    """A person's appearance.

    Attributes:
        height: metres, shoes and hair included.
        girth: of limbs and waist against the average, 1.
        shoulders, hips: widths against the average, 1.
    """

    height: float
    girth: float
    shoulders: float
    hips: float
    skin: Colour
    hair: Hair
    hair_colour: Colour
    top: Top
    top_colour: Colour
    under_colour: Colour
    open_front: bool
    bottom: Bottom
    bottom_colour: Colour
    shoe_colour: Colour
    luggage: Luggage
    luggage_colour: Colour


_SKINS = [(232, 190, 160), (222, 176, 142), (204, 154, 118), (168, 116, 82), (112, 74, 52)]
_HAIRS = [(24, 20, 18), (38, 28, 22), (66, 46, 32), (110, 82, 54), (150, 148, 146), (20, 18, 20)]
_TOPS = [
    (28, 30, 36), (40, 44, 54), (36, 52, 88), (62, 88, 130), (118, 34, 38), (164, 46, 44),
    (208, 206, 200), (226, 224, 220), (120, 122, 124), (74, 78, 82), (60, 84, 62), (98, 92, 66),
    (176, 152, 112), (130, 96, 66), (212, 176, 66), (196, 120, 146), (92, 66, 106), (72, 134, 148),
]  # fmt: skip
_BOTTOMS = [
    (26, 28, 34), (34, 38, 46), (44, 58, 88), (62, 78, 108), (88, 100, 122), (72, 70, 68),
    (140, 124, 96), (176, 164, 140), (58, 54, 46), (30, 36, 58),
]  # fmt: skip
_SHOES = [(24, 24, 26), (60, 44, 34), (206, 206, 204), (92, 94, 98), (40, 42, 60), (160, 50, 46)]


@lru_cache(maxsize=4096)
def outfit(look: int, *, rider: bool = False) -> Outfit:
    """The appearance of a seed; riders of motorcycles wear helmets."""
    dice = np.random.Generator(np.random.PCG64(abs(look) * 2 + 1))

    def pick(tones: list[tuple[int, int, int]]) -> Colour:
        red, green, blue = tones[int(dice.integers(len(tones)))]
        shift = dice.integers(-10, 11, size=3)
        return linear(
            *(float(np.clip(v + s, 8, 245)) for v, s in zip((red, green, blue), shift, strict=True))
        )

    child = not rider and float(dice.random()) < 0.13
    woman = float(dice.random()) < 0.5
    height = (
        (1.15 + 0.4 * float(dice.random()))
        if child
        else float(np.clip(dice.normal(1.64 if woman else 1.76, 0.065), 1.48, 1.92))
    )
    girth = float(np.clip(dice.normal(1.0, 0.11), 0.84, 1.36))
    season = float(dice.random())
    tops = [Top.TSHIRT, Top.SHIRT, Top.JACKET, Top.COAT, Top.HOODIE]
    top = tops[int(dice.choice(5, p=[0.28, 0.2, 0.28, 0.1, 0.14]))]
    bottom = _bottom(top, season, woman=woman)
    long = woman and float(dice.random()) < 0.68
    hair = _hair(float(dice.random()), long=long, thins=not woman and not child)
    bags = [Luggage.NONE, Luggage.BACKPACK, Luggage.HANDBAG]
    shares = [0.45, 0.55, 0.0] if child else [0.52, 0.24, 0.24] if woman else [0.68, 0.28, 0.04]
    return Outfit(
        height=height,
        girth=girth * (0.96 if woman else 1.03),
        shoulders=0.92 if woman else 1.05,
        hips=1.05 if woman else 0.97,
        skin=pick(_SKINS),
        hair=Hair.HELMET if rider else hair,
        hair_colour=pick(_TOPS) if hair is Hair.CAP or rider else pick(_HAIRS),
        top=top,
        top_colour=pick(_TOPS),
        under_colour=pick(_TOPS[6:10]),
        open_front=top in {Top.JACKET, Top.COAT} and float(dice.random()) < 0.55,
        bottom=bottom,
        bottom_colour=pick(_BOTTOMS if bottom is not Bottom.SKIRT else _TOPS),
        shoe_colour=pick(_SHOES),
        luggage=bags[int(dice.choice(3, p=shares))],
        luggage_colour=pick(_TOPS),
    )


def _bottom(top: Top, season: float, *, woman: bool) -> Bottom:
    if woman and season < 0.3:
        return Bottom.SKIRT
    return Bottom.SHORTS if top is Top.TSHIRT and season > 0.6 else Bottom.TROUSERS


def _hair(draw: float, *, long: bool, thins: bool) -> Hair:
    if draw < 0.11:
        return Hair.CAP
    if thins and draw > 0.93:
        return Hair.BALD
    return Hair.LONG if long else Hair.SHORT
