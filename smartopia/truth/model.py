"""What a chapter of a run has to tell: its schedule, fixed before, and its record, made after."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from smartopia.alarms.model import Domain
from smartopia.contract.announce import Location

RUN_PATTERN = r"^[0-9]{8}t[0-9]{6}z-[0-9a-f]{8}$"

VERSION: Literal[2] = 2
"""Of the format. Since 2 there are events of scenes, and boxes have a whole and a share."""

Version = Literal[1, 2]
RunName = Annotated[str, Field(pattern=RUN_PATTERN)]
ChapterNumber = Annotated[int, Field(ge=0, lt=10**6)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256, hex")]
# RFC 8785 takes no integer that a double cannot hold.
SafeInt = Annotated[int, Field(gt=-(2**53), lt=2**53)]


class Part(BaseModel):
    """A part of a truth: it never changes, and holds nothing a reader would not expect."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    def as_json(self) -> dict[str, Any]:
        """The JSON value whose canonical form is sealed."""
        return self.model_dump(mode="json")


class Event(Part):
    """Something that really happens.

    Attributes:
        id: the same in every chapter it reaches into.
        domain: None for what nobody is to be warned of, such as a night.
        scene: the rendered place it is played in; None where it befalls the city.
        radius: metres; nothing of it is felt beyond.
        strength: in the unit of its kind.
        ends_at: None if it outlasts the run.
    """

    id: str
    kind: str
    domain: Domain | None
    location: Location
    radius: float
    strength: float
    begins_at: AwareDatetime
    ends_at: AwareDatetime | None
    scene: str | None = None


class Condition(Part):
    """A field condition or fault that is to be put on a device."""

    device: str
    condition: str
    grade: SafeInt
    begins_at: AwareDatetime
    ends_at: AwareDatetime | None


class Schedule(Part):
    """What is going to happen in one chapter, as it stood before the chapter began.

    Attributes:
        scenario, scenario_digest, seed: what the run plays.
        begins_at, ends_at: phenomenon time, as that of events and conditions.
        played_from, played_until: when that is in life; a run may tell another day's times.
        salt: 256 random bits in hex, so that no guess at the rest can be tried on the digest.
        events, conditions: all whose time touches the chapter.
    """

    version: Version = VERSION
    run: RunName
    chapter: ChapterNumber
    scenario: str
    scenario_digest: Digest
    seed: SafeInt
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    played_from: AwareDatetime
    played_until: AwareDatetime
    salt: Digest
    events: tuple[Event, ...]
    conditions: tuple[Condition, ...]


class Applied(Part):
    """A field condition as it was put on a device, as far as the chapter reaches."""

    device: str
    condition: str
    grade: SafeInt
    begins_at: AwareDatetime
    ends_at: AwareDatetime


Corners = tuple[float, float, float, float]
"""[x1, y1, x2, y2] in pixels."""


class Box(Part):
    """One visible object in a frame.

    Attributes:
        label: what it is, such as `person`.
        track: the same for this object in all frames of all cameras of its scene.
        box: round what is seen of it.
        whole: round all of it, as if nothing were before it; may reach out of the picture.
        share: of it that is seen, 0 to 1.
    """

    label: str
    track: SafeInt | None = None
    box: Corners
    whole: Corners | None = None
    share: Annotated[float, Field(ge=0, le=1)] | None = None


class Frame(Part):
    """What is really to be seen in one frame of a camera. `time`: that of its stamp."""

    device: str
    time: AwareDatetime
    boxes: tuple[Box, ...]


class Happened(Part):
    """An event that truly happened in a rendered place.

    Attributes:
        id: that of the event in the schedule; one that came by itself is in none.
        cameras: which ones look at its place.
        far: which others see it, too small for anybody to be asked to make it out.
        actors: who takes part, as `Box.track`.
        onset, end: phenomenon time; no end where it still went on when the record ended.
    """

    id: str
    kind: str
    domain: Domain | None
    scene: str
    location: Location
    cameras: tuple[str, ...]
    far: tuple[str, ...] = ()
    actors: tuple[SafeInt, ...]
    onset: AwareDatetime
    end: AwareDatetime | None


class Attachment(Part):
    """A file of `Frame` JSON lines that lies next to the truth's own."""

    file: Annotated[str, Field(pattern=r"^[0-9a-z.-]+\.jsonl$")]
    digest: Digest
    lines: Annotated[SafeInt, Field(ge=0)]


class Record(Part):
    """What really was applied and sent in a chapter.

    Attributes:
        schedule_digest: of the schedule it belongs to.
        ended_at: the end of the chapter, or of the run within it; phenomenon time.
        sealed_at: when the platform had stored the seal; None where it had not acknowledged
            it by the time the chapter began.
        clock_offset: seconds by which this machine's clock had moved from the run's by the end.
        counts: by device, how many of what it sent.
        happened: events of scenes that were on at some time of the chapter.
    """

    version: Version = VERSION
    run: RunName
    chapter: ChapterNumber
    schedule_digest: Digest
    ended_at: AwareDatetime
    sealed_at: AwareDatetime | None
    clock_offset: float
    applied: tuple[Applied, ...]
    counts: dict[str, dict[str, SafeInt]]
    happened: tuple[Happened, ...] = ()
    frames: Attachment | None = None


class Seal(Part):
    """What the platform holds of a chapter: digests and times, nothing to guess the truth by.

    Attributes:
        digest: of the schedule.
        begins_at, ends_at: when it is played, in life.
        sealed_at: when the platform stored it, by the platform's clock.
        revealed_at, record_digest: None until the chapter is revealed.
    """

    run: RunName
    chapter: ChapterNumber
    digest: Digest
    begins_at: AwareDatetime
    ends_at: AwareDatetime
    sealed_at: AwareDatetime
    revealed_at: AwareDatetime | None = None
    record_digest: Digest | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.revealed_at is None) != (self.record_digest is None):
            raise ValueError("a reveal has both a time and a digest")
        return self


def file_name(run: str, chapter: int) -> str:
    """The file a chapter is revealed in."""
    return f"{run}-{chapter:04}.json"
