"""A rendered picture as the field has it: its truth goes where the picture goes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from devices_sim.cameras.scene.actors import ActorKind, SceneState
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.exposure import expose, posed
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.render.frame import Rendered
from devices_sim.conditions.model import Picture, Span
from devices_sim.conditions.registry import discover_conditions

CONDITIONS = discover_conditions()
CAMERA = Camera(x=0, y=0, height=6, pan=30, tilt=20)
STATE = SceneState(0.0, ())
SIDES = (150.0, 100.0, 170.0, 130.0)


@cache
def marked() -> Rendered:
    """A grey picture with one white box, before sky in its upper third."""
    picture = np.full((192, 320, 3), 90, np.uint8)
    left, top, right, bottom = (int(side) for side in SIDES)
    picture[top:bottom, left:right] = 255
    depth = np.full((192, 320), 40, np.float32)
    depth[:64] = 1e6
    return Rendered(picture, depth, (TrueBox(7, ActorKind.PERSON, SIDES, SIDES, 1.0),))


def exposed(*spans: Span, now: float = 3.0) -> tuple[Picture | None, tuple[TrueBox, ...]]:
    return expose(marked(), spans, now, conditions=CONDITIONS, seed=1, number=4)


def test_a_clear_picture_is_left_alone() -> None:
    picture, boxes = exposed()
    assert picture is marked().picture
    assert boxes == marked().boxes


@pytest.mark.parametrize("now", [0.3, 1.7, 3.1])
def test_boxes_shake_with_the_picture(now: float) -> None:
    picture, (box,) = exposed(Span("c", "shaken", 4), now=now)
    assert picture is not None
    assert box.visible is not None
    rows, columns = np.nonzero(picture[..., 0] > 172)
    middle = ((box.visible[0] + box.visible[2]) / 2, (box.visible[1] + box.visible[3]) / 2)
    assert abs(columns.mean() + 0.5 - middle[0]) < 4
    assert abs(rows.mean() + 0.5 - middle[1]) < 4
    assert box.visible != SIDES


def test_what_shakes_out_of_the_picture_is_seen_less() -> None:
    rim = (0.0, 80.0, 10.0, 110.0)
    rendered = replace(marked(), boxes=(TrueBox(7, ActorKind.PERSON, rim, rim, 1.0),))
    shares = []
    for step in range(20):
        _, (box,) = expose(
            rendered, [Span("c", "shaken", 5)], step / 3, conditions=CONDITIONS, seed=1
        )
        shares.append(box.share)
        if box.visible is not None:
            assert box.visible[0] >= 0
    assert min(shares) < 0.9


def test_a_lost_or_frozen_frame_still_has_its_truth() -> None:
    lost, boxes = exposed(Span("c", "frame_loss", 5))
    assert boxes == marked().boxes
    frozen, boxes = exposed(Span("c", "frozen", 5))
    assert frozen is not None
    assert boxes == marked().boxes
    assert lost is None or lost is not frozen


def test_a_turned_camera_really_turns_and_the_picture_is_not_bent() -> None:
    span = Span("c", "turned", 3, 10.0, 20.0)
    assert posed(CAMERA, [span], 5.0, seed=1) == CAMERA
    turned = posed(CAMERA, [span], 15.0, seed=1)
    assert abs(turned.pan - CAMERA.pan) == 13
    assert turned.tilt == CAMERA.tilt - 13 / 4
    assert posed(CAMERA, [span], 15.0, seed=1) == turned
    picture, boxes = exposed(replace(span, begin=0.0))
    assert picture is marked().picture
    assert boxes == marked().boxes


def test_the_sun_stands_in_the_sky_only() -> None:
    wall = np.full((192, 320), 40, np.float32)
    blocked = replace(marked(), depth=wall)
    for seed in range(6):
        picture, _ = expose(
            blocked, [Span(f"c{seed}", "glare", 5)], 0.0, conditions=CONDITIONS, seed=seed
        )
        assert picture is not None
        inner = picture[20:90, 30:140]
        assert (inner.min(axis=2) > 250).mean() < 0.02, "no disc of the sun on a wall"
