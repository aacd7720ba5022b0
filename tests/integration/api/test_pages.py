"""The page and its headers: nothing else is served, and nothing else is let in."""

from __future__ import annotations

from pathlib import Path

import httpx

from smartopia.store.connection import Connection
from tests.support.alerts import picture
from tests.support.api import get_raw, open_alert
from tests.support.center import Center


async def test_nothing_but_the_page_is_served_under_static(center: Center, dist: Path) -> None:
    assert (await get_raw(center, b"/static/app.js"))[0] == 200
    hidden = dist.parent.parent / "secret.txt"
    secret = str(hidden).encode()
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
        status, answer = await get_raw(center, target)
        assert 400 <= status < 500, (target, answer[:200])
        assert hidden.read_bytes() not in answer


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
        status, answer = await get_raw(center, target)
        assert 400 <= status < 500, (target, answer[:200])
        assert b'"alerts"' not in answer


async def test_every_answer_carries_the_headers_that_hold_a_browser_back(
    center: Center, database: Connection
) -> None:
    alert = await open_alert(database, images=(picture(),))
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
