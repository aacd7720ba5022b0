"""A rendered picture: its truth is where the actors are, and the same seed gives the same bytes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from devices_sim.cameras.scene.actors import Actor, ActorKind, Pose, SceneState
from devices_sim.cameras.scene.actors import Light as Shown
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.layout import Layout
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.cameras.scene.render.frame import Rendered, render
from devices_sim.cameras.scene.render.layer import Kept
from devices_sim.cameras.scene.render.light import Light
from devices_sim.cameras.scene.render.static import View, survey, view
from smartopia.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
CAMERA = Camera(x=0, y=0, height=5, pan=0, tilt=18, k1=-0.05, width=320, height_px=192)
PLACE = Layout.model_validate(
    {
        "name": "yard",
        "place": [37.6, 126.7],
        "extent": [[-10, -30], [60, 30]],
        "ground": [
            {"material": "asphalt", "polygon": [[-10, -30], [60, -30], [60, 30], [-10, 30]]},
            {
                "material": "water",
                "polygon": [[40, -30], [50, -30], [50, 30], [40, 30]],
                "level": -1,
            },
        ],
        "lamps": [{"at": [15, 6], "height": 7, "facing": -90}],
        "signals": [{"name": "stop", "at": [14, -4], "facing": 180, "green": [0, 20]}],
        "cameras": [{"name": "cam", "at": [0, 0], "height": 5, "pan": 0, "tilt": 18}],
    }
)
NOON = Light(sun_elevation=45, sun_azimuth=180, cloud=0.1)


@pytest.fixture(scope="module")
def noon() -> View:
    return view(survey(PLACE, CAMERA), NOON)


POSES = {ActorKind.PERSON: Pose.STANDING, ActorKind.BICYCLE: Pose.RIDING}


def actor(kind: ActorKind, x: float, y: float, number: int = 1, **more: float) -> Actor:
    held = Actor(number, kind, x, y, 1.2, 0.0, POSES.get(kind, Pose.NONE), 0.2, 7)
    return replace(held, **more)  # type: ignore[arg-type]


def shot(place: View, actors: Sequence[Actor], **more: object) -> Rendered:
    return render(place, SceneState(0.0, tuple(actors), **more))  # type: ignore[arg-type]


def only(shown: Rendered, kind: ActorKind) -> TrueBox:
    (box,) = [box for box in shown.boxes if box.kind is kind]
    return box


def test_a_persons_box_has_the_height_of_a_person_there(noon: View) -> None:
    box = only(shot(noon, [actor(ActorKind.PERSON, 15, 0)]), ActorKind.PERSON)
    (_, feet), (_, head) = CAMERA.project(np.array([[15.0, 0, 0], [15, 0, 1.7]]))[0]
    assert box.whole[3] == pytest.approx(feet, abs=2.5)
    assert box.whole[3] - box.whole[1] == pytest.approx(feet - head, rel=0.15)
    assert box.visible == pytest.approx(box.whole, abs=1.1)
    assert box.share == 1


def test_the_picture_changes_where_the_truth_says_and_the_depth_is_the_actors(noon: View) -> None:
    shown = shot(noon, [actor(ActorKind.PERSON, 15, 0)])
    left, top, right, bottom = (round(v) for v in only(shown, ActorKind.PERSON).visible or ())
    middle = ((top + bottom) // 2, (left + right) // 2)
    assert shown.depth[middle] == pytest.approx(15 * np.cos(np.radians(18)), abs=2)
    empty = shot(noon, [])
    changed = np.abs(shown.picture.astype(int) - empty.picture).max(axis=2) > 20
    assert changed[top:bottom, left:right].mean() > 0.35
    changed[:, max(0, left - 60) : right + 60] = False
    assert changed.mean() < 0.01


def test_who_stands_behind_a_bus_is_not_seen_and_said_so(noon: View) -> None:
    bus = actor(ActorKind.BUS, 14, 0, 2, heading=np.pi / 2)
    shown = shot(noon, [actor(ActorKind.PERSON, 17.5, 0), bus])
    person = only(shown, ActorKind.PERSON)
    assert person.visible is None
    assert person.share == 0
    assert person.whole[3] > person.whole[1]


def test_who_stands_behind_a_wall_is_not_seen_and_said_so(noon: View) -> None:
    person = actor(ActorKind.PERSON, 15, 0)
    walled = replace(noon, depth=np.full_like(noon.depth, 6), kept=Kept())
    box = only(shot(walled, [person]), ActorKind.PERSON)
    assert (box.visible, box.share) == (None, 0)
    assert box.whole == only(shot(noon, [person]), ActorKind.PERSON).whole
    open_behind = replace(noon, depth=np.full_like(noon.depth, 16), kept=Kept())
    assert only(shot(open_behind, [person]), ActorKind.PERSON).share == 1


def test_a_car_half_hidden_by_another_has_a_smaller_visible_box(noon: View) -> None:
    cars = [actor(ActorKind.CAR, 20, 0, 1), actor(ActorKind.CAR, 15, 2, 2)]
    boxes = {box.actor: box for box in shot(noon, cars).boxes}
    assert 0.05 < boxes[1].share < 0.95
    assert boxes[2].share == 1


def test_who_leaves_the_picture_is_seen_in_part(noon: View) -> None:
    edge = CAMERA.on_ground((1, 150))
    assert edge is not None
    box = only(shot(noon, [actor(ActorKind.CAR, *edge)]), ActorKind.CAR)
    assert box.whole[0] < 0
    assert box.visible is not None
    assert box.visible[0] == 0
    assert 0.2 < box.share < 0.8


def test_who_is_outside_the_picture_has_no_box(noon: View) -> None:
    outside = [actor(ActorKind.PERSON, -8, 0), actor(ActorKind.PERSON, 15, 29, 2)]
    assert shot(noon, outside).boxes == ()


@pytest.mark.parametrize("kind", [ActorKind.BICYCLE, ActorKind.MOTORCYCLE])
def test_a_rider_has_a_box_of_its_own(noon: View, kind: ActorKind) -> None:
    shown = shot(noon, [actor(kind, 14, 0)])
    assert {box.kind for box in shown.boxes} == {kind, ActorKind.PERSON}
    assert {box.actor for box in shown.boxes} == {1}


@pytest.mark.parametrize("kind", [ActorKind.FIRE, ActorKind.SMOKE])
def test_fire_and_smoke_have_boxes_and_grow(noon: View, kind: ActorKind) -> None:
    small, large = (
        only(shot(noon, [actor(kind, 15, 0, scale=scale)]), kind) for scale in (1.0, 2.0)
    )
    assert small.visible is not None
    assert large.whole[3] - large.whole[1] > 1.4 * (small.whole[3] - small.whole[1])


def test_the_sun_throws_a_shadow_away_from_itself(noon: View) -> None:
    def ground(shown: Rendered, y: float) -> float:
        (x, down), *_ = CAMERA.project(np.array([[15.0, y, 0]]))[0]
        spot = shown.picture[int(down) - 1 : int(down) + 2, int(x) - 1 : int(x) + 2]
        return float(spot.mean(axis=2).min())

    shown, empty = shot(noon, [actor(ActorKind.PERSON, 15, 0)]), shot(noon, [])
    # The sun stands in the south, so the shadow falls north (+y) of the feet.
    assert ground(shown, 0.8) < 0.9 * ground(empty, 0.8)
    assert ground(shown, -0.8) > 0.93 * ground(empty, -0.8)


def test_the_same_seed_gives_the_same_bytes_in_another_process(noon: View) -> None:
    script = (
        "import sys; sys.path.insert(0, '.')\n"
        "from tests.unit.test_scene_render_frame import *\n"
        "print(digest(view(survey(PLACE, CAMERA), NOON)))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert other.stdout.strip() == digest(noon)


def digest(place: View) -> str:
    import hashlib  # noqa: PLC0415

    actors = [actor(ActorKind.PERSON, 12, 1), actor(ActorKind.CAR, 20, -2, 2)]
    shown = shot(place, actors)
    return hashlib.sha256(shown.picture.tobytes() + shown.depth.tobytes()).hexdigest()


def test_another_seed_gives_other_noise_and_the_same_truth(noon: View) -> None:
    state = SceneState(0.0, (actor(ActorKind.PERSON, 12, 1),))
    one, other = render(noon, state, seed=1), render(noon, state, seed=2)
    assert not np.array_equal(one.picture, other.picture)
    assert one.boxes == other.boxes


def test_frames_asked_for_in_another_order_are_the_same(noon: View) -> None:
    parked = [actor(ActorKind.CAR, 20, -2, 2), actor(ActorKind.CAR, 45, 3, 3)]
    states = [
        SceneState(0.2 * step, (*parked[step % 3 :], actor(ActorKind.PERSON, 10 + step / 4, 1)))
        for step in range(5)
    ]

    def pictures(place: View, order: Sequence[int]) -> dict[int, tuple[bytes, bytes, object]]:
        found = {step: render(place, states[step], seed=step) for step in order}
        return {
            step: (shown.picture.tobytes(), shown.depth.tobytes(), shown.boxes)
            for step, shown in found.items()
        }

    first = pictures(noon, range(5))
    for order in ([4, 3, 2, 1, 0], [2, 2, 0, 4, 1, 3]):
        assert pictures(noon, order) == first
    for step in range(5):
        afresh = pictures(replace(noon, kept=Kept()), [step])
        assert afresh[step] == first[step]


def test_only_the_last_pictures_layers_are_kept(noon: View) -> None:
    for step in range(4):
        shot(noon, [actor(ActorKind.PERSON, 10 + step, 0), actor(ActorKind.CAR, 20, 3, 2)])
    assert len(noon.kept.layers) == 2
    shot(noon, [])
    assert not noon.kept.layers


def test_risen_water_hides_what_stands_in_it() -> None:
    flood = view(survey(PLACE, CAMERA, water_level=1.9), NOON)
    shown = shot(flood, [actor(ActorKind.PERSON, 15, 0)], water_level=1.9)
    assert only(shown, ActorKind.PERSON).share < 0.75


def test_night_is_darker_than_day_and_lamps_light_it(noon: View) -> None:
    dark = view(survey(PLACE, CAMERA), Light(sun_elevation=-30, lamps_on=True))
    assert dark.clean.mean() < 0.7 * noon.clean.mean()
    (x, y), *_ = CAMERA.project(np.array([[15.0, 4.7, 0]]))[0]
    below = dark.clean[int(y), int(x)].mean()
    assert below > 1.25 * dark.clean[int(y), 20].mean()


def test_a_signal_shows_its_light(noon: View) -> None:
    (x, y), *_ = CAMERA.project(np.array([[13.73, -4, 2.5 + 0.6]]))[0]
    red, green = (
        shot(noon, [], lights={"stop": light}).picture[int(y), int(x)].astype(int)
        for light in (Shown.RED, Shown.GREEN)
    )
    assert red[2] > red[1] + 40
    assert green[2] < red[2] - 40


@pytest.mark.parametrize(
    ("field", "value"), [("sun_elevation", 120.0), ("cloud", 1.5), ("wet", -0.1)]
)
def test_impossible_light_is_refused(field: str, value: float) -> None:
    with pytest.raises(ConfigurationError, match=rf"light: {field} "):
        replace(NOON, **{field: value})  # type: ignore[arg-type]
