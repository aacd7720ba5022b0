"""The truth of a whole run: sealed, hidden, revealed and verified."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import textwrap
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nats.aio.msg import Msg

from devices_sim.conditions.model import Span
from devices_sim.truth import sealer as sealer_module
from devices_sim.truth.recorder import Recorder
from devices_sim.truth.sealer import Sealer
from ingest.part import run as run_ingest
from smartopia.bus.connection import Broker
from smartopia.cli.truth import truth as truth_command
from smartopia.clock import utc_now
from smartopia.store.connection import connect_database
from smartopia.truth.open import open_revealed
from smartopia.truth.requests import ask
from smartopia.truth.seal import Standing, standing
from smartopia.truth.store import seal_of
from tests.support.parts import broker_of, eventually, rows, running
from tests.support.sealing import PLAN, a_desk, held_seals, seal_request
from tests.support.servers import Platform
from tests.support.truth import Troubles, edit


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
        seal = (await held_seals(platform))[0]
        assert set(json.loads(seal.model_dump_json())) == {
            "run", "chapter", "digest", "begins_at", "ends_at", "sealed_at", "revealed_at",
            "record_digest",
        }  # fmt: skip

        await sealer.end()
        said = b"".join(message.subject.encode() + message.data for message in heard)
        assert not any(word in said for word in secret)
        (file,) = _holding(session_folder, secret[:1])
        (seal,) = await held_seals(platform)
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
            return sum(seal.revealed_at is not None for seal in await held_seals(platform)) >= 2

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
    from tests.support.sealing import PLAN
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
    (seal,) = await held_seals(platform)
    assert standing(seal, utc_now()) is Standing.SEALED
    assert standing(seal, seal.ends_at + timedelta(minutes=2)) is Standing.NEVER_REVEALED
    assert sorted(folder.iterdir()) == []


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
        await ask(broker, seal_request(begin_s=-2000))
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
