"""Bags: suitcases, rucksacks and sports bags, left standing or carried."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.render.mesh import Mesh, ball, box, linear, merge, tube

_TONES = [(30, 32, 38), (44, 58, 92), (110, 34, 38), (92, 88, 80), (60, 78, 60), (150, 110, 60)]


@lru_cache(maxsize=64)
def bag(look: int) -> Mesh:
    """The bag of a seed, standing at the origin."""
    tone = linear(*_TONES[look % len(_TONES)])
    dark = np.array(tone) * 0.5
    kind = look // 7 % 3
    if kind == 0:
        body = box((-0.19, -0.12, 0.05), (0.19, 0.12, 0.38), tone)
        ribs = [
            box((x - 0.012, -0.13, 0.05), (x + 0.012, 0.13, 0.385), dark) for x in (-0.1, 0, 0.1)
        ]
        grip = tube(
            [(-0.08, 0, 0.37), (-0.08, 0, 0.40), (0.08, 0, 0.40), (0.08, 0, 0.37)], 0.012, dark
        )
        wheels = [box((x - 0.03, -0.1, 0), (x + 0.03, 0.1, 0.05), dark) for x in (-0.15, 0.15)]
        return merge([body, *ribs, grip, *wheels])
    if kind == 1:
        sack = ball((0, 0, 0.19), (0.17, 0.13, 0.20), tone, 9, 12)
        pocket = ball((0.11, 0, 0.13), (0.07, 0.1, 0.09), dark, 6, 10)
        return merge([sack, pocket])
    roll = ball((0, 0, 0.15), (0.25, 0.15, 0.155), tone, 9, 12)
    straps = [
        tube([(x, -0.13, 0.1), (x, -0.06, 0.33), (x, 0.06, 0.33), (x, 0.13, 0.1)], 0.014, dark)
        for x in (-0.09, 0.09)
    ]
    return merge([roll, *straps])


def in_hand(look: int, scale: float) -> Mesh:
    """The bag of a seed, hanging from the right hand of a person who walks along +x."""
    hung = bag(look).scaled(0.85)
    top = float(hung.points[:, 2].max())
    return hung.moved(to=(0.03, -0.36 * scale, max(0.05, 0.78 * scale - top)))
