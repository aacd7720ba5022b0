"""Every SQL statement has a name and says what it is for."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from smartopia.store.queries import load_queries

ROOT = Path(str(files("smartopia"))).parent
PACKAGES = ("smartopia", "ingest", "analytics", "control_center", "devices_sim")
SHIPPED = [
    (".".join(file.relative_to(ROOT).parts[:-2]), f"sql/{file.name}")
    for package in PACKAGES
    for file in sorted((ROOT / package).rglob("sql/*.sql"))
]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package whose q.sql a test writes."""
    name = f"queries_of_{abs(hash(str(tmp_path)))}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    return name


def write(folder: Path, package: str, text: str) -> None:
    (folder / package / "q.sql").write_text(text, encoding="utf-8")


def test_statements_are_found_by_name(tmp_path: Path, package: str) -> None:
    write(
        tmp_path,
        package,
        "-- name: first\n-- The first.\nSELECT 1\n\n-- name: second\n-- 둘째.\nSELECT\n  2\n",
    )
    assert load_queries(package, "q.sql") == {
        "first": "-- The first.\nSELECT 1",
        "second": "-- 둘째.\nSELECT\n  2",
    }


def test_a_name_given_twice_is_an_error_that_names_it(tmp_path: Path, package: str) -> None:
    write(tmp_path, package, "-- name: one\nSELECT 1\n-- name: one\nSELECT 2\n")
    with pytest.raises(ValueError, match="one"):
        load_queries(package, "q.sql")


def test_there_are_statements_to_check() -> None:
    assert len(SHIPPED) >= 8
    assert ("smartopia.alarms", "sql/alarms.sql") in SHIPPED


@pytest.mark.parametrize(("package", "file"), SHIPPED)
def test_each_shipped_statement_says_what_it_is_for(package: str, file: str) -> None:
    queries = load_queries(package, file)
    assert queries
    for name, body in queries.items():
        first, *rest = body.splitlines()
        assert first.startswith("-- "), f"{name} has no description"
        assert len(first) > 8, f"{name}: {first}"
        statement = "\n".join(line for line in rest if not line.startswith("--")).strip()
        assert statement, f"{name} has no statement"
        assert ";" not in statement.removesuffix(";"), f"{name} has more than one statement"


@pytest.mark.parametrize(("package", "file"), SHIPPED)
def test_no_shipped_statement_is_without_a_name(package: str, file: str) -> None:
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    before = text.split("-- name:")[0]
    assert all(line.startswith("--") or not line for line in before.splitlines())
    assert text.count("-- name:") == len(load_queries(package, file))
