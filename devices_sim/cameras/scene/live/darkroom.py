"""Makes the pictures of some scenes' cameras, one after another: what a rendering process does."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor, Future

from devices_sim.cameras.encode import encode
from devices_sim.cameras.scene.actors import SceneState
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import light_of
from devices_sim.cameras.scene.exposure import expose
from devices_sim.cameras.scene.eye import Eye
from devices_sim.cameras.scene.live.messages import Job, Made, Opening, Setup
from devices_sim.cameras.scene.live.messages import Place as Scenery
from devices_sim.cameras.scene.programme import Occurred, Showing
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.render.light import Light
from devices_sim.conditions.model import Picture, Span
from devices_sim.conditions.registry import Conditions
from devices_sim.world.noise import uniform
from devices_sim.world.place import Place
from devices_sim.world.world import World


class Darkroom:
    """Keeps what is costly to make: the plans of its scenes, and the eyes of their cameras.

    Args:
        setup: what it will be asked for.
        conditions: the field conditions there are.
        crew: gets ready what is needed soon, besides the pictures.
    """

    def __init__(self, setup: Setup, conditions: Conditions, crew: Executor) -> None:
        self._rooms = {
            name: room
            for scenery in setup.places
            for room in (_Room(scenery, setup.world, crew),)
            for name in scenery.cameras
        }
        self._films = {
            name: _Film(name, room, conditions, crew) for name, room in self._rooms.items()
        }

    def make(self, job: Job) -> Made | Opening:
        """The picture of a job, if its camera is ready."""
        room, film = self._rooms[job.camera], self._films[job.camera]
        state = room.showing.at(job.due, room.crew)
        taken = film.take(job, state, room.light(job.due))
        if taken is None:
            return Opening(job.number)
        picture, boxes = taken
        jpeg = None if picture is None else encode(picture)
        return Made(job.number, jpeg, room.named(boxes), room.news())


class _Room:
    """What the cameras of one scene share."""

    def __init__(self, scenery: Scenery, world: World, crew: Executor) -> None:
        programme = scenery.programme
        self.showing = Showing(programme, world)
        self.crew = crew
        self.layout, self.seed = programme.layout, programme.seed
        self.world, self._place = world, Place(*programme.layout.place)
        self._told: tuple[Occurred, ...] = ()

    def light(self, time: float) -> Light:
        """The light at a time."""
        return light_of(self.world.view(self._place, time))

    def named(self, boxes: Iterable[TrueBox]) -> tuple[TrueBox, ...]:
        """Boxes with ids that no other turn's actors have."""
        first = self.showing.first_id
        return tuple(
            TrueBox(first + box.actor, box.kind, box.whole, box.visible, box.share) for box in boxes
        )

    def news(self) -> tuple[Occurred, ...]:
        """What has happened, where it has changed since it was last told."""
        happened = self.showing.happened()
        news = tuple(one for one in happened if one not in self._told)
        self._told = happened
        return news


class _Film:
    """What belongs to one camera: its eye, and another one while it is being turned."""

    def __init__(self, name: str, room: _Room, conditions: Conditions, crew: Executor) -> None:
        self._name, self._room, self._conditions, self._crew = name, room, conditions, crew
        self._noise = int(uniform("noise", name, room.seed) * 2**31)
        self._eyes: dict[Camera, Eye] = {}
        self._opening: dict[Camera, Future[Eye]] = {}
        self._firsts: dict[Span, Picture] = {}

    def take(
        self, job: Job, state: SceneState, light: Light
    ) -> tuple[Picture | None, tuple[TrueBox, ...]] | None:
        """The picture of a job, with its conditions, and where everything is in it."""
        for pose in (job.pose, job.coming):
            self._get_ready(pose, state, light)
        eye = self._eye(job.pose)
        if eye is None:
            return None
        shown = eye.see_now(state, light, self._noise + job.frame, self._crew)
        for gone in self._firsts.keys() - set(job.spans):
            del self._firsts[gone]
        return expose(
            shown,
            job.spans,
            job.due,
            conditions=self._conditions,
            seed=self._room.world.seed,
            number=job.frame,
            firsts=self._firsts,
        )

    def _eye(self, pose: Camera) -> Eye | None:
        """The eye of this pose; until it is open, the one before, if there is one."""
        if pose in self._opening and self._opening[pose].done():
            self._eyes = {pose: self._opening.pop(pose).result()}
        return self._eyes.get(pose) or next(iter(self._eyes.values()), None)

    def _get_ready(self, pose: Camera, state: SceneState, light: Light) -> None:
        if pose not in self._eyes and pose not in self._opening:
            self._opening[pose] = self._crew.submit(self._open, pose, state, light)

    def _open(self, pose: Camera, state: SceneState, light: Light) -> Eye:
        eye = Eye(self._room.layout, pose, self._noise)
        eye.see(state, light, self._noise)
        return eye
