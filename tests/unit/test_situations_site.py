"""What is drawn on a picture: refused where it makes no sense, and metres where they are known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from analytics.vision.situations.ground import MarksPlane, PolePlane
from devices_sim.cameras.scene.camera import Camera
from smartopia.siteview import Marks, Pole, SiteView

SQUARE = [(0.1, 0.1), (0.9, 0.1), (0.9, 0.9), (0.1, 0.9)]
POLE = Pole(height_m=6, tilt=18, fov=72, k1=-0.08)
SIZE = (640, 384)


def view(**parts: Any) -> SiteView:
    return SiteView.model_validate({"camera": "cam-1", **parts})


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"areas": [{"name": "a", "use": "road", "outline": [(0, 0), (1.2, 0), (1, 1)]}]},
         r"\(1.2, 0\) lies outside the picture"),
        ({"areas": [{"name": "a", "use": "road", "outline": [(0, 0), (1, 1), (1, 0), (0, 1)]}]},
         "the outline crosses itself"),
        ({"areas": [{"name": "a", "use": "road", "outline": [(0, 0), (1, 0), (0.5, 0)]}]},
         "it is empty"),
        ({"areas": [{"name": "a", "use": "road", "outline": [(0, 0), (1, 0)]}]}, "at least 3"),
        ({"areas": [{"name": "a", "use": "pond", "outline": SQUARE}]}, "'forbidden'"),
        ({"areas": [{"name": "A b", "use": "road", "outline": SQUARE}]}, "match pattern"),
        ({"areas": [{"name": "a", "use": "road", "outline": [(0, 0), (float("nan"), 0), (1, 1)]}]},
         "finite number"),
        ({"wires": [{"name": "w", "line": [(0.5, 0.5), (0.501, 0.5)]}]}, "it is too short"),
        ({"ways": [{"name": "w", "line": [(0.5, 0.5), (0.5, 0.5), (0.9, 0.9)]}]}, "twice in a row"),
        ({"areas": [{"name": "a", "use": "road", "outline": SQUARE}],
          "wires": [{"name": "a", "line": [(0, 0), (1, 1)]}]}, "'a' is used twice"),
        ({"ground": {}}, "exactly one of pole, marks"),
        ({"ground": {"marks": {"picture": [(0, 0), (0.5, 0.5), (1, 1), (1, 0)],
                               "metres": [(0, 0), (5, 5), (9, 9), (9, 0)]}}}, "lie in a line"),
        ({"fence": []}, "Extra inputs"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_with_the_reason(parts: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        view(**parts)


def test_a_view_is_kept_as_json_and_comes_back_the_same() -> None:
    one = view(
        areas=[{"name": "yard", "use": "forbidden", "outline": SQUARE}],
        wires=[{"name": "gate", "line": [(0.2, 0.5), (0.8, 0.5)], "alarm": "left_to_right"}],
        ways=[{"name": "lane", "line": [(0, 0.5), (1, 0.5)], "stop": (0.9, 0.5)}],
        ground={"pole": POLE.model_dump()},
    )
    assert SiteView.model_validate_json(one.model_dump_json()) == one


@given(x=st.floats(-20, 20), y=st.floats(4, 60))
def test_a_pole_says_where_the_simulated_camera_sees_a_place(x: float, y: float) -> None:
    camera = Camera(x=0, y=0, height=6, pan=90, tilt=18, fov=72, k1=-0.08)
    pixels, _ = camera.project(np.array([[x, y, 0.0], [x, y, 1.7]]))
    plane = PolePlane(POLE, SIZE)
    bottom, top = plane.pixel((x, y)), plane.pixel((x, y), 1.7)
    if not 0 <= pixels[0][0] <= 640 or not 0 <= pixels[0][1] <= 384:
        return
    assert bottom == pytest.approx(pixels[0], abs=0.01)
    assert top == pytest.approx(pixels[1], abs=0.01)
    back = plane.metres((float(pixels[0][0]), float(pixels[0][1])))
    assert back == pytest.approx((x, y), abs=0.02)


def test_the_sky_has_no_place_on_the_ground() -> None:
    assert PolePlane(POLE, SIZE).metres((320, 0)) is None


def test_four_marks_say_the_same_as_the_pole() -> None:
    plane = PolePlane(Pole(height_m=6, tilt=18, fov=72), SIZE)
    metres = ((-4.0, 12.0), (4.0, 12.0), (6.0, 30.0), (-6.0, 30.0))
    pixels = [plane.pixel(place) for place in metres]
    picture = tuple((p[0] / 640, p[1] / 384) for p in pixels if p)
    marks = MarksPlane(Marks.model_validate({"picture": picture, "metres": metres}), SIZE)
    seen = plane.pixel((1.0, 20.0))
    assert seen is not None
    assert marks.metres(seen) == pytest.approx((1.0, 20.0), abs=0.01)
    assert marks.pixel((1.0, 20.0)) == pytest.approx(seen, abs=0.01)
