"""The published contract is open to everybody who may reach the control center."""

from __future__ import annotations

from smartopia.contract.asyncapi import Door, asyncapi_document
from smartopia.contract.page import contract_page
from tests.support.center import Center


async def test_the_contract_is_served_to_who_is_not_signed_in(center: Center) -> None:
    door = Door("gimpo", "127.0.0.1", center.settings.mqtt_port)
    client = center.client()
    document = await client.get("/api/v1/asyncapi.json")
    assert document.json() == asyncapi_document(door)
    page = await client.get("/contract")
    assert page.text == contract_page(door)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
