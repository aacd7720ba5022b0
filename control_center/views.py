"""Rows as the API tells them: pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from smartopia.clock import rfc3339
from smartopia.contract.remedies import REMEDIES
from smartopia.errors import Reason
from smartopia.things.stage import why_not

_ALERT_PLAIN = (
    "id",
    "version",
    "rule",
    "domain",
    "severity",
    "urgency",
    "certainty",
    "title",
    "description",
    "guidance",
    "source",
    "acknowledged_by",
    "resolved_by",
    "disposition",
    "false_reason",
    "note",
    "occurrences",
    "active",
)
_ALERT_TIMES = ("onset", "raised_at", "cleared_at", "acknowledged_at", "resolved_at")


def time_or_none(instant: datetime | None) -> str | None:
    """RFC 3339, or null."""
    return rfc3339(instant) if instant is not None else None


def alert_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """An alert with its device and datastream."""
    datastream = None
    if row["datastream_id"] is not None:
        datastream = {
            "id": row["datastream_id"],
            "name": row["datastream_name"],
            "observed_property": row["observed_property"],
            "unit": row["unit"],
        }
    return {
        **{name: row[name] for name in _ALERT_PLAIN},
        **{name: time_or_none(row[name]) for name in _ALERT_TIMES},
        "phenomenon_time": row["evidence"].get("phenomenon_time"),
        # What neighbouring cameras saw of the same; null where a rule tells of none.
        "incident": row["evidence"].get("incident"),
        "thing": {
            "id": row["thing_id"],
            "site": row["site"],
            "name": row["thing_name"],
            "title": row["thing_title"] or row["thing_name"],
            "kind": row["kind"],
            "latitude": row["latitude"],
            "longitude": row["longitude"],
            "clock": row["clock"],
        },
        "datastream": datastream,
    }


def transition_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """One step of an alert's life."""
    return {
        "id": row["id"],
        "kind": row["kind"],
        "at": rfc3339(row["at"]),
        "actor": row["actor"],
        "note": row["note"],
        "phenomenon_time": time_or_none(row["phenomenon_time"]),
    }


def image_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """A picture of an alert, without its pixels."""
    return {
        "id": row["id"],
        "taken_at": rfc3339(row["taken_at"]),
        "width": row["width"],
        "height": row["height"],
        "boxes": row["boxes"],
        "zone": row["zone"],
        "detector": row["detector"],
        "url": f"/api/v1/images/{row['id']}",
    }


def thing_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """A device with its datastreams, its stage, and what is wrong with it."""
    return {
        **{
            name: row[name]
            for name in ("id", "site", "name", "kind", "latitude", "longitude", "clock")
        },
        "title": row["title"] or row["name"],
        "state": row["state"],
        "state_note": row["state_note"],
        "state_at": time_or_none(row["state_at"]),
        "last_seen": time_or_none(row["last_seen"]),
        "datastreams": [_datastream_view(stream) for stream in row["datastreams"] or ()],
        "frames": {"rate": row["frame_rate"]} if row["frame_rate"] is not None else None,
        "stage": row["stage"],
        "staged_at": time_or_none(row["staged_at"]),
        "staged_by": row["staged_by"],
        **_check_view(row),
        "refused_last_hour": [
            reason_view(
                reason["reason"],
                reason["count"],
                datetime.fromisoformat(reason["at"]),
                reason["detail"],
            )
            for reason in row["refused_last_hour"] or ()
        ],
    }


def _check_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """A device's newest check, and in words why it may not be promoted; null where it may."""
    if row["check_at"] is None:
        return {"check": None, "held_back": why_not(row["name"], None, None)}
    judged = {name: row[f"check_{name}"] for name in ("at", "grade", "passed", "announce_digest")}
    check = {
        "at": rfc3339(judged["at"]),
        "grade": judged["grade"],
        "passed": judged["passed"],
        # Whether it checked what the device announces now.
        "current": judged["announce_digest"] == row["announce_digest"],
    }
    return {"check": check, "held_back": why_not(row["name"], row["announce_digest"], judged)}


def reason_view(reason: str, count: int, at: datetime, detail: str) -> dict[str, Any]:
    """Messages of a device refused for one reason: how many, and what to do."""
    return {
        "reason": reason,
        "count": int(count),
        "at": rfc3339(at),
        "detail": detail,
        "mend": _mend(reason),
    }


def refused_view(row: Mapping[str, Any]) -> dict[str, Any]:
    """A refused message, without its bytes."""
    return {
        **{name: row[name] for name in ("id", "topic", "reason", "detail", "size", "count")},
        "at": rfc3339(row["received_at"]),
        "mend": _mend(row["reason"]),
    }


def report_view(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """What a check asserted and found; a report is its maker's, so nothing in it is believed."""
    findings = report.get("findings")
    names = ("number", "level", "title", "outcome", "seen", "mend")
    return [
        {name: str(item.get(name, "")) for name in names}
        for item in (findings if isinstance(findings, list) else ())
        if isinstance(item, Mapping)
    ]


def _mend(reason: str) -> str | None:
    # The broker's own refusals have reasons the contract does not know.
    remedy = REMEDIES.get(Reason(reason)) if reason in set(Reason) else None
    return remedy.mend if remedy else None


def _datastream_view(stream: Mapping[str, Any]) -> dict[str, Any]:
    latest = None
    if stream["latest_time"] is not None:
        latest = {
            "time": rfc3339(datetime.fromisoformat(stream["latest_time"])),
            "result": stream["latest_result"],
            "quality": stream["latest_quality"],
        }
    low = stream["range_low"]
    return {
        "id": stream["id"],
        "name": stream["name"],
        "observed_property": stream["observed_property"],
        "unit": stream["unit"],
        "period": stream["period_s"],
        "range": [low, stream["range_high"]] if low is not None else None,
        "latest": latest,
    }
