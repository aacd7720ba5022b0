"""The outbox: in order, a bounded number in flight, nothing dropped."""

from __future__ import annotations

from devices_sim.sdk.outbox import MAX_IN_FLIGHT, Outbox, Outgoing


class Client:
    """Takes messages while it is willing, and remembers them."""

    def __init__(self) -> None:
        self.willing = True
        self.taken: list[bytes] = []

    def take(self, message: Outgoing) -> int | None:
        if not self.willing:
            return None
        self.taken.append(message.payload)
        return len(self.taken)


def numbered(n: int) -> Outgoing:
    return Outgoing("t", str(n).encode())


def test_at_most_so_many_are_in_flight_and_all_arrive_in_order() -> None:
    client = Client()
    outbox = Outbox(client.take)
    for n in range(3 * MAX_IN_FLIGHT):
        outbox.add(numbered(n))
    outbox.pump()
    assert len(client.taken) == MAX_IN_FLIGHT
    acknowledged = 0
    while outbox:
        acknowledged += 1
        assert outbox.acknowledge(acknowledged)
        outbox.pump()
    assert client.taken == [str(n).encode() for n in range(3 * MAX_IN_FLIGHT)]


def test_what_the_client_does_not_take_stays() -> None:
    client = Client()
    client.willing = False
    outbox = Outbox(client.take)
    outbox.add(numbered(1))
    outbox.send_now(numbered(0))
    outbox.pump()
    assert len(outbox) == 2
    client.willing = True
    outbox.pump()
    assert client.taken == [b"0", b"1"]


def test_an_acknowledgement_of_something_else_changes_nothing() -> None:
    outbox = Outbox(Client().take)
    outbox.add(numbered(0))
    outbox.pump()
    assert not outbox.acknowledge(42)
    assert len(outbox) == 1
