"""How well situations are told, on the rendered city's true tracks: no detector, no pictures.

    python -m tests.bench.bench_situations [--seeds 1] [--first 1] [--minutes 10] [-v]
        [--layouts NAMES] [--keep DIR] [--tuning]

A run of a layout lets one event of each kind happen after another, then nothing for a while.
Each camera's view is drawn as an operator would, and the boxes of each tracker are told to all
shipped situations. An alert is right if it is about those the event is about and comes within
10 s of the onset (and not more than 2 s before, as the evaluator has it), once per event and
camera. The onset is when the camera begins to see enough of it; told between the true onset and
that, it is right, too. Any other is false; it is excused only if one it is about truly did the like
just then, or is in an event the camera sees too little of: an event counts for a camera that sees
those it is about (boxes as large as the rule asks for, not hidden) in four fifths of the time it
takes to tell it. The wrong way begins for a camera when it sees the vehicle drive, for 4 s on end,
where its ways are drawn. Jams and people on the road count whether they were meant or came by
themselves; a camera's jams are those of the vehicles it sees.

Layouts and seeds are held out: nothing was tuned on them. `--tuning` takes those that were.
What is done is kept in `--keep`, and not done again while the code is the same.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from devices_sim.cameras.scene.layout_files import shipped_layouts
from devices_sim.cameras.scene.plan import EventKind
from tests.bench.code import code_digest
from tests.bench.situations_film import TIMES, record
from tests.bench.situations_score import TRACKERS, Outcome, Result, judge

NEEDS_A_MODEL = {EventKind.FIRE, EventKind.FIGHTING}
_CODE = ("analytics/vision/situations", "devices_sim/cameras/scene", "tests/bench")
_LEFT = "not begun, for want of time"


def main() -> None:
    """Runs all and prints the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first of the seeds")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--layouts", default=",".join(shipped_layouts()))
    parser.add_argument("--minutes", type=float, default=10.0, help="begin no run after so many")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "situations")
    parser.add_argument("--tuning", action="store_true", help="seeds and layouts tuned on")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell each wrong one")
    args = parser.parse_args()
    folder = args.keep / code_digest(_CODE) / ("tuning" if args.tuning else "held-out")
    folder.mkdir(parents=True, exist_ok=True)
    until = time.time() + 60 * args.minutes
    names, seeds = args.layouts.split(","), range(args.first, args.first + args.seeds)
    tasks = [(name, seed, args.tuning, folder, until) for seed in seeds for name in names]
    with ProcessPoolExecutor(args.jobs, get_context("spawn")) as crew:
        results = []
        for task, result in zip(tasks, crew.map(_run, *zip(*tasks, strict=True)), strict=True):
            print(f"{task[0]}/{task[1]}: {'done' if result else _LEFT}", flush=True)
            results += [result] if result else []
    if args.verbose:
        print("\n".join(note for result in results for note in result.notes))
    _print(results)


def _run(name: str, seed: int, tuning: bool, folder: Path, until: float) -> Result | None:
    """One run, recorded and judged; or as it was kept."""
    kept = folder / f"{name}-{seed}.json"
    if kept.exists():
        return _read(kept)
    if time.time() > until:
        return None
    result = judge(record(name, seed, tuning=tuning))
    kept.with_suffix(".part").write_text(json.dumps(asdict(result)))
    kept.with_suffix(".part").rename(kept)
    return result


def _read(path: Path) -> Result:
    told = json.loads(path.read_text())
    told["outcomes"] = {
        how: {kind: Outcome(**one) for kind, one in kinds.items()}
        for how, kinds in told["outcomes"].items()
    }
    return Result(**told)


def _print(results: list[Result]) -> None:
    if not results:
        print("nothing is done yet; run it again, or give it more --minutes")
        return
    hours = sum(result.hours for result in results)
    for how in TRACKERS:
        total: dict[str, Outcome] = defaultdict(Outcome)
        for result in results:
            for kind, outcome in result.outcomes[how].items():
                total[kind].add(outcome)
        print(
            f"\n{how}\n\n| situation | n | recall | precision | F1 | delay s | false/h | excused |"
        )
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        print("\n".join(_rows(total, hours)))
    looks, spent = sum(r.looks for r in results), sum(r.seconds for r in results)
    print(f"\n{hours:.1f} camera-hours; {1e6 * spent / looks:.0f} us of processor a look")


def _rows(total: dict[str, Outcome], hours: float) -> Iterator[str]:
    for kind in TIMES:
        one = total[kind]
        delay = statistics.median(one.delays) if one.delays else math.nan
        mark = "*" if kind in NEEDS_A_MODEL else ""
        yield (
            f"| {kind}{mark} | {one.events} | {one.recall:.2f} | {one.precision:.2f} "
            f"| {one.f1:.2f} | {delay:.1f} | {one.false / hours:.2f} | {one.excused} |"
        )


if __name__ == "__main__":
    main()
