"""The life of an alert: nothing raised vanishes, nothing resolved changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from smartopia.alarms.lifecycle import Step, acknowledged, cleared, raised, resolved
from smartopia.alarms.model import AlertState, Disposition, TransitionKind
from smartopia.errors import AlarmConflictError, AlarmTransitionError

T0 = datetime(2026, 6, 1, tzinfo=UTC)
T1, T2, T3 = (T0 + timedelta(minutes=n) for n in (1, 2, 3))


def taken(step: Step | None) -> AlertState:
    assert step is not None
    return step[0]


def fresh() -> AlertState:
    return taken(raised(None, T0, "rules"))


def done(state: AlertState, version: int | None = None) -> Step:
    return resolved(
        state,
        state.version if version is None else version,
        T3,
        actor="kim",
        disposition=Disposition.TRUE,
        note="seen",
    )


def test_a_condition_that_comes_true_is_an_alert() -> None:
    step = raised(None, T0, "rules")
    assert step is not None
    state, told = step
    assert state == AlertState(version=1, active=True, occurrences=1)
    assert (told.kind, told.at, told.actor) == (TransitionKind.RAISED, T0, "rules")


def test_a_condition_that_stays_true_is_no_news() -> None:
    assert raised(fresh(), T1, "rules") is None


def test_a_condition_that_ends_leaves_an_alert_to_resolve() -> None:
    step = cleared(fresh(), T1, "rules")
    assert step is not None
    state, told = step
    assert (state.active, state.cleared_at, state.version) == (False, T1, 2)
    assert state.resolved_at is None
    assert told.kind is TransitionKind.CLEARED
    assert cleared(state, T2, "rules") is None, "it has cleared already"


def test_a_flapping_condition_is_one_alert_that_counts() -> None:
    state = fresh()
    for _ in range(9):
        state = taken(cleared(state, T1, "rules"))
        step = raised(state, T2, "rules")
        assert step is not None
        assert step[1].kind is TransitionKind.RERAISED
        state = step[0]
    assert (state.occurrences, state.version, state.active) == (10, 19, True)
    assert state.cleared_at is None


def test_an_alert_raised_again_wants_acknowledging_again() -> None:
    state, told = acknowledged(fresh(), 1, T1, "kim", "on my way")
    assert (state.acknowledged_by, state.acknowledged_at) == ("kim", T1)
    assert (told.kind, told.note, told.actor) == (TransitionKind.ACKNOWLEDGED, "on my way", "kim")
    state = taken(cleared(state, T2, "rules"))
    assert state.acknowledged_by == "kim", "clearing takes nothing back"
    state = taken(raised(state, T3, "rules"))
    assert (state.acknowledged_by, state.acknowledged_at) == (None, None)
    assert acknowledged(state, state.version, T3, "lee", None)[0].acknowledged_by == "lee"


def test_an_alert_is_acknowledged_once() -> None:
    state, _ = acknowledged(fresh(), 1, T1, "kim", None)
    with pytest.raises(AlarmTransitionError, match="acknowledged by kim"):
        acknowledged(state, state.version, T2, "lee", None)


def test_resolving_says_what_it_was_and_acknowledges_too() -> None:
    state, told = done(fresh())
    assert (state.resolved_by, state.resolved_at) == ("kim", T3)
    assert (state.disposition, state.note) == (Disposition.TRUE, "seen")
    assert (state.acknowledged_by, state.acknowledged_at) == ("kim", T3)
    assert told.kind is TransitionKind.RESOLVED


def test_resolving_keeps_who_acknowledged() -> None:
    state, _ = acknowledged(fresh(), 1, T1, "lee", None)
    state, _ = done(state)
    assert (state.acknowledged_by, state.acknowledged_at) == ("lee", T1)
    assert state.resolved_by == "kim"


def test_a_resolved_alert_takes_no_more_actions() -> None:
    state, _ = done(fresh())
    with pytest.raises(AlarmTransitionError, match="resolved by kim"):
        done(state)
    with pytest.raises(AlarmTransitionError, match="resolved by kim"):
        acknowledged(state, state.version, T3, "lee", None)


@pytest.mark.parametrize("seen", [0, 1, 3, -1])
def test_an_operator_who_saw_another_version_must_look_again(seen: int) -> None:
    state = taken(cleared(fresh(), T1, "rules"))
    with pytest.raises(AlarmConflictError, match=f"version 2, you saw {seen}"):
        acknowledged(state, seen, T2, "kim", None)
    with pytest.raises(AlarmConflictError, match=f"version 2, you saw {seen}"):
        done(state, seen)


class Life(RuleBasedStateMachine):
    """One condition, and all alerts it ever gave."""

    def __init__(self) -> None:
        super().__init__()
        self.now = T0
        self.open: AlertState | None = None
        self.closed: list[AlertState] = []
        self.closed_copies: list[str] = []
        self.true = False
        self.times_true = 0

    def take(self, step: Step, kinds: set[TransitionKind]) -> None:
        state, told = step
        before = self.open.version if self.open else 0
        assert state.version == before + 1
        assert told.kind in kinds
        assert told.at == self.now
        self.open = state

    def later(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    @rule()
    def comes_true(self) -> None:
        step = raised(self.open, self.later(), "rules")
        assert (step is None) == (self.open is not None and self.open.active)
        if step is not None:
            self.times_true += 1
            self.take(step, {TransitionKind.RAISED, TransitionKind.RERAISED})

    @precondition(lambda self: self.open is not None)
    @rule()
    def ends(self) -> None:
        assert self.open is not None
        step = cleared(self.open, self.later(), "rules")
        assert (step is None) == (not self.open.active)
        if step is not None:
            self.take(step, {TransitionKind.CLEARED})

    @precondition(lambda self: self.open is not None)
    @rule(behind=st.integers(0, 2))
    def is_acknowledged(self, behind: int) -> None:
        assert self.open is not None
        before = self.open
        try:
            step = acknowledged(before, before.version - behind, self.later(), "kim", None)
        except AlarmConflictError:
            assert behind
        except AlarmTransitionError:
            assert before.acknowledged_at is not None
        else:
            assert not behind
            assert before.acknowledged_at is None
            self.take(step, {TransitionKind.ACKNOWLEDGED})
            assert (step[0].active, step[0].occurrences) == (before.active, before.occurrences)

    @precondition(lambda self: self.open is not None)
    @rule(behind=st.integers(0, 2), disposition=st.sampled_from(Disposition))
    def is_resolved(self, behind: int, disposition: Disposition) -> None:
        assert self.open is not None
        try:
            step = resolved(
                self.open,
                self.open.version - behind,
                self.later(),
                actor="kim",
                disposition=disposition,
                note=None,
            )
        except AlarmConflictError:
            assert behind
            return
        assert not behind
        self.take(step, {TransitionKind.RESOLVED})
        self.closed.append(step[0])
        self.closed_copies.append(repr(step[0]))
        self.open = None

    @rule(action=st.sampled_from(["acknowledge", "resolve"]), back=st.integers(0, 1))
    def touches_what_is_resolved(self, action: str, back: int) -> None:
        wishes: dict[str, Callable[[AlertState, int], Step]] = {
            "acknowledge": lambda state, seen: acknowledged(state, seen, self.now, "lee", None),
            "resolve": done,
        }
        for state in self.closed:
            wish = wishes[action]
            with pytest.raises((AlarmTransitionError, AlarmConflictError)):
                wish(state, state.version - back)

    @invariant()
    def nothing_raised_vanishes(self) -> None:
        alerts = [*self.closed, *([self.open] if self.open else [])]
        assert sum(alert.occurrences for alert in alerts) == self.times_true

    @invariant()
    def the_resolved_never_change(self) -> None:
        assert [repr(state) for state in self.closed] == self.closed_copies
        assert all(s.resolved_at and s.disposition and s.acknowledged_at for s in self.closed)

    @invariant()
    def the_facts_agree(self) -> None:
        if self.open is not None:
            assert self.open.active == (self.open.cleared_at is None)
            assert (self.open.acknowledged_at is None) == (self.open.acknowledged_by is None)
            assert self.open.resolved_at is None


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=40, deadline=None)
