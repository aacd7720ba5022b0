"""What a detector saw in one frame, as it tells it to those who judge, show and count.

Sent over the broker within the platform only: a head in JSON, then pictures. The one anybody may
look at is masked; the one as it came is sealed, so that only an opener with the key, a role and a
reason sees it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field, NonNegativeInt, ValidationError

from smartopia.contract.base import BootId, Instant, Message, Seq, Text, refusal
from smartopia.contract.times import EARLIEST
from smartopia.contract.topics import NAME_PATTERN, DeviceKey
from smartopia.errors import Reason, RefusedMessageError

SEEN = "platform.seen"
"""Followed by `.<site>.<device>`; devices have no permission on it."""

OPERATING_SCORE = 0.4
"""Confidence from which an object counts: for an operator, and in what is said of a detector."""

_LENGTH = struct.Struct(">I")
_MOST_HEAD = 256 * 1024
_MOST_SIDE = 65_535  # of a JPEG
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_Name = Annotated[str, Field(pattern=NAME_PATTERN)]
_Side = Annotated[int, Field(ge=1, le=_MOST_SIDE)]
# A box may reach beyond its picture.
_Edge = Annotated[float, Field(ge=-_MOST_SIDE, le=2 * _MOST_SIDE)]


def seen_of(camera: DeviceKey) -> str:
    """The subject of what is seen by a camera."""
    return f"{SEEN}.{camera.site}.{camera.device}"


@dataclass(frozen=True, slots=True)
class PictureStats:
    """Cheap figures of a picture as a whole.

    Attributes:
        brightness: mean, 0 black to 1 white.
        contrast: standard deviation of the brightness, 0 to 0.5.
        sharpness: mean size of the brightness gradient, by pixel; any unit, but always the same.
        likeness: correlation of its edges with those of the place as it usually looks, -1 to 1;
            None while that is not known yet.
        digest: of all its pixels, without what is written into the picture (a clock).
    """

    brightness: float
    contrast: float
    sharpness: float
    likeness: float | None
    digest: str


class SeenObject(Message):
    """An object found: class, confidence 0 to 1, and x1, y1, x2, y2 in pixels."""

    label: Text
    score: float
    box: tuple[_Edge, _Edge, _Edge, _Edge]


class Seen(Message):
    """The head: one frame of one camera.

    Attributes:
        time: phenomenon time of the frame.
        width, height: of the frame, and what boxes are in, in pixels.
        detector: which weights looked: name and SHA-256.
        labels: the classes they know.
        still: whether no detector looked at it: nothing moved, or all that did was looked at a
            moment before. `objects` are those of the last look, and there are no pictures.
        objects: all that were found, down to low scores.
        stats: None where nobody measured them.
        masked, sealed: bytes of the two pictures after the head, 0 where one is not there.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    site: _Name
    device: _Name
    time: Annotated[Instant, Field(ge=EARLIEST, lt=_LATEST)]
    boot: BootId | None = None
    seq: Seq | None = None
    width: _Side
    height: _Side
    detector: Annotated[Text, Field(max_length=1000)]
    labels: tuple[Text, ...]
    still: bool = False
    objects: tuple[SeenObject, ...] = ()
    stats: PictureStats | None = None
    masked: NonNegativeInt = Field(0)
    sealed: NonNegativeInt = Field(0)

    @property
    def camera(self) -> DeviceKey:
        """Whose frame it is."""
        return DeviceKey(self.site, self.device)


@dataclass(frozen=True, slots=True)
class Sighted:
    """What was seen, with its pictures.

    Attributes:
        masked: a JPEG in which nobody can be recognised; empty where none was made.
        sealed: the frame as it came, encrypted for evidence; empty where none was made.
    """

    seen: Seen
    masked: bytes = b""
    sealed: bytes = b""

    def encode(self) -> bytes:
        """As bytes: the head's length, the head, the pictures."""
        sizes = {"masked": len(self.masked), "sealed": len(self.sealed)}
        head = self.seen.model_copy(update=sizes).model_dump_json().encode()
        return b"".join((_LENGTH.pack(len(head)), head, self.masked, self.sealed))

    @classmethod
    def decode(cls, payload: bytes) -> Self:
        """What stands in these bytes.

        Raises:
            RefusedMessageError: it is no such message; says what and where.
        """
        if len(payload) < _LENGTH.size:
            raise RefusedMessageError(Reason.MALFORMED, f"{len(payload)} bytes are no sighting")
        (length,) = _LENGTH.unpack_from(payload)
        at = _LENGTH.size + length
        if length > _MOST_HEAD or at > len(payload):
            raise RefusedMessageError(Reason.MALFORMED, f"a head of {length} bytes is not there")
        try:
            seen = Seen.model_validate_json(payload[_LENGTH.size : at])
        except ValidationError as error:
            raise refusal(error) from None
        if at + seen.masked + seen.sealed != len(payload):
            raise RefusedMessageError(
                Reason.MALFORMED,
                f"{len(payload) - at} bytes of pictures; {seen.masked + seen.sealed} are announced",
            )
        return cls(seen, payload[at : at + seen.masked], payload[at + seen.masked :])
