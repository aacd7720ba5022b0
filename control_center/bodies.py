"""Request bodies and parameters, checked."""

from __future__ import annotations

from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)


async def read_body(request: web.Request, model: type[T]) -> T:
    """The request's JSON body as this model.

    Raises:
        web.HTTPBadRequest: says which field is wrong and what is allowed.
    """
    try:
        return model.model_validate_json(await request.read())
    except ValidationError as error:
        lines = [
            f"{'.'.join(map(str, e['loc'])) or 'body'}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        ]
        raise web.HTTPBadRequest(text="; ".join(lines)) from None


def whole_number(request: web.Request, name: str, default: int, least: int, most: int) -> int:
    """A whole number from the query.

    Raises:
        web.HTTPBadRequest: it is none, or out of bounds.
    """
    text = request.query.get(name)
    if text is None:
        return default
    plain = text.isascii() and text.isdigit() and len(text) <= 19
    if not plain or not least <= int(text) <= most:
        raise web.HTTPBadRequest(text=f"{name}: a whole number from {least} to {most}")
    return int(text)


def path_id(request: web.Request) -> int:
    """The id in the path (the route lets only digits through).

    Raises:
        web.HTTPNotFound: no database has an id so large.
    """
    value = int(request.match_info["id"][:25])
    if value > 2**63 - 1:
        raise web.HTTPNotFound(text="There is nothing of that id.")
    return value
