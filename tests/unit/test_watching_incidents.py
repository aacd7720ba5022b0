"""Alerts of neighbouring cameras are one incident where they may be of the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from analytics.vision.watching.incidents import Incidents, Report, metres
from smartopia.contract.topics import DeviceKey

T0 = datetime(2026, 6, 1, 12, tzinfo=UTC)
HERE = (37.6, 126.7)


def report(
    camera: str = "cam-1",
    *,
    seconds: float = 0,
    north_m: float | None = 0,
    label: str = "person",
    situation: str = "intrusion",
    site: str = "gimpo",
) -> Report:
    place = None if north_m is None else (HERE[0] + north_m / 111_195, HERE[1])
    labels = frozenset({label} if label else ())
    at = T0 + timedelta(seconds=seconds)
    return Report(situation, labels, DeviceKey(site, camera), place, at)


def same(one: Report, other: Report) -> bool:
    incidents = Incidents()
    return incidents.name(one) == incidents.name(other)


def test_whoever_walks_into_the_neighbours_picture_is_one_incident() -> None:
    assert same(report(), report("cam-2", seconds=20, north_m=60))
    assert same(report(label="car"), report("cam-2", seconds=10, north_m=150, label="truck"))


@pytest.mark.parametrize(
    "other",
    [
        report("cam-2", seconds=2, north_m=120),
        report("cam-2", seconds=20, north_m=300, label="person"),
        report("cam-2", seconds=45, north_m=10),
        report("cam-2", label="car"),
        report("cam-2", situation="loitering"),
        report("cam-2", site="seoul"),
        report("cam-2", north_m=None),
        report("cam-2", label=""),
        report("cam-1", seconds=5),
    ],
    ids=[
        "too far for the time",
        "no neighbour",
        "too late",
        "a car is no person",
        "another situation",
        "another site",
        "nobody knows where",
        "nobody in it",
        "the same camera",
    ],
)
def test_what_cannot_be_the_same_is_another_incident(other: Report) -> None:
    first = report(label="") if not other.labels else report()
    assert not same(first, other)


def test_an_incident_goes_from_camera_to_camera_and_back() -> None:
    incidents = Incidents()
    names = [
        incidents.name(report("cam-1")),
        incidents.name(report("cam-2", seconds=25, north_m=90)),
        incidents.name(report("cam-3", seconds=50, north_m=180)),
        incidents.name(report("cam-2", seconds=70, north_m=90)),
    ]
    assert len(set(names)) == 1
    assert incidents.name(report("cam-1", seconds=200)) not in names


def test_of_several_the_last_counts() -> None:
    incidents = Incidents()
    first = incidents.name(report("cam-1", seconds=0, north_m=0))
    second = incidents.name(report("cam-3", seconds=2, north_m=100))
    assert first != second
    assert incidents.name(report("cam-2", seconds=20, north_m=50)) == second


def test_metres_are_metres() -> None:
    assert metres((37.6, 126.7), (37.601, 126.7)) == pytest.approx(111.2, abs=0.1)
    assert metres((37.6, 126.7), (37.6, 126.701)) == pytest.approx(88.1, abs=0.1)
