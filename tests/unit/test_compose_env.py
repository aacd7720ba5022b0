"""scripts/compose-env, with a stand-in for docker: it makes secrets once and renews the key."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts/compose-env"
OLD, NEW = "A" * 43 + "=", "b+/" + "B" * 40 + "="


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the script alone."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    return tmp_path


def compose_env(project: Path, *said: str, ends: int = 0) -> subprocess.CompletedProcess[str]:
    """Run it where `docker compose run` says these lines."""
    docker = project / "bin" / "docker"
    docker.parent.mkdir(exist_ok=True)
    (project / "said").write_text("".join(f"{line}\n" for line in said))
    docker.write_text(
        f'#!/bin/sh\ncase "$*" in *" run "*) cat {project}/said; exit {ends};; esac\necho built\n'
    )
    docker.chmod(0o755)
    return subprocess.run(
        [project / "scripts/compose-env"],
        env={"PATH": f"{docker.parent}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )


def written(project: Path) -> dict[str, str]:
    lines = (project / ".env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


def test_passwords_are_made_once_and_the_key_is_renewed(project: Path) -> None:
    assert compose_env(project, OLD).returncode == 0
    first = written(project)
    assert first.pop("SMARTOPIA_EVIDENCE_PUBLIC_KEY") == OLD
    assert len(set(first.values())) == 3
    assert all(len(password) == 48 for password in first.values())
    assert (project / ".env").stat().st_mode & 0o077 == 0

    assert compose_env(project, "Creating network", NEW).returncode == 0
    assert written(project) == first | {"SMARTOPIA_EVIDENCE_PUBLIC_KEY": NEW}
    assert (project / ".env").stat().st_mode & 0o077 == 0


def test_what_is_no_key_is_told_and_nothing_is_changed(project: Path) -> None:
    compose_env(project, OLD)
    before = written(project)
    failed = compose_env(project, "Error: no space left on device", ends=1)
    assert failed.returncode == 1
    assert "No evidence keys were made" in failed.stderr
    assert written(project) == before
    assert sorted(file.name for file in project.glob(".env*")) == [".env"]
