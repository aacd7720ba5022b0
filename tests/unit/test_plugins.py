from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from smartopia.errors import ConfigurationError
from smartopia.plugins import installed, shipped

GROUP = "smartopia.tests.plugins"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, *points: str) -> None:
    about = folder / "tide-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: tide\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(f"[{GROUP}]\n" + "\n".join(points))
    monkeypatch.syspath_prepend(str(folder))


def test_what_another_package_brings_is_found_with_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, "pi = math:pi", "join = posixpath:sep")
    assert dict(installed(GROUP)) == {
        "entry point pi = math:pi": 3.141592653589793,
        "entry point join = posixpath:sep": "/",
    }
    assert list(installed("smartopia.tests.nobody")) == []


@pytest.mark.parametrize("point", ["tide = no_such_module:X", "tide = math:no_such_name"])
def test_what_cannot_be_loaded_is_named(
    point: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch, point)
    with pytest.raises(ConfigurationError, match=f"^entry point {point} cannot be loaded: .*mend"):
        list(installed(GROUP))


def test_each_module_of_a_package_is_told_of_even_without_the_attribute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "harbour_plugins"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "gauge.py").write_text("KIND = 7\n")
    (package / "notes.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    found = shipped(importlib.import_module("harbour_plugins"), "KIND")
    assert list(found) == [
        ("KIND of harbour_plugins.gauge", 7),
        ("KIND of harbour_plugins.notes", None),
    ]
