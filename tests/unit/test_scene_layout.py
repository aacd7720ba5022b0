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


def test_the_six_layouts_are_shipped_and_sound() -> None:
    names = shipped_layouts()
    assert names == ["alley", "car-park", "crossing", "riverside", "school-gate", "street"]
    for name in names:
        layout = load_layout(name)
        assert layout.name == name
        assert 1 <= len(layout.cameras) <= 3


@pytest.mark.parametrize("name", shipped_layouts())
def test_variants_are_sound_differ_and_come_again(name: str) -> None:
    layout = load_layout(name)
    assert variant(layout, 0) == layout
    variants = [variant(layout, seed) for seed in range(1, 9)]
    assert len({one.model_dump_json() for one in variants}) == 8
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
        ("at: [-20, 0]", "at: [0, 10]", 13, "stands inside buildings[0]"),
        ("name: lane, ", "name: lane, wheels: 4, ", 11, "wheels"),
        ("at: [-20, 0]", "at: [-20, 0], lens: -0.5", 13, "k1"),
        (
            "line: [[-30, -2], [30, -2]]",
            "line: [[-30, -2], [30, -2]], halts: [{at: [0, -2], signal: gone}]",
            11,
            "no signal for vehicles 'gone'",
        ),
        ("- {name: way,", "- {name: way, kind: crossing, signal: gone,", 9, "'gone'"),
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
