"""Connections to the database are closed, however they are left."""

from __future__ import annotations

import asyncio

import pytest

from control_center.pulse import DatabaseQuestion
from smartopia.store.connection import connect_database
from tests.support.servers import Platform


async def test_a_connection_whose_last_commit_is_cancelled_is_closed(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await connect_database(platform.settings, "test")

    async def cancelled() -> None:
        raise asyncio.CancelledError

    monkeypatch.setattr(connection, "commit", cancelled)
    with pytest.raises(asyncio.CancelledError):
        async with connection:
            pass
    assert connection.closed


async def test_a_question_to_the_database_leaves_no_connection_behind(platform: Platform) -> None:
    question = DatabaseQuestion(platform.settings)
    await question.ask()
    connection = question._connection
    assert connection is not None
    await question.close()
    assert connection.closed
    await question.ask()  # of another connection
    await question.close()
