"""All cameras: whose turn it is, who is watched, whose alerts nobody keeps up."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from analytics.vision.situations.rule import SituationRule
from analytics.vision.watching.crossings import Tally
from analytics.vision.watching.incidents import Incidents
from analytics.vision.watching.lookout import Lookout
from analytics.vision.watching.model import Errand, Post, Recalled
from analytics.vision.watching.order import Order
from analytics.vision.watching.spells import Spells
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings
from smartopia.metrics import Metrics
from smartopia.seen import Sighted

log = logging.getLogger(__name__)

SILENT_S = 300.0
"""Of a camera not seen for so long nothing is known: its alerts are cleared."""


@dataclass(slots=True)
class _Place:
    """A camera's frames that wait, and who watches it since when it was heard last."""

    order: Order
    lookout: Lookout
    heard: float
    late: int = 0
    tally: Tally = field(default_factory=Tally)


class Desk:
    """Watches all cameras. Times are seconds of one steady clock.

    Attributes:
        spells: when each was watched.
    """

    def __init__(self, rules: Sequence[SituationRule], metrics: Metrics) -> None:
        self._rules = rules
        self._metrics = metrics
        self._incidents = Incidents()
        self._places: dict[DeviceKey, _Place] = {}
        self.spells = Spells()
        # Of cameras that were not heard since; None until the database was asked.
        self._counted: dict[DeviceKey, Crossings] | None = None

    def silences(self, now: float) -> dict[DeviceKey, float]:
        """How long each camera has not been heard, in seconds."""
        return {camera: now - place.heard for camera, place in self._places.items()}

    def put(self, sighted: Sighted, now: float) -> None:
        """Take in what a detector tells."""
        place = self._place(sighted.seen.camera, now)
        place.heard = now
        place.order.put(sighted, now)
        self._metrics.count("sightings_in")

    def step(self, posts: Mapping[DeviceKey, Post], now: float) -> list[Errand]:
        """Watch all frames whose turn it is."""
        errands: list[Errand] = []
        for camera, place in self._places.items():
            for sighted in place.order.ready(now):
                errands += self._watch(place, sighted, posts.get(camera))
            self._metrics.count("sightings_late", place.order.late - place.late)
            place.late = place.order.late
        return errands

    def recall(self, alerts: Iterable[Recalled], now: float) -> None:
        """Take in which alerts are active, by the database."""
        by_camera: defaultdict[DeviceKey, list[Recalled]] = defaultdict(list)
        for one in alerts:
            by_camera[one.camera].append(one)
        for camera, of_it in by_camera.items():
            self._place(camera, now).lookout.recall(of_it)

    def close_silent(self, since: float) -> list[Errand]:
        """Clear what is active of cameras that were last heard before."""
        errands: list[Errand] = []
        for camera, place in self._places.items():
            if place.heard < since and place.lookout.alerts:
                log.warning("%s is silent; its alerts are cleared", camera)
                errands += place.lookout.close()
        return errands

    @property
    def resumed(self) -> bool:
        """Whether it is known what was counted before."""
        return self._counted is not None

    def resume(self, counted: Iterable[Crossings]) -> None:
        """Go on counting from what was counted before, by the database; once."""
        if self._counted is None:
            self._counted = {one.camera: one for one in counted}
            for camera in self._places.keys() & self._counted.keys():
                self._places[camera].tally.resume(self._counted.pop(camera))

    def unkept(self) -> list[Crossings]:
        """What is counted and not written down; nothing until what was is gone on with."""
        if self._counted is None:
            return []
        found = (place.tally.unkept(camera) for camera, place in self._places.items())
        return [told for told in found if told is not None]

    def kept(self, crossings: Iterable[Crossings]) -> None:
        """These were written down; meanwhile more may have come, or all been forgotten."""
        for told in crossings:
            if told.camera in self._places:
                self._places[told.camera].tally.keep(told)

    def rest(self) -> None:
        """Forget everything: another process watches now."""
        self._counted = None
        self._places.clear()
        self.spells.rest()
        self._incidents = Incidents()

    def lacks(self, posts: Mapping[DeviceKey, Post]) -> dict[str, Mapping[str, str]]:
        """By camera's name: which rules cannot tell anything on it, and why, in words."""
        return {
            camera.device: place.lookout.lacks(posts[camera])
            for camera, place in self._places.items()
            if camera in posts and place.lookout.last is not None
        }

    def crossings(self, *, changed: bool) -> list[Crossings]:
        """What is counted at the wires of each camera; or only what was not told yet."""
        told = [
            place.tally.told(camera)
            for camera, place in self._places.items()
            if place.tally.changed or not changed
        ]
        return [one for one in told if one is not None]

    def _watch(self, place: _Place, sighted: Sighted, post: Post | None) -> list[Errand]:
        lookout = place.lookout
        if post is None:
            self._metrics.count("sightings_of_unknown_cameras")
            return []
        if not post.in_field:
            self._metrics.count("sightings_in_sandbox")
            return lookout.close()
        self._metrics.count("sightings_watched")
        try:
            errands = lookout.watch(sighted, post)
        except Exception:  # a situation of another package may do anything; the rest goes on
            log.exception("a frame of %s could not be judged; it is begun anew", post.key)
            self._metrics.count("frames_failed")
            lookout.forget()
            return []
        place.tally.take(lookout.crossings(post), sighted.seen.time)
        self.spells.watched(post.thing_id, sighted.seen, lambda: lookout.telling(post))
        age = utc_now() - sighted.seen.time
        self._metrics.observe("frame_to_watched", age.total_seconds())
        return errands

    def _place(self, camera: DeviceKey, now: float) -> _Place:
        if camera not in self._places:
            lookout = Lookout(camera, self._rules, self._incidents)
            place = self._places[camera] = _Place(Order(), lookout, now)
            if self._counted and camera in self._counted:
                place.tally.resume(self._counted.pop(camera))
        return self._places[camera]
