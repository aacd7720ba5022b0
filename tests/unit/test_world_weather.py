"""Weather and light: seasons, snow, fog, sun, and what they do to roads and sight."""

from __future__ import annotations

from dataclasses import replace

import pytest

from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.world import World

HERE = Place(37.6153, 126.7156)
WINTER, SPRING, SUMMER = 20, 124, 210


def world(*incidents: Incident, day: float = SPRING, hour: float = 12.0) -> World:
    return World(1, start_hour=hour, incidents=incidents, day_of_year=day)


def on(kind: IncidentKind, strength: float, duration: float = 3600) -> Incident:
    return Incident(kind, HERE, 5000, at=0, duration=duration, strength=strength)


def test_the_year_has_its_seasons() -> None:
    means = {day: world(day=day).view(HERE, 0).mean_temperature for day in (WINTER, SPRING, SUMMER)}
    assert means[WINTER] == pytest.approx(-2, abs=1)
    assert means[SPRING] == pytest.approx(15, abs=1)
    assert means[SUMMER] == pytest.approx(26, abs=1)


def test_the_day_is_warmest_in_the_afternoon() -> None:
    by_hour = {hour: world(hour=hour).view(HERE, 0).temperature for hour in range(24)}
    assert 14 <= max(by_hour, key=lambda hour: by_hour[hour]) <= 18
    assert 2 <= min(by_hour, key=lambda hour: by_hour[hour]) <= 6


@pytest.mark.parametrize(
    ("day", "hour", "low", "high"),
    [
        (172, 12.55, 75, 76.5),  # midsummer noon: 90 - 37.6 + 23.4
        (355, 12.55, 28, 30),  # midwinter noon
        (80, 12.55, 51, 54),  # equinox noon
        (80, 6.55, -2, 2),  # equinox, sunrise
        (172, 0.55, -30, -28),
    ],
)
def test_the_sun_stands_where_it_does_over_gimpo(
    day: float, hour: float, low: float, high: float
) -> None:
    view = replace(world(), start_hour=hour, day_of_year=day - hour / 24).view(HERE, 0)
    assert low <= view.sun_elevation <= high


def test_light_goes_from_noon_over_dusk_to_street_lamps() -> None:
    noon, night = world(hour=12.5).view(HERE, 0), world(hour=1).view(HERE, 0)
    assert noon.illuminance > 20_000
    assert not noon.is_dark
    assert 8 < night.illuminance < 30, "street lamps"
    assert night.is_dark
    evening = [world(hour=18 + step / 20).view(HERE, 0).illuminance for step in range(60)]
    assert evening[0] > 5000
    assert evening == sorted(evening, reverse=True)
    assert evening[-1] == pytest.approx(night.illuminance, abs=1), "the lamps are on"


def test_rain_clouds_take_light_and_sight() -> None:
    dry, wet = (w.view(HERE, 100) for w in (world(), world(on(IncidentKind.CLOUDBURST, 80))))
    assert wet.illuminance < 0.5 * dry.illuminance
    assert wet.visibility < 1500
    assert dry.visibility > 10_000
    assert wet.is_raining
    assert not wet.is_snowing
    assert wet.relative_humidity > dry.relative_humidity + 10
    assert wet.wind_speed > dry.wind_speed + 4


def test_in_the_cold_it_snows_and_the_river_does_not_rise() -> None:
    burst = on(IncidentKind.CLOUDBURST, 30, 1800)
    cold = world(burst, day=WINTER, hour=3).view(HERE, 1500)
    mild = world(burst).view(HERE, 1500)
    assert cold.is_snowing
    assert not cold.is_raining
    assert cold.snow_rate == pytest.approx(cold.precipitation)
    assert cold.water_level < 1.5
    assert mild.water_level > 3
    assert cold.sewer_level < 0.5
    assert mild.sewer_level > 1
    assert cold.flood_depth == 0


def test_a_snowfall_brings_its_own_cold_dims_sight_and_slows_cars() -> None:
    clear, snow = (w.view(HERE, 600) for w in (world(), world(on(IncidentKind.SNOWFALL, 3))))
    assert snow.temperature == pytest.approx(-2)
    assert snow.snow_rate == pytest.approx(3, rel=0.2)
    assert snow.rain_rate == 0
    assert 200 < snow.visibility < 1000
    assert snow.vehicle_speed < clear.vehicle_speed - 10
    assert snow.water_level == clear.water_level


def test_what_falls_is_rain_or_snow_and_never_lost() -> None:
    burst = on(IncidentKind.CLOUDBURST, 20, 86_400)
    for hour in range(24):
        view = world(burst, day=60, hour=hour).view(HERE, 10)
        assert view.rain_rate + view.snow_rate == pytest.approx(view.precipitation)


def test_fog_hides_the_road_and_slows_it() -> None:
    clear, fog = (w.view(HERE, 600) for w in (world(), world(on(IncidentKind.FOG, 1))))
    assert fog.fog == 1
    assert fog.visibility == pytest.approx(80, abs=5)
    assert world(on(IncidentKind.FOG, 0.5)).view(HERE, 600).visibility > 250
    assert fog.vehicle_speed < clear.vehicle_speed - 8
    assert fog.relative_humidity > 95


def test_a_gale_blows_and_gusts() -> None:
    calm, gale = (w.view(HERE, 600) for w in (world(), world(on(IncidentKind.GALE, 18))))
    assert calm.wind_speed < calm.wind_gust < 10
    assert gale.wind_speed == pytest.approx(calm.wind_speed + 18)
    assert gale.wind_gust > 1.25 * gale.wind_speed
    directions = [gale.world.view(HERE, now).wind_direction for now in range(0, 86_400, 600)]
    assert all(0 <= direction < 360 for direction in directions)
    assert max(directions) - min(directions) > 60


def test_a_heatwave_makes_ozone_where_the_sun_shines() -> None:
    wave = on(IncidentKind.HEATWAVE, 8, 9000)
    summer, hot = (w.view(HERE, 3600) for w in (world(day=SUMMER), world(wave, day=SUMMER)))
    assert hot.temperature == pytest.approx(summer.temperature + 8)
    assert summer.o3 < 0.12
    assert hot.o3 > 0.12
    assert world(wave, day=SUMMER, hour=0).view(HERE, 3600).o3 < summer.o3
    assert world(hour=8).view(HERE, 0).o3 < world(hour=10).view(HERE, 0).o3, "exhaust eats it"
