"""Assertions about a device, judged from what was heard and done: no broker, no device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from devices_sim.check.assertion import Level, Outcome, Verdict
from devices_sim.check.assertions import ASSERTIONS
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import Fault, Injected, Transcript
from smartopia.clock import rfc3339
from smartopia.contract.frames import FrameStamp, stamp_frame
from smartopia.contract.topics import Channel
from tests.support.transcripts import (
    ANNOUNCE,
    BEGAN,
    JPEG,
    LEVEL,
    cut,
    heard,
    outcome,
    told,
    transcript,
    verdict,
)


def test_numbers_are_given_once_and_in_order_and_every_assertion_says_how_to_mend() -> None:
    numbers = [tuple(map(int, one.number[1:].split("."))) for one in ASSERTIONS]
    assert numbers == sorted(set(numbers))
    assert all(len(one.mend) > 20 and one.mend.rstrip()[-1] in ".)" for one in ASSERTIONS)
    assert {one.level for one in ASSERTIONS} == set(Level)


@pytest.mark.parametrize("one", ASSERTIONS, ids=lambda one: one.number)
def test_nothing_heard_is_no_pass_and_no_crash(one: Any) -> None:
    silence = transcript([], announce=None)
    judged = one.judge(Evidence(silence))
    assert judged.outcome is not Outcome.PASS
    assert judged.seen


@pytest.mark.parametrize("one", ASSERTIONS, ids=lambda one: one.number)
def test_rubbish_on_every_channel_is_no_crash(one: Any) -> None:
    rubbish = (b"\xff\xfe", b"null", b"[]", b'{"boot": 7}', b"{" * 900, b"\xff\xd8\xff\xd9", b"")
    said = [heard(n, c, p) for n, p in enumerate(rubbish) for c in Channel]
    faults = tuple(cut(11 + n, fault=fault) for n, fault in enumerate(Fault))
    retained = dict.fromkeys(Channel, b"\xff")
    whole = transcript(said, injected=faults, retained=retained, listens=(), seconds=30.0)
    assert one.judge(Evidence(whole)).seen


class TestAnnouncement:
    def test_one_that_is_only_kept_counts(self) -> None:
        sound = transcript()
        kept = replace(sound, heard=sound.heard[1:])
        assert outcome("D1.1", kept) is Outcome.PASS
        assert outcome("D1.3", kept) is Outcome.PASS

    def test_the_broker_must_keep_the_one_that_was_heard(self) -> None:
        assert outcome("D1.2", transcript()) is Outcome.PASS
        assert outcome("D1.2", transcript(retained={})) is Outcome.FAIL
        older = transcript(retained={Channel.ANNOUNCE: b'{"kind": "older"}'})
        assert verdict("D1.2", older) == Verdict(
            Outcome.FAIL, "the broker keeps an older announcement than the one heard"
        )

    def test_a_wrong_unit_is_told_as_such_and_not_as_a_wrong_shape(self) -> None:
        wrong = transcript(announce={**ANNOUNCE, "datastreams": [{**LEVEL, "unit": "cm"}]})
        assert "water_level is given in m (UCUM), not 'cm'" in verdict("D1.4", wrong).seen
        assert outcome("D1.4", wrong) is Outcome.FAIL
        assert outcome("D1.3", wrong) is Outcome.NOT_TRIED

    def test_a_wrong_shape_is_told_with_its_field(self) -> None:
        wrong = transcript(announce={**ANNOUNCE, "datastreams": [{**LEVEL, "period": 0}]})
        assert "datastreams.0.period" in verdict("D1.3", wrong).seen
        assert outcome("D1.4", wrong) is Outcome.NOT_TRIED

    def test_what_makes_a_device_findable_is_asked_for(self) -> None:
        stream = {"name": "o", "observed_property": "ozon", "unit": "ug/m3", "period": 1}
        bare = {"kind": "x", "datastreams": [stream]}
        for number in ("D1.5", "D1.6", "D1.7", "D1.8"):
            assert outcome(number, transcript()) is Outcome.PASS, number
            assert outcome(number, transcript(announce=bare)) is Outcome.FAIL, number


class TestStatus:
    def test_lost_must_come_after_the_cut(self) -> None:
        lost = {"state": "lost"}
        early = transcript([heard(2, Channel.STATUS, lost)], injected=(cut(10),))
        late = transcript([heard(10.2, Channel.STATUS, lost)], injected=(cut(10),))
        assert outcome("D2.3", early) is Outcome.FAIL
        assert verdict("D2.3", late).seen == "'lost' came 0.2 s after the cut"

    def test_a_kept_status_that_is_not_online_is_named(self) -> None:
        kept = transcript(retained={Channel.STATUS: b'{"state": "lost"}'})
        assert "keeps the status 'lost'" in verdict("D2.2", kept).seen


class TestIdentityAndTime:
    def test_a_seq_with_other_content_is_reused_and_a_copy_is_not(self) -> None:
        copy = told(1, 0)
        again = replace(copy, at=5.0)
        assert outcome("D3.2", transcript([copy, again])) is Outcome.PASS
        other = transcript([told(1, 0, level=2.0), told(2, 0, level=3.0)])
        assert outcome("D3.2", other) is Outcome.FAIL
        assert "boot b, seq 0 on observations" in verdict("D3.2", other).seen

    def test_a_counter_for_each_channel_is_no_reuse(self) -> None:
        event = heard(2, Channel.EVENTS, {"boot": "b", "seq": 0, "event": "pressed"})
        assert outcome("D3.2", transcript([told(1, 0), event])) is Outcome.PASS

    @pytest.mark.parametrize(
        ("skew", "believed", "right"),
        [
            (0.0, "pass", "pass"),
            (-3.0, "pass", "fail"),
            (4.0, "pass", "fail"),
            (3600.0, "fail", "fail"),
            (-40 * 86_400.0, "fail", "fail"),
        ],
    )
    def test_clocks(self, skew: float, believed: str, right: str) -> None:
        whole = transcript([told(1.0 + n, n, skew=skew) for n in range(5)])
        assert outcome("D3.4", whole).value == believed
        assert outcome("D3.5", whole).value == right

    def test_a_batch_is_as_old_as_its_newest_row(self) -> None:
        rows = [
            {"time": rfc3339(BEGAN + timedelta(seconds=n)), "results": {"level": 2}}
            for n in range(10)
        ]
        batch = heard(10, Channel.OBSERVATIONS, {"boot": "b", "seq": 0, "observations": rows})
        assert outcome("D3.5", transcript([batch])) is Outcome.PASS
        assert outcome("D4.5", transcript([batch])) is Outcome.PASS

    def test_a_recording_tells_old_times(self) -> None:
        replay = {**ANNOUNCE, "clock": "replay"}
        whole = transcript([told(1, 0, skew=-3e8)], announce=replay)
        assert outcome("D3.4", whole) is Outcome.PASS
        assert outcome("D3.5", whole) is Outcome.NOT_TRIED

    def test_qos_0_is_told_with_its_channel(self) -> None:
        loose = transcript([replace(told(1, 0), qos=0)])
        assert verdict("D3.6", loose).seen == "1 of 2 messages came at QoS 0, on observations"
        picture = heard(2, Channel.FRAMES, JPEG, qos=0)
        assert outcome("D3.6", transcript([told(1, 0), picture])) is Outcome.PASS

    def test_a_boot_belongs_to_a_start(self) -> None:
        restart = Injected(Fault.RESTART, 5, 5.1, 9)
        kept = transcript([told(1, 0), told(6, 1)], injected=(restart,))
        assert outcome("D3.7", kept) is Outcome.FAIL
        drawn = transcript([told(1, 0), told(6, 0, boot="c")], injected=(restart,))
        assert outcome("D3.7", drawn) is Outcome.PASS
        at_a_cut = transcript([told(1, 0), told(6, 0, boot="c")], injected=(cut(5),))
        assert outcome("D3.7", at_a_cut) is Outcome.FAIL


class TestResults:
    def test_a_device_that_says_nothing_does_not_pass(self) -> None:
        assert outcome("D4.1", transcript([])) is Outcome.FAIL
        note = heard(1, Channel.STATUS, {"state": "offline", "note": "KeyError: 'x'"})
        assert "KeyError: 'x'" in verdict("D4.1", transcript([note])).seen

    def test_what_is_refused_is_told_in_the_words_of_ingest(self) -> None:
        text = transcript([told(1, 0, level="high")])
        assert "results.level: Input should be a valid number" in verdict("D4.2", text).seen
        other = transcript([told(1, 0, levle=2.0)])
        assert verdict("D4.3", other).seen == "not announced: levle; announced are level"
        out = transcript([told(1, 0, level=2.0), told(2, 1, level=-999.0)])
        assert "level was -999, announced is [0.0, 15.0]" in verdict("D4.4", out).seen

    @pytest.mark.parametrize(
        ("period", "kept", "well"),
        [
            (1.0, "pass", "pass"),
            (1.15, "pass", "pass"),
            (1.5, "pass", "fail"),
            (3.5, "fail", "fail"),
            (0.2, "fail", "fail"),
        ],
    )
    def test_the_period(self, period: float, kept: str, well: str) -> None:
        said = [told(1 + n * period, n) for n in range(12)]
        whole = transcript(said, calm=60.0, seconds=60.0)
        assert (outcome("D4.5", whole).value, outcome("D4.6", whole).value) == (kept, well)

    def test_a_datastream_that_never_comes_is_missed_as_soon_as_it_is_due(self) -> None:
        two = {**ANNOUNCE, "datastreams": [LEVEL, {**LEVEL, "name": "upper", "period": 2}]}
        assert "upper: 0 results" in verdict("D4.5", transcript(announce=two)).seen
        rare = {**ANNOUNCE, "datastreams": [{**LEVEL, "period": 60}]}
        assert outcome("D4.5", transcript([told(1, 0)], announce=rare)) is Outcome.NOT_TRIED

    def test_a_flood(self) -> None:
        assert outcome("D4.7", transcript([told(n / 200, n) for n in range(2000)])) is Outcome.FAIL

    def test_a_flat_line_is_noted_but_not_at_an_end_of_the_range(self) -> None:
        flat = transcript([told(0.5 * n, n, level=2.1) for n in range(12)])
        assert verdict("D4.8", flat).seen == "all 12 results of level were 2.1"
        idle = transcript([told(0.5 * n, n, level=0.0) for n in range(12)])
        assert outcome("D4.8", idle) is Outcome.PASS


class TestPictures:
    camera: Mapping[str, Any] = {"kind": "camera", "frames": {"rate": 2}}

    def shown(self, n: int, *, period: float = 0.5, jpeg: bytes = JPEG) -> Transcript:
        frames = []
        for i in range(n):
            stamp = FrameStamp(boot="b", seq=2 * i, time=BEGAN + timedelta(seconds=i * period))
            frames.append(heard(i * period, Channel.FRAMES, stamp_frame(jpeg, stamp), qos=0))
        return transcript(frames, announce=self.camera)

    def test_whole_ones_at_the_announced_rate(self) -> None:
        whole = self.shown(20)
        for number in ("D4.1", "D5.1", "D5.2", "D5.3", "D5.4", "D3.1", "D3.3"):
            assert outcome(number, whole) is Outcome.PASS, number
        # A picture that was left out leaves a hole in the seq, and that is right.
        assert outcome("D7.5", whole) is Outcome.NOT_TRIED

    def test_broken_slow_unannounced_and_kept_ones(self) -> None:
        assert "does not end with FF D9" in verdict("D5.1", self.shown(5, jpeg=JPEG[:-2])).seen
        assert outcome("D5.2", self.shown(10, period=2)) is Outcome.FAIL
        assert outcome("D5.3", self.shown(10, period=0.7)) is Outcome.FAIL
        assert outcome("D5.2", replace(self.shown(0), calm=10.0)) is Outcome.FAIL
        assert (
            "none are announced"
            in verdict("D5.2", transcript([heard(1, Channel.FRAMES, JPEG)])).seen
        )
        kept = replace(self.shown(5), retained={Channel.FRAMES: JPEG})
        assert outcome("D5.4", kept) is Outcome.FAIL
