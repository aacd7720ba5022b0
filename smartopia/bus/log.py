"""The durable log: what devices sent at QoS 1, read in order by named cursors.

The NATS server keeps MQTT QoS 1 messages in a stream of its own, and acknowledges a message
to its device once it stands there. Each cursor is a durable consumer on that very stream (a
consumer on any other can miss acknowledged messages), read by one process at a time.

The promise: an entry is acknowledged only after its effects are committed, and after a crash
reading goes on at the first entry that was not acknowledged, in order. Two things keep it:
an acknowledgement covers everything before it, and every (re)start resets the consumer to
its acknowledgement floor (server 2.14 or newer). Without that reset, entries handed to a
process that died would be covered by its successor's first acknowledgement, and lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import NotFoundError

from smartopia.bus.connection import Broker
from smartopia.contract.topics import SUBJECT_PREFIX, topic_of_subject
from smartopia.errors import UnavailableError

log = logging.getLogger(__name__)

STREAM = "$MQTT_msgs"
SUBJECT_HEAD = "$MQTT.msgs."
INGEST_CURSOR = "ingest"
RULES_CURSOR = "rules"
CURSORS = (INGEST_CURSOR, RULES_CURSOR)

_EXPIRES_S = 30.0
_IDLE_HEARTBEAT_S = 1.0
_SILENCE_S = 3 * _IDLE_HEARTBEAT_S
# Longer than any stop of the database we wait out; a restart does not wait for it.
_ACK_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One message as the log holds it.

    Attributes:
        seq: its place in the log; grows, never reused.
        topic: the MQTT topic it came on.
        payload: its bytes.
        arrived: when the log took it.
        pending: how many entries stood behind it, unread, when it was handed out.
        delivery, binding, reply: for the reader's own use.
    """

    seq: int
    topic: str
    payload: bytes
    arrived: datetime
    pending: int
    delivery: int
    binding: int
    reply: str


def consumer_config(cursor: str) -> ConsumerConfig:
    """How a cursor's durable consumer is made."""
    return ConsumerConfig(
        durable_name=cursor,
        description=f"Smartopia cursor {cursor}; deleting it deletes what it has not read",
        ack_policy=AckPolicy.ALL,
        ack_wait=_ACK_WAIT_S,
        deliver_policy=DeliverPolicy.ALL,
        filter_subject=f"{SUBJECT_HEAD}{SUBJECT_PREFIX}.>",
        max_ack_pending=50_000,
    )


async def stream_identity(broker: Broker) -> tuple[str, int]:
    """When the log was made, and its last entry. A position saved for another log, or past the
    end of this one, says nothing of it.
    """
    info = await _api(broker, f"STREAM.INFO.{STREAM}")
    return str(info["created"]), int(info["state"]["last_seq"])


async def forget_retained_frames(broker: Broker) -> None:
    """Delete frames a camera had the server retain: raw pictures live in memory only."""
    body = {"filter": f"$MQTT.rmsgs.{SUBJECT_PREFIX}.*.*.frames"}
    await _api(broker, "STREAM.PURGE.$MQTT_rmsgs", body)


async def backlogs(broker: Broker) -> dict[str, int]:
    """Entries not yet acknowledged, by cursor; also those of cursors nobody reads any more."""
    js = broker.client.jetstream(timeout=2)
    try:
        infos = await js.consumers_info(STREAM)
    except NotFoundError:
        return {}
    wanted = f"{SUBJECT_HEAD}{SUBJECT_PREFIX}.>"
    return {
        info.name: (info.num_pending or 0) + (info.num_ack_pending or 0)
        for info in infos
        if info.config.filter_subject == wanted
    }


async def _api(broker: Broker, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    payload = json.dumps(body).encode() if body else b""
    reply = await broker.client.request(f"$JS.API.{verb}", payload, timeout=5)
    answer: dict[str, Any] = json.loads(reply.data)
    if "error" in answer:
        description = answer["error"].get("description", "no reason given")
        raise UnavailableError(f"the broker refused {verb}: {description}")
    return answer


class LogReader:
    """Reads one cursor. Use it in one process at a time: hold the cursor's lock meanwhile."""

    def __init__(self, broker: Broker, cursor: str, *, window: int = 4000) -> None:
        self._broker = broker
        self._cursor = cursor
        self._window = window
        self._queue: deque[LogEntry] = deque()
        self._arrived = asyncio.Event()
        self._subscription: Subscription | None = None
        self._epoch = -1
        self._binding = 0
        self._asked = 0
        self._next_delivery = 1
        self._heard = 0.0

    async def rewind(self) -> None:
        """Start again at the first entry that was not acknowledged.

        Raises:
            UnavailableError: the broker cannot be reached, or the cursor does not exist.
        """
        if self._subscription is not None:
            await self._unsubscribe()
        self._epoch = self._broker.epoch
        self._binding += 1
        self._queue.clear()
        self._asked, self._next_delivery, self._heard = 0, 1, time.monotonic()
        try:
            await _api(self._broker, f"CONSUMER.RESET.{STREAM}.{self._cursor}")
            inbox = self._broker.client.new_inbox()
            self._subscription = await self._broker.client.subscribe(inbox, cb=self._take)
            self._inbox = inbox
            await self._ask()
        except (NatsError, TimeoutError) as error:
            self._epoch = -1
            raise UnavailableError(f"the broker cannot be read now: {error!r}") from None

    async def read(self, limit: int, timeout_s: float) -> list[LogEntry]:
        """The next entries in order: at least one, or none after the timeout.

        Raises:
            UnavailableError: the broker cannot be reached now; call again.
        """
        if self._stale():
            await self.rewind()
        if not self._queue:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout_s)
            except TimeoutError:
                return []
        if self._stale():
            return []
        batch = [self._queue.popleft() for _ in range(min(limit, len(self._queue)))]
        self._asked -= len(batch)
        if self._asked < self._window // 2:
            await self._ask()
        return batch

    async def acknowledge(self, entry: LogEntry) -> None:
        """Acknowledge this entry and all before it. Their effects must be committed.

        An entry read before a rewind is not acknowledged: it comes again, and the reader
        knows by its saved position that it is done.
        """
        if entry.binding == self._binding:
            await self._broker.client.publish(entry.reply, b"+ACK")

    async def close(self) -> None:
        """Stop reading; what was not acknowledged comes again to the next reader."""
        await self._unsubscribe()

    def _stale(self) -> bool:
        return (
            self._epoch != self._broker.epoch
            or self._subscription is None
            or time.monotonic() - self._heard > _SILENCE_S
        )

    async def _unsubscribe(self) -> None:
        subscription, self._subscription = self._subscription, None
        if subscription is not None:
            try:
                await subscription.unsubscribe()
            except NatsError as error:
                log.debug("unsubscribe: %s", error)

    async def _ask(self) -> None:
        wanted = self._window - self._asked
        body = {
            "batch": wanted,
            "expires": int(_EXPIRES_S * 1e9),
            "idle_heartbeat": int(_IDLE_HEARTBEAT_S * 1e9),
        }
        self._asked += wanted
        await self._broker.client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{self._cursor}",
            json.dumps(body).encode(),
            self._inbox,
        )

    async def _take(self, message: Msg) -> None:
        self._heard = time.monotonic()
        status = (message.headers or {}).get("Status")
        if status is not None:
            await self._status(status, message)
            return
        entry = _entry(message, self._binding)
        if entry.delivery != self._next_delivery:
            log.warning(
                "cursor %s: delivery %d came where %d was due; reading again from the last "
                "acknowledgement",
                self._cursor,
                entry.delivery,
                self._next_delivery,
            )
            self._epoch = -1
            return
        self._next_delivery += 1
        self._queue.append(entry)
        self._arrived.set()

    async def _status(self, status: str, message: Msg) -> None:
        if status == "100":  # idle heartbeat
            return
        # The request ended (404, 408) or was ended (409): what it did not bring is due again.
        missing = int((message.headers or {}).get("Nats-Pending-Messages", "0"))
        self._asked -= missing
        if self._asked < self._window // 2:
            await self._ask()


def _entry(message: Msg, binding: int) -> LogEntry:
    # $JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<ns>.<pending>, and
    # the same with <domain>.<account> in front and a random token behind.
    tokens = message.reply.split(".")
    if len(tokens) >= 11:
        tokens = tokens[:2] + tokens[4:]
    return LogEntry(
        seq=int(tokens[5]),
        topic=topic_of_subject(message.subject.removeprefix(SUBJECT_HEAD)),
        payload=message.data,
        arrived=datetime.fromtimestamp(int(tokens[7]) / 1e9, UTC),
        pending=int(tokens[8]),
        delivery=int(tokens[6]),
        binding=binding,
        reply=message.reply,
    )
