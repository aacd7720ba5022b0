"""Scripted events: each is true when it should be, where a camera sees it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose, SceneState
from devices_sim.cameras.scene.layout_files import load_layout, shipped_layouts
from devices_sim.cameras.scene.layout_variant import variant
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.geometry import distance, inside
from devices_sim.cameras.scene.plan.placing import looked_at, place
from devices_sim.cameras.scene.plan.sight import Sight
from devices_sim.world.world import World
from smartopia.errors import ConfigurationError

AT, DURATION = 70.0, 25.0
NOON = World(seed=1, start_hour=13.0)

# Vehicles meet signals and queues on their way; people come on foot, nearly on time.
LATE = dict.fromkeys(EventKind, 8.0) | {
    EventKind.WRONG_WAY: 40.0,
    EventKind.ILLEGAL_PARKING: 30.0,
    EventKind.CONGESTION: 45.0,
    EventKind.ACCIDENT: 40.0,
}
# Their length is not the event's: a road is as wide as it is, a lane as long as one sees it.
AS_LONG_AS_IT_TAKES = {EventKind.WRONG_WAY, EventKind.JAYWALKING, EventKind.CONGESTION}


CASES = [
    (name, kind)
    for i, kind in enumerate(EventKind)
    for j, name in enumerate(shipped_layouts())
    if (kind is EventKind.FLOOD and name == "riverside")
    or (kind is not EventKind.FLOOD and (i + j) % 6 == 0)
]


def watched(name: str, kind: EventKind) -> tuple[Plan, TrueEvent, SceneState]:
    """A plan with one event until that is over, the truth, and the scene at its onset."""
    event = SceneEvent(kind=kind, at=AT, duration=DURATION)
    plan = Plan(load_layout(name), NOON, seed=4, events=[event])
    at_onset = None
    for step in range(2600):
        state = plan.at(step / 10)
        for truth in plan.happened():
            if not truth.meant:
                continue
            at_onset = at_onset or state
            if truth.end is not None:
                return plan, truth, at_onset
    raise AssertionError(f"{kind} in {name} was not over: {plan.happened()}")


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_an_event_is_true_when_and_where_it_should_be(name: str, kind: EventKind) -> None:
    plan, truth, at_onset = watched(name, kind)
    assert truth.kind is kind
    assert truth.end is not None
    assert abs(truth.onset - AT) <= LATE[kind]
    if kind in AS_LONG_AS_IT_TAKES:
        assert truth.end > truth.onset + 1
    else:
        # Who takes a bag away has to walk there.
        assert abs(truth.end - truth.onset - DURATION) <= 15
    assert Sight(plan.layout).sees(truth.x, truth.y, *looked_at(kind))
    mine = [actor for actor in at_onset.actors if actor.id in truth.actors]
    assert CHECKS[kind](plan, at_onset, mine, truth), mine


def test_the_present_is_as_it_was_after_a_look_ahead() -> None:
    event = SceneEvent(kind=EventKind.COLLAPSE, at=30)
    plan = Plan(load_layout("riverside"), NOON, seed=4, events=[event])
    before = plan.at(5.0)
    plan.true_events(90.0)
    assert plan.at(5.0) == before
    assert plan.happened() == ()


def test_nothing_but_jams_and_people_on_the_road_comes_by_itself() -> None:
    plan = Plan(load_layout("school-gate"), NOON, seed=4)
    states = [plan.at(float(time)) for time in range(0, 240, 2)]
    assert {one.kind for one in plan.happened()} <= {EventKind.CONGESTION, EventKind.JAYWALKING}
    assert not any(one.meant for one in plan.happened())
    actors = [actor for state in states for actor in state.actors]
    assert not {actor.pose for actor in actors} & {Pose.FALLEN, Pose.FIGHTING, Pose.BENDING}
    assert not {actor.kind for actor in actors} & {
        ActorKind.BAG,
        ActorKind.FIRE,
        ActorKind.SMOKE,
    }
    zones = [zone for zone in plan.layout.zones if zone.use == "forbidden"]
    assert not any(inside((a.x, a.y), zone.polygon) for a in actors for zone in zones)


def test_events_can_be_true_at_once() -> None:
    events = [
        SceneEvent(kind=EventKind.COLLAPSE, at=30, duration=30),
        SceneEvent(kind=EventKind.FIRE, at=35, duration=30),
        SceneEvent(kind=EventKind.JAYWALKING, at=40),
    ]
    plan = Plan(load_layout("street"), NOON, seed=2, events=events)
    truths = plan.true_events(100)
    assert [truth.kind for truth in truths] == [event.kind for event in events]
    ids = [actor for truth in truths for actor in truth.actors]
    assert len(ids) == len(set(ids))


def test_a_place_is_kept_and_one_out_of_sight_refused() -> None:
    layout = load_layout("riverside")
    here = SceneEvent(kind=EventKind.LOITERING, at=60, where=(4.0, -2.0), strength=10)
    (truth,) = Plan(layout, NOON, 1, [here]).true_events(120)
    assert (truth.x, truth.y) == (4.0, -2.0)
    away = SceneEvent(kind=EventKind.COLLAPSE, at=60, where=(-55.0, 30.0))
    with pytest.raises(ConfigurationError, match=r"no camera .* sees collapse at"):
        Plan(layout, NOON, 1, [away])
    low = SceneEvent(kind=EventKind.FLOOD, at=10, strength=0.3)
    with pytest.raises(ConfigurationError, match="does not reach the bank"):
        Plan(layout, NOON, 1, [low])


@pytest.mark.parametrize("name", shipped_layouts())
def test_every_kind_finds_a_place_in_variants_too(name: str) -> None:
    for seed in (1, 2, 3):
        layout = variant(load_layout(name), seed)
        sight = Sight(layout)
        for kind in EventKind:
            if kind is not EventKind.FLOOD or name == "riverside":
                spot = place(SceneEvent(kind=kind, at=300), layout, sight, seed)
                assert sight.sees(spot.x, spot.y, *looked_at(kind))


def test_a_bag_counts_for_cameras_that_can_make_it_out_and_no_shelter_hides_it_from() -> None:
    sight = Sight(load_layout("street"))
    behind_the_bus_stop, open_pavement = (-10.0, -9.2), (28.0, -9.2)
    assert sight.seen_by(*open_pavement, *looked_at(EventKind.FIGHTING)) == (
        "street-east",
        "street-west",
    )
    assert sight.seen_by(*open_pavement, *looked_at(EventKind.ABANDONMENT)) == ("street-west",)
    assert "street-east" not in sight.seen_by(*behind_the_bus_stop, *looked_at(EventKind.FIGHTING))


def _in_zone(plan: Plan, mine: list[Actor], use: str) -> bool:
    zones = [zone for zone in plan.layout.zones if zone.use == use]
    return any(inside((a.x, a.y), zone.polygon) for a in mine for zone in zones)


def _posed(mine: list[Actor], pose: Pose) -> int:
    return sum(actor.pose is pose for actor in mine)


def _near(mine: list[Actor], truth: TrueEvent, reach: float) -> int:
    return sum(distance((a.x, a.y), (truth.x, truth.y)) < reach for a in mine)


Check = Callable[[Plan, SceneState, list[Actor], TrueEvent], bool]

CHECKS: dict[EventKind, Check] = {
    EventKind.INTRUSION: lambda p, _, m, __: _in_zone(p, m, "forbidden"),
    EventKind.LOITERING: lambda _, __, m, t: _near(m, t, 4) == 1,
    EventKind.ABANDONMENT: lambda _, __, m, ___: {a.kind for a in m} >= {ActorKind.BAG},
    EventKind.COLLAPSE: lambda _, __, m, ___: _posed(m, Pose.FALLEN) == 1 and m[0].phase >= 0.9,
    EventKind.CROWD: lambda _, __, m, t: _near(m, t, 6) >= 9,
    EventKind.FIGHTING: lambda _, __, m, ___: _posed(m, Pose.FIGHTING) == 2,
    EventKind.LINE_CROSSING: lambda _, __, m, t: _near(m, t, 2.5) == 1,
    EventKind.WRONG_WAY: lambda _, __, m, ___: len(m) == 1 and m[0].speed > 1,
    EventKind.ILLEGAL_PARKING: lambda p, _, m, __: _in_zone(p, m, "no_parking"),
    EventKind.CONGESTION: lambda _, s, __, t: (
        _near([a for a in s.actors if a.kind is not ActorKind.PERSON and a.speed < 2], t, 25) >= 3
    ),
    EventKind.JAYWALKING: lambda _, __, m, t: len(m) == 1 and _near(m, t, 9) == 1,
    EventKind.ACCIDENT: lambda _, __, m, t: len(m) == 2 and _near(m, t, 14) == 2,
    EventKind.FIRE: lambda _, __, m, ___: {a.kind for a in m} == {ActorKind.FIRE, ActorKind.SMOKE},
    EventKind.FLOOD: lambda _, s, __, ___: s.water_level >= 1.2,
}
