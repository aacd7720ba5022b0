"""The control center's API: who may, what is refused, and what consoles are told."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg
import pytest
from argon2 import PasswordHasher
from psycopg_pool.base import AttemptWithBackoff

from control_center.app import make_app, serve
from control_center.auth.accounts import reset_password
from control_center.auth.sessions import COOKIE
from control_center.routes import overview
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings
from smartopia.store.connection import Connection, connect_database, database_pool
from tests.support.alerts import add_alert, add_datastream, add_thing, draft, picture
from tests.support.center import Center, Console, find_password, following, running_center
from tests.support.parts import eventually, rows, shut_database
from tests.support.servers import Platform, fresh_database, prepared, run_broker

_SECRET = "not for browsers"
_HUGE = (2**31, 2**63 - 1, 2**63, 2**64, 10**30, 10**200)


@pytest.fixture(scope="module")
def prepared_platform(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Platform]:
    """A platform for all tests of this file: none of them changes its shape."""
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with fresh_database(postgres) as url, run_broker(folder / "broker") as broker:
        yield asyncio.run(prepared(url, broker, folder))


@pytest.fixture
async def platform(prepared_platform: Platform) -> Platform:
    """It, empty."""
    await rows(
        prepared_platform,
        # Past the triggers that keep revisions and openings from being deleted.
        "SET session_replication_role = replica;"
        " TRUNCATE thing, alert, alert_transition, operator, quarantine, observation"
        " RESTART IDENTITY CASCADE",
    )
    return prepared_platform


@pytest.fixture
def dist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A built page, with a secret beside it."""
    folder = tmp_path / "web" / "dist"
    folder.mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Smartopia</title>")
    (folder / "app.js").write_text("export {};")
    (tmp_path / "secret.txt").write_text(_SECRET)
    (folder / "linked.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(overview, "DIST", folder)
    return folder


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 that takes no time to speak of."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("control_center.auth.accounts._HASHER", quick)


@pytest.fixture
async def center(platform: Platform, dist: Path) -> AsyncIterator[Center]:
    """A control center of this test's own."""
    async with running_center(platform) as center:
        yield center


@pytest.fixture
async def database(platform: Platform) -> AsyncIterator[Connection]:
    """A connection that commits each statement."""
    async with await connect_database(platform.settings, "test") as connection:
        await connection.set_autocommit(True)
        yield connection


async def _alert(database: Connection, key: str = "test:1", **more: Any) -> int:
    """An open alert; its id."""
    async with database.transaction():
        thing = await add_thing(database)
        await add_alert(database, draft(thing, key, **more))
    cursor = await database.execute("SELECT max(id) FROM alert")
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])


async def _tell(database: Connection, alert: int, n: int = 1) -> None:
    """So many transitions, each committed."""
    for _ in range(n):
        await database.execute(
            "INSERT INTO alert_transition (alert_id, kind, at, actor, version)"
            " VALUES (%s, 'cleared', now(), 'rules', 1)",
            (alert,),
        )


def _code(response: httpx.Response) -> str:
    return str(response.json()["error"]["code"])


def _message(response: httpx.Response) -> str:
    return str(response.json()["error"]["message"])


# Who may


_OPEN = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/contract"),
    ("HEAD", "/contract"),
    ("GET", "/api/v1/asyncapi.json"),
    ("HEAD", "/api/v1/asyncapi.json"),
    ("GET", "/api/v1/schemas"),
    ("HEAD", "/api/v1/schemas"),
    ("GET", "/static/"),
    ("HEAD", "/static/"),
    ("POST", "/api/v1/session"),
}


def _routes(center: Center) -> list[tuple[str, str]]:
    found = []
    for route in make_app(center.settings).router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        path = "/static/" if path.startswith("/static") else path.replace("{id}", "1")
        found.append((route.method, path))
    return found


async def test_every_route_but_a_few_needs_a_session(center: Center) -> None:
    routes = _routes(center)
    assert len(routes) > 15
    assert set(routes) >= _OPEN
    nobody = center.client()
    forged = center.client(cookies={COOKIE: "x" * 43})
    for method, path in routes:
        if (method, path) in _OPEN:
            continue
        for client in (nobody, forged):
            response = await client.request(method, path, content=b"{}")
            assert response.status_code == 401, (method, path)
            if method != "HEAD":
                assert _code(response) == "not_signed_in"


async def test_the_first_administrator_s_password_is_said_once(
    platform: Platform, center: Center
) -> None:
    assert len(center.said) == 1
    assert len(find_password(center.said[0])) >= 20
    stored = await rows(platform, "SELECT name, role, password_hash FROM operator")
    assert [(row["name"], row["role"]) for row in stored] == [("admin", "administrator")]
    assert stored[0]["password_hash"].startswith("$argon2id$")
    async with running_center(platform) as again:
        assert again.said == []


async def test_two_that_start_at_once_make_one_administrator(
    platform: Platform, dist: Path
) -> None:
    said: list[str] = []
    async with (
        running_center(platform, say=said.append) as one,
        running_center(platform, say=said.append),
    ):
        assert len(said) == 1
        await one.sign_in("admin", find_password(said[0]))


async def test_writes_from_elsewhere_are_refused(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await _alert(database)
    client = await center.administrator()
    path, body = f"/api/v1/alerts/{alert}/acknowledge", {"version": 1}
    del client.headers["X-Smartopia"]
    for method, target in (("POST", path), ("DELETE", "/api/v1/session")):
        response = await client.request(method, target, json=body)
        assert (response.status_code, _code(response)) == (403, "foreign_request")
    for origin in ("http://evil.example", "null", f"{center.url}.evil.example", "http://127.0.0.1"):
        headers = {"X-Smartopia": "1", "Origin": origin}
        response = await client.post(path, json=body, headers=headers)
        assert (response.status_code, _code(response)) == (403, "foreign_request"), origin
    assert (await rows(platform, "SELECT acknowledged_at FROM alert"))[0]["acknowledged_at"] is None
    own = {"X-Smartopia": "1", "Origin": center.url}
    assert (await client.post(path, json=body, headers=own)).status_code == 200


async def test_an_origin_that_is_none_is_refused(center: Center) -> None:
    headers = {"Origin": "http://[::1"}
    response = await center.client().post("/api/v1/session", json={}, headers=headers)
    assert response.status_code == 403


async def test_guessing_is_slowed(center: Center) -> None:
    client = center.client()
    wrong = {"user": "admin", "password": "wrong"}
    answers = [await client.post("/api/v1/session", json=wrong) for _ in range(10)]
    assert {(a.status_code, _code(a)) for a in answers} == {(401, "wrong_password")}
    right = {"user": "admin", "password": center.password}
    response = await client.post("/api/v1/session", json=right)
    assert (response.status_code, _code(response)) == (429, "too_many_tries")


async def test_an_unknown_name_is_told_like_a_wrong_password(center: Center) -> None:
    client = center.client()
    known = await client.post("/api/v1/session", json={"user": "admin", "password": "x"})
    unknown = await client.post("/api/v1/session", json={"user": "nobody", "password": "x"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


async def test_a_viewer_looks_but_does_not_act(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await _alert(database)
    viewer = await center.operator("eve", "viewer")
    assert (await viewer.get("/api/v1/session")).json() == {"user": "eve", "role": "viewer"}
    for path in ("/api/v1/alerts", f"/api/v1/alerts/{alert}", "/api/v1/things"):
        assert (await viewer.get(path)).status_code == 200
    acts = {
        "acknowledge": {"version": 1},
        "resolve": {"version": 1, "disposition": "true"},
    }
    for act, body in acts.items():
        response = await viewer.post(f"/api/v1/alerts/{alert}/{act}", json=body)
        assert (response.status_code, _code(response)) == (403, "not_permitted")
    (row,) = await rows(platform, "SELECT acknowledged_by, resolved_by FROM alert")
    assert row == {"acknowledged_by": None, "resolved_by": None}
    operator = await center.operator("bob", "operator")
    response = await operator.post(f"/api/v1/alerts/{alert}/acknowledge", json={"version": 1})
    assert response.json()["alert"]["acknowledged_by"] == "bob"


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    platform: Platform, center: Center, dist: Path
) -> None:
    login = {"user": "admin", "password": center.password}
    response = await center.client().post("/api/v1/session", json=login)
    parts = {part.strip().lower() for part in response.headers["Set-Cookie"].split(";")}
    assert {"httponly", "samesite=strict", "path=/"} <= parts
    token = response.cookies[COOKIE]
    kept = await rows(platform, "SELECT token_hash FROM web_session")
    assert token.encode() not in bytes(kept[0]["token_hash"])
    async with running_center(platform, http_secure=True) as secure:
        response = await secure.client().post("/api/v1/session", json=login)
        assert "secure" in response.headers["Set-Cookie"].lower()


async def test_signing_out_ends_the_session_everywhere_its_cookie_went(center: Center) -> None:
    client = await center.administrator()
    other = await center.administrator()
    stolen = center.client(cookies={COOKIE: client.cookies[COOKIE]})
    assert (await stolen.get("/api/v1/session")).status_code == 200
    assert (await client.delete("/api/v1/session")).status_code == 204
    for one in (client, stolen):
        assert (await one.get("/api/v1/session")).status_code == 401
    assert (await other.get("/api/v1/session")).status_code == 200


async def test_a_session_ends_by_itself_and_with_a_new_password(
    platform: Platform, center: Center
) -> None:
    client = await center.administrator()
    (row,) = await rows(platform, "SELECT expires_at - created_at AS lasts FROM web_session")
    assert row["lasts"].total_seconds() == 12 * 3600
    await rows(platform, "UPDATE web_session SET expires_at = now()")
    assert (await client.get("/api/v1/session")).status_code == 401
    client = await center.administrator()
    await reset_password(center.settings, "admin")
    assert (await client.get("/api/v1/session")).status_code == 401


async def test_passwords_are_not_taken_unencrypted_from_other_machines(
    platform: Platform,
) -> None:
    for host in ("0.0.0.0", "192.168.1.2", "::", "city.example"):  # noqa: S104 - refused
        settings = platform.settings.model_copy(update={"http_host": host})
        with pytest.raises(ConfigurationError, match="SMARTOPIA_HTTP_SECURE"):
            await serve(settings, asyncio.Event(), print)


# What is refused


async def test_ids_that_name_nothing(center: Center, database: Connection) -> None:
    await _alert(database)
    client = await center.administrator()
    for number in (0, 999, *_HUGE, "00000000000000000000000000000001"):
        for path in (f"/api/v1/alerts/{number}", f"/api/v1/images/{number}"):
            response = await client.get(path)
            assert (response.status_code, _code(response)) == (404, "not_found"), path
        for act in ("acknowledge", "resolve"):
            body = {"version": 1, "disposition": "true"}
            if act == "acknowledge":
                del body["disposition"]
            response = await client.post(f"/api/v1/alerts/{number}/{act}", json=body)
            assert response.status_code == 404, (number, act)
        response = await client.get(f"/api/v1/datastreams/{number}/observations")
        assert response.status_code in {200, 404}, number
    for number in ("-1", "1.5", "1e3", "x", "%00", "1%00", "%31x", "²", "1;2", " 1", "+1"):
        for path in (
            f"/api/v1/alerts/{number}",
            f"/api/v1/images/{number}",
            f"/api/v1/datastreams/{number}/observations",
        ):
            assert (await client.get(path)).status_code in {400, 404}, path
    for path in ("/api/v1/nothing", "/api/v2/alerts", "/api/v1/alerts/"):
        response = await client.get(path)
        assert (response.status_code, _code(response)) == (404, "not_found"), path


async def test_a_datastream_that_is_not_there_is_not_found(center: Center) -> None:
    client = await center.administrator()
    assert (await client.get("/api/v1/datastreams/999/observations")).status_code == 404


_OUT_OF_BOUNDS = (
    "alerts?limit=0",
    "alerts?limit=-1",
    "alerts?limit=1001",
    "alerts?limit=x",
    "alerts?limit=",
    "alerts?limit=1.5",
    "alerts?limit=²",
    "alerts?limit=%D9%A3",
    "alerts?before=-1",
    "alerts?before=99999999999999999999",
    "alerts?state=closed",
    "alerts?state=",
    "quarantine?limit=9999",
    "datastreams/1/observations?minutes=0",
    "datastreams/1/observations?minutes=44641",
)


async def test_a_query_out_of_bounds_is_told_what_is_allowed(center: Center) -> None:
    client = await center.administrator()
    for query in _OUT_OF_BOUNDS:
        response = await client.get(f"/api/v1/{query}")
        assert (response.status_code, _code(response)) == (400, "bad_request"), query
        name = query.partition("?")[2].partition("=")[0]
        assert _message(response).startswith(name), query


async def test_a_long_number_is_out_of_bounds_too(center: Center) -> None:
    client = await center.administrator()
    for more in ("0" * 7, "0" * 5000):
        response = await client.get(f"/api/v1/alerts?limit={'1'.zfill(19)}{more}")
        assert response.status_code == 400


async def test_a_conflict_tells_the_alert_as_it_is_now(
    center: Center, database: Connection
) -> None:
    alert = await _alert(database)
    first, second = await center.administrator(), await center.operator("bob", "operator")
    path = f"/api/v1/alerts/{alert}/acknowledge"
    assert (await first.post(path, json={"version": 1, "note": "mine"})).status_code == 200
    response = await second.post(path, json={"version": 1})
    assert (response.status_code, _code(response)) == (409, "changed_meanwhile")
    now = response.json()["alert"]
    assert (now["id"], now["version"], now["acknowledged_by"]) == (alert, 2, "admin")
    assert "you saw 1" in _message(response)
    response = await second.post(path, json={"version": 2})
    assert response.status_code == 409
    assert "already acknowledged by admin" in _message(response)
    resolve = {"version": 2, "disposition": "false", "false_reason": "wrong_object"}
    response = await second.post(f"/api/v1/alerts/{alert}/resolve", json=resolve)
    assert response.json()["alert"]["resolved_by"] == "bob"
    life = (await first.get(f"/api/v1/alerts/{alert}")).json()["transitions"]
    assert [(step["kind"], step["actor"]) for step in life] == [
        ("raised", "rules"),
        ("acknowledged", "admin"),
        ("resolved", "bob"),
    ]
    assert (await first.get("/api/v1/alerts")).json()["alerts"] == []


_BODIES: list[tuple[str, bytes, str]] = [
    ("acknowledge", b"", "body"),
    ("acknowledge", b"version=1", "body"),
    ("acknowledge", b"\xff\xfe", "body"),
    ("acknowledge", b"[]", "body"),
    ("acknowledge", b"null", "body"),
    ("acknowledge", b"[" * 50_000, "body"),
    ("acknowledge", b"{}", "version"),
    ("acknowledge", b'{"version": "two"}', "version"),
    ("acknowledge", b'{"version": null}', "version"),
    ("acknowledge", b'{"version": 1.5}', "version"),
    ("acknowledge", b'{"version": 0}', "version"),
    ("acknowledge", b'{"version": -1}', "version"),
    ("acknowledge", b'{"version": 2147483648}', "version"),
    ("acknowledge", b'{"version": 1' + b"0" * 5000 + b"}", "body"),
    ("acknowledge", b'{"version": NaN}', "version"),
    ("acknowledge", b'{"version": {}}', "version"),
    ("acknowledge", b'{"version": 1, "note": 7}', "note"),
    ("acknowledge", b'{"version": 1, "note": "' + b"x" * 2001 + b'"}', "note"),
    ("acknowledge", b'{"version": 1, "disposition": "true"}', "disposition"),
    ("resolve", b'{"version": 1}', "disposition"),
    ("resolve", b'{"version": 1, "disposition": "maybe"}', "disposition"),
    ("resolve", b'{"version": 1, "disposition": true}', "disposition"),
    ("resolve", b'{"version": 1, "disposition": "true", "x": 1}', "x"),
    ("resolve", b'{"version": 1, "disposition": "false"}', "body"),
    ("resolve", b'{"version": 1, "disposition": "false", "false_reason": "x"}', "false_reason"),
    ("resolve", b'{"version": 1, "disposition": "false", "false_reason": "other"}', "body"),
    ("resolve", b'{"version": 1, "disposition": "true", "false_reason": "animal"}', "body"),
]


async def test_a_wrong_body_is_told_which_field_and_changes_nothing(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await _alert(database)
    client = await center.administrator()
    for act, body, named in _BODIES:
        response = await client.post(f"/api/v1/alerts/{alert}/{act}", content=body)
        assert (response.status_code, _code(response)) == (400, "bad_request"), body[:60]
        assert f"{named}:" in _message(response), (body[:60], _message(response))
        assert _message(response).isprintable()
    (row,) = await rows(platform, "SELECT version FROM alert")
    assert row["version"] == 1
    nobody = center.client()
    for login, named in ((b"{}", "user"), (b'{"user": 1, "password": "x"}', "user")):
        response = await nobody.post("/api/v1/session", content=login)
        assert response.status_code == 400
        assert f"{named}:" in _message(response)


async def test_a_body_past_64_kb_is_refused(center: Center, database: Connection) -> None:
    alert = await _alert(database)
    client = await center.administrator()
    path = f"/api/v1/alerts/{alert}/acknowledge"
    response = await client.post(path, content=b'{"version": 1}' + b" " * 70_000)
    assert response.status_code == 413


async def _raw(center: Center, request: bytes, *, timeout_s: float = 3) -> bytes:
    """What the listener answers to these very bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", center.settings.http_port)
    try:
        writer.write(request)
        await writer.drain()
        async with asyncio.timeout(timeout_s):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


async def _get(center: Center, target: bytes, *headers: bytes) -> tuple[int, bytes]:
    head = b"\r\n".join((b"Host: x", b"Connection: close", *headers))
    answer = await _raw(center, b"GET " + target + b" HTTP/1.1\r\n" + head + b"\r\n\r\n")
    return int(answer.split(b" ", 2)[1]), answer


async def test_nothing_but_the_page_is_served_under_static(center: Center, dist: Path) -> None:
    assert (await _get(center, b"/static/app.js"))[0] == 200
    secret = str(dist.parent.parent / "secret.txt").encode()
    for target in (
        b"/static/../../secret.txt",
        b"/static/..%2f..%2fsecret.txt",
        b"/static/%2e%2e/%2e%2e/secret.txt",
        b"/static/..%5c..%5csecret.txt",
        b"/static/%252e%252e/%252e%252e/secret.txt",
        b"/static/....//....//secret.txt",
        b"/static/.%2e/.%2e/secret.txt",
        b"/static/" + secret,
        b"/static//" + secret,
        b"/static/%2f" + secret,
        b"/static/app.js%00.txt",
        b"/static/app.js/../../../secret.txt",
        b"/static/linked.txt",
        b"/static/",
        b"/static",
        b"//static/../../../secret.txt",
    ):
        status, answer = await _get(center, target)
        assert 400 <= status < 500, (target, answer[:200])
        assert _SECRET.encode() not in answer


async def test_a_path_that_begins_with_static_opens_nothing_else(center: Center) -> None:
    for target in (
        b"/static/../api/v1/alerts",
        b"/static/%2e%2e/api/v1/alerts",
        b"/static/..%2fapi/v1/alerts",
        b"/api/v1/schemas/../alerts",
        b"/api/v1/schemas%2f..%2falerts",
        b"//api/v1/alerts",
        b"/api//v1/alerts",
        b"/API/v1/alerts",
        b"/%61pi/v1/alerts",
    ):
        status, answer = await _get(center, target)
        assert 400 <= status < 500, (target, answer[:200])
        assert b'"alerts"' not in answer


async def test_every_answer_carries_the_headers_that_hold_a_browser_back(
    center: Center, database: Connection
) -> None:
    alert = await _alert(database, images=(picture(),))
    client, nobody = await center.administrator(), center.client()
    (image,) = (await client.get(f"/api/v1/alerts/{alert}")).json()["images"]
    answers = [
        await nobody.get("/"),
        await nobody.get("/static/app.js"),
        await nobody.get("/api/v1/alerts"),
        await nobody.post("/api/v1/session", content=b"?"),
        await client.get("/api/v1/alerts"),
        await client.get("/api/v1/alerts/999"),
        await client.get(image["url"]),
    ]
    async with client.stream("GET", "/api/v1/live") as live:
        answers.append(live)
    _check_headers(answers)


async def test_errors_outside_the_api_carry_those_headers_too(center: Center) -> None:
    client = await center.administrator()
    _check_headers([await client.get(path) for path in ("/nothing", "/static/nothing")])
    _check_headers([await client.put("/")])


def _check_headers(answers: list[httpx.Response]) -> None:
    for answer in answers:
        told = answer.headers
        where = str(answer.request.url)
        assert "default-src 'self'" in told["Content-Security-Policy"], where
        assert "frame-ancestors 'none'" in told["Content-Security-Policy"], where
        assert told["X-Content-Type-Options"] == "nosniff", where
        assert told["X-Frame-Options"] == "DENY", where
        assert told["Referrer-Policy"] == "no-referrer", where
        assert "camera=()" in told["Permissions-Policy"], where
        if "/api/" in where:
            assert told["Cache-Control"] == "no-store", where


async def test_who_looks_at_a_picture_is_logged(
    platform: Platform, center: Center, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    jpeg = b"\xff\xd8 masked \xff\xd9"
    alert = await _alert(database, images=(picture(jpeg),))
    client = await center.operator("bob", "operator")
    (image,) = (await client.get(f"/api/v1/alerts/{alert}")).json()["images"]
    with caplog.at_level(logging.INFO, "control_center"):
        response = await client.get(image["url"])
        assert (response.content, response.headers["Content-Type"]) == (jpeg, "image/jpeg")
        assert f"picture {image['id']} of alert {alert} seen by bob" in caplog.messages
        caplog.clear()
        await rows(platform, "UPDATE evidence_image SET expires_at = now()")
        assert (await client.get(image["url"])).status_code == 404
        assert not [message for message in caplog.messages if "seen by" in message]
    assert (await client.get(f"/api/v1/alerts/{alert}")).json()["images"] == []


async def test_an_alert_is_told_with_its_series(center: Center, database: Connection) -> None:
    thing = await add_thing(database)
    stream = await add_datastream(database, thing)
    await database.execute("SELECT make_room(now(), now())")
    await database.execute(
        "INSERT INTO observation SELECT %s, now() - make_interval(secs => n), n,"
        " CASE WHEN n = 3 THEN 4 ELSE 1 END, now(), 1, n, 0 FROM generate_series(0, 9) n",
        (stream,),
    )
    alert = await _alert(database, datastream=stream)
    client = await center.administrator()
    told = (await client.get(f"/api/v1/alerts/{alert}")).json()
    assert (told["series"]["unit"], told["series"]["threshold"]) == ("m", 5)
    # What no sensor can measure is left out.
    assert [value for _, value in told["series"]["points"]] == [9, 8, 7, 6, 5, 4, 2, 1, 0]


# Fuzz


def _garbage(chance: random.Random) -> str:
    pieces = (
        "",
        "0",
        "-1",
        "1e999",
        "NaN",
        "9" * chance.randrange(1, 40),
        "\0",
        "%00",
        "'; DROP TABLE alert; --",
        "../" * 5,
        "\ud7ff\ue000",
        "\U0010ffff",
        "\uff41",
        "٣",
        "²",
        "\r\nX: y",
        "{}",
        "[1]",
        "true",
        "x" * chance.randrange(1, 3000),
        "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(12)),
    )
    return "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 3)))


def _wild(chance: random.Random, depth: int = 0) -> Any:
    kinds: list[Any] = [
        None,
        True,
        chance.randrange(-(2**70), 2**70),
        chance.random() * 10.0 ** chance.randrange(-300, 300),
        _garbage(chance),
        "true",
        1,
    ]
    if depth < 3:
        kinds.append([_wild(chance, depth + 1) for _ in range(chance.randrange(3))])
        kinds.append({_garbage(chance): _wild(chance, depth + 1)})
    return chance.choice(kinds)


async def test_whatever_is_sent_is_the_sender_s_fault(
    center: Center, database: Connection, caplog: pytest.LogCaptureFixture
) -> None:
    seed = 20261122
    chance = random.Random(seed)
    alert = await _alert(database)
    client = await center.administrator()
    gets = ("alerts", "things", "quarantine", "health", "overview", "session", "schemas")
    paths = [f"/api/v1/{name}" for name in gets]
    paths += [f"/api/v1/alerts/{alert}", "/api/v1/images/1", "/api/v1/datastreams/1/observations"]
    names = ("state", "limit", "before", "minutes", "after", "x")
    writes = [f"/api/v1/alerts/{alert}/acknowledge", f"/api/v1/alerts/{alert}/resolve"]
    fields = ("version", "note", "disposition", "user", "password", "x")
    for n in range(250):
        if n % 2:
            query = {name: _garbage(chance) for name in chance.sample(names, 3)}
            path = chance.choice(paths)
            response = await client.get(path, params=query)
        else:
            body: Any = {name: _wild(chance) for name in chance.sample(fields, 3)}
            body |= {"version": chance.choice([1, body.get("version")])}
            content = json.dumps(chance.choice([body, body, _wild(chance)])).encode()
            if chance.random() < 0.2:
                cut = chance.randrange(len(content) + 1)
                content = content[:cut] + bytes([chance.randrange(256)]) + content[cut:]
            path = chance.choice(writes)
            response = await client.post(path, content=content)
        assert response.status_code < 500, (n, path, response.request.content[:300])
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_cookie_that_is_not_utf_8_is_nobody_s(center: Center) -> None:
    for value in (b"\xff\xfe", b"\xed\xa0\x80"):
        cookie = b"Cookie: " + COOKIE.encode() + b"=" + value
        status, answer = await _get(center, b"/api/v1/session", cookie)
        assert status == 401, answer[:200]


async def test_wild_headers_are_the_sender_s_fault(center: Center) -> None:
    client = await center.administrator()
    cookie = f"{COOKIE}={client.cookies[COOKIE]}".encode()
    for header in (
        b"Cookie: " + COOKIE.encode() + b"=" + b"x" * 4000,
        b"Cookie: ;;;===;" + COOKIE.encode(),
        b"Cookie: " + COOKIE.encode() + b'="\\000"',
    ):
        status, answer = await _get(center, b"/api/v1/session", header)
        assert status in {400, 401}, (header, answer[:200])
    for header in (b"Accept-Encoding: \xff", b"If-Modified-Since: never", b"Range: bytes=9-1"):
        for target in (b"/", b"/static/app.js", b"/api/v1/alerts"):
            status, answer = await _get(center, target, b"Cookie: " + cookie, header)
            assert status < 500, (target, header, answer[:200])
    for target in (b"/?x=%ff", b"/api/v1/alerts?state=%ff", b"/\xff", b"*", b"/%ff", b"x"):
        status, answer = await _get(center, target, b"Cookie: " + cookie)
        assert status < 500, (target, answer[:200])


# What consoles are told


async def test_a_console_is_told_of_each_transition_as_it_happens(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    async with following(client) as console:
        assert console.events[0][1] == "hello"
        alert = await _alert(database)
        await eventually(lambda: console.ids, what="the alert is told")
        await client.post(f"/api/v1/alerts/{alert}/acknowledge", json={"version": 1})
        await eventually(lambda: len(console.ids) == 2, what="the acknowledgement is told")
    kinds = [(told["kind"], told["alert"]["id"]) for told in console.data("alert")]
    assert kinds == [("raised", alert), ("acknowledged", alert)]
    assert console.data("alert")[1]["alert"]["acknowledged_by"] == "admin"


async def _settled(console: Console, newest: int) -> list[int]:
    """The ids that came, once the newest is among them and the next health report has come."""
    await eventually(lambda: newest in console.ids, what=f"event {newest}")
    return console.ids


@pytest.mark.parametrize("how", ["after", "last_event_id"])
async def test_what_was_missed_is_told_once_and_in_order(
    center: Center, database: Connection, how: str
) -> None:
    client = await center.administrator()
    alert = await _alert(database)
    await _tell(database, alert, 1200)  # more than two pages
    newest = 1201
    async with following(client, after=0) as console:
        assert await _settled(console, newest) == list(range(1, newest + 1))
    for seen in (newest - 30, newest - 1):
        async with following(client, **{how: seen}) as console:
            writing = asyncio.create_task(_tell(database, alert, 20))
            await writing
            newest += 20
            assert await _settled(console, newest) == list(range(seen + 1, newest + 1))


async def test_resuming_while_much_happens_misses_and_repeats_nothing(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await _alert(database)
    total = 301
    writing = asyncio.create_task(_tell(database, alert, total - 1))
    seen: list[int] = [0]
    while seen[-1] < total:
        async with following(client, last_event_id=seen[-1]) as console:
            await eventually(lambda: console.ids, what="more is told")
            seen += console.ids
    await writing
    assert seen == list(range(total + 1))


async def test_without_an_id_a_console_is_told_only_what_is_new(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await _alert(database)
    await _tell(database, alert, 5)
    async with following(client, after=0) as first:  # the center has seen them, too
        await _settled(first, 6)
    for odd in (None, "", "x", "-1", "1.5"):
        async with following(client, last_event_id=odd) as console:
            await _tell(database, alert)
            await eventually(lambda: console.ids, what="what is new is told")
            (row,) = await (
                await database.execute("SELECT max(id) FROM alert_transition")
            ).fetchall()
            assert console.ids == [row[0]], odd


async def test_an_id_from_the_future_does_not_silence_the_stream(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    alert = await _alert(database)
    async with following(client, after=0) as first:
        await _settled(first, 1)
    for n, future in enumerate((2, 10_000, 2**63 - 1, 2**64, 10**50)):
        async with following(client, last_event_id=future) as console:
            await _tell(database, alert)
            assert await _settled(console, n + 2) == [n + 2], future


async def test_a_center_that_just_started_tells_what_was_missed_and_no_more(
    platform: Platform, center: Center, database: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Consoles come back within a second of a restart; the feed may be later than they."""
    alert = await _alert(database)
    await _tell(database, alert, 50)
    cookies = dict((await center.administrator()).cookies)
    slow = asyncio.Event()

    async def delayed(settings: Settings, name: str) -> Connection:
        await slow.wait()
        return await connect_database(settings, name)

    monkeypatch.setattr("control_center.feed.connect_database", delayed)
    async with running_center(platform) as again:
        client = again.client(cookies=cookies)
        async with following(client, last_event_id=51) as console:
            await _tell(database, alert)
            slow.set()
            await eventually(lambda: console.ids, what="it is told", timeout_s=3)
            assert console.ids == [52]


def _lazy_console(center: Center, cookie: str) -> socket.socket:
    """A browser that asks for the stream and never reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", center.settings.http_port))
    head = f"GET /api/v1/live HTTP/1.1\r\nHost: x\r\nCookie: {COOKIE}={cookie}\r\n\r\n"
    line.sendall(head.encode())
    return line


async def _flood(database: Connection, console: Console) -> int:
    """More than a console may leave unread, given slowly enough for one that reads."""
    alert = await _alert(database, guidance="x" * 30_000)
    for n in range(16):
        async with database.transaction():
            await _tell(database, alert, 50)
        await _settled(console, 1 + (n + 1) * 50)
    return 1 + 16 * 50


async def test_a_console_that_never_reads_does_not_hold_up_others(
    center: Center, database: Connection
) -> None:
    client = await center.administrator()
    lazy = _lazy_console(center, client.cookies[COOKIE])
    try:
        async with following(client, after=0) as console:
            newest = await _flood(database, console)
            assert console.ids == list(range(1, newest + 1))
            assert not console.ended.is_set()
        assert (await client.get("/api/v1/alerts")).status_code == 200
    finally:
        lazy.close()


async def test_a_console_that_never_reads_is_let_go(center: Center, database: Connection) -> None:
    client = await center.administrator()
    lazy = _lazy_console(center, client.cookies[COOKIE])
    port = lazy.getsockname()[1]

    def connected() -> bool:
        connections = psutil.Process().net_connections("tcp")
        return any(
            one.laddr.port == center.settings.http_port and one.raddr and one.raddr.port == port
            for one in connections
        )

    try:
        async with following(client, after=0) as console:
            assert connected()
            await _flood(database, console)
            await eventually(lambda: not connected(), what="its connection is ended", timeout_s=2)
    finally:
        lazy.close()


async def test_a_lost_database_is_told_and_got_over(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await _alert(database)
    client = await center.administrator()

    def told_lost(console: Console) -> bool:
        health = console.data("health")
        return bool(health) and "database_lost" in [p["code"] for p in health[-1]["problems"]]

    async with following(client) as console:
        assert not told_lost(console)
        shut_database(platform, shut=True)
        try:
            paths = ("/api/v1/alerts", f"/api/v1/alerts/{alert}", "/api/v1/health")
            asked = asyncio.gather(*map(client.get, paths))
            await eventually(lambda: told_lost(console), what="consoles are told", timeout_s=5)
            for response in await asked:
                assert (response.status_code, _code(response)) == (503, "database_lost")
                assert _message(response).startswith("The database cannot be reached.")
                assert "Traceback" not in response.text
                assert platform.database.rsplit("/", 1)[1] not in response.text
            assert (await client.get("/")).status_code == 200
        finally:
            shut_database(platform, shut=False)

        async def back() -> bool:
            return (await client.get("/api/v1/alerts")).status_code == 200

        await eventually(back, what="it answers again")
        await eventually(lambda: not told_lost(console), what="consoles are told that it is back")
        health = (await client.get("/api/v1/health")).json()
        assert "database_lost" not in [problem["code"] for problem in health["problems"]]
        async with await connect_database(platform.settings, "test") as connection:
            await _tell(connection, alert)
        await eventually(lambda: console.ids, what="the same console is told what comes then")


async def test_a_pool_is_of_use_soon_after_a_long_absence_of_the_database(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The pool doubles its pauses while the database is away; as after a minute of that.
    monkeypatch.setattr(AttemptWithBackoff, "INITIAL_DELAY", 60.0)
    async with database_pool(platform.settings, "test", 8) as pool:

        async def usable() -> bool:
            try:
                async with pool.connection(timeout=0.3) as connection:
                    await connection.execute("SELECT 1")
            except psycopg.OperationalError:
                return False
            return True

        assert await usable()
        shut_database(platform, shut=True)
        try:
            for _ in range(3):
                assert not await usable()
        finally:
            shut_database(platform, shut=False)
        await eventually(usable, what="it answers again", timeout_s=4)
