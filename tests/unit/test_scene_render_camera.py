"""A scene's camera: points go where its pixels look, and impossible ones are refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices_sim.cameras.scene.camera import Camera
from smartopia.errors import ConfigurationError

POLE = Camera(x=3, y=-2, height=6, pan=40, tilt=25)


@given(
    pan=st.floats(-360, 360),
    tilt=st.floats(0, 80),
    fov=st.floats(20, 90),
    k1=st.floats(-0.08, 0.2),
    at=st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(1, 200)),
)
def test_a_point_on_a_pixels_ray_is_seen_at_that_pixel(
    pan: float, tilt: float, fov: float, k1: float, at: tuple[float, float, float]
) -> None:
    camera = replace(POLE, pan=pan, tilt=tilt, fov=fov, k1=k1)
    across, down, far = at
    pixel = np.array([[across * camera.width, down * camera.height_px]])
    point = camera.position + camera.rays(pixel) * far
    seen, depth = camera.project(point)
    assert seen == pytest.approx(pixel, abs=0.01)
    assert depth[0] == pytest.approx(far, rel=1e-6)


def test_the_middle_of_the_picture_is_where_the_camera_points() -> None:
    camera = replace(POLE, x=0, y=0, pan=90, tilt=45)
    assert camera.on_ground((320, 192)) == pytest.approx((0, 6), abs=1e-6)


def test_left_in_the_picture_is_left_of_the_way_it_looks() -> None:
    ahead = replace(POLE, x=0, y=0, pan=0)
    (left, _), (right, _) = ahead.project(np.array([[20.0, 5, 0], [20, -5, 0]]))[0]
    assert left < ahead.width / 2 < right


def test_above_the_horizon_there_is_no_ground() -> None:
    assert replace(POLE, tilt=5).on_ground((320, 5)) is None


def test_a_barrel_lens_draws_the_edge_inwards() -> None:
    edge = np.array([[20.0, 12, 2]])
    straight, barrel = (replace(POLE, x=0, y=0, pan=0, k1=k1) for k1 in (0.0, -0.1))
    assert abs(barrel.project(edge)[0][0, 0] - 320) < abs(straight.project(edge)[0][0, 0] - 320)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("height", 0.5),
        ("height", float("nan")),
        ("tilt", 95.0),
        ("fov", 2.0),
        ("fov", 179.0),
        ("k1", -0.9),
        ("width", 20),
        ("height_px", 9000),
        ("x", float("inf")),
    ],
)
def test_an_impossible_camera_is_refused_by_its_field(field: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"camera: {field} "):
        replace(POLE, **{field: value})  # type: ignore[arg-type]


def test_a_lens_that_folds_the_picture_over_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="folds the picture over"):
        replace(POLE, fov=110, k1=-0.3)
