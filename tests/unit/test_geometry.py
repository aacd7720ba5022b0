"""Points and polygons: inside is what OpenCV calls inside."""

from __future__ import annotations

import cv2
import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from smartopia.geometry import inside

COORDINATE = st.integers(-200, 200)
POINT = st.tuples(COORDINATE, COORDINATE)


@given(point=POINT, corners=st.lists(POINT, min_size=3, max_size=3, unique=True))
def test_inside_a_triangle_is_what_opencv_says(
    point: tuple[int, int], corners: list[tuple[int, int]]
) -> None:
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    oracle = cv2.pointPolygonTest(contour, point, measureDist=False)
    assume(oracle != 0)
    assert inside(point, corners) == (oracle > 0)


@given(point=st.tuples(st.floats(-150, 150), st.floats(-150, 150)), data=st.data())
def test_inside_a_star_shaped_polygon_is_what_opencv_says(
    point: tuple[float, float], data: st.DataObject
) -> None:
    count = data.draw(st.integers(3, 12))
    radii = data.draw(st.lists(st.integers(20, 120), min_size=count, max_size=count))
    turns = np.linspace(0, 2 * np.pi, count, endpoint=False)
    corners = [
        (float(r * np.cos(a)), float(r * np.sin(a))) for r, a in zip(radii, turns, strict=True)
    ]
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    distance = cv2.pointPolygonTest(contour, point, measureDist=True)
    assume(abs(distance) > 1e-3)
    assert inside(point, corners) == (distance > 0)


def test_a_polygon_with_a_bay_leaves_the_bay_out() -> None:
    horseshoe = [(0, 0), (30, 0), (30, 30), (20, 30), (20, 10), (10, 10), (10, 30), (0, 30)]
    assert inside((5, 20), horseshoe)
    assert inside((25, 20), horseshoe)
    assert not inside((15, 20), horseshoe)
    assert inside((15, 20), [(x * 1.0, y * 1.0) for x, y in [(0, 0), (30, 0), (30, 30), (0, 30)]])


def test_a_polygons_edge_is_where_opencv_has_it() -> None:
    corners = [(2, 3), (35, 1), (38, 30), (20, 12), (11, 37)]
    contour = np.array(corners, np.float32).reshape(-1, 1, 2)
    for point in ((x / 2 + 0.17, y / 2 + 0.21) for x in range(80) for y in range(80)):
        assert inside(point, corners) == (cv2.pointPolygonTest(contour, point, False) > 0), point
