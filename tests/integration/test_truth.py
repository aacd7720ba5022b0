"""Sealed truth against a real broker and a real database."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import textwrap
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from nats.aio.msg import Msg

from devices_sim.conditions.model import Span
from devices_sim.truth import sealer as sealer_module
from devices_sim.truth.recorder import Recorder
from devices_sim.truth.schedule import Plan
from devices_sim.truth.sealer import Sealer
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from ingest.desk import TRUTH, Desk, Handler, Request
from ingest.part import run as run_ingest
from smartopia.bus.connection import Broker
from smartopia.cli.truth import truth as truth_command
from smartopia.clock import utc_now
from smartopia.errors import TruthError, UnavailableError
from smartopia.metrics import Metrics
from smartopia.store.connection import Connection, connect_database
from smartopia.truth import requests
from smartopia.truth.model import Seal
from smartopia.truth.open import open_revealed
from smartopia.truth.requests import SEAL, RevealRequest, SealRequest, ask
from smartopia.truth.seal import Standing, standing
from smartopia.truth.store import seal_of, seals
from tests.support.parts import broker_of, count, eventually, rows, running
from tests.support.servers import Platform
from tests.support.truth import Troubles, edit

PLAN = Plan(
    "a-secret-scenario",
    "c" * 64,
    7,
    (Incident(IncidentKind.GAS_LEAK, Place(37.63, 126.71), 200, 0.1, 0.2, 1, 1.0),),
    (Span("river-1", "flat_line", 3, 0.1, 90),),
)


@asynccontextmanager
async def a_desk(
    platform: Platform, handlers: Mapping[str, Handler] = TRUTH, *, works: bool = True
) -> AsyncIterator[Metrics]:
    """The desk as ingest runs it; one that does not work stands by, and hears all the same."""
    metrics = Metrics()
    async with broker_of(platform) as broker:
        desk = Desk(broker, metrics, handlers)
        await desk.listen()
        await broker.client.flush()

        async def work() -> None:
            async with await connect_database(platform.settings, "test") as connection:
                while True:
                    await desk.idle(connection)
                    await asyncio.sleep(0.02)

        task = asyncio.create_task(work()) if works else None
        try:
            yield metrics
        finally:
            if task is not None:
                task.cancel()
                (ended,) = await asyncio.gather(task, return_exceptions=True)
                assert isinstance(ended, asyncio.CancelledError), ended


def _seal_request(begin_s: float = 30, **changes: Any) -> SealRequest:
    begin = utc_now() + timedelta(seconds=begin_s)
    request = SealRequest(
        run="20260301t115958z-0a1b2c3d",
        chapter=0,
        digest="d" * 64,
        begins_at=begin,
        ends_at=begin + timedelta(seconds=900),
    )
    return request.model_copy(update=changes)


def _reveal_request(request: SealRequest, record_digest: str = "e" * 64) -> RevealRequest:
    return RevealRequest(run=request.run, chapter=request.chapter, record_digest=record_digest)


async def _held(platform: Platform) -> list[Seal]:
    async with await connect_database(platform.settings, "test") as connection:
        return await seals(connection)


async def test_a_seal_is_kept_before_it_is_answered_and_a_reveal_after_it(
    platform: Platform,
) -> None:
    request, before = _seal_request(), utc_now()
    async with a_desk(platform), broker_of(platform) as broker:
        sealed = await ask(broker, request)
        assert await _held(platform) == [sealed]
        assert before <= sealed.sealed_at <= utc_now()
        revealed = await ask(broker, _reveal_request(request))
        assert await _held(platform) == [revealed]
    assert revealed.sealed_at == sealed.sealed_at
    assert revealed.revealed_at is not None
    assert revealed.record_digest == "e" * 64


async def test_asked_again_the_first_answer_stands(platform: Platform) -> None:
    request = _seal_request()
    async with a_desk(platform), broker_of(platform) as broker:
        first = await ask(broker, request)
        assert await ask(broker, request) == first
        revealed = await ask(broker, _reveal_request(request))
        assert await ask(broker, _reveal_request(request)) == revealed
        assert await ask(broker, request) == revealed


async def test_a_chapter_cannot_be_sealed_or_revealed_anew(platform: Platform) -> None:
    request = _seal_request()
    async with a_desk(platform) as metrics, broker_of(platform) as broker:
        with pytest.raises(TruthError, match="never sealed on this platform"):
            await ask(broker, _reveal_request(request))
        held = await ask(broker, request)
        with pytest.raises(TruthError, match=r"chapter 0: it was sealed with digest d+, and"):
            await ask(broker, request.model_copy(update={"digest": "f" * 64}))
        with pytest.raises(TruthError, match="it was sealed with begins_at"):
            await ask(broker, request.model_copy(update={"begins_at": utc_now()}))
        held = await ask(broker, _reveal_request(request))
        with pytest.raises(TruthError, match=r"it was revealed with record e+, and"):
            await ask(broker, _reveal_request(request, "f" * 64))
        assert await _held(platform) == [held]
        assert dict(metrics.counters) == {"requests_answered": 2, "requests_refused": 4}


async def test_a_late_seal_is_kept_and_everybody_can_see_that_it_was_late(
    platform: Platform,
) -> None:
    async with a_desk(platform), broker_of(platform) as broker:
        seal = await ask(broker, _seal_request(begin_s=-10))
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
    request = _seal_request()
    async with a_desk(platform), broker_of(platform) as broker:
        await ask(broker, request)
        held = await ask(broker, _reveal_request(request))
    with pytest.raises(psycopg.IntegrityError, match="seals are not changed"):
        await rows(platform, statement)
    assert await _held(platform) == [held]


async def test_who_writes_to_the_database_cannot_date_a_seal_back(platform: Platform) -> None:
    before = utc_now()
    await rows(
        platform,
        "INSERT INTO truth_seal VALUES ('20260301t115958z-0a1b2c3d', 0, repeat('d', 64),"
        " '2026-03-01T12:00Z', '2026-03-01T12:15Z', '2026-03-01T11:00Z', '2026-03-01T12:15Z',"
        " repeat('e', 64))",
    )
    (seal,) = await _held(platform)
    assert before <= seal.sealed_at
    assert seal.revealed_at is None
    await rows(
        platform,
        "UPDATE truth_seal SET record_digest = repeat('e', 64), revealed_at = '2026-03-01T12:15Z'",
    )
    (seal,) = await _held(platform)
    assert seal.revealed_at is not None
    assert before <= seal.revealed_at


async def test_when_no_ingest_runs_it_is_known_at_once(platform: Platform) -> None:
    async with broker_of(platform) as broker:
        with pytest.raises(UnavailableError, match="no ingest runs"):
            await asyncio.wait_for(ask(broker, _seal_request()), 1)


async def test_an_ingest_that_stands_by_leaves_requests_to_the_one_that_works(
    platform: Platform,
) -> None:
    async with a_desk(platform, works=False), a_desk(platform), broker_of(platform) as broker:
        for chapter in range(8):
            await asyncio.wait_for(ask(broker, _seal_request(chapter=chapter)), 2)
    assert await count(platform, "truth_seal") == 8


async def test_a_request_nobody_waits_for_any_more_is_not_handled(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    handled: list[int] = []

    async def note(_connection: Connection, request: Request) -> dict[str, Any]:
        handled.append(request["n"])
        return {}

    async with (
        broker_of(platform) as broker,
        await connect_database(platform.settings, "test") as connection,
    ):
        desk = Desk(broker, Metrics(), {"platform.test": note})
        await desk.listen()
        old = asyncio.create_task(broker.client.request("platform.test", b'{"n": 1}', timeout=2))
        await eventually(lambda: desk._held, what="the first is heard")
        came, message = desk._held.popleft()
        desk._held.append((came - requests.ANSWER_S, message))
        new = asyncio.create_task(broker.client.request("platform.test", b'{"n": 2}', timeout=2))
        await eventually(lambda: len(desk._held) == 2, what="the second is heard")
        await desk.idle(connection)
        assert (await new).data == b"{}"
        assert handled == [2]
        assert not desk._held
        old.cancel()


async def test_a_request_that_fails_keeps_nothing_and_harms_no_other(platform: Platform) -> None:
    async def fail(connection: Connection, request: Request) -> dict[str, Any]:
        await connection.execute("INSERT INTO boot (thing_id, boot) VALUES (1, 'x')")
        return {}

    async def half(connection: Connection, request: Request) -> dict[str, Any]:
        await connection.execute(
            "INSERT INTO quarantine (received_at, topic, reason, detail,"
            " payload) VALUES (now(), 't', 'r', 'd', '')"
        )
        raise TruthError("after half of it")

    async def break_down(connection: Connection, request: Request) -> dict[str, Any]:
        raise KeyError("a bug")

    handlers = {**TRUTH, "platform.a": fail, "platform.b": half, "platform.c": break_down}
    async with a_desk(platform, handlers), broker_of(platform) as broker:

        async def answer(subject: str, request: bytes = b"{}") -> str:
            message = await broker.client.request(subject, request, timeout=5)
            return str(json.loads(message.data)["error"])

        answers = await asyncio.gather(
            answer("platform.a"),
            answer("platform.b"),
            answer("platform.c"),
            answer(SEAL),
            answer(SEAL, b"[1]"),
            answer(SEAL, b"\xff"),
            answer(SEAL, b'{"run": "../x", "chapter": -1}'),
        )
        await ask(broker, _seal_request())
    for said, expected in zip(
        answers,
        [
            "foreign key",
            "after half of it",
            "ingest failed at it; see its log",
            "run: Field required",
            "a request is a JSON object",
            "can't decode",
            "chapter: Input should be greater than or equal to 0",
        ],
        strict=True,
    ):
        assert expected in said
    assert await count(platform, "quarantine") == 0
    assert await count(platform, "truth_seal") == 1


# The whole of it


def _holding(folder: Path, secrets: tuple[bytes, ...]) -> list[Path]:
    """Every file below a folder that holds one of these."""
    found = []
    for file in folder.rglob("*"):
        try:
            content = file.read_bytes() if file.is_file() else b""
        except OSError:  # a server's file that is gone again
            continue
        if any(secret in content for secret in secrets):
            found.append(file)
    return found


async def _listen_to_all(broker: Broker) -> list[Msg]:
    heard: list[Msg] = []

    async def take(message: Msg) -> None:
        heard.append(message)

    await broker.client.subscribe(">", cb=take)
    await broker.client.flush()
    return heard


async def test_while_a_run_is_on_its_truth_is_to_be_found_nowhere(
    platform: Platform, session_folder: Path
) -> None:
    folder = platform.folder / "truth"
    async with a_desk(platform), broker_of(platform) as broker, broker_of(platform) as listener:
        heard = await _listen_to_all(listener)
        recorder = Recorder()
        sealer = Sealer(PLAN, recorder, folder, partial(ask, broker), Troubles(), chapter_s=60)
        await sealer.begin()
        recorder.applied(Span("river-1", "flat_line", 3, 0.1))
        schedule = sealer._drawn[0].schedule
        secret = (schedule.salt.encode(), b"a-secret-scenario", b"gas_leak", b"flat_line")
        await rows(platform, "CHECKPOINT")
        # The database's own folder among them; the test's own byte code is not there.
        assert _holding(session_folder, secret) == []
        said = b"".join(message.subject.encode() + message.data for message in heard)
        assert schedule.run.encode() in said
        assert not any(word in said for word in secret)
        seal = (await _held(platform))[0]
        assert set(json.loads(seal.model_dump_json())) == {
            "run", "chapter", "digest", "begins_at", "ends_at", "sealed_at", "revealed_at",
            "record_digest",
        }  # fmt: skip

        await sealer.end()
        said = b"".join(message.subject.encode() + message.data for message in heard)
        assert not any(word in said for word in secret)
        (file,) = _holding(session_folder, secret[:1])
        (seal,) = await _held(platform)
        truth = open_revealed(file, seal)
    assert truth.schedule == schedule
    assert file.parent.stat().st_mode & 0o777 == 0o700


async def test_ingest_seals_and_reveals_a_run_of_several_chapters(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, troubles = platform.folder / "truth", Troubles()
    async with running(run_ingest, platform.settings), broker_of(platform) as broker:
        sealer = Sealer(PLAN, Recorder(), folder, partial(ask, broker), troubles, chapter_s=1.5)
        await sealer.begin()
        sealing = asyncio.create_task(sealer.run())

        async def two_revealed() -> bool:
            return sum(seal.revealed_at is not None for seal in await _held(platform)) >= 2

        await eventually(two_revealed, what="two chapters revealed")
        sealing.cancel()
        await asyncio.gather(sealing, return_exceptions=True)
        await sealer.end()
        async with await connect_database(platform.settings, "test") as connection:
            for file in sorted(folder.iterdir()):
                chapter = int(file.stem[-4:])
                seal = await seal_of(connection, sealer.run_name, chapter)
                assert open_revealed(file, seal).schedule.chapter == chapter
    assert troubles.ever == set()
    _say(await _cli(platform, monkeypatch, "list"), r"(?m)^\S+ +1 .* revealed +sealed 0\.\d s befo")


_SIMULATOR = """
    import asyncio, sys
    from functools import partial
    from pathlib import Path
    from devices_sim.truth.recorder import Recorder
    from devices_sim.truth.sealer import Sealer
    from smartopia.bus.connection import connect_broker
    from smartopia.settings import load_settings
    from smartopia.truth.requests import ask
    from tests.integration.test_truth import PLAN
    from tests.support.truth import Troubles

    async def main():
        broker = await connect_broker(load_settings(), "simulate")
        ask_it = partial(ask, broker)
        sealer = Sealer(PLAN, Recorder(), Path(sys.argv[1]), ask_it, Troubles(), chapter_s=30)
        await sealer.begin()
        print("sealed", flush=True)
        await sealer.run()

    asyncio.run(main())
"""


async def test_a_simulator_that_is_killed_leaves_a_chapter_that_nobody_can_score(
    platform: Platform,
) -> None:
    folder = platform.folder / "truth"
    async with a_desk(platform):
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            textwrap.dedent(_SIMULATOR),
            str(folder),
            env={"PATH": os.environ["PATH"], "SMARTOPIA_BROKER_URL": platform.settings.broker()},
            cwd=Path(__file__).parents[2],
            stdout=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"sealed\n"
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await process.stdout.read()
    (seal,) = await _held(platform)
    assert standing(seal, utc_now()) is Standing.SEALED
    assert standing(seal, seal.ends_at + timedelta(minutes=2)) is Standing.NEVER_REVEALED
    assert sorted(folder.iterdir()) == []


# The command


async def _cli(platform: Platform, monkeypatch: pytest.MonkeyPatch, *args: str) -> Result:
    monkeypatch.setenv("SMARTOPIA_DATABASE_URL", platform.database)
    return await asyncio.to_thread(CliRunner().invoke, truth_command, list(args))


def _say(result: Result, pattern: str, code: int = 0) -> None:
    assert re.search(pattern, result.output), result.output
    assert result.exit_code == code


async def test_the_command_lists_and_verifies(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = platform.folder / "truth"
    _say(await _cli(platform, monkeypatch, "list"), "no chapter has been sealed")
    async with a_desk(platform), broker_of(platform) as broker:
        await ask(broker, _seal_request(begin_s=-2000))
        monkeypatch.setattr(sealer_module, "_LEAD_S", 1.0)
        sealer = Sealer(PLAN, Recorder(), folder, partial(ask, broker), Troubles())
        await sealer.begin()
        _say(
            await _cli(platform, monkeypatch, "list"), rf"{sealer.run_name} +0 .* sealed +sealed 0"
        )
        await sealer.end()
    listed = await _cli(platform, monkeypatch, "list")
    _say(listed, rf"(?s)^{sealer.run_name} +0 .* revealed .*0a1b2c3d .*sealed, never revealed")
    _say(listed, r"sealed 20\d\d\.\d s after it began  LATE, not scorable")
    only = await _cli(platform, monkeypatch, "list", "--run", sealer.run_name)
    assert only.output.count("\n") == 1

    (file,) = folder.iterdir()
    same = await _cli(platform, monkeypatch, "verify", str(file))
    _say(same, r"^same +\S+: scenario a-secret-scenario, seed 7, 0 s, sealed 0\.\d s before")
    other = file.with_name("other.json")
    other.write_bytes(file.read_bytes())
    edit(other, lambda content: content["schedule"]["events"].pop())
    both = await _cli(platform, monkeypatch, "verify", str(file), str(other))
    _say(both, r"(?s)^same .*different +\S+other\.json: the schedule was changed", code=1)
    _say(await _cli(platform, monkeypatch, "verify", "nowhere.json"), "does not exist", code=2)
