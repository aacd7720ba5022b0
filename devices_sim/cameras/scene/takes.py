"""What is taken for a data set: places, hours, conditions and events, drawn from a seed.

The splits share no layout variant and no seed. The layout `market` is only in the lab and
`station` only in the field, so that a score can be told apart for places never trained on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from devices_sim.cameras.scene.layout import Mix
from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent
from devices_sim.conditions.model import MAX_GRADE, MIN_GRADE
from devices_sim.world.noise import Draw
from smartopia.errors import ConfigurationError


class Split(StrEnum):
    """What pictures are for: to train, to stop training by, to score in the lab, in the field.

    `rare` is for training too: in it fires, bags, cyclists and people who lie are everywhere.
    """

    TRAIN = "train"
    RARE = "rare"
    VAL = "val"
    LAB = "lab"
    FIELD = "field"


PICTURES = 16
"""Pictures in a sequence that is spread out."""

SPREAD_S = 4.0
"""Seconds between them."""

_KNOWN = ("alley", "car-park", "crossing", "riverside", "school-gate", "street")
LAYOUTS: Mapping[Split, tuple[str, ...]] = MappingProxyType(
    {
        Split.TRAIN: _KNOWN,
        Split.RARE: _KNOWN,
        Split.VAL: _KNOWN,
        Split.LAB: (*_KNOWN, "market"),
        Split.FIELD: (*_KNOWN, "station"),
    }
)
_VARIANTS = {
    Split.TRAIN: 1_000,
    Split.VAL: 200_000,
    Split.LAB: 300_000,
    Split.FIELD: 400_000,
    Split.RARE: 500_000,
}
_VARIANTS_EACH = 100_000

# Weather and light at once make a picture; of faults of the camera there is one at most.
_WEATHER = ("fog", "rain", "snow", "glare")
_MILD = ("noise", "low_bit_rate", "dirty_lens", "defocus", "motion_blur")
_FAULTS = (*_MILD, "occlusion", "shaken", "turned")

Graded = tuple[tuple[str, int], ...]
"""Conditions with their grades, 1 to 5."""

PUT_ON = tuple(sorted({*_WEATHER, *_FAULTS} - {"turned"}))
"""What can be put on the pictures of a set in addition: they still show the same."""


_EVENTS = (
    *[EventKind.ABANDONMENT] * 4,
    *[EventKind.FIRE] * 3,
    EventKind.COLLAPSE,
    EventKind.FIGHTING,
    EventKind.CROWD,
    EventKind.LOITERING,
    EventKind.ILLEGAL_PARKING,
    EventKind.CONGESTION,
    EventKind.JAYWALKING,
)
# Who lies does so in one place for long: there have to be many of them, not many pictures of one.
_RARE_EVENTS = (
    *[EventKind.ABANDONMENT] * 5,
    *[EventKind.FIRE] * 4,
    *[EventKind.COLLAPSE] * 6,
    EventKind.FIGHTING,
    EventKind.CROWD,
)


@dataclass(frozen=True, slots=True)
class Riches:
    """How a street is made rich in what is rare.

    Attributes:
        mix: who drives and rides in it.
        cycling: whether its pavements are for cyclists. Bags are left, and people fall, only where
            they are not.
        liveliness: of the place at least. Who cycles is gone in a moment, so many must come.
    """

    mix: Mix
    cycling: bool = True
    liveliness: float = 1.0


@dataclass(frozen=True, slots=True)
class _Share:
    """How pictures of a split are taken: shares of night, of weather, of faults, and grades.

    Of `rich` and `zoomed` too, which are for learning: lab and field are as the street is. `tried`
    of the `events` are staged, as far as they have a place.
    """

    night: float
    weather: float
    faults: float
    of: tuple[str, ...]
    grades: tuple[int, ...]
    rich: float = 0.0
    zoomed: float = 0.0
    riches: tuple[Riches, ...] = ()
    events: tuple[EventKind, ...] = _EVENTS
    tried: int = 3


_RICH = Riches(Mix(motorcycles=0.3, trucks=0.2, buses=0.2, cyclists=0.5))
# Who rides is gone in a third of the time: of those there are at an instant, still more walk. Or
# whoever is on a pavement would be learnt to be a cyclist, and whoever sits a motorcyclist.
_CYCLISTS = Riches(Mix(motorcycles=0.3, trucks=0.15, buses=0.15, cyclists=0.8), liveliness=12.0)
_BAGS = Riches(Mix(motorcycles=0.25, trucks=0.15, buses=0.15), cycling=False)

_SHARES: Mapping[Split, _Share] = MappingProxyType(
    {
        Split.TRAIN: _Share(0.3, 0.25, 0.2, _MILD, (1, 1, 2, 2, 3), 0.5, 0.35, (_RICH,)),
        Split.RARE: _Share(
            night=0.4,
            weather=0.3,
            faults=0.4,
            of=_MILD,
            grades=(1, 2, 2, 3, 4),
            rich=1.0,
            zoomed=0.7,
            riches=(_CYCLISTS, _BAGS),
            events=_RARE_EVENTS,
            tried=18,
        ),
        Split.VAL: _Share(0.3, 0.25, 0.2, _MILD, (1, 1, 2, 2, 3)),
        Split.LAB: _Share(0.15, 0.0, 0.0, (), ()),
        Split.FIELD: _Share(0.45, 0.45, 0.5, _FAULTS, (1, 2, 2, 3, 3, 4, 5)),
    }
)


@dataclass(frozen=True, slots=True)
class Take:
    """One sequence to be taken: a camera in a place, for a while.

    Attributes:
        camera: which of the layout's, as a share in [0, 1) of their list.
        hour, day: of the world when it begins; they make the light.
        conditions: put on every picture, with their grades.
        events: what is tried on purpose; one that has no place in the layout is left out.
        zoom: how much nearer than in the layout all is drawn by the lens.
        rich: how what is rare is made frequent, so that it can be learnt; None in a street as it
            is.
    """

    name: str
    layout: str
    variant: int
    camera: float
    seed: int
    hour: float
    day: int
    conditions: Graded
    events: tuple[SceneEvent, ...]
    zoom: float = 1.0
    rich: Riches | None = None


def take(split: Split, number: int, seed: int, seconds: float) -> Take:
    """The take of this number: equal arguments, equal takes.

    Args:
        split: what it is for.
        number: from 0.
        seed: of the whole data set.
        seconds: how long it lasts.
    """
    draw = Draw("take", split, number, seed)
    share = _SHARES[split]
    layouts = LAYOUTS[split]
    # In turn rather than by chance, so that small sets hold every place.
    layout = layouts[number % len(layouts)]
    dark = draw.chance("night") < share.night
    return Take(
        name=f"{split}-{number:05}-{layout}",
        layout=layout,
        variant=_VARIANTS[split] + int(draw.chance("variant") * _VARIANTS_EACH),
        camera=draw.chance("camera"),
        seed=1 + int(draw.chance("seed") * 2**31),
        # In December it is dark at six, when the streets are full.
        hour=draw.between(17.7, 20.5, "hour") if dark else draw.between(8.2, 16.5, "hour"),
        day=350 if dark else 1 + int(draw.chance("day") * 365),
        zoom=draw.between(1.3, 2.2, "zoom") if draw.chance("zooms") < share.zoomed else 1.0,
        rich=draw.one(share.riches, "riches") if draw.chance("rich") < share.rich else None,
        conditions=tuple(_conditions(share, draw, dark=dark)),
        events=tuple(_events(share, draw, seconds)),
    )


def graded(words: Sequence[str]) -> Graded:
    """Conditions as `fog:3` names them, in the order of their names.

    Raises:
        ConfigurationError: one is unknown or named twice, or has no such grade; says what is
            allowed.
    """
    found: dict[str, int] = {}
    for word in words:
        name, _, grade = word.partition(":")
        if name not in PUT_ON:
            allowed = ", ".join(PUT_ON)
            raise ConfigurationError(f"unknown condition {name!r}; allowed are {allowed}")
        if grade not in map(str, range(MIN_GRADE, MAX_GRADE + 1)):
            raise ConfigurationError(
                f"{word!r}: expected a grade from {MIN_GRADE} to {MAX_GRADE}, such as {name}:3"
            )
        if name in found:
            raise ConfigurationError(f"the condition {name} is named twice; one grade at a time")
        found[name] = int(grade)
    return tuple(sorted(found.items()))


def put_under(chosen: Take, more: Graded) -> Take:
    """The same take with these conditions, too; of a condition it has, the graver grade counts."""
    found = dict(chosen.conditions)
    for name, grade in more:
        found[name] = max(grade, found.get(name, grade))
    return replace(chosen, conditions=tuple(found.items()))


def _conditions(share: _Share, draw: Draw, *, dark: bool) -> Sequence[tuple[str, int]]:
    found = []
    weathers = [one for one in _WEATHER if not (dark and one == "glare")]
    if draw.chance("weather") < share.weather:
        found.append((draw.one(weathers, "which weather"), draw.one(share.grades, "weather grade")))
    if draw.chance("fault") < share.faults:
        found.append((draw.one(share.of, "which fault"), draw.one(share.grades, "fault grade")))
    return found


def _events(share: _Share, draw: Draw, seconds: float) -> Sequence[SceneEvent]:
    return [
        SceneEvent(
            kind=draw.one(share.events, "event", n),
            at=round(draw.between(0, seconds / 2, "at", n), 1),
            duration=max(10.0, seconds * 0.6),
        )
        for n in range(share.tried)
    ]
