"""A person's body at rest, in its clothes, made from a seed."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from devices_sim.cameras.scene.render.clothes import Bottom, Luggage, Outfit, Top, outfit
from devices_sim.cameras.scene.render.head import head
from devices_sim.cameras.scene.render.limbs import arm, hand, hem, leg, shoe, torso
from devices_sim.cameras.scene.render.mesh import Mesh, ball, f32, merge
from devices_sim.cameras.scene.render.skeleton import REST_HEIGHT, Body, Bone, Part, on


@lru_cache(maxsize=256)
def body(look: int, detail: int, *, rider: bool = False) -> Body:
    """The body of a seed.

    Args:
        detail: 0 to 3; the last for one seen near.
    """
    dress = outfit(look, rider=rider)
    around = (5, 6, 10, 16)[detail]
    parts = [torso(dress, around + 4), *head(dress, around)]
    for side in (1, -1):
        parts += [leg(dress, side, around), shoe(dress, side, detail), arm(dress, side, around)]
        parts.append(hand(dress, side, detail))
    if dress.bottom is Bottom.SKIRT or dress.top is Top.COAT:
        parts.append(hem(dress, around + 4))
    parts += _luggage(dress, detail)
    mesh = _creased(merge([part.mesh for part in parts]), look)
    child = max(0.0, 1.5 - dress.height)
    return Body(
        mesh=mesh,
        bones=np.concatenate([part.bones for part in parts]),
        share=np.concatenate([part.share for part in parts]),
        scale=dress.height / (REST_HEIGHT * (1 + 0.05 * child)),
        head=1 + 0.5 * child,
    )


def _creased(mesh: Mesh, seed: int) -> Mesh:
    """Clothes with folds: normals and shade waver; hollows get less of the sky."""
    x, y, z = mesh.points.T.astype(np.float64)
    phase = seed % 97
    folds = np.sin(31 * z + 17 * x + 9 * y + phase) + np.sin(53 * z - 23 * y + 11 * x + 2 * phase)
    bend = np.exp(-(((z - 0.49) / 0.12) ** 2)) + np.exp(-(((z - 1.06) / 0.14) ** 2))
    depth = 0.10 + 0.16 * bend
    lean = np.column_stack([np.zeros_like(z), np.zeros_like(z), folds * depth])
    normals = mesh.normals + lean
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    hollow = 0.45 * np.exp(-(((z - 0.83) / 0.09) ** 2)) * (np.abs(y) < 0.07)
    hollow += 0.3 * np.exp(-(((z - 1.30) / 0.12) ** 2)) * (np.abs(np.abs(y) - 0.19) < 0.035)
    hollow += 0.4 * np.exp(-(((z - 1.515) / 0.03) ** 2)) * (np.hypot(x, y) < 0.12)
    tone = (1 + 0.05 * folds) * (1 - hollow)
    return Mesh(
        points=mesh.points,
        normals=normals.astype(np.float32),
        colours=f32(mesh.colours * tone[:, None]),
        shine=mesh.shine,
        glow=mesh.glow,
        faces=mesh.faces,
    )


def _luggage(dress: Outfit, detail: int) -> list[Part]:
    tone = np.array(dress.luggage_colour)
    if dress.luggage is Luggage.BACKPACK:
        fine = (9, 12) if detail else (5, 6)
        sack = ball((-0.19, 0, 1.25), (0.105, 0.145, 0.215), tone, *fine)
        sack.points[:, 0] = np.clip(sack.points[:, 0], -0.285, -0.09)
        straps = [
            ball((0.035, side * 0.105, 1.33), (0.09, 0.022, 0.125), tone * 0.7, 6, 8)
            for side in ((1, -1) if detail else ())
        ]
        return [on(part, Bone.CHEST) for part in (sack, *straps)]
    if dress.luggage is Luggage.HANDBAG:
        bag = ball(
            (0.0, -0.25, 0.98), (0.145, 0.062, 0.115), tone, *((8, 10) if detail else (4, 6))
        )
        return [on(bag, Bone.SPINE)]
    return []
