"""Sessions: a random cookie, kept as a hash in the database, checked on every request."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from control_center.keys import POOL, SETTINGS
from control_center.problems import problem
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/auth.sql")
COOKIE = "smartopia_session"
CSRF_HEADER = "X-Smartopia"
_OPEN_PATHS = ("/static/", "/contract", "/api/v1/asyncapi.json", "/api/v1/schemas")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who is signed in."""

    name: str
    role: str

    @property
    def may_act(self) -> bool:
        """Whether they may acknowledge and resolve."""
        return self.role in {"administrator", "operator"}

    @property
    def is_administrator(self) -> bool:
        """Whether they may change what others work by, and open evidence."""
        return self.role == "administrator"


OPERATOR = web.RequestKey("operator", Operator)


def token_hash(token: str) -> bytes:
    """What the database keeps of a session's token."""
    return hashlib.sha256(token.encode(errors="surrogateescape")).digest()


async def begin(request: web.Request, response: web.Response, operator_id: int) -> None:
    """Sign an operator in."""
    token = secrets.token_urlsafe(32)
    async with request.app[POOL].connection() as connection:
        await connection.execute(
            _SQL["insert_session"],
            {"token_hash": token_hash(token), "operator_id": operator_id},
        )
    response.set_cookie(
        COOKIE,
        token,
        max_age=12 * 3600,
        httponly=True,
        samesite="Strict",
        secure=request.app[SETTINGS].http_secure,
        path="/",
    )


async def end(request: web.Request, response: web.Response) -> None:
    """Sign out."""
    async with request.app[POOL].connection() as connection:
        await connection.execute(
            _SQL["delete_session"], {"token_hash": token_hash(request.cookies.get(COOKIE, ""))}
        )
    response.del_cookie(COOKIE, path="/")


async def who(request: web.Request) -> Operator | None:
    """The operator this request's cookie belongs to."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["session"], {"token_hash": token_hash(token)})
        row = await cursor.fetchone()
    return Operator(row["name"], row["role"]) if row else None


@web.middleware
async def require_operator(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let nobody past who is not signed in, but to the page itself and to sign in."""
    is_login = request.path == "/api/v1/session" and request.method == "POST"
    if request.path == "/" or request.path.startswith(_OPEN_PATHS) or is_login:
        return await handler(request)
    operator = await who(request)
    if operator is None:
        return problem(401, "not_signed_in", "Sign in first.")
    request[OPERATOR] = operator
    return await handler(request)


@web.middleware
async def refuse_foreign_writes(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Writes must come from our own page: another site can set neither this header nor Origin."""
    if request.method not in {"GET", "HEAD"}:
        origin = request.headers.get("Origin")
        foreign = origin is not None and origin.partition("://")[2] != request.host
        if CSRF_HEADER not in request.headers or foreign:
            return problem(403, "foreign_request", f"Send the header {CSRF_HEADER}: 1.")
    return await handler(request)


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def for_operators(handler: _Handler) -> _Handler:
    """A handler that a viewer may not call."""

    async def checked(request: web.Request) -> web.StreamResponse:
        if not request[OPERATOR].may_act:
            return problem(403, "not_permitted", "Your role may look but not act.")
        return await handler(request)

    return checked


def for_administrators(refusal: str) -> Callable[[_Handler], _Handler]:
    """Makes a handler that only administrators may call.

    Args:
        refusal: what others are told.
    """

    def guard(handler: _Handler) -> _Handler:
        async def checked(request: web.Request) -> web.StreamResponse:
            if not request[OPERATOR].is_administrator:
                return problem(403, "not_permitted", refusal)
            return await handler(request)

        return checked

    return guard


MIDDLEWARES: tuple[Middleware, ...] = (refuse_foreign_writes, require_operator)
