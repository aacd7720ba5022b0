"""What a rendered camera proposes to draw on its picture: where its layout's parts are seen."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout, SceneCamera
from devices_sim.cameras.scene.layout_files import load_layout, shipped_layouts
from devices_sim.cameras.scene.live.film import announcement
from devices_sim.cameras.scene.section import Lens, Scene, opened
from devices_sim.cameras.scene.site_view import drawing_of
from smartopia.contract.announce import Announce
from smartopia.siteview import AreaUse, Drawing

NORTH = {"name": "north", "at": [0, -10], "height": 6, "pan": 90, "tilt": 20}


def yard(**parts: Any) -> Layout:
    """A place with one camera, which looks north from 10 m south of the middle."""
    return Layout.model_validate(
        {
            "name": "yard",
            "place": [37.6, 126.7],
            "extent": [[-60, -60], [60, 60]],
            "ground": [{"material": "concrete", "polygon": [[-9, -9], [9, -9], [9, 9]]}],
            "cameras": [NORTH],
            **parts,
        }
    )


def drawn(**parts: Any) -> Drawing:
    layout = yard(**parts)
    return drawing_of(layout, layout.cameras[0])


def pixel(x: float, y: float) -> tuple[float, float]:
    camera = Camera.of_pole(SceneCamera.model_validate(NORTH))
    pixels, _ = camera.project(np.array([[x, y, 0.0]]))
    return pixels[0][0] / camera.width, pixels[0][1] / camera.height_px


def zone(name: str, *polygon: tuple[float, float], use: str = "forbidden") -> dict[str, Any]:
    return {"name": name, "use": use, "polygon": polygon}


def test_a_zone_lies_in_the_picture_where_the_camera_sees_it() -> None:
    corners = [(-2.0, 8.0), (2.0, 8.0), (2.0, 14.0), (-2.0, 14.0)]
    (area,) = drawn(zones=[zone("plot", *corners)]).areas
    assert (area.name, area.use) == ("plot", AreaUse.FORBIDDEN)
    for corner in corners:
        seen = pixel(*corner)
        assert min(np.hypot(x - seen[0], y - seen[1]) for x, y in area.outline) < 0.001


def test_what_reaches_out_of_the_picture_ends_at_its_rim() -> None:
    wide = zone("wide", (-50, -20), (50, -20), (50, 50), (-50, 50))
    (area,) = drawn(zones=[wide]).areas
    xs, ys = zip(*area.outline, strict=True)
    assert (min(xs), max(xs), max(ys)) == (0, 1, 1)
    assert min(ys) == pytest.approx(pixel(0, 50)[1], abs=0.01)


def test_what_is_not_seen_is_left_out() -> None:
    behind = zone("behind", (-5, -40), (5, -40), (5, -20), (-5, -20))
    aside = zone("aside", (40, 0), (50, 0), (50, 5), (40, 5))
    wire = {"name": "back", "line": [[-5, -30], [5, -30]]}
    lane = {"name": "far", "line": [[-60, 59], [60, 59]]}
    nothing = drawn(zones=[behind, aside], tripwires=[wire], lanes=[lane])
    assert (nothing.areas, nothing.wires, nothing.ways) == ((), (), ())


def test_a_lane_is_a_way_that_stops_at_its_signal_and_a_crossing_is_an_area() -> None:
    lane = {"name": "east", "line": [[-60, 10], [60, 10]], "width": 3, "speed": 30}
    zebra = {"name": "zebra", "kind": "crossing", "line": [[2, 6], [2, 14]]}
    halt = {"at": [-3, 10], "signal": "lights"}
    (plain,) = drawn(lanes=[lane]).ways
    crossed = drawn(lanes=[lane], walks=[zebra])
    (halting,) = drawn(lanes=[lane | {"halts": [halt]}], walks=[zebra]).ways
    assert plain.stop is None
    assert (plain.width_m, plain.speed_kmh) == (3, 30)
    assert plain.line[0][0] < plain.line[-1][0]
    assert [area.use for area in crossed.areas] == ["crossing"]
    assert crossed.ways[0].stop is None
    assert halting.stop == pytest.approx(pixel(-3, 10), abs=0.001)


def test_parts_of_two_kinds_may_share_a_name() -> None:
    lane = {"name": "plot", "line": [[-20, 10], [20, 10]]}
    view = drawn(zones=[zone("plot", (-2, 8), (2, 8), (2, 14))], lanes=[lane])
    assert (view.areas[0].name, view.ways[0].name) == ("plot", "plot-2")


@pytest.mark.parametrize("name", shipped_layouts())
def test_a_shipped_cameras_announcement_proposes_its_view(name: str) -> None:
    layout = load_layout(name)
    scene = opened(Scene(name="here", layout=name), layout)
    for lens in scene.cameras:
        announce = announcement(scene, lens)
        assert announce.view is not None
        assert announce.view.areas
        assert Announce.decode(announce.encode()) == announce


def test_two_starts_of_a_camera_propose_the_same() -> None:
    layout = load_layout("crossing")
    pole = layout.cameras[0].name
    scene = opened(Scene(name="here", layout="crossing"), layout)
    lens = Lens(name="cam", of=pole)
    assert announcement(scene, lens).encode() == announcement(scene, lens).encode()
