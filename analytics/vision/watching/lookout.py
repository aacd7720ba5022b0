"""Watches one camera: its frames in order in, errands for its alerts out."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from analytics.vision.model import Detection
from analytics.vision.situations.follow import Following
from analytics.vision.situations.kinds.line_crossing import Counts
from analytics.vision.situations.model import Look, Phase, Track
from analytics.vision.situations.rule import SituationRule
from analytics.vision.situations.site import site_of
from analytics.vision.situations.watch import Memory, Told, shortcomings, step
from analytics.vision.track.camera import CameraTracks
from analytics.vision.track.port import TrackSettings
from analytics.vision.watching.crossings import Counted, counted_so_far
from analytics.vision.watching.draft import Case, Picture, draft_alert, who_is_in_it
from analytics.vision.watching.incidents import Incidents, Report
from analytics.vision.watching.model import Clear, Errand, Post, Raise, Recalled, Renew
from analytics.vision.watching.spells import telling
from analytics.vision.watching.standing import Ledger
from smartopia.contract.topics import DeviceKey
from smartopia.errors import ConfigurationError
from smartopia.seen import Seen, Sighted
from smartopia.siteview import SiteView

log = logging.getLogger(__name__)

PICTURE_AGE = timedelta(seconds=2)
"""An older picture is none of what an alert tells."""

Size = tuple[int, int]


class Lookout:
    """One camera, for as long as the process lives.

    Attributes:
        last: the newest frame watched; None before the first.
    """

    def __init__(
        self, camera: DeviceKey, rules: Sequence[SituationRule], incidents: Incidents
    ) -> None:
        self._camera = camera
        self._rules = [one for one in rules if fnmatch.fnmatch(camera.device, one.cameras)]
        self._digests = {rule.id: rule.digest for rule in self._rules}
        self._incidents = incidents
        self._ledger = Ledger(camera, {rule.id: rule for rule in self._rules})
        self._tracks: CameraTracks | None = None
        self._memory = Memory()
        self._picture: Picture | None = None
        self._unsound: tuple[SiteView, str] | None = None
        self.last: Seen | None = None

    @property
    def alerts(self) -> bool:
        """Whether any of its alerts is active."""
        return bool(self._ledger)

    def recall(self, alerts: Sequence[Recalled]) -> None:
        """Take in which of its alerts are active, by the database."""
        self._ledger.recall(alerts)

    def watch(self, sighted: Sighted, post: Post) -> list[Errand]:
        """Take one frame into account. Frames have to come in order."""
        seen = sighted.seen
        tracks = self._followed(seen, post)
        if self.last is None:
            self._memory = _blank(seen.time)
        if sighted.masked:
            self._picture = Picture(seen, tracks, sighted.masked, sighted.sealed)
        size = (seen.width, seen.height)
        look = Look(seen.time, size, tracks, seen.stats)
        view = self._sound(post.view, self._memory.following.size or size)
        self._memory, told = step(self._rules, view, self._memory, look)
        self.last = seen
        errands = [errand for one in told for errand in self._errands(one, seen, tracks, post)]
        errands += [Clear(key, seen.time) for key in self._ledger.lapsed(seen.time)]
        return errands

    def forget(self) -> None:
        """Begin anew: what was remembered is not true any more. Its alerts stay for now."""
        self._tracks = None
        self._memory = Memory()
        self._picture = self.last = None
        self._ledger.forsake()

    def close(self) -> list[Errand]:
        """Clear all its alerts: nobody watches it."""
        seen = self.last.time if self.last is not None else None
        self.forget()
        return [Clear(key, seen) for key in self._ledger.close()]

    def lacks(self, post: Post) -> Mapping[str, str]:
        """Which rules cannot tell anything on this camera, by id, and why, in words."""
        labels = frozenset(self.last.labels) if self.last is not None else None
        view = self._sound(post.view, self._memory.following.size or (640, 360))
        found = shortcomings(self._rules, view, self._memory, labels)
        if self._unsound is not None and self._unsound[0] == post.view:
            return {**found, "its ground": self._unsound[1]}
        return found

    def telling(self, post: Post) -> Mapping[str, str]:
        """By situation, the digest of the rule that can tell it on this camera now."""
        following = self._memory.following
        size = following.size or (640, 360)
        site = site_of(self._sound(post.view, size), size)
        labels = frozenset(self.last.labels if self.last is not None else ())
        return telling(self._digests, self._rules, site, labels, following.rate)

    def crossings(self, post: Post) -> Mapping[Counted, Counts]:
        """How often each wire of its view was crossed, as far as is remembered."""
        return counted_so_far(self._rules, self._memory.rules, post.view)

    def _followed(self, seen: Seen, post: Post) -> tuple[Track, ...]:
        last = self.last
        if last is not None and seen.time <= last.time:
            log.info("%s: its clock was set back to %s; beginning anew", self._camera, seen.time)
            self.forget()
            last = None
        if self._tracks is None:
            settings = TrackSettings() if post.rate is None else TrackSettings(rate=post.rate)
            self._tracks = CameraTracks(settings)
        if last is not None and (last.width, last.height) != (seen.width, seen.height):
            self._tracks.restart()
        if seen.still:
            # What a frame was not looked at for is where it was going.
            return self._tracks.at(seen.time)
        found = [Detection(one.label, one.score, one.box) for one in seen.objects]
        return self._tracks.step(found, seen.time) or ()

    def _sound(self, view: SiteView, size: Size) -> SiteView:
        """The view; without its ground where that is none, so that the rest of it counts."""
        try:
            site_of(view, size)
        except ConfigurationError as error:
            if self._unsound is None or self._unsound[0] != view:
                log.warning("%s: %s", self._camera, error)
                self._unsound = (view, str(error))
            return view.model_copy(update={"ground": None})
        return view

    def _errands(
        self, told: Told, seen: Seen, tracks: tuple[Track, ...], post: Post
    ) -> list[Errand]:
        rule, signal = told.rule, told.signal
        if signal.phase is Phase.CLEARED:
            key = self._ledger.cleared(rule, signal)
            return [Clear(key, signal.now)] if key is not None else []
        size = self._memory.following.size or (seen.width, seen.height)
        case = Case(told, post, seen, tracks, size, self._picture_of(seen))
        if signal.phase is Phase.UPDATED:
            key = self._ledger.key_of(rule, signal)
            return [Renew(key, signal.words, who_is_in_it(case))] if key is not None else []
        case = replace(case, incident=self._incident(told, tracks, post))
        sealed = case.picture.sealed if case.picture is not None else b""
        return [Raise(draft_alert(case, self._ledger.raised(rule, signal)), sealed)]

    def _picture_of(self, seen: Seen) -> Picture | None:
        picture = self._picture
        return picture if picture and seen.time - picture.seen.time <= PICTURE_AGE else None

    def _incident(self, told: Told, tracks: Sequence[Track], post: Post) -> str:
        labels = frozenset(one.label for one in tracks if one.id in told.signal.tracks)
        situation, now = told.rule.situation, told.signal.now
        return self._incidents.name(Report(situation, labels, self._camera, post.place, now))


def _blank(first: datetime) -> Memory:
    """Nothing remembered yet; whoever is followed is numbered from the first frame's time on.

    Keys of alerts bear these numbers. Counted from 1 after each restart, somebody else's number
    would raise again the alert of another, which nobody has resolved yet.
    """
    return Memory(Following(next_key=round(first.timestamp() * 1000)))
