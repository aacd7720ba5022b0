"""Assertions about what a device does after a fault: a command it cannot read, a cut, a storm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from devices_sim.check.assertion import Outcome
from devices_sim.check.transcript import Fault, Heard, Injected, Link, LinkState, Transcript
from smartopia.contract.topics import Channel
from tests.support.transcripts import (
    ANNOUNCE,
    LEVEL,
    closed,
    cut,
    heard,
    opened,
    outcome,
    told,
    transcript,
    verdict,
)


class TestCommands:
    def after(self, *said: Heard, **changes: Any) -> Transcript:
        command = Injected(Fault.MALFORMED_COMMAND, 10, 10.3, 14)
        before = [told(1.0 + n, n) for n in range(9)]
        return transcript([*before, *said], injected=(command,), seconds=15.0, **changes)

    def test_results_after_it_are_survival(self) -> None:
        assert outcome("D6.4", self.after(told(11, 9))) is Outcome.PASS

    def test_silence_though_results_were_due_is_none(self) -> None:
        assert verdict("D6.4", self.after()).seen.startswith("no result came in the 3.7 s")
        rare = {**ANNOUNCE, "datastreams": [{**LEVEL, "period": 60}]}
        assert outcome("D6.4", self.after(announce=rare)) is Outcome.PASS

    def test_a_closed_connection_is_none_even_if_it_comes_back(self) -> None:
        crashed = self.after(told(13, 9), links=(closed(11), opened(12, 1)))
        assert outcome("D6.4", crashed) is Outcome.FAIL

    def test_the_topics_it_listens_to(self) -> None:
        topic = "smartopia/v1/gimpo/river-2/commands"
        assert outcome("D6.1", transcript(listens=(topic,))) is Outcome.PASS
        assert outcome("D6.2", transcript(listens=(topic,))) is Outcome.FAIL
        assert outcome("D6.1", transcript(listens=None)) is Outcome.NOT_TRIED


class TestEndurance:
    def cut_at_10(self, *said: Heard, back: float | None = 10.4, **changes: Any) -> Transcript:
        links = (closed(10.1), *([] if back is None else [opened(back, 1)]))
        before = [told(1.0 + n, n) for n in range(9)]
        whole = transcript([*before, *said], injected=(cut(10),), links=links, seconds=16.0)
        return replace(whole, **changes)

    def test_coming_back(self) -> None:
        assert outcome("D7.1", self.cut_at_10(told(11, 9))) is Outcome.PASS
        assert outcome("D7.1", self.cut_at_10(back=None)) is Outcome.FAIL
        assert "reconnected, and then no result" in verdict("D7.1", self.cut_at_10()).seen

    def test_the_new_connection_may_open_before_the_old_one_closes(self) -> None:
        taken_over = (opened(10.2, 2), closed(10.3, 1))
        assert outcome("D7.1", self.cut_at_10(told(11, 9), links=taken_over)) is Outcome.PASS

    def test_a_hole_in_the_seq_is_a_loss_and_named_with_its_fault(self) -> None:
        whole = self.cut_at_10(told(11, 9), told(12, 12), told(13, 14))
        assert verdict("D7.5", whole).seen == (
            "seq 10 to 11, 13 of boot b never came: lost while its connection is cut"
        )
        assert outcome("D7.5", self.cut_at_10(told(11, 9))) is Outcome.PASS
        late = self.cut_at_10(told(11, 10), told(12, 9))
        assert outcome("D7.5", late) is Outcome.PASS

    def test_a_seq_that_is_no_counter_shows_no_loss(self) -> None:
        huge = transcript([told(1, 2**62), told(2, 2**62 + 10**12)], injected=(cut(10),))
        assert outcome("D7.5", huge) is Outcome.NOT_TRIED

    def test_another_announcement_after_the_cut(self) -> None:
        same = {**ANNOUNCE, "title": "New title", "boot": "b", "seq": 30}
        other = {**ANNOUNCE, "kind": "other"}
        assert outcome("D7.6", self.cut_at_10(heard(11, Channel.ANNOUNCE, same))) is Outcome.PASS
        assert outcome("D7.6", self.cut_at_10(heard(11, Channel.ANNOUNCE, other))) is Outcome.FAIL

    def test_the_same_results_under_a_new_seq(self) -> None:
        first = told(9.5, 9, level=2.0)
        content = {**json.loads(first.payload), "seq": 10}
        again = heard(11, Channel.OBSERVATIONS, content)
        assert outcome("D7.7", self.cut_at_10(first, again)) is Outcome.FAIL
        assert outcome("D7.7", self.cut_at_10(first, replace(first, at=11))) is Outcome.PASS

    def test_repeating_is_right_once_for_each_reconnection(self) -> None:
        once = told(9.5, 9)
        assert outcome("D7.8", self.cut_at_10(once, replace(once, at=11))) is Outcome.PASS
        thrice = self.cut_at_10(once, replace(once, at=11), replace(once, at=12))
        assert outcome("D7.8", thrice) is Outcome.FAIL

    @pytest.mark.parametrize(("tries", "expected"), [(0, "pass"), (15, "pass"), (16, "fail")])
    def test_a_storm_of_attempts(self, tries: int, expected: str) -> None:
        away = cut(10, fault=Fault.AWAY, lasts=3)
        links = tuple(Link(10 + n / 10, LinkState.REFUSED) for n in range(tries))
        assert outcome("D7.9", transcript(injected=(away,), links=links)).value == expected

    @pytest.mark.parametrize(
        ("pauses", "expected"),
        [
            ((0.2, 0.3, 0.4), "pass"),
            ((1.0, 1.01, 1.0), "fail"),
            ((0.01, 0.04, 0.02), "fail"),
            ((0.2, 0.3), "not tried"),
        ],
    )
    def test_jitter(self, pauses: Sequence[float], expected: str) -> None:
        links = [
            link
            for n, pause in enumerate(pauses)
            for link in (closed(10 + 3 * n, n), opened(10 + 3 * n + pause, n + 1))
        ]
        storm = cut(10, fault=Fault.STORM, watched=20)
        whole = transcript(injected=(storm,), links=tuple(links), seconds=30.0)
        assert outcome("D7.10", whole).value == expected
