"""A head: skull, nose, ears, and hair, cap or helmet."""

from __future__ import annotations

import numpy as np

from devices_sim.cameras.scene.render.clothes import Hair, Outfit
from devices_sim.cameras.scene.render.mesh import ball, ellipse, linear, loft
from devices_sim.cameras.scene.render.skeleton import Bone, Part, on


def head(dress: Outfit, around: int) -> list[Part]:
    """Skull, jaw, nose and ears, and hair, cap or helmet."""
    # z, half depth, half width, forward shift
    profile = [
        (1.515, 0.035, 0.030, 0.030),
        (1.530, 0.058, 0.046, 0.026),
        (1.555, 0.074, 0.058, 0.020),
        (1.585, 0.086, 0.066, 0.014),
        (1.620, 0.094, 0.073, 0.008),
        (1.660, 0.098, 0.077, 0.004),
        (1.695, 0.094, 0.075, 0.000),
        (1.725, 0.078, 0.063, -0.004),
        (1.742, 0.052, 0.042, -0.006),
        (1.748, 0.02, 0.018, -0.006),
    ]
    if around < 8:
        profile = [*profile[::2], profile[-1]]
    rings = [ellipse((shift, 0, z), (deep, wide), around) for z, deep, wide, shift in profile]
    tones = np.tile(np.array(dress.skin), (len(profile), around, 1))
    angle = np.abs((np.arange(around) * 2 * np.pi / around + np.pi) % (2 * np.pi) - np.pi)
    # Eyes in shade, lips and a darker jaw line.
    brow, chin = (5, 2) if around >= 8 else (2, 1)
    tones[brow][angle < 0.75] *= 0.62
    tones[chin][angle < 0.5] *= np.array([0.72, 0.70, 0.86])
    tones[0] *= 0.6
    skull = loft(np.stack(rings), tones)
    nose = ball((0.108, 0, 1.618), (0.016, 0.012, 0.022), np.array(dress.skin) * 1.05, 5, 6)
    ears = [ball((0, s * 0.077, 1.63), (0.02, 0.009, 0.03), dress.skin, 5, 6) for s in (1, -1)]
    fine = (nose, *ears) if around > 8 else ()
    return [on(part, Bone.HEAD) for part in (skull, *fine)] + _hair(dress, around)


def _hair(dress: Outfit, around: int) -> list[Part]:
    tone = np.array(dress.hair_colour)
    if dress.hair is Hair.BALD:
        return []
    if dress.hair is Hair.HELMET:
        shell = ball((0, 0, 1.655), (0.135, 0.118, 0.135), tone, 9, around)
        shell.shine[:] = 0.4
        visor = ball((0.03, 0, 1.64), (0.112, 0.102, 0.055), linear(18, 20, 24), 7, around)
        visor.shine[:] = 0.7
        return [on(shell, Bone.HEAD), on(visor, Bone.HEAD)]
    rows = 8 if around > 8 else 5 if around > 5 else 4
    top = ball((-0.008, 0, 1.675), (0.104, 0.086, 0.088), tone, rows, around)
    back = ball((-0.038, 0, 1.632), (0.075, 0.080, 0.085), tone, rows, around)
    # The face stays free: hair in front of it is pushed up to the brow.
    for cap in (top, back):
        front = (cap.points[:, 0] > 0.045) & (cap.points[:, 2] < 1.695)
        cap.points[front, 0] = np.minimum(cap.points[front, 0], 0.05)
        cap.points[front, 2] = np.maximum(cap.points[front, 2], 1.69)
    parts = [on(top, Bone.HEAD), on(back, Bone.HEAD)]
    if dress.hair is Hair.LONG:
        fall = ball((-0.062, 0, 1.54), (0.055, 0.085, 0.15), tone, rows, around)
        parts.append(on(fall, Bone.HEAD))
    if dress.hair is Hair.CAP:
        brim = ball((0.11, 0, 1.70), (0.075, 0.07, 0.012), tone * 0.8, 6, around)
        parts.append(on(brim, Bone.HEAD))
    return parts
