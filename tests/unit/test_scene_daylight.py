"""The light over a scene: it follows the sun, and stays the same while nothing is to be seen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import conditions_told, light_of, weather_on
from devices_sim.world import sky
from devices_sim.world.place import Place
from devices_sim.world.world import World

GIMPO = Place(37.61, 126.72)


@dataclass(frozen=True)
class Sky:
    """A sky a test paints."""

    sun_elevation: float = 45.0
    sun_azimuth: float = 180.0
    cloud_cover: float = 0.1
    is_dark: bool = False
    illuminance: float = 60_000.0
    visibility: float = 20_000.0
    rain_rate: float = 0.0
    snow_rate: float = 0.0


@pytest.mark.parametrize(
    ("hour", "azimuth"), [(6.0, 85), (9.0, 122), (12.55, 180), (16.0, 240), (0.55, 0)]
)
def test_the_sun_goes_round_by_the_south(hour: float, azimuth: float) -> None:
    told = sky.sun_azimuth(hour, day_of_year=80, latitude=37.6)
    assert abs((told - azimuth + 180) % 360 - 180) < 8


def test_morning_and_evening_stand_apart_in_summer() -> None:
    # In June the sun rises and sets north of east and west.
    assert sky.sun_azimuth(5.5, 172, 37.6) < 80
    assert sky.sun_azimuth(19.5, 172, 37.6) > 280


def test_light_stays_the_same_for_minutes_and_changes_over_hours() -> None:
    world = World(1, 1.0, 10.0)
    lights = [light_of(world.view(GIMPO, float(t))) for t in range(0, 3 * 3600, 20)]
    changes = sum(one != other for one, other in itertools.pairwise(lights))
    assert 5 <= changes <= 60


def test_a_night_is_one_light() -> None:
    world = World(1, 1.0, 23.0, day_of_year=350)
    suns = {light_of(world.view(GIMPO, t * 600.0)).sun_elevation for t in range(24)}
    assert suns == {-12.0}
    assert light_of(world.view(GIMPO, 0)).lamps_on


def test_rain_wets_the_ground_and_closes_the_sky() -> None:
    light = light_of(Sky(rain_rate=30.0, cloud_cover=1.0))
    assert (light.wet, light.cloud) == (1.0, 1.0)


def test_night_is_in_the_light_and_put_on_no_picture() -> None:
    dark = Sky(sun_elevation=-20, is_dark=True, illuminance=15.0)
    camera = Camera(0, 0, 5, pan=0, tilt=20)
    assert weather_on(dark, camera) == ()
    assert [name for name, _ in conditions_told(dark, camera)] == ["night"]


def test_a_low_sun_dazzles_only_who_looks_towards_it() -> None:
    low = Sky(sun_elevation=5.0, sun_azimuth=270.0, illuminance=8_000.0)
    west, east = (Camera(0, 0, 5, pan=pan, tilt=15) for pan in (180, 0))
    assert [name for name, _ in weather_on(low, west)] == ["glare"]
    assert weather_on(low, east) == ()
    assert weather_on(replace(low, sun_elevation=60.0, illuminance=90_000.0), west) == ()
