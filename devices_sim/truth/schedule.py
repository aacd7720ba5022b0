"""What a chapter of a run is going to bring, from the incidents and conditions it plays."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from devices_sim.clock import RunClock
from devices_sim.conditions.model import Span
from devices_sim.world.incident import Incident, IncidentKind
from smartopia.alarms.model import Domain
from smartopia.contract.announce import Location
from smartopia.truth.model import Condition, Event, Schedule

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


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run plays.

    Attributes:
        scenario: its name.
        scenario_digest: of the whole scenario, as `smartopia.truth.canonical.digest` has it.
    """

    scenario: str
    scenario_digest: str
    seed: int
    incidents: Sequence[Incident] = ()
    conditions: Sequence[Span] = ()


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
        events=tuple(_events(plan, chapter, clock)),
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
