"""How a simulator has the platform keep its seals: requests over NATS, answered after commit.

Only digests travel. A request may be repeated until it is answered: the first one counts.
"""

from __future__ import annotations

import json

from nats.errors import ConnectionClosedError, NoRespondersError
from pydantic import AwareDatetime, ValidationError

from smartopia.bus.connection import Broker
from smartopia.errors import TruthError, UnavailableError
from smartopia.truth.canonical import digest
from smartopia.truth.model import ChapterNumber, Digest, Part, RunName, Schedule, Seal

SEAL = "platform.truth.seal"
REVEAL = "platform.truth.reveal"

ANSWER_S = 5.0


class SealRequest(Part):
    """Keep this digest of a schedule that is played from `begins_at` to `ends_at`."""

    run: RunName
    chapter: ChapterNumber
    digest: Digest
    begins_at: AwareDatetime
    ends_at: AwareDatetime

    @classmethod
    def of(cls, schedule: Schedule) -> SealRequest:
        """What is told of a schedule before it is played."""
        return cls(
            run=schedule.run,
            chapter=schedule.chapter,
            digest=digest(schedule.as_json()),
            begins_at=schedule.played_from,
            ends_at=schedule.played_until,
        )


class RevealRequest(Part):
    """The chapter is over; this is the digest of its record."""

    run: RunName
    chapter: ChapterNumber
    record_digest: Digest


async def ask(broker: Broker, request: SealRequest | RevealRequest) -> Seal:
    """Have the platform keep this; returns what it holds of the chapter now.

    Raises:
        UnavailableError: nobody has heard it.
        TimeoutError: somebody may have heard it, but did not answer; ask again.
        TruthError: the platform refuses; asking again will not help.
    """
    if not broker.connected:
        raise UnavailableError("the broker cannot be reached")
    subject = SEAL if isinstance(request, SealRequest) else REVEAL
    try:
        answer = await broker.client.request(
            subject, request.model_dump_json().encode(), timeout=ANSWER_S
        )
    except NoRespondersError:
        raise UnavailableError("no ingest runs, which keeps the seals") from None
    except ConnectionClosedError:
        raise UnavailableError("the connection to the broker is closed") from None
    found = json.loads(answer.data)
    if "error" in found:
        raise TruthError(f"{request.run}, chapter {request.chapter}: {found['error']}")
    try:
        return Seal.model_validate(found)
    except ValidationError as error:
        raise TruthError(f"ingest is of another version than this part: {error}") from None
