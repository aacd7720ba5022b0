"""`smartopia scenes`, as a person runs it: the real pictures, stopped on the way, and gone on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devices_sim.cameras.scene.layout_files import shipped_layouts

_SCENES = (sys.executable, "-m", "smartopia", "scenes")
_OTHER_MACHINE = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V3",
    "OPENCV_CPU_DISABLE": "AVX2,AVX,FP16",
    "OPENCV_IPP": "disabled",
    "OPENBLAS_CORETYPE": "Nehalem",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX",
    "JSIMD_FORCENONE": "1",
}
"""What a processor of 2009 could not do, in each library that reckons pictures."""
# Three pictures a sequence, 10 s apart.
_SMALL = ("--split", "field", "--format", "smartopia", "--rate", "0.1", "--frames", "6")


def scenes(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run((*_SCENES, *words), capture_output=True, text=True, check=False)


def export(out: Path, *more: str) -> str:
    done = scenes("export", *_SMALL, "--out", str(out), *more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def contents(path: Path) -> dict[str, bytes]:
    files = (file for file in path.rglob("*") if file.is_file())
    return {str(file.relative_to(path)): file.read_bytes() for file in files}


def kill_after_a_sequence(out: Path) -> None:
    """Begin an export and kill it when it has noted its first sequence."""
    process = subprocess.Popen((*_SCENES, "export", *_SMALL, "--out", str(out)))
    try:
        until = time.monotonic() + 240
        while not (out / "unfinished/000000.json").is_file():
            assert process.poll() is None, "it ended before it could be killed"
            assert time.monotonic() < until, "no sequence within 240 s"
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()


@pytest.mark.timeout(300)
def test_a_machine_with_another_processor_draws_the_same(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    export(here)
    # Numpy warns of what it is to do without where the machine never had it.
    subprocess.run(
        (sys.executable, "-W", "ignore", *_SCENES[1:], "export", *_SMALL, "--out", str(there)),
        env=os.environ | _OTHER_MACHINE,
        check=True,
    )
    assert scenes("verify", str(there), "--same-as", str(here)).stdout == "same: 6 pictures\n"


@pytest.mark.timeout(900)
def test_killed_and_gone_on_with_more_processes_it_is_the_same_set(tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    assert f"6 pictures in {whole}" in export(whole)
    kill_after_a_sequence(stopped)
    assert not (stopped / "digests.json").exists()
    unfinished = scenes("verify", str(stopped))
    assert "holds no finished data set" in unfinished.stderr
    assert f"6 pictures in {stopped}" in export(stopped, "--jobs", "2")
    assert contents(stopped) == contents(whole)
    assert "was finished before: 6 pictures" in export(stopped)

    told = [json.loads(line) for line in (whole / "frames.jsonl").read_text().splitlines()]
    assert len({one["sequence"] for one in told}) == 2
    assert any(thing["asked"] for one in told for thing in one["objects"])
    assert scenes("verify", str(whole), "--same-as", str(stopped)).stdout == "same: 6 pictures\n"
    (stopped / told[0]["file"]).write_bytes(b"")
    changed = scenes("verify", str(stopped))
    assert changed.returncode == 1
    assert f"changed  {told[0]['file']}" in changed.stdout
    other = scenes("export", *_SMALL, "--seed", "2", "--out", str(whole))
    assert other.returncode == 1
    assert "another data set (seed 1, not 2); name another folder" in other.stderr


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (("--split", "street"), "unknown split 'street'; allowed are train, rare, val, lab, field"),
        (("--format", "voc"), "unknown format 'voc'; allowed are coco, mot, smartopia, yolo"),
        (("--frames", "0"), "0 is not in the range x>=1"),
        (("--rate", "60"), "60.0 is not in the range 0.1<=x<=10"),
        (("--jobs", "0"), "0 is not in the range"),
    ],
)
def test_what_cannot_be_exported_is_said(
    tmp_path: Path, changed: tuple[str, str], text: str
) -> None:
    done = scenes("export", *_SMALL, "--out", str(tmp_path / "set"), *changed)
    assert done.returncode != 0
    assert text in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "set").exists()


def test_each_layout_is_listed_with_its_cameras_and_events() -> None:
    told = scenes("list").stdout.split("\n")
    names = told[0:-1:3]
    assert names == shipped_layouts()
    floods = [name for name, events in zip(names, told[2::3], strict=True) if "flood" in events]
    assert floods == ["riverside"]
