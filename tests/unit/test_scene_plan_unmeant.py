"""What truly happens in a scene by itself: jams that last, and people who walk on the road."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from devices_sim.cameras.scene.actors import ActorKind
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.plan import EventKind, Plan, SceneEvent
from devices_sim.cameras.scene.plan.geometry import Path, Vec
from devices_sim.cameras.scene.plan.jams import LASTS_S, Jam, Jams
from devices_sim.cameras.scene.plan.jaywalkers import Jaywalkers
from devices_sim.cameras.scene.plan.person import Person
from devices_sim.cameras.scene.plan.roads import Roads
from devices_sim.world.world import World

Slow = list[tuple[int, Vec]]


def queue(*ids: int, apart: float = 8.0, begin: float = 0.0) -> Slow:
    return [(ident, (begin + apart * i, 0.0)) for i, ident in enumerate(ids)]


def jams(seconds: float, slow: Callable[[float], Slow]) -> list[Jam]:
    found = Jams()
    for half in range(round(2 * seconds)):
        found.see(half / 2, slow(half / 2))
    return found.found


def test_a_jam_counts_once_it_has_lasted() -> None:
    assert not jams(LASTS_S, lambda _: queue(1, 2, 3))
    (one,) = jams(LASTS_S + 1, lambda _: queue(1, 2, 3))
    assert (one.onset, one.end, one.counted, one.most) == (LASTS_S, None, (1, 2, 3), 3)


def test_two_make_no_jam_but_keep_one_going_and_it_ends_when_it_last_was_one() -> None:
    assert not jams(60, lambda _: queue(1, 2))
    (one,) = jams(60, lambda t: queue(1, 2, 3) if t < 5 else queue(2, 3) if t < 40 else [])
    assert (one.onset, one.end) == (LASTS_S, 39.5)


def test_a_moment_of_flow_does_not_end_a_jam_and_a_longer_one_does() -> None:
    assert len(jams(40, lambda t: [] if 10 <= t < 14 else queue(1, 2, 3))) == 1
    assert not jams(40, lambda t: [] if 10 <= t < 16 else queue(1, 2, 3))


def test_others_come_and_go_in_one_jam_a_long_row_is_one_and_two_places_are_two() -> None:
    (one,) = jams(40, lambda t: queue(*range(int(t), int(t) + 3)))
    assert len(one.actors) > 30
    assert len(jams(40, lambda _: queue(*range(12)))) == 1
    assert len(jams(40, lambda _: queue(1, 2, 3) + queue(4, 5, 6, begin=200))) == 2


def test_a_jam_that_counts_keeps_its_place_and_others_do_not_become_it() -> None:
    def shown(t: float) -> Slow:
        # One drives away from the first jam and comes to the second.
        first = queue(1, 2, 3, 4) if t < 34 else queue(1, 2, 3)
        second = queue(5, 6, 7, begin=300)
        return first + second + ([] if t < 36 else [(4, (330.0, 0.0))])

    first, second = jams(60, shown)
    assert (first.at, second.at) == ((12.0, 0.0), (308.0, 0.0))
    assert (first.end, second.end) == (None, None)


def test_jams_that_run_into_one_another_both_go_on_and_one_that_parts_stays_one() -> None:
    def meets(t: float) -> Slow:
        return queue(1, 2, 3) + queue(4, 5, 6, begin=300 if t < 40 else 40)

    assert [one.end for one in jams(60, meets)] == [None, None]

    def parts(t: float) -> Slow:
        apart = [(3, (90.0, 0.0)), (4, (95.0, 0.0))]
        return queue(1, 2, 3, 4) if t < 35 else queue(1, 2) + apart

    parted = jams(90, parts)
    assert len(parted) == 1


@pytest.fixture(scope="module")
def crossing() -> Layout:
    return load_layout("crossing")


def walked(layout: Layout, at: Iterator[Vec], kind: ActorKind = ActorKind.PERSON) -> Jaywalkers:
    found = Jaywalkers(layout, Roads(layout))
    for number, (x, y) in enumerate(at):
        found.see(number / 2, [Person(7, 0, x, y, 1.3, 0.0, kind=kind)])
    return found


def on_a_lane(layout: Layout) -> Vec:
    """The middle of a lane near the rim, far from the crossings."""
    x, y, _, _ = Path(layout.lanes[0].line).at(8.0)
    return x, y


def test_who_stays_on_the_road_jaywalks_and_who_is_beside_it_or_rides_does_not(
    crossing: Layout,
) -> None:
    spot = on_a_lane(crossing)
    away = (1e3, 1e3)
    (one,) = walked(crossing, iter([spot] * 6 + [away] * 4)).found
    assert (one.actor, one.since, one.end) == (7, 0.0, 2.5)
    assert not walked(crossing, iter([spot, spot, *[away] * 4])).found
    assert not walked(crossing, iter([spot] * 6), ActorKind.BICYCLE).found


@pytest.mark.parametrize("name", ["street", "school-gate", "crossing"])
def test_a_walk_straight_across_all_lanes_is_one_event(name: str) -> None:
    layout = load_layout(name)
    lane = Path(layout.lanes[0].line)
    x, y, ux, uy = lane.at(8.0)
    way = [(x - uy * off, y + ux * off) for off in (0.65 * i - 26 for i in range(80))]
    assert len(walked(layout, iter(way)).found) == 1


def test_who_uses_the_crossing_does_not_jaywalk(crossing: Layout) -> None:
    walk = next(walk for walk in crossing.walks if walk.kind == "crossing")
    path = Path((walk.line[0], walk.line[-1]))
    way = [path.at(path.length * i / 20)[:2] for i in range(21)]
    assert not walked(crossing, iter(way)).found


def test_what_was_meant_is_told_once_and_what_came_by_itself_besides() -> None:
    meant = SceneEvent(kind=EventKind.JAYWALKING, at=60)
    plan = Plan(load_layout("car-park"), World(4, 1.0, 16.8), 104, [meant])
    plan.at(150.0)
    first, *others = plan.happened()
    assert (first.kind, first.meant) == (EventKind.JAYWALKING, True)
    again = [one for one in others if one.actors == first.actors]
    assert all(one.onset > (first.end or 0) + 1 for one in again)
    assert all(not one.meant for one in others)
