"""Seals against a real broker and a real database."""

from __future__ import annotations

import psycopg
import pytest

from smartopia.clock import utc_now
from smartopia.errors import TruthError
from smartopia.truth.requests import ask
from tests.support.parts import broker_of, rows
from tests.support.sealing import a_desk, held_seals, reveal_request, seal_request
from tests.support.servers import Platform


async def test_a_seal_is_kept_before_it_is_answered_and_a_reveal_after_it(
    platform: Platform,
) -> None:
    request, before = seal_request(), utc_now()
    async with a_desk(platform), broker_of(platform) as broker:
        sealed = await ask(broker, request)
        assert await held_seals(platform) == [sealed]
        assert before <= sealed.sealed_at <= utc_now()
        revealed = await ask(broker, reveal_request(request))
        assert await held_seals(platform) == [revealed]
    assert revealed.sealed_at == sealed.sealed_at
    assert revealed.revealed_at is not None
    assert revealed.record_digest == "e" * 64


async def test_asked_again_the_first_answer_stands(platform: Platform) -> None:
    request = seal_request()
    async with a_desk(platform), broker_of(platform) as broker:
        first = await ask(broker, request)
        assert await ask(broker, request) == first
        revealed = await ask(broker, reveal_request(request))
        assert await ask(broker, reveal_request(request)) == revealed
        assert await ask(broker, request) == revealed


async def test_a_chapter_cannot_be_sealed_or_revealed_anew(platform: Platform) -> None:
    request = seal_request()
    async with a_desk(platform) as metrics, broker_of(platform) as broker:
        with pytest.raises(TruthError, match="never sealed on this platform"):
            await ask(broker, reveal_request(request))
        held = await ask(broker, request)
        with pytest.raises(TruthError, match=r"chapter 0: it was sealed with digest d+, and"):
            await ask(broker, request.model_copy(update={"digest": "f" * 64}))
        with pytest.raises(TruthError, match="it was sealed with begins_at"):
            await ask(broker, request.model_copy(update={"begins_at": utc_now()}))
        held = await ask(broker, reveal_request(request))
        with pytest.raises(TruthError, match=r"it was revealed with record e+, and"):
            await ask(broker, reveal_request(request, "f" * 64))
        assert await held_seals(platform) == [held]
        assert dict(metrics.counters) == {"requests_answered": 2, "requests_refused": 4}


async def test_a_late_seal_is_kept_and_everybody_can_see_that_it_was_late(
    platform: Platform,
) -> None:
    async with a_desk(platform), broker_of(platform) as broker:
        seal = await ask(broker, seal_request(begin_s=-10))
    assert 9 < (seal.sealed_at - seal.begins_at).total_seconds() < 15


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE truth_seal SET digest = repeat('f', 64)",
        "UPDATE truth_seal SET sealed_at = sealed_at - interval '1 hour'",
        "UPDATE truth_seal SET begins_at = begins_at + interval '1 minute'",
        "UPDATE truth_seal SET revealed_at = NULL, record_digest = NULL",
        "UPDATE truth_seal SET record_digest = repeat('f', 64)",
        "DELETE FROM truth_seal",
        "TRUNCATE truth_seal",
    ],
)
async def test_who_writes_to_the_database_cannot_change_a_seal(
    platform: Platform, statement: str
) -> None:
    request = seal_request()
    async with a_desk(platform), broker_of(platform) as broker:
        await ask(broker, request)
        held = await ask(broker, reveal_request(request))
    with pytest.raises(psycopg.IntegrityError, match="seals are not changed"):
        await rows(platform, statement)
    assert await held_seals(platform) == [held]


async def test_who_writes_to_the_database_cannot_date_a_seal_back(platform: Platform) -> None:
    before = utc_now()
    await rows(
        platform,
        "INSERT INTO truth_seal VALUES ('20260301t115958z-0a1b2c3d', 0, repeat('d', 64),"
        " '2026-03-01T12:00Z', '2026-03-01T12:15Z', '2026-03-01T11:00Z', '2026-03-01T12:15Z',"
        " repeat('e', 64))",
    )
    (seal,) = await held_seals(platform)
    assert before <= seal.sealed_at
    assert seal.revealed_at is None
    await rows(
        platform,
        "UPDATE truth_seal SET record_digest = repeat('e', 64), revealed_at = '2026-03-01T12:15Z'",
    )
    (seal,) = await held_seals(platform)
    assert seal.revealed_at is not None
    assert before <= seal.revealed_at
