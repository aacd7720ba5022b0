"""What a chapter of a run is going to bring, from the incidents and conditions it plays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from devices_sim.cameras.scene.plan import EventKind
from devices_sim.cameras.scene.programme import Occurred, Planned, Programme
from devices_sim.clock import RunClock
from devices_sim.conditions.model import Span
from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from smartopia.alarms.model import Domain
from smartopia.contract.announce import Location
from smartopia.truth.model import Condition, Event, Happened, Schedule

# Whom an incident concerns. Weather that is no emergency by itself has no domain.
DOMAINS: Mapping[IncidentKind, Domain | None] = MappingProxyType(
    {
        IncidentKind.CLOUDBURST: Domain.DISASTER,
        IncidentKind.SNOWFALL: Domain.TRAFFIC,
        IncidentKind.FOG: Domain.TRAFFIC,
        IncidentKind.GALE: Domain.DISASTER,
        IncidentKind.HEATWAVE: None,
        IncidentKind.CRIME: Domain.CRIME,
        IncidentKind.BREAK_IN: Domain.CRIME,
        IncidentKind.FALL_AT_HOME: Domain.DISASTER,
        IncidentKind.ACCIDENT: Domain.TRAFFIC,
        IncidentKind.SIGNAL_FAILURE: Domain.TRAFFIC,
        IncidentKind.RECKLESS_DRIVING: Domain.TRAFFIC,
        IncidentKind.DUST: Domain.ENVIRONMENT,
        IncidentKind.NOISE: Domain.ENVIRONMENT,
        IncidentKind.ODOUR: Domain.ENVIRONMENT,
        IncidentKind.WATER_POLLUTION: Domain.ENVIRONMENT,
        IncidentKind.GAS_LEAK: Domain.DISASTER,
        IncidentKind.FIRE: Domain.DISASTER,
        IncidentKind.EARTHQUAKE: Domain.DISASTER,
        IncidentKind.WALL_COLLAPSE: Domain.DISASTER,
    }
)

SCENE_DOMAINS: Mapping[EventKind, Domain] = MappingProxyType(
    {
        EventKind.INTRUSION: Domain.CRIME,
        EventKind.LOITERING: Domain.CRIME,
        EventKind.ABANDONMENT: Domain.CRIME,
        EventKind.FIGHTING: Domain.CRIME,
        EventKind.LINE_CROSSING: Domain.CRIME,
        EventKind.CROWD: Domain.CRIME,
        EventKind.WRONG_WAY: Domain.TRAFFIC,
        EventKind.ILLEGAL_PARKING: Domain.TRAFFIC,
        EventKind.CONGESTION: Domain.TRAFFIC,
        EventKind.JAYWALKING: Domain.TRAFFIC,
        EventKind.ACCIDENT: Domain.TRAFFIC,
        EventKind.FIRE: Domain.DISASTER,
        EventKind.FLOOD: Domain.DISASTER,
        EventKind.COLLAPSE: Domain.DISASTER,
    }
)

_SCENE_RADIUS_M = 30.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run plays.

    Attributes:
        scenario: its name.
        scenario_digest: of the whole scenario, as `smartopia.truth.canonical.digest` has it.
        programmes: what is played in scenes.
    """

    scenario: str
    scenario_digest: str
    seed: int
    incidents: Sequence[Incident] = ()
    conditions: Sequence[Span] = ()
    programmes: Sequence[Programme] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter of a run: from `begin` to before `end`, in seconds of the run."""

    run: str
    number: int
    begin: float
    end: float


def schedule(plan: Plan, chapter: Chapter, clock: RunClock, salt: str) -> Schedule:
    """All that touches a chapter.

    Args:
        plan: what the run plays.
        chapter: which one.
        clock: tells the run's seconds as instants.
        salt: 256 random bits, in hex.
    """
    return Schedule(
        run=chapter.run,
        chapter=chapter.number,
        scenario=plan.scenario,
        scenario_digest=plan.scenario_digest,
        seed=plan.seed,
        begins_at=clock.instant(chapter.begin),
        ends_at=clock.instant(chapter.end),
        played_from=clock.played(chapter.begin),
        played_until=clock.played(chapter.end),
        salt=salt,
        events=(*_events(plan, chapter, clock), *_scene_events(plan, chapter, clock)),
        conditions=tuple(_conditions(plan.conditions, chapter, clock)),
    )


def _events(plan: Plan, chapter: Chapter, clock: RunClock) -> Iterator[Event]:
    for number, incident in enumerate(plan.incidents):
        # All windows that began before the chapter's end and were not over before its begin.
        for begin, end in incident.windows(chapter.end, chapter.end - chapter.begin):
            if begin < chapter.end:
                turn = round((begin - incident.at) / incident.cycle) if incident.cycle else 0
                yield Event(
                    id=f"{incident.kind}-{number}.{turn}",
                    kind=incident.kind,
                    domain=DOMAINS[incident.kind],
                    location=Location(
                        latitude=incident.place.latitude, longitude=incident.place.longitude
                    ),
                    radius=incident.radius,
                    strength=incident.strength,
                    begins_at=clock.instant(begin),
                    ends_at=clock.instant(end) if math.isfinite(end) else None,
                )


def happened(one: Occurred, clock: RunClock) -> Happened:
    """An event of a scene as the record tells it."""
    return Happened(
        id=one.id,
        kind=one.kind,
        domain=SCENE_DOMAINS[one.kind],
        scene=one.scene,
        location=_location(one.place),
        cameras=one.cameras,
        far=one.far,
        actors=one.actors,
        onset=clock.instant(one.onset),
        end=None if one.end is None else clock.instant(one.end),
    )


def _scene_events(plan: Plan, chapter: Chapter, clock: RunClock) -> Iterator[Event]:
    for programme in plan.programmes:
        for turn in range(programme.turn(chapter.begin), programme.turn(chapter.end) + 1):
            for planned in programme.planned(turn):
                if planned.begin < chapter.end and planned.end > chapter.begin:
                    yield _scene_event(programme, planned, clock)


def _scene_event(programme: Programme, planned: Planned, clock: RunClock) -> Event:
    return Event(
        id=planned.id,
        kind=planned.event.kind,
        domain=SCENE_DOMAINS[planned.event.kind],
        location=_location(programme.located(planned.spot.x, planned.spot.y)),
        radius=_SCENE_RADIUS_M,
        strength=planned.event.force,
        begins_at=clock.instant(planned.begin),
        ends_at=clock.instant(planned.end),
        scene=programme.scene.name,
    )


def _location(place: Place) -> Location:
    return Location(latitude=round(place.latitude, 6), longitude=round(place.longitude, 6))


def _conditions(spans: Iterable[Span], chapter: Chapter, clock: RunClock) -> Iterator[Condition]:
    for span in spans:
        if span.begin < chapter.end and span.end > chapter.begin:
            yield Condition(
                device=span.device,
                condition=span.condition,
                grade=span.grade,
                begins_at=clock.instant(span.begin),
                ends_at=clock.instant(span.end) if math.isfinite(span.end) else None,
            )
