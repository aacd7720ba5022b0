"""A report on situations as large as they come: made up, but scored as any other."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched
from analytics.evaluation.report.provenance import provenance
from analytics.evaluation.report.runs import Run
from analytics.evaluation.report.situations import Scored, situations_report
from analytics.evaluation.same_events import Take
from analytics.evaluation.situations import score_situations
from smartopia.reports import Report, SideName
from tests.support.truth import at

DAY_S = 86_400
KINDS = ("intrusion", "collapse", "fire", "loitering", "wrong_way", "camera_blinded")
CONDITIONS = ((), (), (("fog", 3),), (("rain", 4),), (("night", 2),), (("dirt", 3), ("fog", 2)))
MODEL = "default.onnx sha256:0123456789abcdef"


def a_take(draw: Random, cameras: int, days: int, *, found: float, false: float) -> Take:
    """Six events a camera and day, one watched hour of 24 missing."""
    events, alerts, covered, watched = [], [], [], []
    for name in (f"cctv-{number:03}" for number in range(cameras)):
        skill = min(0.99, max(0.02, draw.gauss(found, 0.1)))
        for day in range(days):
            begin, under = day * DAY_S, draw.choice(CONDITIONS)
            known = Watched("gimpo", name, at(begin), at(begin + DAY_S), under)
            covered.append(known)
            dark = at(begin + 3600 * draw.randrange(1, 22))
            rules = dict.fromkeys(KINDS, "b" * 64)
            for left, right in ((known.begin, dark), (dark + timedelta(hours=1), known.end)):
                watched.append(Watched("gimpo", name, left, right, under, MODEL, rules))
            for number in range(6):
                kind, second = draw.choice(KINDS), begin + draw.randrange(60, DAY_S - 60)
                onset, ident = at(second), f"{name}/{day}/{number}"
                end = onset + timedelta(seconds=40)
                events.append(TrueEvent(ident, kind, "gimpo", name, onset, end, under))
                if draw.random() < skill / (1 + len(under)):
                    raised = onset + timedelta(seconds=draw.uniform(1, 9))
                    alerts.append(_alert(ident, kind, name, raised))
            for number in range(int(false + draw.random())):
                raised = at(begin + draw.randrange(DAY_S))
                alerts.append(_alert(f"f{name}/{day}/{number}", draw.choice(KINDS), name, raised))
    return Take(at(0), tuple(events), tuple(alerts), tuple(covered), tuple(watched))


def _alert(ident: str, kind: str, camera: str, raised: datetime) -> RaisedAlert:
    return RaisedAlert(ident, kind, "gimpo", camera, raised, kind, "b" * 64, MODEL)


def a_large_report(cameras: int = 100, days: int = 30, *, compared: bool = True) -> Report:
    """A report over so many cameras and days, another run of the lab's events beside it."""
    draw = Random(7)
    lab = _scored("lab", a_take(Random(1), cameras, days, found=0.85, false=0.3))
    field = _scored("field", a_take(draw, cameras, days, found=0.6, false=0.9))
    other = _run("other", a_take(Random(1), cameras, days, found=0.9, false=0.3))
    made_of = provenance(["x"], {}, models={}, seeds={"bootstrap": 1})
    return situations_report((lab, field), [other] if compared else [], made_of)


def _scored(name: SideName, take: Take) -> Scored:
    scores = score_situations(take.events, take.alerts, take.watched, covered=take.covered)
    return Scored(name, (_run(name, take),), take, scores)


def _run(name: str, take: Take) -> Run:
    names = frozenset({"20260301t115958z-0a1b2c3d" if name != "field" else "field"})
    return Run(Path(name), take, True, names, frozenset(), {}, 1, "a" * 64)
