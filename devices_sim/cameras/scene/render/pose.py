"""How a body holds itself: gaits and gestures as angles of bones, and what follows for its points.

Angles are degrees. `bend` swings a limb forward or leans the trunk forward; `spread` lifts a limb
sideways, away from the body; `twist` turns to the left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from devices_sim.cameras.scene.actors import Pose
from devices_sim.cameras.scene.render.body import body
from devices_sim.cameras.scene.render.mesh import Mesh
from devices_sim.cameras.scene.render.skeleton import JOINTS, PARENTS, Body, Bone, skinned

Floats = NDArray[np.float64]

STEPS = 40
"""Into how many steps a cycle is cut."""


@dataclass(frozen=True)
class Turn:
    """One bone's angles, degrees."""

    bend: float = 0.0
    spread: float = 0.0
    twist: float = 0.0


@dataclass(frozen=True)
class Stance:
    """A whole body's angles.

    Attributes:
        bones: those that are turned.
        root: how the whole body is turned.
    """

    bones: dict[Bone, Turn] = field(default_factory=dict)
    root: Turn = Turn()


_REST = Turn()
_TRUNK = {Bone.PELVIS, Bone.SPINE, Bone.CHEST, Bone.HEAD}
_RIGHT = {Bone.ARM_R, Bone.FOREARM_R, Bone.THIGH_R, Bone.SHIN_R, Bone.FOOT_R}


def posed(person: Body, stance: Stance, *, seat: Floats | None = None) -> Mesh:
    """A body in a stance, facing +x, its lowest point on the ground below the origin.

    Args:
        seat: (3,) where the hips are put instead.
    """
    turns, moves = _kinematics(stance, person.head)
    mesh = skinned(person, turns, moves).scaled(person.scale)
    hips = (turns[0] @ JOINTS[0] + moves[0]) * person.scale
    if seat is not None:
        shift = seat - hips
    else:
        axes = np.ascontiguousarray(mesh.points.T)
        low, high = axes.min(axis=1), axes.max(axis=1)
        middle = (low + high) / 2
        upright = 0.75 if high[2] - low[2] > 0.8 else 0.0
        shift = np.array([*(-(hips[:2] * upright + middle[:2] * (1 - upright))), -low[2]])
    return mesh.moved(to=shift)


@lru_cache(maxsize=1024)
def person(look: int, detail: int, pose: Pose, step: int, pace: int) -> Mesh:
    """A person at the origin, facing +x; kept, since gaits repeat.

    Args:
        step: of the cycle, out of STEPS.
        pace: tenths of a metre a second.
    """
    held = stance(pose, step / STEPS, pace / 10, look)
    return posed(body(look, detail), held)


def stance(pose: Pose, phase: float, speed: float, look: int) -> Stance:
    """The angles of a pose at a phase of its cycle."""
    held = {
        Pose.RUNNING: lambda: _run(phase),
        Pose.WALKING: lambda: _walk(phase, abs(speed), look, loaded=False),
        Pose.CARRYING: lambda: _walk(phase, abs(speed), look, loaded=True),
        Pose.SITTING: lambda: _sit(look),
        Pose.FALLEN: lambda: _fall(phase, look),
        Pose.FIGHTING: lambda: _fight(phase, look),
        Pose.BENDING: lambda: _bend(phase),
    }
    return held.get(pose, lambda: _stand(phase, look))()


def ride(phase: float, *, motor: bool) -> Stance:
    """The angles of a rider: pedalling, or knees at the tank."""
    bones = {
        Bone.SPINE: Turn(bend=10 if motor else 16),
        Bone.CHEST: Turn(bend=6 if motor else 14),
        Bone.HEAD: Turn(bend=-10 if motor else -24),
    }
    arm, elbow = (52, 28) if motor else (62, 18)
    for left in (True, False):
        turn = 2 * math.pi * (phase + (0 if left else 0.5))
        thigh = 68.0 if motor else 52 + 24 * math.cos(turn)
        knee = 78.0 if motor else 72 - 30 * math.sin(turn + 0.9)
        bones |= _leg(left, thigh, knee, 0.0, 14 if motor else 3)
        bones |= _arm(left, arm, elbow, 10)
    return Stance(bones, Turn(bend=4 if motor else 12))


def _walk(phase: float, speed: float, look: int, *, loaded: bool) -> Stance:
    stride = min(1.15, max(0.35, speed / 1.35)) if speed > 0 else 0.8
    sway = 0.75 + 0.5 * ((look * 7919) % 101) / 101
    bones = {
        Bone.PELVIS: Turn(twist=5 * stride * math.sin(2 * math.pi * (phase + 0.25))),
        Bone.SPINE: Turn(bend=2),
        Bone.CHEST: Turn(bend=2, twist=-8 * stride * math.sin(2 * math.pi * (phase + 0.25))),
        Bone.HEAD: Turn(bend=2, twist=3 * math.sin(2 * math.pi * phase)),
    }
    for left in (True, False):
        at = phase if left else phase + 0.5
        swing = math.cos(2 * math.pi * at)
        knee = 6 + 12 * _bump(at, 0.14, 0.08) + (22 + 40 * stride) * _bump(at, 0.73, 0.11)
        ankle = -16 * _bump(at, 0.60, 0.07) + 5 * _bump(at, 0.97, 0.1)
        bones |= _leg(left, 3 + 24 * stride * swing, knee, ankle, 1)
        bones |= _arm(left, -22 * stride * sway * swing, 14 + 9 * (1 - swing), 4)
    if loaded:
        bones |= _arm(False, 4, 8, 9)
        bones[Bone.SPINE] = Turn(bend=4, spread=0)
    elif look % 11 == 3:
        bones |= _arm(False, 28, 98, 4)
    return Stance(bones)


def _run(phase: float) -> Stance:
    bones = {
        Bone.SPINE: Turn(bend=6),
        Bone.CHEST: Turn(bend=5, twist=-12 * math.sin(2 * math.pi * (phase + 0.25))),
        Bone.HEAD: Turn(bend=-8),
    }
    for left in (True, False):
        at = phase if left else phase + 0.5
        swing = math.cos(2 * math.pi * at)
        knee = 18 + 18 * _bump(at, 0.12, 0.09) + 86 * _bump(at, 0.68, 0.13)
        bones |= _leg(left, 12 + 40 * swing, knee, -18 * _bump(at, 0.45, 0.08), 1)
        bones |= _arm(left, 4 - 42 * swing, 86, 8)
    return Stance(bones, Turn(bend=5))


def _stand(phase: float, look: int) -> Stance:
    habit = look % 7
    sway = 1.5 * math.sin(2 * math.pi * phase)
    bones = {
        Bone.SPINE: Turn(bend=1 + sway / 2),
        Bone.HEAD: Turn(bend=4, twist=25 * math.sin(2 * math.pi * phase + look)),
    }
    bones |= _leg(True, 3, 5, 0, 3) | _leg(False, -2 if look % 2 else 6, 4, 0, 4)
    bones |= _arm(True, 2 + sway, 12, 4) | _arm(False, 3 - sway, 14, 4)
    if habit == 1:
        bones |= _arm(False, 30, 100, 6)
        bones[Bone.HEAD] = Turn(bend=26)
    elif habit == 2:
        bones |= _arm(False, 40, 140, 18)
    elif habit == 3:
        bones |= _arm(True, -12, 62, 14) | _arm(False, -12, 62, 14)
    elif habit == 4:
        bones |= {Bone.ARM_L: Turn(bend=18, spread=4), Bone.FOREARM_L: Turn(bend=92, spread=-50)}
        bones |= {Bone.ARM_R: Turn(bend=22, spread=4), Bone.FOREARM_R: Turn(bend=92, spread=-50)}
    return Stance(bones)


def _sit(look: int) -> Stance:
    lean = -6 + look % 5 * 5
    bones = {
        Bone.SPINE: Turn(bend=lean),
        Bone.CHEST: Turn(bend=6),
        Bone.HEAD: Turn(bend=look % 3 * 9),
    }
    bones |= _leg(True, 86, 84, 0, 6) | _leg(False, 84, 78 + look % 4 * 4, 0, 7)
    bones |= _arm(True, 28 - lean, 58, 4) | _arm(False, 26 - lean, 64, 4)
    return Stance(bones)


def _fall(phase: float, look: int) -> Stance:
    """Forward, backward or to a side, with knees that give way first."""
    done = min(1.0, max(0.0, phase / 0.9))
    tilt = 90 * done**1.6
    give = 55 * math.sin(math.pi * done)
    way = look % 4
    # Face down the arms lie beside the head, not under the body.
    reach = 8.0 if way == 0 else 34.0
    bones = {Bone.SPINE: Turn(bend=3 * done), Bone.HEAD: Turn(bend=-4 * done, twist=35 * done)}
    bones |= _leg(True, give * 0.5 + 4 * done, give + 12 * done, -20 * done, 5 + 9 * done)
    bones |= _leg(False, give * 0.25, give * 0.45 + 5 * done, -25 * done, 4 + 5 * done)
    bones |= _arm(True, reach * done, 20 + 10 * done, 8 + (46 if way < 2 else 4) * done)
    bones |= _arm(False, 0.4 * reach * done, 15 + 15 * done, 8 + (26 if way < 2 else 2) * done)
    turned = {0: Turn(bend=tilt), 1: Turn(bend=-tilt), 2: Turn(spread=tilt), 3: Turn(spread=-tilt)}
    return Stance(bones, turned[way])


def _fight(phase: float, look: int) -> Stance:
    """Fists up; now one, now the other strikes out, and at times a leg."""
    at = 2 * math.pi * (phase + look % 10 / 10)
    left, right = max(0.0, math.sin(at)), max(0.0, -math.sin(at))
    kick = left**3 if look % 3 == 0 else 0.0
    bones = {
        Bone.SPINE: Turn(bend=10),
        Bone.CHEST: Turn(bend=8, twist=26 * (right - left)),
        Bone.HEAD: Turn(bend=6),
    }
    bones |= _leg(True, 26 + 46 * kick, 22 + 24 * kick, 0, 8) | _leg(False, -16, 20, 0, 8)
    bones |= _arm(True, 48 + 42 * left, 118 - 104 * left, 12)
    bones |= _arm(False, 48 + 42 * right, 118 - 104 * right, 12)
    return Stance(bones, Turn(bend=4))


def _bend(phase: float) -> Stance:
    down = 0.75 + 0.25 * math.sin(2 * math.pi * phase)
    bones = {
        Bone.PELVIS: Turn(bend=34 * down),
        Bone.SPINE: Turn(bend=30 * down),
        Bone.CHEST: Turn(bend=18 * down),
        Bone.HEAD: Turn(bend=-8),
    }
    for left in (True, False):
        bones |= _leg(left, 58 * down, 44 * down, 0, 5)
        bones |= _arm(left, 62 * down, 14, 3)
    return Stance(bones)


def _leg(left: bool, thigh: float, knee: float, ankle: float, spread: float) -> dict[Bone, Turn]:
    """A leg's turns; the sole stays level with the ground but for `ankle`."""
    bones = (Bone.THIGH_L, Bone.SHIN_L, Bone.FOOT_L)
    if not left:
        bones = (Bone.THIGH_R, Bone.SHIN_R, Bone.FOOT_R)
    sole = min(24.0, max(-24.0, knee - thigh)) * 0.75
    turns = (Turn(bend=thigh, spread=spread), Turn(bend=-knee), Turn(bend=sole + ankle))
    return dict(zip(bones, turns, strict=True))


def _arm(left: bool, swing: float, elbow: float, spread: float) -> dict[Bone, Turn]:
    bones = (Bone.ARM_L, Bone.FOREARM_L) if left else (Bone.ARM_R, Bone.FOREARM_R)
    # At rest the arms are held a little out already.
    return {bones[0]: Turn(bend=swing, spread=spread - 5), bones[1]: Turn(bend=elbow)}


def _bump(phase: float, middle: float, width: float) -> float:
    """A hill of height 1 about a phase of the cycle."""
    away = (phase - middle + 0.5) % 1 - 0.5
    return math.exp(-((away / width) ** 2))


# Limbs hang, so they swing the other way than the trunk. The root comes after the bones.
_SIGNS = np.array(
    [(1 if b in _TRUNK else -1, -1 if b in _RIGHT else 1, 1) for b in Bone] + [(1, 1, 1)]
)


def _rotations(held: Stance) -> Floats:
    """Each bone's own rotation, and the root's after them, (15, 3, 3)."""
    turns = [*(held.bones.get(bone, _REST) for bone in Bone), held.root]
    angles = np.radians(np.array([(t.bend, t.spread, t.twist) for t in turns]) * _SIGNS)
    (cy, cx, cz), (sy, sx, sz) = np.cos(angles).T, np.sin(angles).T
    # About x, then y, then z, multiplied out.
    rows = [
        [cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx],
        [sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx],
        [-sy, cy * sx, cy * cx],
    ]
    return np.moveaxis(np.array(rows), 2, 0)


def _kinematics(held: Stance, head: float) -> tuple[Floats, Floats]:
    """Each bone's rotation (14, 3, 3) and move (14, 3) from rest."""
    turns, moves = np.empty((len(Bone), 3, 3)), np.empty((len(Bone), 3))
    *rotations, root = _rotations(held)
    rotations[Bone.HEAD] = rotations[Bone.HEAD] * head
    for bone, own in enumerate(rotations):
        joint, parent = JOINTS[bone], PARENTS[bone]
        if parent < 0:
            turns[bone] = root @ own
            moves[bone] = joint - turns[bone] @ joint
        else:
            turns[bone] = turns[parent] @ own
            moves[bone] = turns[parent] @ joint + moves[parent] - turns[bone] @ joint
    return turns, moves
