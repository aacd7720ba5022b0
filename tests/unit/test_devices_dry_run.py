"""The same seed gives the same bytes, in any process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from devices_sim.dry_run import lines
from devices_sim.scenario_files import load_scenario
from devices_sim.sdk.registry import discover_kinds

KINDS = discover_kinds()
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def _printed(folder: Path, seed: int, hash_seed: str) -> bytes:
    file = folder / "mine.yaml"
    file.write_text("include: [city.yaml]\nstart: 2026-07-14T20:00:00+09:00\n")
    command = [sys.executable, "-m", "smartopia", "simulate", "--scenario", str(file)]
    return subprocess.run(
        [*command, "--dry-run", "--for", "30", "--seed", str(seed)],
        env={"PATH": os.environ["PATH"], "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        check=True,
    ).stdout


def test_one_seed_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    first = _printed(tmp_path, 5, "1")
    assert first == _printed(tmp_path, 5, "2")
    assert first != _printed(tmp_path, 6, "1")
    line = json.loads(first.splitlines()[0])
    assert line["time"].startswith("2026-07-14T11:00:0")


def test_readings_come_in_order_and_at_their_period() -> None:
    told = [json.loads(line) for line in lines(load_scenario(["quiet"], KINDS), KINDS, NOON, 60)]
    assert [line["time"] for line in told] == sorted(line["time"] for line in told)
    bell = [line for line in told if line["device"] == "bell-sau-park"]
    assert len(bell) == 60
