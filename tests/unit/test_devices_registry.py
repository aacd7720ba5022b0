"""Kinds are found without touching another file, also in other installed packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from devices_sim.sdk.registry import discover_kinds
from smartopia.errors import ConfigurationError

_SENSOR = """\
from devices_sim.sdk.kind import SensorKind, datastream

KIND = SensorKind(
    name="tide_gauge",
    title="Tide gauge",
    period=60,
    datastreams=(datastream("water_level", low=0, high=10),),
    measure=lambda view, _time: {"water_level": view.water_level},
)
"""
_CAMERA = """\
import numpy as np
from devices_sim.sdk.camera import CameraKind

KIND = CameraKind(
    name="dark_camera",
    title="Lens cap",
    rate=2,
    picture=lambda view, time: np.zeros((120, 160, 3), np.uint8),
)
"""


def _discover(folder: Path, *points: str) -> subprocess.CompletedProcess[str]:
    """What a fresh process finds with a package installed that names these entry points."""
    (folder / "harbour.py").write_text(_SENSOR)
    (folder / "lens_cap.py").write_text(_CAMERA)
    about = folder / "harbour-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: harbour\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[smartopia.device_kinds]\n" + "\n".join(points))
    return subprocess.run(
        [sys.executable, "-m", "smartopia", "simulate", "--list"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_shipped_camera_kind_is_found() -> None:
    assert "test_card" in discover_kinds().cameras


def test_kinds_of_another_package_are_found(tmp_path: Path) -> None:
    found = _discover(tmp_path, "tide = harbour:KIND", "cap = lens_cap:KIND")
    assert found.returncode == 0, found.stderr
    line = next(line for line in found.stdout.splitlines() if line.startswith("kinds: "))
    assert {"tide_gauge", "dark_camera", "river_gauge"} <= set(line[7:].split(", "))


def test_an_entry_point_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    found = _discover(tmp_path, "tide = harbour:GAUGE")
    assert found.returncode == 1
    assert "entry point tide = harbour:GAUGE cannot be loaded" in found.stderr
    assert "Traceback" not in found.stderr


def test_an_entry_point_that_is_no_kind_is_named(tmp_path: Path) -> None:
    found = _discover(tmp_path, "tide = harbour:datastream")
    assert "entry point tide = harbour:datastream is no SensorKind or CameraKind" in found.stderr


def test_own_files_are_found_and_what_is_wrong_in_one_is_told_with_its_line(
    tmp_path: Path,
) -> None:
    (tmp_path / "tide.py").write_text(_SENSOR)
    assert "tide_gauge" in discover_kinds(tmp_path).sensors
    (tmp_path / "wrong.py").write_text(_SENSOR.replace('"water_level", low', '"tide", low'))
    with pytest.raises(ConfigurationError, match=r"wrong\.py:7: .*'tide': give its unit"):
        discover_kinds(tmp_path)
    (tmp_path / "wrong.py").write_text("KIND = (\n")
    with pytest.raises(ConfigurationError, match=r"wrong\.py:1: SyntaxError"):
        discover_kinds(tmp_path)
    (tmp_path / "wrong.py").write_text("")
    with pytest.raises(ConfigurationError, match=r"wrong\.py is no SensorKind or CameraKind"):
        discover_kinds(tmp_path)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    found = _discover(tmp_path, "tide = harbour:KIND", "again = harbour:KIND")
    assert "the kind name 'tide_gauge' is taken" in found.stderr
