"""How people move: along walks, aside for one another, and across roads when they may.

After the social force model (Helbing, Molnar: Phys. Rev. E 51, 1995), simplified: what a person
wants and what others push it to are velocities, taken up within half a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from devices_sim.cameras.scene.actors import ActorKind, Light, Pose
from devices_sim.cameras.scene.layout import Layout, Walk
from devices_sim.cameras.scene.plan.geometry import Vec
from devices_sim.cameras.scene.plan.lights import light
from devices_sim.cameras.scene.plan.marks import Body
from devices_sim.cameras.scene.plan.obstacles import Hull, Wall
from devices_sim.cameras.scene.plan.person import Go, Person, Stay
from devices_sim.cameras.scene.plan.traffic import Traffic
from devices_sim.cameras.scene.plan.vehicle import Mode
from devices_sim.cameras.scene.plan.walkways import Leg

_TAKE_UP = 0.4  # s
_SEES = 3.2  # m ahead at which one steps aside
_TIGHT = 2.0  # m at which two may come to touch within a step
_ARRIVED = 0.5
_ROWS, _ROW = 4, 0.5  # who waits at a kerb stands in rows, m apart
_HURRY = 1.15
_PATIENCE = 15.0  # s, and 2 for each metre of road, after which one squeezes through
_GAP = 0.35  # m kept from a vehicle that stands
_BACK = 0.8  # of its way back one who stays and was pushed goes in a second
_WARY = 1.3  # s before a vehicle in which one does not step in front of it


class Crowd:
    """All people of a scene, by id. `waited`: crossings people wait at for vehicles to stop."""

    def __init__(self, layout: Layout, traffic: Traffic) -> None:
        self.people: dict[int, Person] = {}
        self.waited: set[str] = set()
        self._hulls: list[Hull] = []
        self.on_gone: Callable[[Person], None] | None = None
        self._walls = [Wall.of(building.footprint) for building in layout.buildings]
        self._signals = {signal.name: signal for signal in layout.signals}
        self._traffic = traffic
        self._crossed = [
            (crossed.walk, road, crossed.begin)
            for road in traffic.roads.all
            if not road.against
            for crossed in road.crossed
        ]

    def bodies(self) -> list[Body]:
        """The people as drivers see them."""
        return [
            Body(one.id, one.x, one.y, one.vx, one.vy, one.on_road)
            for one in self.people.values()
            if one.pose is not Pose.SITTING
        ]

    def step(self, now: float, dt: float) -> None:
        """Moves all people on by `dt` s."""
        self.waited = set()
        self._hulls = [
            Hull.of(one) for one in self._traffic.vehicles.values() if one.mode is not Mode.PARKED
        ]
        people = list(self.people.values())
        places = [(one.x, one.y) for one in people]
        wishes = [self._wish(one, now, dt) for one in people]
        near = _near(people)
        for i, j, towards, gap in near:
            _step_aside(wishes[i], people[i], people[j], towards, gap)
            _step_aside(wishes[j], people[j], people[i], (-towards[0], -towards[1]), gap)
        for one, (wx, wy) in zip(people, wishes, strict=True):
            if not one.fixed:
                self._move(one, wx, wy, dt)
        for i, j, _, gap in near:
            if gap < _TIGHT:
                _part(people[i], people[j])
        self._keep_out(people, places)
        self._let_go(people)

    def _keep_out(self, people: list[Person], places: list[Vec]) -> None:
        """Keeps people out of vehicles, and out of the walls of buildings."""
        for one, place in zip(people, places, strict=True):
            if one.on_road and one.patient:
                self._keep_off(one)
            if any(wall.holds(one.x, one.y) for wall in self._walls):
                one.x, one.y = place

    def _let_go(self, people: list[Person]) -> None:
        for one in people:
            if not one.tasks and not one.kept:
                del self.people[one.id]
                if self.on_gone is not None:
                    self.on_gone(one)

    def _wish(self, one: Person, now: float, dt: float) -> list[float]:
        """The velocity a person wants; its pose is set on the way."""
        one.on_road = False
        task = one.tasks[0] if one.tasks else None
        if isinstance(task, Go):
            return self._go(one, task, now, dt)
        if isinstance(task, Stay):
            task.since = now if task.since is None else task.since
            task.spot = task.spot or (one.x, one.y)
            if task.facing is not None:
                one.turn(task.facing, dt)
            one.act(task.pose, dt)
            if now - task.since >= task.seconds:
                one.tasks.popleft()
            return [_BACK * (task.spot[0] - one.x), _BACK * (task.spot[1] - one.y)]
        one.act(Pose.STANDING, dt)
        return [0.0, 0.0]

    def _go(self, one: Person, task: Go, now: float, dt: float) -> list[float]:
        leg = task.legs[task.leg]
        dx, dy, length = _along(leg)
        gone = (one.x - leg.a[0]) * dx + (one.y - leg.a[1]) * dy
        if gone > length - _ARRIVED - self._back(one, task, length):
            if task.leg + 1 == len(task.legs):
                if gone > length - 0.15:
                    one.tasks.popleft()
            elif self._may_go_on(one, task, now):
                task.leg += 1
                one.stuck = 0.0
            else:
                one.act(Pose.STANDING, dt)
                one.turn(_along(task.legs[task.leg + 1])[:2], dt)
                return self._hold(one, leg, gone)
        one.on_road = leg.crossing or task.regardless
        one.stuck = one.stuck + dt if one.on_road else 0.0
        one.patient = one.stuck < _PATIENCE + 2 * length
        wary = one.on_road and one.patient
        if wary and self._danger(one, (dx, dy)):
            one.act(Pose.STANDING, dt)
            return [0.0, 0.0]
        one.act(task.pose if one.speed > 0.15 else Pose.STANDING, dt)
        if one.kind is ActorKind.BICYCLE:
            one.pose = Pose.RIDING
        return (self._round(one, (dx, dy)) if wary else None) or self._along_leg(one, task, leg)

    @staticmethod
    def _back(one: Person, task: Go, length: float) -> float:
        """How far from the kerb a person waits: not all in the first row, m."""
        last = task.leg + 1 == len(task.legs)
        if last or task.legs[task.leg].crossing or not task.legs[task.leg + 1].crossing:
            return 0.0
        return min(_ROW * (one.id % _ROWS), length / 2)

    @staticmethod
    def _hold(one: Person, leg: Leg, gone: float) -> list[float]:
        """What keeps a person who waits at the end of a leg from being pushed off it."""
        dx, dy, length = _along(leg)
        off = dx * (one.y - leg.a[1]) - dy * (one.x - leg.a[0])
        back = min(0.0, length - 0.2 - gone) * 2
        side = -max(0.0, abs(off) - leg.width / 2 + 0.25) * (2 if off > 0 else -2)
        return [back * dx - side * dy, back * dy + side * dx]

    def _along_leg(self, one: Person, task: Go, leg: Leg) -> list[float]:
        dx, dy, length = _along(leg)
        px, py = one.x - leg.a[0], one.y - leg.a[1]
        off = dx * py - dy * px
        room = max(0.0, leg.width / 2 - 0.35)
        if task.leg + 1 == len(task.legs) and length - (px * dx + py * dy) < 1.5:
            room = 0.0
        aside = max(-0.5, min(0.5, 0.7 * (one.side * room - off)))
        pace = one.pace * (_HURRY if leg.crossing else 1.0)
        wish = [pace * (dx - dy * aside), pace * (dy + dx * aside)]
        beyond = abs(off) - leg.width / 2 + 0.25
        if beyond > 0:  # never off the walk
            back = min(1.5, 3 * beyond) * (-1 if off > 0 else 1)
            wish = [wish[0] - dy * back, wish[1] + dx * back]
        return wish

    def _may_go_on(self, one: Person, task: Go, now: float) -> bool:
        leg = task.legs[task.leg + 1]
        if not leg.crossing or leg.walk is None or task.regardless:
            return True
        if task.legs[task.leg].walk is leg.walk:
            return True
        if leg.walk.signal is not None:
            return light(self._signals[leg.walk.signal], now) is Light.GREEN
        self.waited.add(leg.walk.name)
        return self._gap(one, leg.walk)

    def _gap(self, one: Person, walk: Walk) -> bool:
        """Whether every vehicle that comes is far enough off, or has stopped."""
        needs = max(3.0, _along(Leg(walk.line[0], walk.line[-1], walk.width))[2] / one.pace)
        for name, road, begin in self._crossed:
            if name != walk.name:
                continue
            for mark in self._traffic.marks.on[road.index]:
                way = begin - mark.end
                near = -walk.width - 1 < way < mark.speed * needs + 0.2
                if near and mark.owner > 0 and mark.speed > 0.6:
                    return False
        return True

    def _danger(self, one: Person, way: Vec) -> bool:
        """Whether a step on would be a step before a vehicle."""
        for hull in self._hulls:
            if hull.speed < 1.0:
                continue
            ahead, off = hull.sees(one.x, one.y)
            if not -hull.long - 0.5 < ahead - hull.long < hull.speed * _WARY + 1:
                continue
            near = hull.half + 0.5
            then = off + hull.ux * way[1] - hull.uy * way[0]
            if abs(off) > near - 0.1 and (abs(then) < near or off * then < 0):
                return True
        return False

    def _round(self, one: Person, way: Vec) -> list[float] | None:
        """The way round a vehicle that stands before a person; None where none does."""
        for hull in self._hulls:
            ahead, off = hull.sees(one.x, one.y)
            if hull.speed > 1.0 or abs(ahead) > hull.long + _GAP or abs(off) > hull.half + 0.8:
                continue
            if (hull.x - one.x) * way[0] + (hull.y - one.y) * way[1] > 0:
                end = one.pace if ahead > 0 else -one.pace
                return [end * hull.ux, end * hull.uy]
        return None

    def _keep_off(self, one: Person) -> None:
        """Moves a person out of a vehicle it would stand in."""
        for hull in self._hulls:
            ahead, off = hull.sees(one.x, one.y)
            deep, wide = hull.long + _GAP - abs(ahead), hull.half + _GAP - abs(off)
            if deep <= 0 or wide <= 0:
                continue
            if deep < wide:
                out = deep if ahead > 0 else -deep
                one.x, one.y = one.x + out * hull.ux, one.y + out * hull.uy
            else:
                out = wide if off > 0 else -wide
                one.x, one.y = one.x - out * hull.uy, one.y + out * hull.ux

    @staticmethod
    def _move(one: Person, wx: float, wy: float, dt: float) -> None:
        share = dt / _TAKE_UP
        one.vx += (wx - one.vx) * share
        one.vy += (wy - one.vy) * share
        speed = one.speed
        most = max(1.0, one.pace) * 1.35
        if speed > most:
            one.vx, one.vy = one.vx * most / speed, one.vy * most / speed
        one.x += one.vx * dt
        one.y += one.vy * dt
        if speed > 0.3:
            one.turn((one.vx / speed, one.vy / speed), dt)


def _along(leg: Leg) -> tuple[float, float, float]:
    """The direction of a leg (a unit vector) and its length."""
    dx, dy = leg.b[0] - leg.a[0], leg.b[1] - leg.a[1]
    length = math.sqrt(dx * dx + dy * dy)
    return dx / length, dy / length, length


def _step_aside(wish: list[float], one: Person, other: Person, towards: Vec, gap: float) -> None:
    """Changes what `one` wants for `other`, `gap` metres away in a direction."""
    dx, dy = towards
    room = one.reach + other.reach
    if gap < room + 0.4:
        push = 2.0 * (1 - gap / (room + 0.4))
        wish[0] -= dx * push
        wish[1] -= dy * push
    if one.speed < 0.3:
        return
    facing = (one.vx * dx + one.vy * dy) / one.speed
    nearing = (one.vx - other.vx) * dx + (one.vy - other.vy) * dy
    if facing > 0.7 and nearing > 0.15:
        # To the right, unless the other already is clearly on the right.
        turn = 1.0 if one.vx * dy - one.vy * dx > -0.2 * one.speed else -1.0
        push = turn * min(1.2, nearing) * (1 - gap / _SEES) * (0.6 + 0.5 * room)
        wish[0] += dy * push
        wish[1] -= dx * push


def _near(people: list[Person]) -> list[tuple[int, int, Vec, float]]:
    """Who is close to whom: two indices, the direction from the first to the second, metres."""
    order = sorted(range(len(people)), key=lambda i: people[i].x)
    found = []
    for at, i in enumerate(order):
        x, y = people[i].x, people[i].y
        for j in order[at + 1 :]:
            dx = people[j].x - x
            if dx > _SEES:
                break
            dy = people[j].y - y
            square = dx * dx + dy * dy
            if 1e-6 < square < _SEES * _SEES:
                gap = math.sqrt(square)
                found.append((i, j, (dx / gap, dy / gap), gap))
    return found


def _part(one: Person, other: Person) -> None:
    """Parts two who would stand in one another."""
    dx, dy = other.x - one.x, other.y - one.y
    least = 0.45 if one.kind is other.kind is ActorKind.PERSON else 0.7
    gap = math.sqrt(dx * dx + dy * dy)
    free = (not one.fixed) + (not other.fixed)
    if not free or not 1e-6 < gap < least:
        return
    push = (least - gap) / gap / free
    if not one.fixed:
        one.x, one.y = one.x - dx * push, one.y - dy * push
    if not other.fixed:
        other.x, other.y = other.x + dx * push, other.y + dy * push
