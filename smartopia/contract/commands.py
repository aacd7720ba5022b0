"""`commands`: what the platform asks of a device. A device may ignore what it does not know."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from smartopia.contract.base import Message, Name


class Command(Message):
    """One request to a device."""

    id: Annotated[str, Field(max_length=64, description="names the request in answers")]
    command: Annotated[Name, Field(description="what is asked")]
    arguments: Annotated[dict[str, float | str | bool], Field(default_factory=dict)]
