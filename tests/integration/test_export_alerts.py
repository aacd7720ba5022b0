"""`smartopia evaluate export-alerts`: what is read of a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from analytics.evaluation.field import Answer
from analytics.evaluation.report.export import export, read_export
from smartopia.alarms.model import Disposition
from smartopia.alarms.store import clear_alert, resolve_alert
from smartopia.clock import rfc3339, utc_now
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database
from smartopia.store.migrate import migrate
from tests.support.alerts import add_alert, add_thing, draft

MINUTE = timedelta(minutes=1)
_CHECK = """
INSERT INTO spot_check (thing_id, moment_at, begins_at, ends_at, probability, ready_at, answer,
                        situation, began_before, answered_at, answered_by)
VALUES (%(thing)s, %(at)s, %(at)s, %(at)s, 0.1, %(ready)s, %(answer)s, %(situation)s, %(before)s,
        %(answered)s, 'kim')
"""
_MISS = """
INSERT INTO miss_report (thing_id, situation, happened_at, note, reported_by)
VALUES (%s, 'collapse', %s, 'seen from the bus', 'kim')
"""


async def _raised(connection: Connection, thing: int, key: str, at: datetime) -> None:
    evidence = {"phenomenon_time": rfc3339(at), "situation": "intrusion", "detector": "yolo@1"}
    await add_alert(connection, replace(draft(thing, key), seen=at, evidence=evidence))


async def _check(connection: Connection, thing: int, at: datetime, answer: str | None) -> None:
    missed = answer == "missed"
    told = {"thing": thing, "at": at, "ready": at, "answer": answer}
    told |= {"situation": "fire" if missed else None, "before": False if missed else None}
    await connection.execute(_CHECK, {**told, "answered": at if answer else None})


async def _happened(connection: Connection, now: datetime) -> None:
    """Two alerts of a camera, one of them raised twice; one of a gauge; checks and a report."""
    camera, gauge = await add_thing(connection, "cam-1"), await add_thing(connection, "river-1")
    await connection.execute("UPDATE thing SET frame_rate = 1 WHERE id = %s", (camera,))
    await _raised(connection, camera, "a", now - 50 * MINUTE)
    await clear_alert(connection, "a", now - 49 * MINUTE, actor="rules")
    await _raised(connection, camera, "a", now - 40 * MINUTE)
    await _raised(connection, camera, "b", now - 30 * MINUTE)
    await _raised(connection, gauge, "c", now - 30 * MINUTE)
    await _raised(connection, camera, "long ago", now - 500 * MINUTE)
    cursor = await connection.execute("SELECT id, version FROM alert WHERE key = 'b'")
    row = await cursor.fetchone()
    assert row is not None
    await resolve_alert(
        connection, row[0], row[1], now, actor="kim", disposition=Disposition.FALSE, note=None
    )
    for minutes, answer in ((20, "missed"), (19, "nothing"), (18, None), (500, "nothing")):
        await _check(connection, camera, now - minutes * MINUTE, answer)
    await connection.execute(_MISS, (camera, now - 10 * MINUTE))
    await connection.commit()


async def test_alerts_of_cameras_checks_and_reports_of_the_span_are_told(
    database_url: str, tmp_path: Path
) -> None:
    settings = Settings(database_url=SecretStr(database_url))
    await migrate(settings)
    now = utc_now()
    async with await connect_database(settings, "test") as connection:
        await _happened(connection, now)
    told = await export(settings, now - 60 * MINUTE, now)

    minutes = [round((now - one.raised) / MINUTE) for one in told.alerts]
    assert minutes == [50, 40, 30]
    assert {(one.camera, one.situation, one.model) for one in told.alerts} == {
        ("cam-1", "intrusion", "yolo@1")
    }
    assert [one.disposition for one in told.alerts] == [None, None, Disposition.FALSE]
    assert len(told.raised()) == 3
    assert [one.disposition for one in told.disposed()] == [None, Disposition.FALSE]

    checks = told.spot_checks()
    assert [one.answer for one in checks] == [Answer.MISSED, Answer.NOTHING, None]
    assert [one.situation for one in checks] == ["fire", "", ""]
    assert [(one.situation, one.camera) for one in told.misses] == [("collapse", "cam-1")]

    file = tmp_path / "alerts.json"
    file.write_text(told.model_dump_json())
    assert read_export(file)[0] == told
