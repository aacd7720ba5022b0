"""Who may: signing in and out, roles, and writes from elsewhere."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from control_center.app import make_app, serve
from control_center.auth.accounts import reset_password
from control_center.auth.sessions import COOKIE
from smartopia.errors import ConfigurationError
from smartopia.store.connection import Connection
from tests.support.api import code_of, open_alert
from tests.support.center import Center, find_password, running_center
from tests.support.parts import rows
from tests.support.servers import Platform

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
                assert code_of(response) == "not_signed_in"


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
    alert = await open_alert(database)
    client = await center.administrator()
    path, body = f"/api/v1/alerts/{alert}/acknowledge", {"version": 1}
    del client.headers["X-Smartopia"]
    for method, target in (("POST", path), ("DELETE", "/api/v1/session")):
        response = await client.request(method, target, json=body)
        assert (response.status_code, code_of(response)) == (403, "foreign_request")
    for origin in ("http://evil.example", "null", f"{center.url}.evil.example", "http://127.0.0.1"):
        headers = {"X-Smartopia": "1", "Origin": origin}
        response = await client.post(path, json=body, headers=headers)
        assert (response.status_code, code_of(response)) == (403, "foreign_request"), origin
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
    assert {(a.status_code, code_of(a)) for a in answers} == {(401, "wrong_password")}
    right = {"user": "admin", "password": center.password}
    response = await client.post("/api/v1/session", json=right)
    assert (response.status_code, code_of(response)) == (429, "too_many_tries")


async def test_an_unknown_name_is_told_like_a_wrong_password(center: Center) -> None:
    client = center.client()
    known = await client.post("/api/v1/session", json={"user": "admin", "password": "x"})
    unknown = await client.post("/api/v1/session", json={"user": "nobody", "password": "x"})
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)


async def test_a_viewer_looks_but_does_not_act(
    platform: Platform, center: Center, database: Connection
) -> None:
    alert = await open_alert(database)
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
        assert (response.status_code, code_of(response)) == (403, "not_permitted")
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
