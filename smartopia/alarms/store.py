"""Alerts in the database. Every change is one row changed and one transition told.

Transitions take one lock, so that they become visible in the order of their ids: a console
that has seen transition 7 will never be surprised by a 6.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from smartopia.alarms import lifecycle
from smartopia.alarms.lifecycle import Step
from smartopia.alarms.model import (
    AlertDraft,
    AlertState,
    Disposition,
    FalseReason,
    Image,
    TransitionKind,
)
from smartopia.errors import AlarmTransitionError
from smartopia.store.queries import load_queries

SQL = load_queries("smartopia.alarms", "sql/alarms.sql")
_STATE_FIELDS = tuple(AlertState.__dataclass_fields__)

AnyConnection = AsyncConnection[Any]


async def raise_alert(
    connection: AnyConnection,
    draft: AlertDraft,
    now: datetime,
    *,
    actor: str,
    evidence_days: int,
) -> TransitionKind | None:
    """Raise, or raise again, the alert of this key; the caller commits.

    Returns:
        what happened; None where it was active already.
    """
    await _lock(connection)
    row = await _one(connection, "open_by_key", {"key": draft.key})
    step = lifecycle.raised(_state(row) if row else None, now, actor, draft.seen)
    if step is None:
        return None
    if row is None:
        alert_id = await _insert(connection, draft, step[0], now)
        await _tell(connection, alert_id, step)
    else:
        alert_id = int(row["id"])
        await _update(connection, alert_id, step)
        await connection.execute(
            SQL["renew_alert"],
            {
                "id": alert_id,
                "description": draft.description,
                "evidence": Jsonb(draft.evidence),
                "rule_digest": draft.rule_digest,
            },
        )
    for image in draft.images:
        await _insert_image(connection, alert_id, image, now + timedelta(days=evidence_days))
    return step[1].kind


async def clear_alert(
    connection: AnyConnection, key: str, now: datetime, *, actor: str, seen: datetime | None = None
) -> TransitionKind | None:
    """Say that the condition of this key no longer holds; the caller commits.

    Args:
        seen: the phenomenon time at which it was seen to be over.
    """
    await _lock(connection)
    row = await _one(connection, "open_by_key", {"key": key})
    step = lifecycle.cleared(_state(row), now, actor, seen) if row else None
    if row is None or step is None:
        return None
    await _update(connection, int(row["id"]), step)
    return step[1].kind


async def acknowledge_alert(
    connection: AnyConnection,
    alert_id: int,
    version: int,
    now: datetime,
    *,
    actor: str,
    note: str | None,
) -> None:
    """Acknowledge an alert as it was seen; the caller commits.

    Raises:
        AlarmConflictError, AlarmTransitionError: see the lifecycle.
    """
    state = await _locked_state(connection, alert_id)
    step = lifecycle.acknowledged(state, version, now, actor, note)
    await _update(connection, alert_id, step)


async def resolve_alert(
    connection: AnyConnection,
    alert_id: int,
    version: int,
    now: datetime,
    *,
    actor: str,
    disposition: Disposition,
    note: str | None,
    false_reason: FalseReason | None = None,
) -> None:
    """Resolve an alert as it was seen; the caller commits.

    Raises:
        AlarmConflictError, AlarmTransitionError: see the lifecycle.
    """
    state = await _locked_state(connection, alert_id)
    step = lifecycle.resolved(
        state,
        version,
        now,
        actor=actor,
        disposition=disposition,
        note=note,
        false_reason=false_reason,
    )
    await _update(connection, alert_id, step)


async def _lock(connection: AnyConnection) -> None:
    await connection.execute(SQL["lock_transitions"])


async def _one(
    connection: AnyConnection, query: str, parameters: Mapping[str, object]
) -> dict[str, Any] | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(SQL[query], parameters)
        return await cursor.fetchone()


async def _locked_state(connection: AnyConnection, alert_id: int) -> AlertState:
    await _lock(connection)
    row = await _one(connection, "by_id", {"id": alert_id})
    if row is None:
        raise AlarmTransitionError(f"there is no alert {alert_id}")
    return _state(row)


def _state(row: Mapping[str, Any]) -> AlertState:
    return AlertState(**{name: row[name] for name in _STATE_FIELDS})


async def _insert(
    connection: AnyConnection, draft: AlertDraft, state: AlertState, now: datetime
) -> int:
    parameters = {name: getattr(draft, name) for name in AlertDraft.__dataclass_fields__}
    del parameters["images"], parameters["seen"]
    row = await _one(
        connection,
        "insert_alert",
        parameters
        | {"evidence": Jsonb(draft.evidence), "raised_at": now}
        | {"version": state.version, "active": state.active, "occurrences": state.occurrences},
    )
    if row is None:
        raise AssertionError("INSERT ... RETURNING gave no row")
    return int(row["id"])


async def _update(connection: AnyConnection, alert_id: int, step: Step) -> None:
    state = step[0]
    parameters = {name: getattr(state, name) for name in _STATE_FIELDS}
    await connection.execute(SQL["update_alert"], parameters | {"id": alert_id})
    await _tell(connection, alert_id, step)


async def _tell(connection: AnyConnection, alert_id: int, step: Step) -> None:
    state, transition = step
    await connection.execute(
        SQL["insert_transition"],
        {
            "alert_id": alert_id,
            "kind": transition.kind,
            "at": transition.at,
            "actor": transition.actor,
            "note": transition.note,
            "phenomenon_time": transition.phenomenon_time,
            "version": state.version,
        },
    )


async def _insert_image(
    connection: AnyConnection, alert_id: int, image: Image, expires_at: datetime
) -> None:
    await connection.execute(
        SQL["insert_image"],
        {
            "alert_id": alert_id,
            "taken_at": image.taken_at,
            "width": image.width,
            "height": image.height,
            "boxes": Jsonb(image.boxes),
            "zone": Jsonb(image.zone) if image.zone is not None else None,
            "detector": image.detector,
            "jpeg": image.jpeg,
            "expires_at": expires_at,
        },
    )
