"""Water, roads, air, ground and people: each answers to what happens, and to one another."""

from __future__ import annotations

from itertools import pairwise

import pytest

from devices_sim.world.incident import Incident, IncidentKind
from devices_sim.world.place import Place
from devices_sim.world.traffic import Signal
from devices_sim.world.world import World

HERE = Place(37.6153, 126.7156)
WEST, EAST = Place(37.6153, 126.7056), Place(37.6153, 126.7256)


def incident(kind: IncidentKind, strength: float = 1.0, duration: float = 120) -> Incident:
    return Incident(kind, HERE, 1000, at=60, duration=duration, strength=strength)


def world(*incidents: Incident, hour: float = 12.0) -> World:
    return World(1, start_hour=hour, incidents=incidents)


def test_rain_raises_the_sewer_first_then_the_road_then_the_river() -> None:
    wet = World(20, pace=20, incidents=(incident(IncidentKind.CLOUDBURST, 80),))
    views = {now: wet.view(HERE, now) for now in range(0, 900, 5)}
    rain = {now: view.rain_rate for now, view in views.items()}
    sewer = {now: view.sewer_level for now, view in views.items()}
    road = {now: view.flood_depth for now, view in views.items()}
    river = {now: view.water_level for now, view in views.items()}
    assert rain[55] < 3
    assert rain[65] > 60
    assert sewer[75] > 1.3
    assert river[75] - river[55] < 1.5, "the river takes its time"
    assert river[65] - river[55] < 0.3
    highest = max(river, key=lambda now: river[now])
    assert highest >= 180, "the crest comes when the rain ends, not when it begins"
    assert river[highest] > 6
    assert road[180] > 0.3
    assert sewer[230] < 0.5, "the sewer is the first to fall"
    assert river[highest + 30] > 4, "the river falls slowly"
    assert road[55] == 0
    assert road[500] < 0.02, "the road is dry again"
    assert river[895] < 2


def test_drains_take_what_they_are_built_for() -> None:
    drizzle = World(20, pace=20, incidents=(incident(IncidentKind.CLOUDBURST, 20),))
    assert all(drizzle.view(HERE, now).flood_depth == 0 for now in range(0, 600, 5))


def test_runoff_clouds_the_river_and_a_spill_kills_it() -> None:
    wet = World(20, pace=20, incidents=(incident(IncidentKind.CLOUDBURST, 80),))
    assert wet.view(HERE, 30).turbidity < 25
    assert wet.view(HERE, 180).turbidity > 100
    spill = world(incident(IncidentKind.WATER_POLLUTION))
    before, during = spill.view(HERE, 30), spill.view(HERE, 150)
    assert before.dissolved_oxygen > 7
    assert during.dissolved_oxygen < 2
    assert 7 < before.ph < 8
    assert during.ph < 6
    assert during.turbidity > 100


def test_an_accident_stops_the_road_and_ends() -> None:
    road = world(incident(IncidentKind.ACCIDENT))
    speed = {now: road.view(HERE, now).vehicle_speed for now in (50, 90, 170, 200)}
    assert speed[50] > 45
    assert speed[90] < 20
    assert speed[170] < 20
    assert speed[200] > 45


def test_rush_hours_are_slower_fuller_and_smell_of_exhaust() -> None:
    rush, night = world(hour=8).view(HERE, 0), world(hour=3).view(HERE, 0)
    assert rush.vehicle_speed < night.vehicle_speed - 10
    assert rush.no2 > 2 * night.no2
    counts = [
        sum(v.world.view(HERE, t, 60).vehicle_count for t in range(0, 1800, 60))
        for v in (rush, night)
    ]
    assert counts[0] > 3 * counts[1]


def test_counts_add_up_to_the_flow_whatever_the_interval() -> None:
    road = World(4, start_hour=13)
    by_second = sum(road.view(HERE, t, 1).vehicle_count for t in range(1800))
    by_minute = sum(road.view(HERE, t, 60).vehicle_count for t in range(0, 1800, 60))
    assert by_second == pytest.approx(by_minute, rel=0.2)


def test_the_radar_sees_single_vehicles_about_the_mean_speed() -> None:
    road = world(hour=13)
    seen = [road.view(HERE, now).spot_speed for now in range(3600)]
    passed = [speed for speed in seen if speed]
    assert 400 < len(passed) < 800, "some 600 vehicles an hour"
    assert sum(passed) / len(passed) == pytest.approx(road.view(HERE, 0).vehicle_speed, rel=0.1)
    assert max(passed) < 100
    assert world(incident(IncidentKind.RECKLESS_DRIVING, 150)).view(HERE, 70).spot_speed == 150


def test_a_signal_goes_red_green_amber_until_it_fails() -> None:
    road = world(incident(IncidentKind.SIGNAL_FAILURE), hour=15)
    shown = [road.view(HERE, now).signal_state for now in range(200, 320)]
    changes = [(a, b) for a, b in pairwise(shown) if a != b]
    assert set(changes) <= {
        (Signal.RED, Signal.GREEN),
        (Signal.GREEN, Signal.AMBER),
        (Signal.AMBER, Signal.RED),
    }
    assert shown.count(Signal.AMBER) == 3
    assert road.view(HERE, 100).signal_state == Signal.DARK
    assert road.view(HERE, 100).vehicle_speed < 0.7 * road.view(HERE, 50).vehicle_speed


def test_smoke_dust_and_rain_move_the_particles_and_sight() -> None:
    clean, dusty = (w.view(HERE, 120) for w in (world(), world(incident(IncidentKind.DUST, 300))))
    assert 15 <= clean.pm2_5 <= 30
    assert clean.pm10 < 60
    assert dusty.pm2_5 > 150
    assert dusty.visibility < 0.5 * clean.visibility
    assert world(incident(IncidentKind.FIRE)).view(HERE, 120).pm2_5 > 150
    rain = incident(IncidentKind.CLOUDBURST, 80)
    washed = world(incident(IncidentKind.DUST, 300), rain).view(HERE, 120)
    assert washed.pm2_5 < 0.8 * dusty.pm2_5


@pytest.mark.parametrize("kind", [IncidentKind.DUST, IncidentKind.ODOUR])
def test_what_hangs_in_the_air_drifts_with_the_wind(kind: IncidentKind) -> None:
    air = world(incident(kind, 10))
    down, up = (EAST, WEST) if 180 < air.wind_direction(120) < 360 else (WEST, EAST)
    assert air.drifted(kind, down, 120) > 0 == air.drifted(kind, up, 120)


def test_a_fire_is_hot_indoors_and_smoky_far_down_the_wind() -> None:
    burning = world(Incident(IncidentKind.FIRE, HERE, radius=200, at=60, duration=120, strength=1))
    inside, outside = burning.view(HERE, 120), burning.view(EAST, 120)
    before = burning.view(HERE, 30)
    assert before.smoke < 1
    assert before.room_temperature < 30
    assert before.co < 2
    assert inside.smoke > 10
    assert inside.room_temperature > 90
    assert inside.co > 300
    assert outside.pm2_5 > burning.view(EAST, 30).pm2_5 + 20
    assert outside.room_temperature < 30
    assert burning.view(HERE, 250).smoke < 1


def test_gas_gathers_in_seconds_and_goes() -> None:
    leak = world(incident(IncidentKind.GAS_LEAK, 45))
    gas = {now: leak.view(HERE, now).combustible_gas for now in (30, 90, 170, 220)}
    assert gas[30] < 1
    assert gas[90] > 40
    assert gas[170] > 40
    assert gas[220] < 1


def test_an_earthquake_comes_later_and_weaker_far_away() -> None:
    quake = Incident(IncidentKind.EARTHQUAKE, HERE, 100_000, at=60, duration=20, strength=100)
    shaken = world(quake)
    far = Place(37.80, 126.90)
    near_by = [shaken.view(HERE, now).peak_ground_acceleration for now in range(120)]
    far_off = [shaken.view(far, now).peak_ground_acceleration for now in range(120)]
    assert all(0 < quiet < 0.2 for quiet in near_by[:60]), "the ground is never quite still"
    assert 60 < max(near_by) <= 100
    assert 2 < max(far_off) < 0.4 * max(near_by)
    arrived = [next(n for n, pga in enumerate(s) if pga > 1) for s in (near_by, far_off)]
    assert arrived[0] + 3 < arrived[1] < arrived[0] + 15


def test_a_wall_leans_before_it_falls() -> None:
    wall = world(incident(IncidentKind.WALL_COLLAPSE, 5))
    tilt = [wall.view(HERE, now).tilt for now in range(0, 170, 10)]
    assert max(tilt[:6]) < 0.25
    assert tilt[7:] == sorted(tilt[7:])
    assert tilt[-1] > 5


def test_a_crime_moves_people_to_the_bell() -> None:
    view = world(incident(IncidentKind.CRIME)).view(HERE, 100)
    assert view.bell_pressed
    assert view.motion


def test_glass_breaks_once_and_the_burglar_stays() -> None:
    house = world(incident(IncidentKind.BREAK_IN, 118), hour=2)
    peaks = [house.view(HERE, now).sound_peak_level for now in range(200)]
    assert [now for now, peak in enumerate(peaks) if peak > 110] == [60, 61]
    moved = [now for now in range(200) if house.view(HERE, now).motion]
    assert moved == list(range(60, 180)), "at night nobody else is in the yard"


def test_a_loud_crowd_is_not_breaking_glass() -> None:
    din = world(incident(IncidentKind.NOISE, 96))
    assert din.view(HERE, 100).sound_level > 90
    assert all(din.view(HERE, now).sound_peak_level < 110 for now in range(60, 180))


def test_somebody_stirs_at_home_all_day_but_not_at_night() -> None:
    home = world(hour=0.0)
    idle = {now: home.view(HERE, now).inactivity for now in range(0, 2 * 86_400, 120)}
    assert all(value >= 0 for value in idle.values())
    day = [value for now, value in idle.items() if 7 <= now / 3600 % 24 < 22]
    assert max(day) < 61
    assert 400 < max(idle.values()) < 600, "a night's sleep"
    opened = [now for now in idle if home.view(HERE, now).door_open]
    assert opened
    assert all(6 <= now / 3600 % 24 < 23 for now in opened)


def test_after_a_fall_nobody_stirs_and_no_kettle_boils() -> None:
    fall = incident(IncidentKind.FALL_AT_HOME, duration=4 * 3600)
    home = world(fall, hour=9)
    idle = [home.view(HERE, now).inactivity for now in range(60, 4 * 3600, 60)]
    assert all(b - a == pytest.approx(1) for a, b in pairwise(idle))
    assert idle[-1] > 230
    assert home.view(HERE, 4 * 3600 + 120).inactivity < 61
    quiet = [home.view(HERE, now).power for now in range(1800, 4 * 3600, 60)]
    lively = [world(hour=9).view(HERE, now).power for now in range(1800, 4 * 3600, 60)]
    assert max(quiet) < 200
    assert max(lively) > 600
    assert not any(home.view(HERE, now).door_open for now in range(600, 4 * 3600, 60))


def test_car_parks_fill_by_day() -> None:
    assert world(hour=13).view(HERE, 0).parking_occupancy > 60
    assert world(hour=3).view(HERE, 0).parking_occupancy < 40
