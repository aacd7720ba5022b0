"""When cameras were watched: what is missed while nobody looks is told apart."""

from __future__ import annotations

from datetime import timedelta

from analytics.evaluation.events import RaisedAlert, TrueEvent, Watched
from analytics.evaluation.pairing import AlertVerdict, EventVerdict
from analytics.evaluation.situations import SituationScores, score_situations
from analytics.evaluation.watched import shared_time, without_gaps
from tests.support.truth import at

KNOWN = Watched("gimpo", "cam", at(0), at(3600), (("fog", 3),))
RULES = {"fire": "f" * 64, "crowd": "c" * 64}


def spell(begin: float, end: float, rules: dict[str, str] = RULES) -> Watched:
    return Watched("gimpo", "cam", at(begin), at(end), (), "a.onnx", rules)


def an_event(seconds: float, kind: str = "fire") -> TrueEvent:
    return TrueEvent(f"{kind}{seconds}", kind, "gimpo", "cam", at(seconds), at(seconds + 30))


def an_alert(seconds: float) -> RaisedAlert:
    return RaisedAlert(f"a{seconds}", "fire", "gimpo", "cam", at(seconds))


def scored(events: list[TrueEvent], alerts: list[RaisedAlert], *spells: Watched) -> SituationScores:
    watched = without_gaps([KNOWN], spells)
    return score_situations(events, alerts, watched, covered=[KNOWN])


def test_what_nobody_watched_is_told_apart_from_what_was_overlooked() -> None:
    events = [an_event(100), an_event(1000), an_event(2000), an_event(3000)]
    found = scored(events, [an_alert(103)], spell(0, 1500), spell(2500, 3600, {"crowd": "c" * 64}))
    assert [one.verdict for one in found.judged.events] == [
        EventVerdict.FOUND,
        EventVerdict.MISSED,  # though somebody watched
        EventVerdict.UNWATCHED,  # the camera was dark
        EventVerdict.UNWATCHED,  # the rule for fire rested
    ]
    assert (found.whole.recall.value, found.whole.recall.n) == (0.5, 2)
    assert (found.whole.reach.value, found.whole.reach.n) == (0.25, 4)


def test_false_alerts_are_by_the_day_that_was_watched() -> None:
    found = scored([], [an_alert(50), an_alert(1700)], spell(0, 900))
    assert [one.verdict for one in found.judged.alerts] == [
        AlertVerdict.FALSE,
        AlertVerdict.IGNORED,
    ]
    assert found.whole.false_per_day.days == 900 / 86400
    assert found.whole.false_per_day.value == 96


def test_before_the_first_frame_nobody_watched_though_the_truth_was_known() -> None:
    events = [an_event(1), an_event(100), an_event(3595)]
    found = scored(events, [], spell(300, 3600))
    assert [one.verdict for one in found.judged.events] == [
        EventVerdict.CUT,
        EventVerdict.UNWATCHED,
        EventVerdict.CUT,
    ]


def test_a_camera_nobody_ever_watched_has_no_misses() -> None:
    found = scored([an_event(100)], [])
    assert found.judged.events[0].verdict is EventVerdict.UNWATCHED
    assert found.whole.false_per_day.days == 0


def test_spells_that_touch_are_one_for_an_event_across_them() -> None:
    other = {"fire": "e" * 64}
    found = scored([an_event(895)], [], spell(0, 900), spell(900, 1800, other))
    assert found.judged.events[0].verdict is EventVerdict.MISSED
    gap = scored([an_event(895)], [], spell(0, 900), spell(904, 1800, other))
    assert gap.judged.events[0].verdict is EventVerdict.UNWATCHED


def test_a_spell_within_another_hides_none_that_follows() -> None:
    spells = [spell(0, 3000), spell(10, 20), spell(2900, 3600)]
    total = sum((one.length for one in scored([], [], *spells).judged.watched), timedelta())
    assert total == timedelta(hours=1)


def test_two_runs_share_the_time_and_the_rules_both_had() -> None:
    first = [spell(0, 100), spell(200, 300, {"fire": "f" * 64})]
    second = [spell(50, 250, {"crowd": "x" * 64}), KNOWN]
    shared = shared_time(first, second[:1])
    assert [(one.begin, one.end, dict(one.rules)) for one in shared] == [
        (at(50), at(100), {"crowd": "c" * 64})
    ]
    everything = shared_time(first, second[1:])
    assert [dict(one.rules) for one in everything] == [RULES, {"fire": "f" * 64}]
