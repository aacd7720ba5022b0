"""Conditions are found by a file alone, are documented, and the how-to is true."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import devices_sim.conditions.sensors
from devices_sim.conditions.filming import condition_picture
from devices_sim.conditions.model import (
    CameraCondition,
    Moment,
    Reading,
    SensorCondition,
    Span,
    active,
)
from devices_sim.conditions.registry import Conditions, discover_conditions
from smartopia.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
ALL = discover_conditions()
HOW_TO = (ROOT / "docs/how-to/add-a-condition.md").read_text()
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", HOW_TO, re.DOTALL)


def made(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(source, names)  # noqa: S102
    return names["CONDITION"]


@pytest.mark.parametrize(
    "condition", [*ALL.sensors.values(), *ALL.cameras.values()], ids=lambda c: c.name
)
def test_each_condition_is_documented_with_its_grades(
    condition: SensorCondition | CameraCondition,
) -> None:
    row = " | ".join((f"`{condition.name}`", condition.title, *condition.grades))
    assert f"| {row} |" in (ROOT / "docs/conditions.md").read_text()
    assert len(set(condition.grades)) == 5
    assert re.fullmatch(r"[a-z][a-z0-9_]*", condition.name)


def test_no_condition_is_documented_that_is_not_there() -> None:
    text = (ROOT / "docs/conditions.md").read_text()
    sensors, cameras = text.split("## Cameras")
    assert set(re.findall(r"^\| `(\w+)`", sensors, re.MULTILINE)) == set(ALL.sensors)
    assert set(re.findall(r"^\| `(\w+)`", cameras, re.MULTILINE)) == set(ALL.cameras)


def test_the_sensor_condition_of_the_how_to_works() -> None:
    condition = made(examples()[0])
    assert isinstance(condition, SensorCondition)
    reading = Reading(NOON, {"level": 8.0})
    told = []
    for grade in range(1, 6):
        moment = Moment(
            condition="saturation", grade=grade, first=reading, ranges={"level": (0.0, 10.0)}
        )
        told.append(condition.apply(reading, moment)[0].reading.results["level"])
    assert told == [8.0, 7.0, 5.0, 3.0, 1.0]


def test_the_camera_condition_of_the_how_to_works() -> None:
    condition = made(examples()[1])
    assert isinstance(condition, CameraCondition)
    conditions = Conditions({}, {condition.name: condition})
    white = np.full((4, 4, 3), 200, np.uint8)
    cast = condition_picture(
        white, [Span("c", "colour_cast", 4)], 0.0, conditions=conditions, seed=1
    )
    assert cast is not None
    assert cast[0, 0].tolist() == [200, 100, 100]


def test_a_file_is_found_without_touching_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "saturation.py").write_text(examples()[0])
    package = devices_sim.conditions.sensors
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert "saturation" in discover_conditions().sensors
    monkeypatch.delitem(sys.modules, f"{package.__name__}.saturation")


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ("colours:CONDITION", None),
        ("colours:nothing", "colours:nothing is no SensorCondition or CameraCondition; see docs"),
        ("colours:TAKEN", "the condition name 'fog' is taken"),
    ],
)
def test_conditions_of_another_package_are_found(
    named: str, told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    extra = "\nfrom devices_sim.conditions.cameras.fog import CONDITION as TAKEN\nnothing = 1\n"
    (tmp_path / "colours.py").write_text(examples()[1] + extra)
    info = tmp_path / "colours-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: colours\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[smartopia.conditions]\ncast = {named}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "colours", raising=False)
    if told is None:
        assert "colour_cast" in discover_conditions().cameras
    else:
        with pytest.raises(ConfigurationError, match=re.escape(told)):
            discover_conditions()
    monkeypatch.delitem(sys.modules, "colours", raising=False)


@pytest.mark.parametrize("grade", [0, 6, -1, 2.0, True, "3", None])
def test_grades_are_whole_numbers_from_1_to_5(grade: Any) -> None:
    with pytest.raises(ConfigurationError, match="allowed are whole numbers from 1 to 5"):
        ALL.camera("fog", grade)


def test_spans_hold_from_begin_until_before_end() -> None:
    one, other = Span("d", "fog", 1, 10, 20), Span("d", "rain", 1, 15)
    assert [active((one, other), now) for now in (9.9, 10, 15, 20)] == [
        (),
        (one,),
        (one, other),
        (other,),
    ]
