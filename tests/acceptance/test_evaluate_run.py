"""`smartopia evaluate run`: a scenario played, its truth and its alerts kept, and both scored."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from smartopia.cli.supervisor import child_environment
from tests.support.city import City, wait_until

# Somebody steps over the line at the water after a quarter of a minute.
SCENARIO = """
start_hour: 14
scenes:
  - name: riverside
    layout: riverside
    rate: 2
    cameras:
      - {name: cctv-riverside, of: riverside-west, title: "Riverside path"}
    events:
      - {kind: line_crossing, at: 15, duration: 15}
"""


def _command(*words: str) -> list[str]:
    return [sys.executable, "-m", "smartopia", *words]


def _say(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        _command(*words), capture_output=True, text=True, check=False, env=child_environment({})
    )


def test_a_run_is_played_kept_and_scored(tmp_path: Path) -> None:
    scenario, out, report = tmp_path / "river.yaml", tmp_path / "lab", tmp_path / "report"
    scenario.write_text(SCENARIO)
    words = ("--scenario", str(scenario), "--for", "45", "--out", str(out))
    played = _say("evaluate", "run", *words)
    assert played.returncode == 0, played.stderr
    assert "Sign in as admin" in played.stdout, "it can be watched"
    told = json.loads((out / "alerts.json").read_text())
    assert {spell["camera"] for spell in told["watched"]} == {"cctv-riverside"}
    assert sum(spell["frames"] for spell in told["watched"]) > 30
    scored = _say(
        "evaluate", "situations", "--lab", str(out), "--field", str(out), "--out", str(report)
    )
    assert scored.returncode == 0, scored.stderr
    rows = (report / "rows.csv").read_text()
    assert "line_crossing" in rows
    again = _say("evaluate", "run", *words)
    assert again.returncode == 1
    assert f"{out} is not empty" in again.stderr
    assert not list(Path(tempfile.gettempdir()).glob("smartopia-run-*/city/evidence-keys.json"))


def test_a_run_that_is_stopped_early_keeps_what_was_played(tmp_path: Path) -> None:
    out = tmp_path / "lab"
    words = ("evaluate", "run", "--scenario", "quiet", "--for", "3600", "--out", str(out))
    # A terminal tells all processes of its session of Ctrl-C.
    with subprocess.Popen(
        _command(*words),
        stdout=subprocess.PIPE,
        text=True,
        env=child_environment({}),
        start_new_session=True,
    ) as process:
        try:
            # Its folder is only known from what it says.
            place = City(process, tmp_path).wait_said(r"state and logs in (\S+)")[1]

            def sealed() -> bool:
                listed = _say("truth", "list", "--data-dir", place)
                return re.search(r"\bsealed\b", listed.stdout) is not None

            wait_until(sealed, what="its truth is sealed", timeout_s=30)
            os.killpg(process.pid, signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    told = json.loads((out / "alerts.json").read_text())
    assert [seal["revealed_at"] is not None for seal in told["seals"]] == [True]
    assert len(list(out.glob("*-0000.json"))) == 1
    assert not Path(place).exists()


def test_what_cannot_be_played_is_refused_before_a_city_is_built(tmp_path: Path) -> None:
    refused = _say("evaluate", "run", "--scenario", "nope", "--out", str(tmp_path / "lab"))
    assert refused.returncode == 1
    assert "no scenario 'nope'" in refused.stderr
    assert "cctv-exam" in refused.stderr, "it says which there are"
    assert refused.stdout == ""
