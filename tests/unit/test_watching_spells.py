"""Which time the situations process writes down as watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

import pytest

from analytics.vision.situations.catalogue import load_situation_rules
from analytics.vision.watching.desk import Desk
from analytics.vision.watching.model import Post
from smartopia.contract.topics import DeviceKey
from smartopia.metrics import Metrics
from smartopia.seen import Sighted
from tests.support.sightings import DETECTOR, Camera, forbidden, sighted

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
CAM = DeviceKey("gimpo", "cam-1")
POST = Post(CAM, 7, True, 5.0, None, forbidden(CAM), 3)
RULES = {rule.situation: rule.digest for rule in load_situation_rules()}


class Store:
    """Stands for the connection to a database that may be away."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, datetime], dict[str, Any]] = {}
        self.away = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        yield

    @asynccontextmanager
    async def cursor(self) -> AsyncIterator[Self]:
        yield self

    async def executemany(self, statement: str, rows: Iterable[dict[str, Any]]) -> None:
        assert "watch_spell" in statement
        if self.away:
            raise ConnectionError
        self.rows |= {(row["thing"], row["begin"]): row for row in rows}


class Watch:
    """A desk, what it is fed and what it writes down."""

    def __init__(self, post: Post = POST) -> None:
        self.desk, self.store = Desk(load_situation_rules(), Metrics()), Store()
        self.post, self.now = post, 0.0

    def see(self, frames: Iterable[Sighted]) -> None:
        for one in frames:
            self.now += 1
            self.desk.put(one, self.now)
            self.desk.step({CAM: self.post}, self.now + 0.6)

    def keep(self) -> list[dict[str, Any]]:
        asyncio.run(self.desk.spells.keep(self.store))  # type: ignore[arg-type]
        return sorted(self.store.rows.values(), key=lambda row: row["begin"])


def spans(rows: Iterable[dict[str, Any]]) -> list[tuple[float, float]]:
    return [
        ((row["begin"] - T0).total_seconds(), (row["end"] - T0).total_seconds()) for row in rows
    ]


def test_a_camera_that_is_dark_for_a_while_was_not_watched_meanwhile() -> None:
    watch, camera = Watch(), Camera(CAM, T0)
    watch.see(camera.film(60))
    camera.at += timedelta(seconds=20)
    watch.see(camera.film(60))
    rows = watch.keep()
    assert spans(rows) == [(0.2, 60), (80.2, 140)]
    assert [row["frames"] for row in rows] == [300, 300]
    assert {(row["thing"], row["detector"]) for row in rows} == {(7, DETECTOR)}


def test_what_goes_on_is_written_again_under_the_same_begin() -> None:
    watch, camera = Watch(), Camera(CAM, T0)
    watch.see(camera.film(10))
    assert spans(watch.keep()) == [(0.2, 10)]
    watch.see(camera.film(10))
    assert spans(watch.keep()) == [(0.2, 20)]


def test_only_rules_that_can_tell_something_are_watched_for() -> None:
    watch = Watch()
    watch.see(Camera(CAM, T0).film(30))
    (row,) = watch.keep()
    rules = row["rules"].obj
    assert rules["intrusion"] == RULES["intrusion"]
    assert "wrong_way" not in rules  # no way is drawn
    assert "camera_blinded" in rules


def test_a_rule_that_rests_for_want_of_frames_does_not_watch() -> None:
    watch = Watch()
    watch.see(sighted(CAM, T0 + timedelta(seconds=2.5 * n)) for n in range(40))
    rows = watch.keep()
    assert "intrusion" not in rows[-1]["rules"].obj
    assert "camera_blinded" in rows[-1]["rules"].obj  # it asks for no rate
    assert all(a["end"] == b["begin"] for a, b in pairwise(rows))


@pytest.mark.parametrize("post", [None, Post(CAM, 7, False, 5.0, None, forbidden(CAM), 3)])
def test_a_camera_in_the_sandbox_or_unknown_is_not_watched(post: Post | None) -> None:
    watch = Watch()
    if post is None:
        watch.see([])
        for one in Camera(CAM, T0).film(10):
            watch.desk.put(one, 1.0)
            watch.desk.step({}, 2.0)
    else:
        watch.post = post
        watch.see(Camera(CAM, T0).film(10))
    assert watch.keep() == []


def test_nothing_is_lost_while_the_database_is_away_or_another_takes_over() -> None:
    watch, camera = Watch(), Camera(CAM, T0)
    watch.store.away = True
    watch.see(camera.film(10))
    with pytest.raises(ConnectionError):
        watch.keep()
    camera.at += timedelta(seconds=20)
    watch.see(camera.film(10))
    watch.desk.rest()
    watch.store.away = False
    assert spans(watch.keep()) == [(0.2, 10), (30.2, 40)]
    watch.store.rows.clear()
    assert watch.keep() == []
