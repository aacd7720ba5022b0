"""An alert tells the operator what was seen, and the evaluator where it comes from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from analytics.rules.catalogue import load_rules
from analytics.rules.draft import alert_key, draft_alert
from analytics.rules.evaluate import Raised
from analytics.rules.streams import Stream
from smartopia.bus.log import LogEntry
from smartopia.contract.announce import DeviceClock
from smartopia.contract.observations import Observation

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
RULES = {rule.id: rule for rule in load_rules(None)}
ENTRY = LogEntry(99, "smartopia/v1/gimpo/river-1/observations", b"", NOW, 0, 1, 1, "")


def stream(observed_property: str, unit: str, stream_id: int = 7) -> Stream:
    return Stream(
        stream_id,
        3,
        observed_property,
        unit,
        None,
        timedelta(seconds=1),
        timedelta(0),
        DeviceClock.LIVE,
    )


def test_an_alert_says_what_was_seen_and_can_be_traced() -> None:
    rule = RULES["river-level-alert"]
    onset = NOW - timedelta(seconds=5)
    draft = draft_alert(
        rule,
        stream("water_level", "m"),
        Raised(onset, 5.123456, timedelta(seconds=5)),
        Observation("level", NOW, 5.2, "b1", 41, 2),
        ENTRY,
    )
    assert draft.description == "water_level 5.123 m, at least 5 for 5 s"
    assert (draft.rule, draft.rule_digest) == (rule.id, rule.digest)
    assert (draft.guidance, draft.source) == (rule.guidance, rule.source)
    assert (draft.severity, draft.urgency, draft.domain) == (
        rule.severity,
        rule.urgency,
        rule.domain,
    )
    assert (draft.thing_id, draft.datastream_id, draft.onset) == (3, 7, onset)
    assert draft.evidence == {
        "value": 5.123456,
        "unit": "m",
        "threshold": 5,
        "clear_threshold": 4.5,
        "held_s": 5,
        "phenomenon_time": "2026-06-01T12:00:00.000000Z",
        "result": 5.2,
        "boot": "b1",
        "seq": 41,
        "ordinal": 2,
        "log_seq": 99,
    }


def test_a_sum_is_told_as_one() -> None:
    draft = draft_alert(
        RULES["rain-heavy-advisory"],
        stream("rainfall", "mm"),
        Raised(NOW, 61, timedelta(hours=3)),
        Observation("rain", NOW, 0.5, "", 1, 0),
        ENTRY,
    )
    assert draft.description == "sum over 3 h rainfall 61 mm, at least 60"


def test_each_rule_and_datastream_has_an_alert_of_its_own() -> None:
    keys = {
        alert_key(rule, stream("water_level", "m", number))
        for rule in RULES.values()
        for number in (1, 2)
    }
    assert len(keys) == 2 * len(RULES)
