"""Events reach all consoles; one that does not read is let go, alone."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_center.hub import Console, Event, Hub

MANY = 2000


def read(console: Console) -> list[int | None]:
    got = []
    while not console.queue.empty():
        got.append(console.queue.get_nowait()[0])
    return got


async def test_every_console_gets_every_event_in_order() -> None:
    hub = Hub()
    consoles = [hub.join() for _ in range(3)]
    for number in range(10):
        assert hub.broadcast(Event("alert", {}, number)) == 0
    assert [read(console) for console in consoles] == [list(range(10))] * 3
    assert hub.last_event_id == 9


async def test_a_slow_console_is_let_go_and_the_others_get_all() -> None:
    hub = Hub()
    slow, quick = hub.join(), hub.join()
    let_go, got = 0, []
    for number in range(MANY):
        let_go += hub.broadcast(Event("alert", {}, number))
        got += read(quick)
    assert let_go == 1, "it is told once"
    assert slow.lost.is_set()
    assert not quick.lost.is_set()
    assert got == list(range(MANY))
    assert len(hub) == 1


async def test_a_slow_console_can_still_read_what_it_had_without_a_hole() -> None:
    hub = Hub()
    slow = hub.join()
    for number in range(MANY):
        hub.broadcast(Event("alert", {}, number))
    got = read(slow)
    assert 0 < len(got) < MANY, "memory has an end"
    assert got == list(range(len(got)))


async def test_a_console_that_left_gets_nothing_more() -> None:
    hub = Hub()
    console = hub.join()
    hub.leave(console)
    hub.leave(console)
    hub.broadcast(Event("alert", {}, 1))
    assert read(console) == []
    assert len(hub) == 0


async def test_a_new_console_gets_what_comes_from_now_on() -> None:
    hub = Hub()
    hub.broadcast(Event("alert", {}, 1))
    console = hub.join()
    hub.broadcast(Event("alert", {}, 2))
    assert read(console) == [2]


async def test_events_without_an_id_do_not_move_the_last_one() -> None:
    hub = Hub()
    hub.broadcast(Event("alert", {}, 5))
    hub.broadcast(Event("health", {}))
    assert hub.last_event_id == 5


def test_an_event_is_as_browsers_expect_it() -> None:
    assert Event("alert", {"id": 1}, 7).encode() == b'id: 7\nevent: alert\ndata: {"id":1}\n\n'
    assert Event("health", "well").encode() == b'event: health\ndata: "well"\n\n'


@given(st.text(st.characters(exclude_categories=["Cs"])))
@pytest.mark.parametrize("event_id", [None, 3])
def test_no_text_can_forge_an_event(event_id: int | None, text: str) -> None:
    encoded = Event("alert", {"title": text}, event_id).encode()
    body = encoded.removeprefix(b"id: 3\n").removeprefix(b"event: alert\ndata: ")
    assert body.endswith(b"\n\n")
    assert b"\n" not in body[:-2]
    assert b"\r" not in body
    assert json.loads(body) == {"title": text}
