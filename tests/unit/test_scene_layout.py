"""Layouts: those shipped are sound, variants differ, and impossible ones are refused by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from devices_sim.cameras.scene.layout_files import load_events, load_layout, shipped_layouts
from devices_sim.cameras.scene.layout_variant import variant
from smartopia.errors import ConfigurationError

LAYOUT = """\
name: yard
place: [37.6, 126.7]
extent: [[-30, -20], [30, 20]]
ground:
  - {material: asphalt, polygon: [[-30, -20], [30, -20], [30, 20], [-30, 20]]}
buildings:
  - {style: shop, footprint: [[-10, 8], [10, 8], [10, 15], [-10, 15]], height: 9}
walks:
  - {name: way, line: [[-30, 4], [30, 4]]}
lanes:
  - {name: lane, line: [[-30, -2], [30, -2]]}
cameras:
  - {name: pole, at: [-20, 0], height: 6, pan: 0, tilt: 20}
"""


def test_the_eight_layouts_are_shipped_and_sound() -> None:
    names = shipped_layouts()
    assert names == [
        "alley",
        "car-park",
        "crossing",
        "market",
        "riverside",
        "school-gate",
        "station",
        "street",
    ]
    for name in names:
        layout = load_layout(name)
        assert layout.name == name
        assert 1 <= len(layout.cameras) <= 3


@pytest.mark.parametrize("name", shipped_layouts())
def test_variants_are_sound_differ_and_come_again(name: str) -> None:
    layout = load_layout(name)
    assert variant(layout, 0) == layout
    variants = [variant(layout, seed) for seed in range(1, 13)]
    assert len({one.model_dump_json() for one in variants}) == 12
    assert variant(layout, 3) == variants[2]


def test_only_places_without_sides_to_keep_are_mirrored() -> None:
    def signs(name: str) -> set[bool]:
        east = (variant(load_layout(name), seed).cameras[0].at[0] < 0 for seed in range(1, 13))
        return set(east)

    assert signs("riverside") == {True, False}
    assert signs("street") == {True}


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("asphalt", "lava", 5, "'asphalt', 'pavement'"),
        ("height: 6", "height: -2", 13, "greater than or equal to 3"),
        ("[-30, 4], [30, 4]", "[-30, 4], [31, 4]", 9, "outside the extent"),
        ("[-30, 4], [30, 4]", "[-30, 10], [30, 10]", 9, "leads through buildings[0]"),
        ("[-30, -2], [30, -2]", "[-30, -2], [20, -2]", 11, "rim of the extent"),
        ("name: lane, ", "name: lane, wheels: 4, ", 11, "wheels"),
        (
            "line: [[-30, -2], [30, -2]]",
            "line: [[-30, -2], [30, -2]], halts: [{at: [0, -2], signal: gone}]",
            11,
            "no signal for vehicles 'gone'",
        ),
        ("- {name: way,", "- {name: way, kind: crossing, signal: gone,", 9, "'gone'"),
        ("walks:", "bays: [{name: b, at: [0, 0], facing: 0, lane: gone}]\nwalks:", 8, "are lane"),
        (
            "walks:",
            "bus_stops: [{name: b, at: [0, 0], facing: 0, lane: gone}]\nwalks:",
            8,
            "no lane 'gone'; allowed are lane",
        ),
        (
            "walks:\n  - {name: way,",
            "doors: [{name: d, at: [0, 7]}]\nwalks:\n  - {name: way, kind: crossing,",
            8,
            "give the layout a walk",
        ),
        ("[-30, 4], [30, 4]", "[-30, 4], [-30, 4]", 9, "at least 2 different points"),
    ],
)
def test_an_impossible_layout_is_refused_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, line: int, reason: str
) -> None:
    path = tmp_path / "yard.yaml"
    assert old in LAYOUT
    path.write_text(LAYOUT.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as refused:
        load_layout(str(path))
    assert f"{path}:{line}: " in str(refused.value)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("camera", "reason"),
    [
        (
            "at: [-20, 0], height: 6, pan: 0, tilt: 20, lens: -0.5",
            "pole: camera: the lens (k1 -0.5",
        ),
        ("at: [0, 10], height: 6, pan: 0, tilt: 20", "pole stands inside buildings[0]"),
        ("at: [-31, 0], height: 6, pan: 0, tilt: 20", "[-31, 0] lies outside the extent"),
        ("at: [-20, 0], height: 6, pan: 180, tilt: 0, field_of_view: 40", "pole sees no ground"),
        ("at: [0, 7], height: 6, pan: 90, tilt: 5", "buildings[0], less than 3 m before it"),
        ("at: [0, 7.8], height: 8, pan: 80, tilt: 20", "buildings[0], less than 3 m before it"),
        ("at: [-20, 0], height: 6, pan: 0, tilt: 95", "less than or equal to 80"),
        ("at: [-20, 0], height: 6, pan: 0, tilt: 20, size: [641, 384]", "must be even"),
        ("at: [-20, 0], height: 6, pan: .nan, tilt: 20", "pan: Input should be a finite number"),
    ],
)
def test_an_impossible_camera_is_refused_with_file_line_and_reason(
    tmp_path: Path, camera: str, reason: str
) -> None:
    path = tmp_path / "yard.yaml"
    path.write_text(f"{LAYOUT}  - {{name: other, at: [20, 0], height: 6, pan: 180, tilt: 20}}\n")
    load_layout(str(path))
    path.write_text(path.read_text().replace("at: [-20, 0], height: 6, pan: 0, tilt: 20", camera))
    with pytest.raises(ConfigurationError) as refused:
        load_layout(str(path))
    assert f"{path}:13: cameras[0]" in str(refused.value)
    assert reason in str(refused.value)


def test_two_cameras_of_one_name_are_refused_at_the_second(tmp_path: Path) -> None:
    path = tmp_path / "yard.yaml"
    path.write_text(LAYOUT + LAYOUT.splitlines()[-1] + "\n")
    with pytest.raises(ConfigurationError, match=r":14: cameras\[1\]\.name: 'pole' is given twice"):
        load_layout(str(path))


def test_a_camera_on_a_roof_and_one_behind_a_fence_are_allowed(tmp_path: Path) -> None:
    path = tmp_path / "yard.yaml"
    roof = LAYOUT.replace("height: 6, pan: 0", "height: 10, pan: -90").replace("[-20, 0]", "[0, 9]")
    path.write_text(roof)
    load_layout(str(path))
    fence = "barriers: [{style: fence, line: [[-19, -9], [-19, 9]], height: 6}]\n"
    path.write_text(LAYOUT + fence)
    load_layout(str(path))
    path.write_text(LAYOUT + fence.replace("fence", "wall"))
    with pytest.raises(ConfigurationError, match=r"looks at barriers\[0\]"):
        load_layout(str(path))


def test_an_unknown_layout_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="one of alley, car-park"):
        load_layout("moon")


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ("{kind: earthquake, at: 3}", "intrusion"),
        ("{kind: collapse, at: 3, where: [70, 20]}", "no camera (street-east, street-west) sees"),
        ("{kind: intrusion, at: 3, where: moon}", "allowed are building-plot"),
        ("{kind: flood, at: 3}", "no water"),
        ("{kind: accident, at: 3, where: [0, 30]}", "nearest place that fits"),
        ("{kind: fire, at: -3}", "greater than or equal to 0"),
    ],
)
def test_an_impossible_event_is_refused_with_file_line_and_reason(
    tmp_path: Path, event: str, reason: str
) -> None:
    path = tmp_path / "events.yaml"
    path.write_text(f"events:\n  - {{kind: collapse, at: 10}}\n  - {event}\n")
    with pytest.raises(ConfigurationError) as refused:
        load_events(path, load_layout("street"))
    assert f"{path}:3: events[1]" in str(refused.value)
    assert reason in str(refused.value)
