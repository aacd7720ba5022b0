"""Weather over a camera: dim in rain, dark at night, and nothing on a clear day."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from devices_sim.conditions.registry import discover_conditions
from devices_sim.conditions.weather import weather_conditions
from devices_sim.world.place import Place
from devices_sim.world.world import World


@dataclass(frozen=True)
class Sky:
    sun_elevation: float = 45.0
    illuminance: float = 50_000.0
    visibility: float = 20_000.0
    rain_rate: float = 0.0
    snow_rate: float = 0.0


@pytest.mark.parametrize(
    ("sky", "conditions"),
    [
        (Sky(), {}),
        (Sky(visibility=900), {}),
        (Sky(visibility=180), {"fog": 3}),
        (Sky(visibility=10), {"fog": 5}),
        (Sky(rain_rate=1), {}),
        (Sky(rain_rate=80, visibility=900), {"rain": 4}),
        (Sky(rain_rate=10, visibility=90), {"rain": 2, "fog": 4}),
        (Sky(snow_rate=5, visibility=190), {"snow": 4}),
        (Sky(sun_elevation=-10, illuminance=15), {"night": 3}),
        (Sky(sun_elevation=-10, illuminance=0, visibility=60), {"night": 5, "fog": 4}),
        (Sky(sun_elevation=5, illuminance=8000), {"glare": 2}),
        (Sky(sun_elevation=12, illuminance=15_000), {"glare": 1}),
        (Sky(sun_elevation=5, illuminance=8000, visibility=1000), {}),
        (Sky(sun_elevation=-2, illuminance=300), {}),
    ],
)
def test_what_a_camera_feels(sky: Sky, conditions: dict[str, int]) -> None:
    assert dict(weather_conditions(sky)) == conditions


def test_each_is_a_condition_there_is() -> None:
    known = discover_conditions()
    sky = Sky(sun_elevation=3, illuminance=0, visibility=5, rain_rate=200, snow_rate=20)
    for name, grade in weather_conditions(sky):
        known.camera(name, grade)


def test_the_simulated_city_tells_what_a_camera_feels() -> None:
    here = Place(37.6153, 126.7156)
    noon = dict(weather_conditions(World(7, start_hour=12).view(here, 0)))
    midnight = dict(weather_conditions(World(7, start_hour=0).view(here, 0)))
    assert "night" not in noon
    assert midnight["night"] >= 3
