"""Devices of a test's own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests.support.device import Device
from tests.support.parts import register
from tests.support.servers import Platform

Admit = Callable[..., Awaitable[list[Device]]]


@pytest.fixture
async def admit(platform: Platform) -> AsyncIterator[Admit]:
    """Gives devices accounts and connects them; they leave at the end."""
    devices: list[Device] = []

    async def connect(*names: str, field: bool = True) -> list[Device]:
        made = await register(platform, *names, field=field)
        devices.extend(made)
        for device in made:
            device.wait_connected()
            assert device.refused is None
        return made

    yield connect
    for device in devices:
        device.close()
