"""Trunk, arms and legs of a person in clothes: lofts over rings.

Their measures are those of an average adult of 1.75 m in shoes, rounded to the millimetre.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.render.clothes import Bottom, Colour, Outfit, Top
from devices_sim.cameras.scene.render.mesh import ball, ellipse, loft, merge
from devices_sim.cameras.scene.render.skeleton import Bone, Part, hung, on, with_cuts

# z, half width, half depth, forward shift
_TORSO = [
    (0.800, 0.100, 0.085, -0.005), (0.845, 0.160, 0.112, -0.010), (0.900, 0.176, 0.124, -0.014),
    (0.950, 0.178, 0.124, -0.012), (0.985, 0.172, 0.116, -0.006), (1.020, 0.163, 0.110, 0.000),
    (1.060, 0.155, 0.108, 0.004), (1.110, 0.149, 0.107, 0.006), (1.170, 0.152, 0.110, 0.006),
    (1.230, 0.160, 0.116, 0.004), (1.290, 0.170, 0.122, 0.002), (1.345, 0.178, 0.119, -0.004),
    (1.390, 0.183, 0.110, -0.010), (1.425, 0.178, 0.096, -0.014), (1.450, 0.150, 0.082, -0.016),
    (1.472, 0.108, 0.070, -0.014), (1.492, 0.074, 0.062, -0.010), (1.515, 0.058, 0.058, -0.004),
    (1.560, 0.054, 0.057, 0.004),
]  # fmt: skip


_HEM = {Top.TSHIRT: 0.90, Top.SHIRT: 0.955, Top.JACKET: 0.86, Top.COAT: 0.80, Top.HOODIE: 0.88}
_EASE = {
    Top.TSHIRT: 0.006,
    Top.SHIRT: 0.004,
    Top.JACKET: 0.02,
    Top.COAT: 0.024,
    Top.HOODIE: 0.016,
}


def _every(around: int) -> int:
    """Which rings of a limb are kept where it has this many points around."""
    return 1 if around >= 8 else 2 if around >= 6 else 3


def torso(dress: Outfit, around: int) -> Part:
    """From the crotch to the neck: trousers up to the hem of the top, skin above its collar."""
    foot = _HEM[dress.top]
    collar = 1.485 if dress.top in {Top.TSHIRT, Top.SHIRT} else 1.51
    ease = _EASE[dress.top]
    layers = [
        (0.0, foot, np.tile(dress.bottom_colour, (around, 1)), 0.0, 2.5),
        (foot, collar, _front(dress, dress.top_colour, around), ease, 2.5),
        (collar, 2.0, np.tile(dress.skin, (around, 1)), 0.0, 2.0),
    ]
    rings, tones = [], []
    for z, wide, deep, shift in with_cuts(_TORSO, [foot, collar], every=_every(around - 4)):
        half_y, half_x = _stout(dress, z, wide, deep)
        for bottom, top, tone, extra, power in layers:
            # Where two layers meet there is a ring of each.
            if bottom <= z <= top:
                half = (half_x + extra, half_y + extra)
                rings.append(ellipse((shift, 0, z), half, around, power))
                tones.append(tone)
    mesh = loft(np.stack(rings), np.stack(tones))
    up = mesh.points[:, 2]
    low = np.select([up < 1.06, up < 1.24], [Bone.PELVIS, Bone.SPINE], Bone.CHEST)
    # Each band hangs on its own bone below and on the next one towards its upper end.
    start = np.select([up < 1.06, up < 1.24], [0.94, 1.10], 1.475)
    end = np.select([up < 1.06, up < 1.24], [1.06, 1.24], 1.545)
    share = np.clip((up - start) / (end - start), 0, 1)
    return Part(mesh, np.column_stack([low, low + 1]).astype(np.intp), share.astype(np.float32))


def _stout(dress: Outfit, z: float, wide: float, deep: float) -> tuple[float, float]:
    """Half width and depth of the torso of this person."""
    belly = float(np.exp(-(((z - 1.08) / 0.16) ** 2)))
    shoulder = float(np.clip((z - 1.2) / 0.2, 0, 1)) * (z < 1.48)
    hip = float(np.exp(-(((z - 0.92) / 0.12) ** 2)))
    stretch = 1 + shoulder * (dress.shoulders - 1) + hip * (dress.hips - 1)
    fat = 1 + (dress.girth - 1) * (0.6 + 0.9 * belly)
    return wide * stretch * (1 + (fat - 1) * 0.7), deep * fat


def _front(dress: Outfit, tone: Colour, around: int) -> NDArray[np.float64]:
    """Colours of one ring of the top (A, 3): an open jacket shows what is under it."""
    colours = np.tile(np.array(tone, dtype=np.float64), (around, 1))
    angle = np.abs((np.arange(around) * 2 * np.pi / around + np.pi) % (2 * np.pi) - np.pi)
    if dress.open_front:
        colours[angle < 0.42] = dress.under_colour
    elif dress.top in {Top.JACKET, Top.COAT, Top.SHIRT}:
        colours[angle < 0.12] = np.array(tone) * 0.72
    return colours


# along the leg: z, half depth, half width, forward shift
_LEG = [
    (0.075, 0.041, 0.037, -0.018), (0.13, 0.042, 0.038, -0.018), (0.22, 0.050, 0.046, -0.020),
    (0.30, 0.060, 0.055, -0.022), (0.37, 0.062, 0.057, -0.018), (0.44, 0.058, 0.055, -0.006),
    (0.49, 0.060, 0.056, 0.002), (0.54, 0.063, 0.059, 0.003), (0.62, 0.072, 0.066, 0.004),
    (0.72, 0.082, 0.076, 0.003), (0.81, 0.089, 0.085, 0.0), (0.88, 0.090, 0.086, -0.004),
    (0.93, 0.080, 0.074, -0.006),
]  # fmt: skip


def leg(dress: Outfit, side: int, around: int) -> Part:
    """A leg; trousers end above the shoe, shorts above the knee."""
    hem = {Bottom.TROUSERS: 0.06, Bottom.SHORTS: 0.54, Bottom.SKIRT: 0.86}[dress.bottom]
    rings, tones = [], []
    for z, deep, wide, shift in with_cuts(_LEG, [max(hem, 0.075)], every=_every(around)):
        y = side * float(np.interp(z, [0.08, 0.49, 0.9], [0.10, 0.098, 0.090]))
        at_hem = abs(z - hem) < 1e-6
        for worn in (False, True) if at_hem else (z > hem,):
            loose = 0.0
            if worn and dress.bottom is Bottom.TROUSERS:
                loose = float(np.interp(z, [0.07, 0.3, 0.6, 0.85], [0.026, 0.014, 0.010, 0.004]))
            elif worn and dress.bottom is Bottom.SHORTS:
                loose = float(np.interp(z, [0.5, 0.8], [0.026, 0.006]))
            half = (deep * dress.girth + loose, wide * dress.girth + loose)
            rings.append(ellipse((shift, y, z), half, around))
            tones.append(dress.bottom_colour if worn else dress.skin)
    mesh = loft(np.stack(rings), np.array(tones))
    thigh, shin = (Bone.THIGH_L, Bone.SHIN_L) if side > 0 else (Bone.THIGH_R, Bone.SHIN_R)
    return hung(mesh, shin, thigh, 0.49, 0.055)


def shoe(dress: Outfit, side: int, detail: int) -> Part:
    """A shoe with its sole, lofted from heel to toe."""
    # x, half width, top
    profile = [
        (-0.075, 0.020, 0.050),
        (-0.065, 0.033, 0.085),
        (-0.03, 0.037, 0.105),
        (0.02, 0.038, 0.098),
        (0.07, 0.043, 0.075),
        (0.12, 0.046, 0.060),
        (0.16, 0.040, 0.050),
        (0.185, 0.022, 0.038),
    ]
    corners = [(-1, 0.0), (1, 0.0), (1, 0.45), (0.75, 0.85), (0, 1.0), (-0.75, 0.85), (-1, 0.45)]
    if not detail:
        profile, corners = profile[::3] + profile[-1:], corners[:2] + corners[3:6:2]
    rings = [
        [(x, side * 0.105 + wide * u, 0.004 + top * v) for u, v in corners]
        for x, wide, top in profile
    ]
    tones = np.tile(np.array(dress.shoe_colour), (len(profile), len(corners), 1))
    tones[:, :2] = np.array(dress.shoe_colour) * 0.4
    return on(loft(np.array(rings), tones), Bone.FOOT_L if side > 0 else Bone.FOOT_R)


# share of the way from shoulder to wrist, half thickness along x, and across
_ARM = [
    (-0.07, 0.030, 0.024), (-0.03, 0.052, 0.044), (0.04, 0.062, 0.054), (0.13, 0.060, 0.054),
    (0.25, 0.053, 0.048), (0.38, 0.047, 0.043), (0.49, 0.043, 0.039), (0.55, 0.044, 0.040),
    (0.64, 0.045, 0.041), (0.78, 0.038, 0.034), (0.92, 0.030, 0.026), (1.0, 0.029, 0.023),
]  # fmt: skip
_SHOULDER = np.array([-0.012, 0.178, 1.425])
_ELBOW = np.array([-0.015, 0.245, 1.14])
_WRIST = np.array([0.015, 0.275, 0.885])


def _along_arm(share: float, side: int, wide: float) -> NDArray[np.float64]:
    """A place along the arm's middle line."""
    half = 0.52
    if share < half:
        at = _SHOULDER + (_ELBOW - _SHOULDER) * (share / half)
    else:
        at = _ELBOW + (_WRIST - _ELBOW) * ((share - half) / (1 - half))
    return np.array([at[0], side * (at[1] - 0.185 * (1 - wide)), at[2]])


def arm(dress: Outfit, side: int, around: int) -> Part:
    """An arm; the sleeve ends at the elbow or the wrist."""
    cuff = 0.42 if dress.top is Top.TSHIRT else 0.97
    loose = {
        Top.TSHIRT: 0.012,
        Top.SHIRT: 0.008,
        Top.JACKET: 0.018,
        Top.COAT: 0.02,
        Top.HOODIE: 0.016,
    }
    rings, tones = [], []
    for share, deep, wide, _ in with_cuts(
        [(*row, 0.0) for row in _ARM], [cuff], every=_every(around)
    ):
        for worn in (True, False) if abs(share - cuff) < 1e-6 else (share < cuff,):
            extra = loose[dress.top] * (0.4 + 0.6 * min(1.0, max(share, 0) / 0.3)) if worn else 0.0
            half = (deep * dress.girth + extra, wide * dress.girth + extra)
            # From the shoulder down: the other way about, for the faces to look outward.
            rings.append(ellipse(_along_arm(share, side, dress.shoulders), half, around)[::-1])
            tones.append(dress.top_colour if worn else dress.skin)
    mesh = loft(np.stack(rings), np.array(tones))
    arm, fore = (Bone.ARM_L, Bone.FOREARM_L) if side > 0 else (Bone.ARM_R, Bone.FOREARM_R)
    return hung(mesh, fore, arm, 1.14, 0.045)


def hand(dress: Outfit, side: int, detail: int) -> Part:
    """A palm and its fingers, or a mitten when seen from far."""
    at = _along_arm(1.0, side, dress.shoulders)
    palm = ball(
        at + np.array([0.012, side * 0.004, -0.055]), (0.042, 0.02, 0.062), dress.skin, 6, 8
    )
    if detail < 2:
        fine = (5, 5) if detail else (3, 4)
        palm = ball(
            at + np.array([0.014, side * 0.003, -0.08]), (0.038, 0.02, 0.09), dress.skin, *fine
        )
        return on(palm, Bone.FOREARM_L if side > 0 else Bone.FOREARM_R)
    fingers = ball(at + np.array([0.022, 0, -0.125]), (0.032, 0.017, 0.052), dress.skin, 6, 8)
    return on(merge([palm, fingers]), Bone.FOREARM_L if side > 0 else Bone.FOREARM_R)


def hem(dress: Outfit, around: int) -> Part:
    """A skirt or a coat's skirt, hung between the pelvis and the thighs."""
    coat = dress.top is Top.COAT
    foot = 0.50 if coat else 0.55
    rings, tones = [], []
    for z in np.linspace(1.0, foot, 8 if around > 9 else 4):
        down = (1.0 - z) / (1.0 - foot)
        wide = 0.176 * dress.hips * (0.96 + (0.16 if coat else 0.3) * down) + 0.018
        deep = 0.124 * (1 + 0.32 * down) * (1 + (dress.girth - 1)) + 0.02
        ripple = 1 + 0.035 * down * np.sin(np.arange(around) * 2.4)
        ring = ellipse((-0.006, 0, z), (deep, wide), around, 2.3)
        ring[:, :2] *= ripple[:, None]
        rings.append(ring[::-1])
        tones.append(dress.top_colour if coat else dress.bottom_colour)
    mesh = loft(np.stack(rings), np.array(tones), capped=False)
    y, z = mesh.points[:, 1], mesh.points[:, 2]
    bones = np.column_stack(
        [np.full(len(y), Bone.PELVIS), np.where(y > 0, Bone.THIGH_L, Bone.THIGH_R)]
    )
    share = np.clip((0.92 - z) / 0.35, 0, 0.62) * np.clip(np.abs(y) / 0.07, 0.15, 1)
    return Part(mesh, bones.astype(np.intp), share.astype(np.float32))
