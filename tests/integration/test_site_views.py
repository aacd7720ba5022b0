"""What is drawn on cameras' pictures: kept by revision, proposed by cameras, drawn by operators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import psycopg
import pytest
from argon2 import PasswordHasher

import ingest.part
from smartopia.errors import ViewConflictError
from smartopia.siteview import Drawing
from smartopia.siteview_store import (
    CHANNEL,
    Revision,
    ViewSource,
    current_view,
    current_views,
    keep_view,
    revisions,
)
from smartopia.store.connection import Connection, connect_database
from tests.integration.conftest import Admit
from tests.support.alerts import add_thing
from tests.support.center import Center, running_center
from tests.support.parts import Row, eventually, rows
from tests.support.parts import running as running_part
from tests.support.servers import Platform

SQUARE = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9], [0.1, 0.9]]
YARD = {"areas": [{"name": "yard", "use": "forbidden", "outline": SQUARE}]}
GATE = {"wires": [{"name": "gate", "line": [[0.2, 0.5], [0.8, 0.5]]}]}
CROSSED = {"areas": [{"name": "yard", "use": "road", "outline": [[0, 0], [1, 1], [1, 0], [0, 1]]}]}
CAMERA = {"kind": "camera", "frames": {"rate": 5}}


def drawing(parts: dict[str, Any]) -> Drawing:
    return Drawing.model_validate(parts)


@pytest.fixture
async def connection(platform: Platform) -> AsyncIterator[Connection]:
    """A database with one camera (id 1)."""
    async with await connect_database(platform.settings, "test") as connection:
        assert await add_thing(connection, "cam-1") == 1
        await connection.execute("UPDATE thing SET frame_rate = 5")
        await connection.commit()
        yield connection


async def keep(connection: Connection, parts: dict[str, Any], expected: int | None) -> Revision:
    kept = await keep_view(
        connection,
        1,
        drawing(parts),
        author="kim",
        source=ViewSource.DRAWN,
        expected=expected,
        note="after the works",
    )
    await connection.commit()
    return kept


async def test_revisions_are_numbered_and_the_newest_is_current(connection: Connection) -> None:
    assert await current_view(connection, 1) is None
    first = await keep(connection, YARD, None)
    second = await keep(connection, GATE, 1)
    assert (first.number, second.number) == (1, 2)
    assert await current_view(connection, 1) == second
    assert await current_views(connection) == {1: second}
    assert await revisions(connection, 1) == (second, first)
    assert (first.view.camera, first.author, first.note) == ("cam-1", "kim", "after the works")
    assert first.view.areas == drawing(YARD).areas


async def test_of_two_who_draw_at_once_the_second_is_told(
    connection: Connection, platform: Platform
) -> None:
    async def draw(parts: dict[str, Any]) -> Revision | ViewConflictError:
        async with await connect_database(platform.settings, "test") as own:
            try:
                return await keep(own, parts, None)
            except ViewConflictError as error:
                return error

    kept, refused = sorted(
        await asyncio.gather(draw(YARD), draw(GATE)), key=lambda one: isinstance(one, Exception)
    )
    assert isinstance(kept, Revision)
    assert isinstance(refused, ViewConflictError)
    assert "kim has saved revision 1 of this view" in str(refused)
    assert await revisions(connection, 1) == (kept,)


@pytest.mark.parametrize(
    "statement",
    ["UPDATE site_view SET note = 'other'", "DELETE FROM site_view", "TRUNCATE site_view"],
)
async def test_a_revision_is_never_changed(
    connection: Connection, platform: Platform, statement: str
) -> None:
    await keep(connection, YARD, None)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="are not changed"):
        await rows(platform, statement)


async def test_a_new_revision_is_told_when_it_is_committed(
    connection: Connection, platform: Platform
) -> None:
    async with await connect_database(platform.settings, "test") as listener:
        await listener.set_autocommit(True)
        await listener.execute(f"LISTEN {CHANNEL}".encode())
        await keep(connection, YARD, None)
        heard = [notice.payload async for notice in listener.notifies(timeout=4, stop_after=1)]
    assert heard == ["1"]


async def views(platform: Platform) -> list[Row]:
    return await rows(
        platform,
        "SELECT number, source, author, drawing -> 'areas' -> 0 ->> 'name' AS area"
        " FROM site_view ORDER BY number",
    )


async def test_what_a_camera_proposes_holds_until_somebody_draws(
    platform: Platform, admit: Admit
) -> None:
    other = {"areas": [{"name": "other", "use": "road", "outline": SQUARE}]}

    async def announced(title: str) -> Row | None:
        found = await rows(platform, "SELECT * FROM thing WHERE title = %s", [title])
        return found[0] if found else None

    (camera,) = await admit("cam-1")
    async with running_part(ingest.part.run, platform.settings):
        for title, view in (("a", YARD), ("b", YARD), ("c", other)):
            camera.announce([], **CAMERA, title=title, view=view)
            thing = await eventually(partial(announced, title), what="it is taken up")
        assert [(v["number"], v["source"], v["area"]) for v in await views(platform)] == [
            (1, "proposed", "yard"),
            (2, "proposed", "other"),
        ]
        digest = thing["announce_digest"]
        async with await connect_database(platform.settings, "test") as connection:
            await keep_view(
                connection,
                thing["id"],
                drawing(GATE),
                author="kim",
                source=ViewSource.DRAWN,
                expected=2,
            )
            await connection.commit()
        camera.announce([], **CAMERA, title="d", view=YARD)
        thing = await eventually(partial(announced, "d"), what="it is taken up")
    assert [(v["number"], v["author"]) for v in await views(platform)] == [
        (1, "cam-1"),
        (2, "cam-1"),
        (3, "kim"),
    ]
    # Where a picture's areas lie is nothing a check has checked.
    assert thing["announce_digest"] == digest


async def test_an_unsound_proposal_is_refused_with_what_is_wrong(
    platform: Platform, admit: Admit
) -> None:
    (camera,) = await admit("cam-1")
    async with running_part(ingest.part.run, platform.settings):
        camera.announce([], **CAMERA, view=CROSSED)

        async def refused() -> list[Row]:
            return await rows(platform, "SELECT reason, detail FROM quarantine")

        (found,) = await eventually(refused, what="it is refused")
    assert found["reason"] == "unsound_view"
    assert found["detail"].startswith("view.areas.0.outline: the outline crosses itself")
    assert await views(platform) == []


@pytest.fixture
async def center(
    connection: Connection, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Center]:
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("control_center.auth.accounts._HASHER", quick)
    async with running_center(platform) as center:
        yield center


PATH = "/api/v1/things/1/site-view"


async def test_an_operator_draws_and_everybody_sees_it(center: Center) -> None:
    operator = await center.operator("lee", "operator")
    empty = (await operator.get(PATH)).json()
    assert empty == {
        "camera": {"id": 1, "name": "cam-1", "title": "cam-1"},
        "current": None,
        "revisions": [],
    }
    answer = await operator.put(PATH, json={"view": YARD, "expected": None, "note": "new"})
    assert answer.status_code == 200, answer.text
    assert (await operator.put(PATH, json={"view": GATE, "expected": 1})).status_code == 200
    viewer = await center.operator("park", "viewer")
    seen = (await viewer.get(PATH)).json()
    assert seen["current"]["view"]["wires"][0]["name"] == "gate"
    assert [(one["number"], one["author"], one["note"]) for one in seen["revisions"]] == [
        (2, "lee", ""),
        (1, "lee", "new"),
    ]
    first = (await viewer.get(f"{PATH}/1")).json()["revision"]
    assert drawing(first["view"]) == drawing(YARD)
    assert (await viewer.put(PATH, json={"view": YARD, "expected": 2})).status_code == 403
    assert (await viewer.get(f"{PATH}/9")).status_code == 404


async def test_one_who_drew_on_an_older_revision_gets_the_newer(center: Center) -> None:
    operator = await center.operator("lee", "operator")
    await operator.put(PATH, json={"view": YARD, "expected": None})
    answer = await operator.put(PATH, json={"view": GATE, "expected": None})
    assert answer.status_code == 409
    told = answer.json()
    assert told["error"]["message"].startswith("lee has saved revision 1")
    assert told["current"]["number"] == 1


WRONG: list[tuple[dict[str, Any], str]] = [
    (CROSSED, "area yard: the outline crosses itself; draw its corners in order"),
    (
        {"wires": [{"name": "gate", "line": [[0.2, 0.5], [1.2, 0.5]]}]},
        "wire gate, point 2: (1.2, 0.5) lies outside the picture",
    ),
    ({"ways": [{"line": [[0, 0], [1, 1]]}]}, "way 1, name: Field required"),
    (YARD | {"wires": [GATE["wires"][0] | {"name": "yard"}]}, "'yard' is used twice"),
    ({"ground": {"pole": {"height_m": 900, "tilt": 5, "fov": 70}}}, "ground, pole, height_m"),
    ({"areas": {"a": 1}}, "Input should be a valid"),
    ({"areas": [7]}, "area 1: Input should be a valid"),
    ({"fence": []}, "fence: Extra inputs"),
]


async def test_what_cannot_be_drawn_is_told_by_part_and_point(center: Center) -> None:
    operator = await center.operator("lee", "operator")
    for view, told in WRONG:
        answer = await operator.put(PATH, json={"view": view, "expected": None})
        assert answer.status_code == 422
        assert told in answer.json()["error"]["message"]
    assert (await operator.get(PATH)).json()["current"] is None


async def test_only_cameras_have_a_view(center: Center, platform: Platform) -> None:
    await rows(platform, "UPDATE thing SET frame_rate = NULL")
    operator = await center.operator("lee", "operator")
    for path in (PATH, "/api/v1/things/99999999999999999/site-view"):
        assert (await operator.get(path)).status_code == 404
        put = await operator.put(path, json={"view": YARD, "expected": None})
        assert put.status_code == 404
