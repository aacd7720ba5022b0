"""Conditions of cameras: what each does to a picture, by grade."""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices_sim.conditions.filming import ConditionedCamera, condition_picture
from devices_sim.conditions.model import Depth, Picture, Span
from devices_sim.conditions.registry import discover_conditions
from smartopia.errors import ConfigurationError

CONDITIONS = discover_conditions()
CAMERAS = CONDITIONS.cameras
GRADES = (1, 2, 3, 4, 5)
BY_FRAME = {"frozen", "frame_loss"}
BY_PICTURE = sorted(set(CAMERAS) - BY_FRAME)
DEVICES = ("cam-a", "cam-b", "cam-c")


def street(width: int = 320, height: int = 192) -> Picture:
    """Something like a street: sky, houses with windows, a road, and much that is small."""
    picture = np.full((height, width, 3), (60, 64, 66), np.uint8)
    picture[: height // 3] = (225, 200, 180)
    for n in range(6):
        left, top = n * width // 6, height // 8 + (n * 37 % 5) * height // 24
        corner = (left + width // 7, height * 3 // 5)
        cv2.rectangle(picture, (left, top), corner, (40 + 30 * n, 90, 170 - 20 * n), -1)
        for window in range(4):
            at = (left + 4 + window * width // 30, top + 6)
            cv2.rectangle(picture, at, (at[0] + 4, at[1] + 8), (200, 210, 190), -1)
    cv2.line(picture, (width // 2, height * 3 // 5), (width // 3, height), (230, 230, 230), 2)
    speckle = np.random.Generator(np.random.PCG64(1)).integers(-12, 13, picture.shape)
    rough: Picture = np.clip(picture + speckle, 0, 255).astype(np.uint8)
    return rough


def under(
    picture: Picture,
    name: str,
    grade: int,
    *,
    device: str = "cam-a",
    seed: int = 5,
    number: int = 3,
    depth: Depth | None = None,
) -> Picture:
    span = Span(device, name, grade)
    return seen(
        condition_picture(
            picture, [span], 12.4, conditions=CONDITIONS, seed=seed, number=number, depth=depth
        )
    )


def seen(picture: Picture | None) -> Picture:
    assert picture is not None
    return picture


class Clock:
    """Goes on by a step each time it is asked."""

    def __init__(self, step: float) -> None:
        self._step, self.now = step, -step

    def __call__(self) -> float:
        self.now += self._step
        return self.now


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise ratio, dB; the lower, the more is lost."""
    return float(cv2.PSNR(one, other))


def contrast(part: Picture) -> float:
    return float(part.astype(np.float32).std())


def test_the_shipped_conditions_are_found() -> None:
    assert set(CAMERAS) >= {
        "night",
        "fog",
        "rain",
        "snow",
        "motion_blur",
        "defocus",
        "low_bit_rate",
        "dirty_lens",
        "occlusion",
        "glare",
        "shaken",
        "turned",
        "frozen",
        "frame_loss",
        "noise",
    }


@pytest.mark.parametrize("name", BY_PICTURE)
def test_each_grade_hurts_more_than_the_one_before(name: str) -> None:
    clear = street()
    left = [
        statistics.mean(
            psnr(clear, under(clear, name, grade, device=device, number=number))
            for device in DEVICES
            for number in (1, 6)
        )
        for grade in GRADES
    ]
    # One of another grade may hit a better place: nearly sorted will do, but for the ends.
    assert all(after < before + 0.5 for before, after in pairwise(left)), left
    assert left[4] < left[0] - 2, left


@pytest.mark.needs_data
@pytest.mark.parametrize("name", BY_PICTURE)
def test_grade_5_hurts_real_pictures_more_than_grade_1(name: str, data: Path) -> None:
    files = sorted((data / "street-lab" / "images").glob("*.jpg"))[:4]
    assert files
    clear = [np.asarray(cv2.imread(str(file))) for file in files]
    lost = [statistics.mean(psnr(c, under(c, name, grade)) for c in clear) for grade in (1, 5)]
    assert lost[1] < lost[0] - 1


@pytest.mark.parametrize("name", BY_PICTURE)
@pytest.mark.parametrize(("width", "height"), [(61, 47), (9, 7), (48, 90), (1, 1)])
def test_size_and_type_are_kept_whatever_they_are(name: str, width: int, height: int) -> None:
    clear = street(64, 48)[:height, :width] if width < 64 and height < 48 else street(width, height)
    clear = np.ascontiguousarray(clear)
    before = clear.copy()
    for grade in GRADES:
        made = under(clear, name, grade)
        assert made.shape == clear.shape
        assert made.dtype == np.uint8
    assert np.array_equal(clear, before), "the picture it was given is left alone"


@pytest.mark.parametrize("name", ["fog", "rain", "snow", "night"])
def test_a_depth_that_is_known_is_used(name: str) -> None:
    clear = street()
    depth = np.full(clear.shape[:2], 300, np.float32)
    depth[:20] = np.inf
    near = np.full(clear.shape[:2], 3, np.float32)
    assert not np.array_equal(under(clear, name, 4, depth=depth), under(clear, name, 4, depth=near))


def test_fog_hides_what_is_far_and_not_what_is_near() -> None:
    clear = street()
    depth = np.full(clear.shape[:2], 5, np.float32)
    depth[:, 160:] = 150
    foggy = under(clear, "fog", 5, depth=depth)
    assert contrast(foggy[:, 160:]) < 0.05 * contrast(clear[:, 160:])
    assert contrast(foggy[:, :160]) > 0.55 * contrast(clear[:, :160])


def test_fog_follows_koschmieder() -> None:
    """At the visibility, 2 % of a contrast is left; at half of it, the root of that."""
    clear = np.zeros((100, 100, 3), np.uint8)
    clear[:, ::2] = 255
    for metres, left in ((200, 0.02), (100, math.sqrt(0.02))):
        depth = np.full((100, 100), metres, np.float32)
        levels = under(clear, "fog", 3, depth=depth).astype(np.float32).mean(axis=(0, 2))
        seen = (levels[1::2].mean() - levels[::2].mean()) / 255
        assert abs(seen) == pytest.approx(left, rel=0.6)


def test_night_is_darker_by_grade_and_greyer() -> None:
    clear = street()
    nights = [under(clear, "night", grade) for grade in GRADES]
    brightness = [float(night.mean()) for night in nights]
    assert brightness == sorted(brightness, reverse=True)
    assert brightness[4] < 0.2 * clear.mean()
    sky = nights[2][: clear.shape[0] // 8].mean()
    assert sky < 0.35 * clear[: clear.shape[0] // 8].mean(), "a bright sky is dark at night"


def test_occlusion_hides_about_the_share_it_says() -> None:
    clear = np.full((192, 320, 3), 255, np.uint8)
    for device in (f"cam-{n}" for n in range(4)):
        for grade, share in zip(GRADES, (0.06, 0.14, 0.25, 0.4, 0.6), strict=True):
            hidden = (under(clear, "occlusion", grade, device=device).min(axis=2) < 250).mean()
            assert share * 0.6 <= hidden <= share * 1.6 + 0.05, (device, grade)


@pytest.mark.parametrize("name", ["noise", "rain", "snow", "shaken"])
def test_what_moves_is_another_in_the_next_frame(name: str) -> None:
    camera = ConditionedCamera("c", [Span("c", name, 3)], CONDITIONS, seed=1, clock=Clock(0.2))
    first, second = seen(camera.condition(street())), seen(camera.condition(street()))
    assert not np.array_equal(first, second)


def plain(level: int) -> Picture:
    return np.full((8, 8, 3), level, np.uint8)


def shown(*spans: Span, frames: int = 20) -> list[int | None]:
    """The levels of a camera's frames; frame n is taken at second n and has level n."""
    camera = ConditionedCamera("c", spans, CONDITIONS, seed=1, clock=Clock(1.0))
    made = (camera.condition(plain(n)) for n in range(frames))
    return [None if picture is None else int(picture[0, 0, 0]) for picture in made]


def test_a_frozen_camera_shows_an_old_picture_and_thaws_when_it_is_over() -> None:
    assert shown(Span("c", "frozen", 5, 2, 5), frames=7) == [0, 1, 2, 2, 2, 5, 6]
    assert shown(Span("c", "frozen", 1), frames=7) == [0, 0, 0, 3, 3, 3, 6]
    fresh = [len(set(shown(Span("c", "frozen", grade), frames=200))) for grade in GRADES]
    assert fresh == [67, 20, 7, 2, 1]


def test_frames_are_lost_more_often_by_grade() -> None:
    lost = [shown(Span("c", "frame_loss", grade), frames=200).count(None) for grade in GRADES]
    assert lost == sorted(lost)
    assert 0 < lost[0] < 25
    assert lost[4] > 150
    kept = [level for level in shown(Span("c", "frame_loss", 3)) if level is not None]
    assert kept == sorted(set(kept)), "what is not lost is untouched"


def test_conditions_meet_a_picture_in_the_order_of_the_light() -> None:
    spans = [Span("c", "low_bit_rate", 4), Span("c", "night", 3), Span("c", "fog", 4)]
    one, other = (
        seen(condition_picture(street(), order, 1.0, conditions=CONDITIONS, seed=1))
        for order in (spans, spans[::-1])
    )
    assert np.array_equal(one, other)
    assert one.mean() < 110, "fog at night is dark"


def test_weather_counts_where_it_is_worse_than_the_scenario_and_is_recorded() -> None:
    record: list[Span] = []
    span = Span("c", "fog", 2)
    camera = ConditionedCamera(
        "c", [span], CONDITIONS, seed=1, clock=Clock(1.0), record=record.append
    )
    clear = seen(camera.condition(street(), weather=[]))
    worse = seen(camera.condition(street(), weather=[("fog", 5)]))
    better = seen(camera.condition(street(), weather=[("fog", 1)]))
    camera.close()
    assert psnr(street(), worse) < psnr(street(), clear) - 3
    assert psnr(street(), better) == pytest.approx(psnr(street(), clear), abs=0.5)
    assert [(s.grade, s.begin, s.end) for s in record] == [
        (2, 0, math.inf),
        (5, 1, math.inf),
        (5, 1, 2),
        (1, 2, math.inf),
        (2, 0, 3),
        (1, 2, 3),
    ]


def test_what_there_is_not_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(ConfigurationError, match=r"'drift' of cameras; allowed are defocus, dirt"):
        ConditionedCamera("c", [Span("c", "drift", 1)], CONDITIONS, seed=1, clock=Clock(1.0))
    with pytest.raises(ConfigurationError, match=r"fog: grade 0; allowed are whole .* 1 to 5"):
        ConditionedCamera("c", [Span("c", "fog", 0)], CONDITIONS, seed=1, clock=Clock(1.0))


def digests(seed: int) -> dict[str, str]:
    """What each condition makes of the street, in short."""
    return {
        name: sha256(
            b"".join(under(street(), name, grade, seed=seed).tobytes() for grade in (2, 5))
        ).hexdigest()
        for name in BY_PICTURE
    }


def test_another_process_makes_the_same_bytes_of_the_same_seed() -> None:
    code = "from tests.unit.test_conditions_cameras import digests; print(digests(5))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == repr(digests(5))


def test_another_seed_is_other_dirt_and_other_noise() -> None:
    one, other = digests(5), digests(6)
    drawn = {"dirty_lens", "glare", "night", "noise", "rain", "snow", "shaken"}
    assert all(one[name] != other[name] for name in drawn)
