"""The transitions of an alert, as pure functions: a state and a wish in, a new state out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from smartopia.alarms.model import (
    AlertState,
    Disposition,
    FalseReason,
    Transition,
    TransitionKind,
)
from smartopia.errors import AlarmConflictError, AlarmTransitionError

Step = tuple[AlertState, Transition]


def raised(
    state: AlertState | None, now: datetime, actor: str, seen: datetime | None = None
) -> Step | None:
    """The condition came true. None where the alert is active already.

    An alert that had cleared becomes active again and wants acknowledging again: a flapping
    condition is one alert that counts its occurrences, not a flood of alerts.
    """
    if state is None:
        fresh = AlertState(version=1, active=True, occurrences=1)
        return fresh, Transition(TransitionKind.RAISED, now, actor, None, seen)
    if state.active:
        return None
    again = replace(
        state,
        version=state.version + 1,
        active=True,
        occurrences=state.occurrences + 1,
        cleared_at=None,
        acknowledged_at=None,
        acknowledged_by=None,
    )
    return again, Transition(TransitionKind.RERAISED, now, actor, None, seen)


def cleared(
    state: AlertState, now: datetime, actor: str, seen: datetime | None = None
) -> Step | None:
    """The condition is no longer true. None where it had cleared already."""
    if not state.active:
        return None
    return (
        replace(state, version=state.version + 1, active=False, cleared_at=now),
        Transition(TransitionKind.CLEARED, now, actor, None, seen),
    )


def acknowledged(
    state: AlertState, version: int, now: datetime, actor: str, note: str | None
) -> Step:
    """An operator has seen it and takes it on.

    Raises:
        AlarmConflictError: it changed since the operator looked.
        AlarmTransitionError: it is acknowledged or resolved already.
    """
    _check_version(state, version)
    if state.resolved_at is not None:
        raise AlarmTransitionError(f"already resolved by {state.resolved_by}; nothing to do")
    if state.acknowledged_at is not None:
        raise AlarmTransitionError(f"already acknowledged by {state.acknowledged_by}")
    return (
        replace(state, version=version + 1, acknowledged_at=now, acknowledged_by=actor),
        Transition(TransitionKind.ACKNOWLEDGED, now, actor, note),
    )


def resolved(
    state: AlertState,
    version: int,
    now: datetime,
    *,
    actor: str,
    disposition: Disposition,
    note: str | None,
    false_reason: FalseReason | None = None,
) -> Step:
    """An operator is done with it and says what it was. Resolving acknowledges too.

    Args:
        false_reason: why it was false; of a false one only.

    Raises:
        AlarmConflictError: it changed since the operator looked.
        AlarmTransitionError: it is resolved already.
    """
    _check_version(state, version)
    if state.resolved_at is not None:
        raise AlarmTransitionError(f"already resolved by {state.resolved_by}; nothing to do")
    done = replace(
        state,
        version=version + 1,
        acknowledged_at=state.acknowledged_at or now,
        acknowledged_by=state.acknowledged_by or actor,
        resolved_at=now,
        resolved_by=actor,
        disposition=disposition,
        false_reason=false_reason,
        note=note,
    )
    return done, Transition(TransitionKind.RESOLVED, now, actor, note)


def _check_version(state: AlertState, version: int) -> None:
    if state.version != version:
        raise AlarmConflictError(
            f"the alert changed meanwhile (version {state.version}, you saw {version}); "
            "look at it as it is now, then decide"
        )
