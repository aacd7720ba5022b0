"""Nobody who is scored can reach the simulator: the parts never import one another."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = ("analytics", "control_center", "devices_sim", "ingest")


def _imports(package: str) -> Iterator[tuple[Path, str]]:
    """Every module that a package's files import, wherever in the file."""
    for file in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield file, node.module or ""


@pytest.mark.parametrize("part", [*PARTS, "smartopia"])
def test_no_part_imports_another(part: str) -> None:
    others = {other for other in PARTS if other != part}
    found = [
        f"{file.relative_to(ROOT)}: {module}"
        for file, module in _imports(part)
        if module.split(".")[0] in others
    ]
    assert not found


def test_analytics_reads_truth_only_where_it_scores_and_only_revealed() -> None:
    allowed = {"smartopia.truth.open", "smartopia.truth.model", "smartopia.truth.store"}
    for file, module in _imports("analytics"):
        if module.startswith("smartopia.truth"):
            assert file.is_relative_to(ROOT / "analytics" / "evaluation"), file
            assert module in allowed, f"{file}: {module}"


def test_the_check_sees_imports_inside_functions() -> None:
    assert (ROOT / "ingest/cli.py", "ingest.part") in set(_imports("ingest"))
