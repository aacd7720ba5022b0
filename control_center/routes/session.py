"""/api/v1/session: sign in, sign out, who am I."""

from __future__ import annotations

from aiohttp import web
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter
from pydantic import BaseModel, ConfigDict, Field

from control_center.auth import sessions
from control_center.auth.accounts import verify_password
from control_center.bodies import read_body
from control_center.keys import POOL
from control_center.problems import problem
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/auth.sql")
LIMITER = web.AppKey("limiter", MovingWindowRateLimiter)
_FAILURES = RateLimitItemPerMinute(10)


class _Login(BaseModel):
    model_config = ConfigDict(extra="forbid")

    user: str = Field(max_length=100)
    password: str = Field(max_length=200)


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app[LIMITER] = MovingWindowRateLimiter(MemoryStorage())
    app.router.add_get("/api/v1/session", show)
    app.router.add_post("/api/v1/session", sign_in)
    app.router.add_delete("/api/v1/session", sign_out)


async def show(request: web.Request) -> web.Response:
    """Who is signed in."""
    operator = request[sessions.OPERATOR]
    return web.json_response({"user": operator.name, "role": operator.role})


async def sign_in(request: web.Request) -> web.Response:
    """Name and password for a session cookie. Guessing is slowed by address and by name."""
    login = await read_body(request, _Login)
    limiter = request.app[LIMITER]
    address = request.remote or "unknown"
    # By both: behind a proxy all come from one address, and nobody else's mistakes lock a
    # name out from where its owner sits.
    who = f"{login.user} from {address}"
    if not await limiter.test(_FAILURES, who):
        return problem(429, "too_many_tries", "Too many tries. Wait a minute.")
    async with request.app[POOL].connection() as connection:
        cursor = await connection.execute(_SQL["operator_by_name"], {"name": login.user})
        row = await cursor.fetchone()
    stored = row["password_hash"] if row else None
    if not await verify_password(stored, login.password) or row is None:
        await limiter.hit(_FAILURES, who)
        return problem(401, "wrong_password", "Name or password is wrong.")
    response = web.json_response({"user": row["name"], "role": row["role"]})
    await sessions.begin(request, response, row["id"])
    return response


async def sign_out(request: web.Request) -> web.Response:
    """End this session."""
    response = web.Response(status=204)
    await sessions.end(request, response)
    return response
