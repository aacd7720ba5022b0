"""An alert in words, from a rule and what came true: pure."""

from __future__ import annotations

from analytics.rules.evaluate import Raised
from analytics.rules.model import Rule, Statistic, spoken
from analytics.rules.streams import Stream
from smartopia.alarms.model import AlertDraft
from smartopia.bus.log import LogEntry
from smartopia.clock import rfc3339
from smartopia.contract.observations import Observation


def alert_key(rule: Rule, stream: Stream) -> str:
    """Names the condition: one open alert a rule and datastream."""
    return f"{rule.id}:{stream.id}"


def draft_alert(
    rule: Rule, stream: Stream, raised: Raised, observation: Observation, entry: LogEntry
) -> AlertDraft:
    """What the operator reads, and what an evaluator can trace."""
    what = (
        "" if rule.statistic is Statistic.LAST else f"{rule.statistic} over {spoken(rule.window)} "
    )
    held = f" for {spoken(rule.for_)}" if rule.for_ else ""
    return AlertDraft(
        key=alert_key(rule, stream),
        rule=rule.id,
        rule_digest=rule.digest,
        domain=rule.domain,
        severity=rule.severity,
        urgency=rule.urgency,
        certainty=rule.certainty,
        title=rule.title,
        description=(
            f"{what}{stream.observed_property} {raised.value:.4g} {stream.unit}, "
            f"{rule.raise_}{held}"
        ),
        guidance=rule.guidance,
        source=rule.source,
        thing_id=stream.thing_id,
        datastream_id=stream.id,
        onset=raised.onset,
        seen=observation.phenomenon_time,
        evidence={
            "value": raised.value,
            "unit": stream.unit,
            "threshold": rule.raise_.value,
            "clear_threshold": rule.clear.value if rule.clear else None,
            "held_s": raised.held.total_seconds(),
            "phenomenon_time": rfc3339(observation.phenomenon_time),
            "result": observation.result,
            "boot": observation.boot,
            "seq": observation.seq,
            "ordinal": observation.ordinal,
            "log_seq": entry.seq,
        },
    )
