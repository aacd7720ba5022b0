"""A device hears why a message of its own was refused; one that misbehaves is held and named."""

from __future__ import annotations

import json
import queue
from typing import Any

import pytest

import ingest.part
import smartopia.containment
from smartopia.contract.replies import ErrorReply
from smartopia.contract.topics import Channel
from tests.integration.conftest import Admit
from tests.support.device import LEVEL, Device
from tests.support.parts import ago, broker_of, eventually, listen_to, rows, running
from tests.support.servers import Platform


class _Ears:
    """What the platform says to a device."""

    def __init__(self, device: Device) -> None:
        self.heard: queue.Queue[ErrorReply] = queue.Queue()
        subscribed: queue.Queue[int] = queue.Queue()
        device.client.on_message = self._take
        device.client.on_subscribe = lambda *_: subscribed.put(1)
        device.client.subscribe(device.key.topic(Channel.ERRORS))
        subscribed.get(timeout=5)

    def _take(self, _client: Any, _userdata: Any, message: Any) -> None:
        self.heard.put(ErrorReply.decode(message.payload))

    async def next(self) -> ErrorReply:
        await eventually(lambda: not self.heard.empty(), what="a reply")
        return self.heard.get_nowait()


def _message(seq: int, value: float, **more: Any) -> dict[str, Any]:
    return {"boot": "b1", "seq": seq, "time": ago(0), "results": {"level": value}} | more


async def test_a_device_is_told_what_was_wrong_with_which_message(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    ears = _Ears(device)
    async with running(ingest.part.run, platform.settings):
        device.observe({"level": 2})
        stranger = await ears.next()
        assert stranger.reason == "unknown_device"
        assert "publish its announcement, retained" in stranger.detail

        device.announce([LEVEL])
        device.observe(b'{"boot": "b1", "seq": 3, "results": {"level": "high"}}')
        wrong = await ears.next()
        assert (wrong.boot, wrong.seq, wrong.reason) == ("b1", 3, "wrong_type")
        assert "level" in wrong.detail

        device.observe(_message(4, 2.0) | {"results": {"depth": 1}})
        unknown = await ears.next()
        assert unknown.topic == device.key.topic(Channel.OBSERVATIONS)
        assert unknown.reason == "unknown_datastream"
        assert "announced are level" in unknown.detail

        device.publish("smartopia/v1/gimpo/river-1/levels", b"{}")
        assert (await ears.next()).reason == "unknown_channel"


async def test_a_bad_frame_is_answered_too(platform: Platform, admit: Admit) -> None:
    (device,) = await admit("cam-1")
    ears = _Ears(device)
    async with running(ingest.part.run, platform.settings), broker_of(platform) as broker:
        device.announce([], frames={"rate": 1})

        async def announced() -> bool:
            return bool(await rows(platform, "SELECT 1 FROM thing"))

        await eventually(announced, what="the camera is known")
        refusal = {
            "at": ago(0),
            "topic": device.key.topic(Channel.FRAMES),
            "reason": "bad_frame",
            "detail": "truncated JPEG: it does not end with FF D9",
        }
        await broker.client.publish("platform.refused", json.dumps(refusal).encode())
        reply = await ears.next()
    assert reply.reason == "bad_frame"
    kept = await rows(platform, "SELECT thing_id FROM quarantine")
    assert kept[0]["thing_id"] is not None


async def test_nobody_hears_what_is_said_to_another(platform: Platform, admit: Admit) -> None:
    good, bad = await admit("river-1", "river-2")
    good_ears, bad_ears = _Ears(good), _Ears(bad)
    good.client.subscribe(bad.key.topic(Channel.ERRORS))
    async with running(ingest.part.run, platform.settings):
        bad.observe({"level": 2})
        await bad_ears.next()
    assert good_ears.heard.empty()


async def test_a_sequence_used_again_is_refused_named_and_the_first_stays(
    platform: Platform, admit: Admit
) -> None:
    (device,) = await admit("river-1")
    ears = _Ears(device)
    first = _message(7, 2.0)
    async with running(ingest.part.run, platform.settings):
        device.announce([LEVEL])
        device.observe(first)
        device.observe(first)  # a true copy is no lie
        device.observe(_message(7, 9.0))
        reply = await ears.next()
    assert (reply.reason, reply.seq) == ("reused_sequence", 7)
    assert "count seq up" in reply.detail
    assert [row["result"] for row in await rows(platform, "SELECT result FROM observation")] == [2]
    refused = await rows(
        platform, "SELECT t.name, q.reason FROM quarantine q JOIN thing t ON t.id = q.thing_id"
    )
    assert refused == [{"name": "river-1", "reason": "reused_sequence"}]


@pytest.mark.parametrize("channel", ["observations", "levels"])
async def test_a_flood_is_held_back_named_and_the_others_go_on(
    platform: Platform, admit: Admit, channel: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    burst, extra = 1000, 4000
    # On a slow machine the true allowance would fill up faster than it is used.
    monkeypatch.setattr(smartopia.containment, "FLOOD_BURST", burst)
    wild, calm = await admit("wild", "river-1")
    wild.announce([LEVEL])
    calm.announce([LEVEL])
    for n in range(burst + extra):
        info = wild.send(f"smartopia/v1/{wild.key}/{channel}", b'{"level": %d}' % (n % 9))
        if n % 500 == 499:
            info.wait_for_publish(20)
    calm.observe(_message(1, 2.0))
    async with broker_of(platform) as broker:
        beats = await listen_to(broker, "ingest")
        async with running(ingest.part.run, platform.settings):

            async def held() -> int:
                counted = await rows(
                    platform,
                    "SELECT coalesce(sum(count), 0) AS n, count(*) AS k FROM quarantine"
                    " WHERE reason = 'flooding'",
                )
                return int(counted[0]["n"])

            # All of it came within seconds, in which the bucket fills a little.
            await eventually(
                lambda: _at_least(held, extra // 2), what="the flood is held back", timeout_s=30
            )
            await eventually(
                lambda: "flooding gimpo/wild" in beats.codes(), what="the flood is named"
            )

            async def calm_stored() -> bool:
                return bool(
                    await rows(
                        platform,
                        "SELECT 1 FROM observation o JOIN boot b ON b.id = o.boot_id"
                        " JOIN thing t ON t.id = b.thing_id WHERE t.name = 'river-1'",
                    )
                )

            await eventually(calm_stored, what="the other device's result is stored")
    kept = await rows(platform, "SELECT detail FROM quarantine WHERE reason = 'flooding'")
    assert 0 < len(kept) < 20
    assert "smartopia device remove wild" in kept[0]["detail"]


async def _at_least(count: Any, least: int) -> bool:
    return bool(await count() >= least)
