"""What is refused: ids, queries, bodies and headers that are none."""

from __future__ import annotations

import json
import logging
import random
from typing import Any

import pytest

from control_center.auth.sessions import COOKIE
from smartopia.store.connection import Connection
from tests.support.api import code_of, get_raw, message_of, open_alert
from tests.support.center import Center
from tests.support.parts import rows
from tests.support.servers import Platform

_HUGE = (2**31, 2**63 - 1, 2**63, 2**64, 10**30, 10**200)


async def test_ids_that_name_nothing(center: Center, database: Connection) -> None:
    await open_alert(database)
    client = await center.administrator()
    for number in (0, 999, *_HUGE, "00000000000000000000000000000001"):
        for path in (f"/api/v1/alerts/{number}", f"/api/v1/images/{number}"):
            response = await client.get(path)
            assert (response.status_code, code_of(response)) == (404, "not_found"), path
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
        assert (response.status_code, code_of(response)) == (404, "not_found"), path


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
        assert (response.status_code, code_of(response)) == (400, "bad_request"), query
        name = query.partition("?")[2].partition("=")[0]
        assert message_of(response).startswith(name), query


async def test_a_long_number_is_out_of_bounds_too(center: Center) -> None:
    client = await center.administrator()
    for more in ("0" * 7, "0" * 5000):
        response = await client.get(f"/api/v1/alerts?limit={'1'.zfill(19)}{more}")
        assert response.status_code == 400


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
    alert = await open_alert(database)
    client = await center.administrator()
    for act, body, named in _BODIES:
        response = await client.post(f"/api/v1/alerts/{alert}/{act}", content=body)
        assert (response.status_code, code_of(response)) == (400, "bad_request"), body[:60]
        assert f"{named}:" in message_of(response), (body[:60], message_of(response))
        assert message_of(response).isprintable()
    (row,) = await rows(platform, "SELECT version FROM alert")
    assert row["version"] == 1
    nobody = center.client()
    for login, named in ((b"{}", "user"), (b'{"user": 1, "password": "x"}', "user")):
        response = await nobody.post("/api/v1/session", content=login)
        assert response.status_code == 400
        assert f"{named}:" in message_of(response)


async def test_a_body_past_64_kb_is_refused(center: Center, database: Connection) -> None:
    alert = await open_alert(database)
    client = await center.administrator()
    path = f"/api/v1/alerts/{alert}/acknowledge"
    response = await client.post(path, content=b'{"version": 1}' + b" " * 70_000)
    assert response.status_code == 413


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
    alert = await open_alert(database)
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
        status, answer = await get_raw(center, b"/api/v1/session", cookie)
        assert status == 401, answer[:200]


async def test_wild_headers_are_the_sender_s_fault(center: Center) -> None:
    client = await center.administrator()
    cookie = f"{COOKIE}={client.cookies[COOKIE]}".encode()
    for header in (
        b"Cookie: " + COOKIE.encode() + b"=" + b"x" * 4000,
        b"Cookie: ;;;===;" + COOKIE.encode(),
        b"Cookie: " + COOKIE.encode() + b'="\\000"',
    ):
        status, answer = await get_raw(center, b"/api/v1/session", header)
        assert status in {400, 401}, (header, answer[:200])
    for header in (b"Accept-Encoding: \xff", b"If-Modified-Since: never", b"Range: bytes=9-1"):
        for target in (b"/", b"/static/app.js", b"/api/v1/alerts"):
            status, answer = await get_raw(center, target, b"Cookie: " + cookie, header)
            assert status < 500, (target, header, answer[:200])
    for target in (b"/?x=%ff", b"/api/v1/alerts?state=%ff", b"/\xff", b"*", b"/%ff", b"x"):
        status, answer = await get_raw(center, target, b"Cookie: " + cookie)
        assert status < 500, (target, answer[:200])
