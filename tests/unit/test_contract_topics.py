"""Topics name a device and a channel, or are refused with what is allowed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smartopia.contract.topics import (
    Channel,
    DeviceKey,
    parse_topic,
    topic_of_subject,
    valid_name,
)
from smartopia.errors import Reason, RefusedMessageError

NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)


@given(site=NAMES, device=NAMES, channel=st.sampled_from(Channel))
def test_a_devices_topic_and_subject_name_it_again(
    site: str, device: str, channel: Channel
) -> None:
    key = DeviceKey(site, device)
    assert parse_topic(key.topic(channel)) == (key, channel)
    assert topic_of_subject(key.subject(channel)) == key.topic(channel)


def test_a_topic_is_as_the_contract_writes_it() -> None:
    key = DeviceKey("gimpo", "river-1")
    assert key.topic(Channel.FRAMES) == "smartopia/v1/gimpo/river-1/frames"
    assert key.subject(Channel.FRAMES) == "smartopia.v1.gimpo.river-1.frames"
    assert str(key) == "gimpo/river-1"


@pytest.mark.parametrize(
    ("topic", "reason", "names"),
    [
        ("", Reason.UNKNOWN_TOPIC, "smartopia/v1/SITE/DEVICE/CHANNEL"),
        ("home/kitchen", Reason.UNKNOWN_TOPIC, "home/kitchen"),
        ("smartopia/v2/gimpo/river-1/status", Reason.UNKNOWN_TOPIC, "smartopia/v1"),
        ("smartopia/v1/gimpo/river-1", Reason.UNKNOWN_TOPIC, "gimpo/river-1"),
        ("smartopia/v1/gimpo/river-1/status/more", Reason.UNKNOWN_TOPIC, "status/more"),
        ("/smartopia/v1/gimpo/river-1/status", Reason.UNKNOWN_TOPIC, "smartopia/v1"),
        ("smartopia/v1/Gimpo/river-1/status", Reason.UNKNOWN_TOPIC, "Gimpo"),
        ("smartopia/v1/gimpo//status", Reason.UNKNOWN_TOPIC, "gimpo//status"),
        ("smartopia/v1/gimpo/river.1/status", Reason.UNKNOWN_TOPIC, "river.1"),
        ("smartopia/v1/gimpo/river-1/weather", Reason.UNKNOWN_CHANNEL, "observations"),
        ("smartopia/v1/gimpo/river-1/STATUS", Reason.UNKNOWN_CHANNEL, "STATUS"),
    ],
)
def test_another_topic_is_refused_with_what_is_allowed(
    topic: str, reason: Reason, names: str
) -> None:
    with pytest.raises(RefusedMessageError) as refused:
        parse_topic(topic)
    assert refused.value.reason is reason
    assert names in refused.value.detail


@given(st.text(max_size=300) | NAMES.map(lambda name: f"smartopia/v1/{name}/{name}/{name}"))
def test_any_text_is_a_topic_or_refused(topic: str) -> None:
    try:
        key, channel = parse_topic(topic)
    except RefusedMessageError:
        return
    assert key.topic(channel) == topic


@pytest.mark.parametrize("name", ["a", "0", "river-1", "a_b", "a" * 63])
def test_a_plain_name_is_allowed(name: str) -> None:
    assert valid_name(name)


@pytest.mark.parametrize(
    "name", ["", "-a", "_a", "A", "a" * 64, "a b", "a/b", "a.b", "a*", ">", "+", "#", "강", "a\nb"]
)
def test_a_name_that_could_mean_more_is_not_allowed(name: str) -> None:
    assert not valid_name(name)


def test_a_long_topic_is_refused_in_a_few_words() -> None:
    with pytest.raises(RefusedMessageError) as refused:
        parse_topic("x/" * 30_000)
    assert len(refused.value.detail) < 400


def test_a_name_that_ends_in_a_line_break_is_not_allowed() -> None:
    assert not valid_name("river-1\n")


def test_a_dot_in_a_level_comes_back_from_its_subject() -> None:
    assert topic_of_subject("smartopia.v1.gimpo.river//1.status") == (
        "smartopia/v1/gimpo/river.1/status"
    )
