"""Operators' accounts. Passwords are random, shown once, and kept only as Argon2 hashes."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg import AsyncConnection

from smartopia.errors import ConfigurationError
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.store.queries import load_queries

_SQL = load_queries("control_center", "sql/auth.sql")
_HASHER = PasswordHasher()
ROLES = ("administrator", "operator", "viewer")
FIRST = "admin"


def new_password() -> str:
    """Easy to type, hard to guess: 5 groups of 4 letters and digits, 100 bits."""
    letters = "abcdefghijkmnpqrstuvwxyz23456789"
    groups = ("".join(secrets.choice(letters) for _ in range(4)) for _ in range(5))
    return "-".join(groups)


async def hash_password(password: str) -> str:
    """Its Argon2id hash. Takes tens of milliseconds, off the event loop."""
    return await asyncio.to_thread(_HASHER.hash, password)


async def verify_password(stored: str | None, password: str) -> bool:
    """Whether a password is right; takes as long for an unknown operator as for a known one."""
    reference = stored or _NOBODY

    def check() -> bool:
        try:
            return _HASHER.verify(reference, password)
        except (VerificationError, InvalidHashError):
            return False

    right = await asyncio.to_thread(check)
    return right and stored is not None


_NOBODY = _HASHER.hash(secrets.token_hex(16))


async def ensure_first_administrator(
    connection: AsyncConnection[Any], say: Callable[[str], None]
) -> None:
    """Make an administrator where there is no operator at all, and show the password once."""
    password = new_password()
    cursor = await connection.execute(
        _SQL["insert_first_operator"],
        {"name": FIRST, "password_hash": await hash_password(password)},
    )
    if cursor.rowcount:
        say(f"First start. Sign in as {FIRST} with the password {password} (shown only now).")


async def reset_password(settings: Settings, name: str) -> str:
    """Give an operator a new password and end their sessions; returns words to show.

    Raises:
        ConfigurationError: there is no such operator.
    """
    password = new_password()
    async with await connect_database(settings, "accounts") as connection:
        cursor = await connection.execute(
            _SQL["set_password"], {"name": name, "password_hash": await hash_password(password)}
        )
        if not cursor.rowcount:
            raise ConfigurationError(f"there is no operator {name!r}")
        await connection.execute(_SQL["end_sessions"], {"name": name})
    return f"{name} has the password {password} (shown only now)."


async def add_operator(settings: Settings, name: str, role: str) -> str:
    """Make an account; returns words to show.

    Raises:
        ConfigurationError: the role is unknown, or the name is taken.
    """
    if role not in ROLES:
        raise ConfigurationError(f"there is no role {role!r}; there are {', '.join(ROLES)}")
    password = new_password()
    async with await connect_database(settings, "accounts") as connection:
        try:
            await connection.execute(
                _SQL["insert_operator"],
                {"name": name, "role": role, "password_hash": await hash_password(password)},
            )
        except psycopg.errors.UniqueViolation:
            raise ConfigurationError(f"the name {name!r} is taken") from None
    return f"{name} ({role}) has the password {password} (shown only now)."
