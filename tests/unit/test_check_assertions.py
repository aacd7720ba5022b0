"""Assertions about a device, judged from what was heard and done: no broker, no device."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from devices_sim.check.assertion import Level, Outcome, Verdict
from devices_sim.check.assertions import ASSERTIONS
from devices_sim.check.evidence import Evidence
from devices_sim.check.transcript import (
    Fault,
    Heard,
    Injected,
    Link,
    LinkState,
    Transcript,
)
from smartopia.clock import rfc3339
from smartopia.contract.frames import FrameStamp, stamp_frame
from smartopia.contract.topics import Channel, DeviceKey

BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEVEL = {
    "name": "level",
    "observed_property": "water_level",
    "unit": "m",
    "range": [0, 15],
    "period": 1,
}
ANNOUNCE = {
    "kind": "river_gauge",
    "title": "Old bridge",
    "location": {"latitude": 37.6, "longitude": 126.7},
    "datastreams": [LEVEL],
}
_FRAME_HEADER = bytes.fromhex("ffc0000b080010001001011100")
JPEG = b"\xff\xd8" + _FRAME_HEADER + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\0\xff\xd9"


def heard(at: float, channel: Channel, message: object, *, qos: int = 1) -> Heard:
    payload = message if isinstance(message, bytes) else json.dumps(message).encode()
    return Heard(at, BEGAN + timedelta(seconds=at), channel, payload, qos)


def told(at: float, seq: int, *, skew: float = 0.0, boot: str = "b", **results: Any) -> Heard:
    time = rfc3339(BEGAN + timedelta(seconds=at + skew))
    message = {"boot": boot, "seq": seq, "time": time, "results": results or {"level": 2 + seq / 9}}
    return heard(at, Channel.OBSERVATIONS, message)


def opened(at: float, number: int = 0) -> Link:
    return Link(at, LinkState.OPENED, number)


def closed(at: float, number: int = 0) -> Link:
    return Link(at, LinkState.CLOSED, number)


def transcript(
    said: Sequence[Heard] | None = None,
    *,
    announce: Mapping[str, Any] | None = ANNOUNCE,
    **changes: Any,
) -> Transcript:
    """A calm check of 10 s; a sound device if nothing else is given."""
    payload = json.dumps(announce).encode()
    announced = [] if announce is None else [heard(0.1, Channel.ANNOUNCE, announce)]
    results = [told(1.0 + n, n) for n in range(9)] if said is None else said
    whole = Transcript(
        key=DeviceKey("gimpo", "river-2"),
        began=BEGAN,
        seconds=10.0,
        calm=10.0,
        heard=(*announced, *results),
        retained={} if announce is None else {Channel.ANNOUNCE: payload},
    )
    return replace(whole, **changes)


def verdict(number: str, of: Transcript) -> Verdict:
    (assertion,) = [one for one in ASSERTIONS if one.number == number]
    return assertion.judge(Evidence(of))


def outcome(number: str, of: Transcript) -> Outcome:
    return verdict(number, of).outcome


def cut(at: float, *, fault: Fault = Fault.CUT, lasts: float = 0.0, watched: float = 5) -> Injected:
    return Injected(fault, at, at + lasts, at + watched)


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
