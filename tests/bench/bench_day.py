"""How well a day of a scenario is told from its pictures: rendered, detected, tracked, judged.

    python -m tests.bench.bench_day [--scenario cctv-day] [--seed N] [--seconds 900] [--rate 2]
        [--filmed RATE] [--model default] [--scenes NAMES] [--jobs 1] [--keep DIR] [-v]

Each camera's frames are drawn, encoded and looked at as in a city that keeps up with this rate,
without its broker, gate and screen. All shipped situations are told the tracks, and the alerts are
scored by the evaluator's own rules (docs/evaluation.md): right from 2 s before the onset to 10 s
after it, one per event and camera. Beside the model, a perfect detector is scored on the same
frames: what it loses, the tracker and the situations lose.

What was looked at is kept in `--keep` by model, seed and rate as long as the code that draws is the
same: judge it by other rules in seconds. What was `--filmed` at 5 frames/s can be judged at 1, too.
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched
from analytics.evaluation.pairing import AlertVerdict, EventVerdict
from analytics.evaluation.situation_score import SituationScore
from analytics.evaluation.situations import SituationScores, score_situations
from analytics.vision.detect.port import DetectorName
from analytics.vision.detect.weights import find_weights
from analytics.vision.model import Detection
from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.situations.model import Look, Phase
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.site import site_of
from analytics.vision.situations.watch import Memory, step
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import TrackSettings
from analytics.vision.watching.spells import telling
from devices_sim.cameras.scene.site_view import drawing_of
from smartopia.siteview import SiteView
from tests.bench.code import code_digest
from tests.bench.day_film import Film, Frame, Stage, film, stages

SITE = "gimpo"
_FILMED_BY = ("devices_sim", "analytics/vision/detect", "tests/bench")
T0 = datetime(2026, 6, 1, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Shift:
    """What happened before a scene's cameras, what was raised, and when which was watched."""

    events: tuple[TrueEvent, ...]
    alerts: tuple[RaisedAlert, ...]
    watched: tuple[Watched, ...]


def main() -> None:
    """Plays, judges and prints."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--scenario", default="cctv-day")
    parser.add_argument("--seed", type=int, help="another than the scenario's")
    parser.add_argument("--seconds", type=float, default=900.0)
    parser.add_argument("--rate", type=float, default=2.0, help="frames/s of each camera")
    parser.add_argument("--filmed", type=float, help="frames/s drawn, a multiple of --rate")
    parser.add_argument("--model", default="default")
    parser.add_argument("--scenes", help="these alone, joined by commas")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "day")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell each wrong one")
    args = parser.parse_args()
    filmed = args.filmed or args.rate
    every = round(filmed / args.rate)
    if not math.isclose(every * args.rate, filmed):
        parser.error(f"--filmed {filmed:g} is no multiple of --rate {args.rate:g}")
    wanted = args.scenes.split(",") if args.scenes else None
    chosen = [
        one
        for one in stages(args.scenario, args.seed)
        if wanted is None or one.programme.scene.name in wanted
    ]
    digest = DetectorName.of(find_weights(args.model, None)).sha256[:12]
    folder = args.keep / code_digest(_FILMED_BY)
    folder.mkdir(parents=True, exist_ok=True)
    kept = [
        folder / f"{args.scenario}-{one.programme.scene.name}-{one.programme.seed}"
        f"-{filmed:g}-{args.seconds:g}-{digest}.jsonl"
        for one in chosen
    ]
    play = partial(film, seconds=args.seconds, rate=filmed, model=args.model)
    with ProcessPoolExecutor(args.jobs, get_context("spawn")) as crew:
        films = [one.thinned(every) for one in crew.map(play, chosen, kept)]
    for how, perfect in (("the model", False), ("a perfect detector", True)):
        shifts = [
            watch(stage, one, args.seconds, args.rate, perfect=perfect)
            for stage, one in zip(chosen, films, strict=True)
        ]
        scores = score_situations(
            [event for shift in shifts for event in shift.events],
            [alert for shift in shifts for alert in shift.alerts],
            [span for shift in shifts for span in shift.watched],
        )
        print(f"\n{how}, {args.rate:g} frames/s\n")
        _print(scores)
        if args.verbose:
            print("\n".join(_wrong(scores)))


def watch(stage: Stage, shown: Film, seconds: float, rate: float, *, perfect: bool) -> Shift:
    """What the shipped situations tell of a scene's frames."""
    rules = [rule for rule in load_situation_rules() if rule.enabled]
    scene = stage.programme.scene
    names = {rule.situation for rule in rules}
    events = [
        TrueEvent(
            one.id,
            one.kind,
            SITE,
            camera,
            _time(one.onset),
            _end(one.end),
            asked=camera in one.cameras,
        )
        for one in shown.happenings
        if one.kind in names
        for camera in (*one.cameras, *one.far)
    ]
    alerts: list[RaisedAlert] = []
    watched: list[Watched] = []
    for lens in scene.cameras:
        pole = scene.pole(lens)
        view = SiteView(camera=lens.name, **dict(drawing_of(scene.ground, pole)))
        frames = [one for one in shown.frames if one.camera == lens.name]
        size = (stage.cameras[lens.name].width, stage.cameras[lens.name].height_px)
        alerts += _alerts(rules, view, size, frames, rate, perfect=perfect)
        digests = {rule.id: rule.digest for rule in rules}
        labels = frozenset(one.label for frame in shown.frames for one in _seen(frame, perfect))
        told = telling(digests, rules, site_of(view, size), labels, rate)
        watched.append(Watched(SITE, lens.name, T0, _time(seconds), (), "", told))
    return Shift(tuple(events), tuple(alerts), tuple(watched))


def _alerts(
    rules: Sequence[SituationRule],
    view: SiteView,
    size: tuple[int, int],
    frames: Sequence[Frame],
    rate: float,
    *,
    perfect: bool,
) -> Iterator[RaisedAlert]:
    memory, tracks = Memory(), CameraTracks(TrackSettings(rate=rate))
    for frame in frames:
        now = _time(frame.at)
        followed = tracks.step(_seen(frame, perfect), now) or ()
        memory, told = step(rules, view, memory, Look(now, size, followed))
        for one in told:
            if one.signal.phase is Phase.RAISED:
                ident = f"{view.camera} {frame.at:.1f} {one.rule.id} {one.signal.words}"
                situation = one.signal.situation
                yield RaisedAlert(ident, situation, SITE, view.camera, now, one.rule.id)


def _seen(frame: Frame, perfect: bool) -> Sequence[Detection]:
    return frame.there if perfect else frame.found


def _time(seconds: float) -> datetime:
    return T0 + timedelta(seconds=seconds)


def _end(seconds: float | None) -> datetime | None:
    return None if seconds is None else _time(seconds)


def _print(scores: SituationScores) -> None:
    print("| situation | events | in time | late | missed | false | F1 | delay s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, score in [*scores.situations.items(), ("all", scores.whole)]:
        print(_row(name, score))


def _row(name: str, score: SituationScore) -> str:
    one = score.counts
    return (
        f"| {name} | {one.events} | {one.found} | {one.late} | {one.missed} | {one.false} "
        f"| {score.f1.value:.2f} | {score.delay.value:.1f} |"
    )


def _wrong(scores: SituationScores) -> Iterator[str]:
    for event in scores.judged.events:
        if event.verdict not in {EventVerdict.FOUND, EventVerdict.FAR}:
            at = (event.event.onset - T0).total_seconds()
            yield f"{event.verdict}: {event.event.id} {event.event.camera} from {at:.1f} s"
    for alert in scores.judged.alerts:
        if alert.verdict is not AlertVerdict.RIGHT:
            yield f"{alert.verdict}: {alert.alert.id}"


if __name__ == "__main__":
    main()
