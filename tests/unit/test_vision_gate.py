"""Bad JPEGs are refused before they are decoded; what moves opens the gate, weather does not."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analytics.vision.gate.decode import decode, decode_small
from analytics.vision.gate.header import MAX_PIXELS, read_header
from analytics.vision.gate.model import Box, GateSettings, Grey, View
from analytics.vision.gate.motion import step
from analytics.vision.gate.stats import read_stats
from smartopia.errors import FrameRefusedError
from smartopia.seen import PictureStats

T0 = datetime(2026, 6, 1, 3, tzinfo=UTC)
SETTINGS = GateSettings()
WIDTH, HEIGHT = 640, 384
Colour = NDArray[np.uint8]


def street() -> Colour:
    """A place with edges and textures, the same always."""
    rng = np.random.default_rng(7)
    ground = cv2.GaussianBlur(rng.normal(110, 60, (HEIGHT, WIDTH)).astype(np.float32), (0, 0), 5)
    for _ in range(25):
        x, y = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT))
        size = (int(rng.integers(10, 90)), int(rng.integers(10, 90)))
        cv2.rectangle(ground, (x, y), (x + size[0], y + size[1]), float(rng.integers(50, 180)), -1)
    return np.repeat(ground.clip(0, 255).astype(np.uint8)[..., None], 3, axis=2)


STREET = street()


def jpeg(picture: Colour, *options: int) -> bytes:
    return bytes(cv2.imencode(".jpg", picture, list(options))[1].tobytes())


NOISE = np.random.default_rng(3).normal(0, 4, (2 * HEIGHT, 2 * WIDTH, 3)).astype(np.int16)


def noisy(number: int, picture: Colour = STREET) -> Colour:
    """The picture with a sensor's noise, another one for each number."""
    y, x = number * 37 % HEIGHT, number * 101 % WIDTH
    height, width = picture.shape[:2]
    with_noise: Colour = cv2.add(picture, NOISE[y : y + height, x : x + width], dtype=cv2.CV_8U)
    return with_noise


def small(picture: Colour) -> Grey:
    return decode_small(jpeg(picture))


def looks(
    shown: Callable[[int], Colour], frames: int, known: Sequence[Box] = (), rate: float = 5
) -> list[str]:
    """Why each frame was looked at, or that it was not."""
    memory, whys = None, []
    for number in range(frames):
        now = T0 + timedelta(seconds=number / rate)
        memory, verdict = step(SETTINGS, memory, small(shown(number)), now, known)
        assert verdict.look == (verdict.why != "still")
        whys.append(str(verdict.why))
    return whys


def walking(number: int, *, tall: int = 20, begins: int = 20, x: float = 300) -> Colour:
    """The street; from a frame on, somebody dark who walks 3 pixels a frame."""
    picture = STREET.copy()
    if number >= begins:
        left, top = int(x + 3 * (number - begins)), 220
        cv2.rectangle(picture, (left, top), (left + tall // 3, top + tall), (25, 25, 30), -1)
    return noisy(number, picture)


JPEG = jpeg(STREET)
PROGRESSIVE = jpeg(STREET, cv2.IMWRITE_JPEG_PROGRESSIVE, 1)


def claiming(width: int, height: int, components: int = 3) -> bytes:
    """A JPEG whose header claims another size."""
    at = JPEG.index(b"\xff\xc0") + 5
    return JPEG[:at] + struct.pack(">HHB", height, width, components) + JPEG[at + 5 :]


def test_good_pictures_are_read_and_decoded() -> None:
    assert (read_header(JPEG).width, read_header(JPEG).height) == (WIDTH, HEIGHT)
    assert read_header(PROGRESSIVE).coding == "progressive"
    assert read_header(jpeg(STREET[..., 0])).components == 1
    assert decode(JPEG).shape == (HEIGHT, WIDTH, 3)
    assert decode(JPEG + b"\0\0").shape == (HEIGHT, WIDTH, 3), "padding is common, and harmless"


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (b"", "does not begin with FF D8"),
        (b"\x89PNG" + JPEG, "does not begin with FF D8"),
        (JPEG[: len(JPEG) // 2], "its picture data has no end"),
        (JPEG[:30], "runs past the end"),
        (claiming(65500, 65500), f"at most {MAX_PIXELS} in all"),
        (claiming(0, 384), "at least 1 x 1"),
        (claiming(640, 384, 4), "4 components"),
        (JPEG + b"MZ" + bytes(range(1, 99)), "100 bytes behind the end"),
        (JPEG.replace(b"\xff\xc0", b"\xff\xc3", 1), "coding FF C3 is not decoded"),
        (b"\xff\xd8" + JPEG[JPEG.index(b"\xff\xda") :], "no frame header"),
    ],
)
def test_bad_headers_are_refused_in_words(broken: bytes, words: str) -> None:
    for reader in (read_header, decode, decode_small):
        with pytest.raises(FrameRefusedError, match=words):
            reader(broken)


def test_a_small_file_of_very_many_scans_is_refused() -> None:
    scan = PROGRESSIVE.rindex(b"\xff\xda")
    bomb = PROGRESSIVE[:-2] + PROGRESSIVE[scan:-2] * 500 + b"\xff\xd9"
    with pytest.raises(FrameRefusedError, match="more than 16 scans"):
        read_header(bomb)


@given(st.data())
def test_no_bytes_do_anything_but_pass_or_be_refused(data: st.DataObject) -> None:
    broken = bytearray(JPEG[:900] + JPEG[-200:])
    for _ in range(data.draw(st.integers(1, 8))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with suppress(FrameRefusedError):
        assert read_header(bytes(broken)).width > 0


@pytest.mark.parametrize("size", [(640, 384), (384, 640), (1280, 720), (2048, 2048), (100, 60)])
def test_a_reduced_picture_has_a_side_of_160_to_320(size: tuple[int, int]) -> None:
    shape = decode_small(jpeg(cv2.resize(STREET, size))).shape
    assert max(shape) <= 320
    assert max(shape) >= min(160, *size) or size == (100, 60)


def test_a_quiet_camera_is_looked_at_every_two_seconds_only() -> None:
    whys = Counter(looks(noisy, 101))
    assert whys["first"] == 1
    assert whys["refresh"] >= 9
    assert whys["motion"] == whys["tracked"] == 0
    assert whys["still"] >= 85


def test_somebody_20_pixels_tall_opens_the_gate_at_once() -> None:
    whys = looks(walking, 30)
    assert "motion" in whys[20:23]
    assert "motion" not in whys[:20]


def test_a_bag_put_down_is_looked_at() -> None:
    def shown(number: int) -> Colour:
        picture = walking(number, tall=60, begins=20, x=200 if number < 60 else 900)
        if number >= 30:
            cv2.rectangle(picture, (240, 268), (256, 280), (20, 20, 60), -1)
        return picture

    whys = looks(shown, 80)
    assert Counter(whys[30:36])["still"] <= 4
    assert "still" in whys[75:], "a bag that lies there is no motion"


def test_smoke_that_grows_slowly_is_found_by_the_refresh_at_the_latest() -> None:
    def shown(number: int) -> Colour:
        smoke = np.zeros((HEIGHT // 8, WIDTH // 8, 3), np.uint8)
        cv2.circle(smoke, (40, 24), 1 + number // 16, (90, 90, 90), -1)
        return noisy(number, cv2.add(STREET, cv2.resize(smoke, (WIDTH, HEIGHT))))

    whys = looks(shown, 60)
    waits = [len(run) for run in "".join("." if w == "still" else "X" for w in whys).split("X")]
    assert max(waits) < 10


def test_rain_does_not_open_the_gate() -> None:
    def rain(number: int) -> Colour:
        picture, rng = noisy(number), np.random.default_rng(1000 + number)
        for x, y in rng.integers(0, (WIDTH, HEIGHT), (150, 2)):
            cv2.line(picture, (int(x), int(y)), (int(x) + 2, int(y) + 14), (200, 200, 200), 1)
        return picture

    assert Counter(looks(rain, 60)[20:])["motion"] <= 4


def test_light_that_changes_everywhere_does_not_open_the_gate() -> None:
    def dusk(number: int) -> Colour:
        return noisy(number, (STREET * (1 - 0.006 * number)).astype(np.uint8))

    def cloud(number: int) -> Colour:
        return noisy(number, STREET if number < 30 else (STREET * 0.8).astype(np.uint8))

    for light in (dusk, cloud):
        assert Counter(looks(light, 60)[5:])["motion"] <= 2


def test_a_pole_that_sways_in_the_wind_does_not_open_the_gate() -> None:
    def sway(number: int) -> Colour:
        shift = np.array([[1, 0, 2 * np.sin(number)], [0, 1, 1.5 * np.cos(2 * number)]])
        moved = cv2.warpAffine(STREET, shift, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
        return noisy(number, moved)

    assert Counter(looks(sway, 80)[40:])["motion"] <= 8


def test_what_is_tracked_is_followed_at_a_steady_pace() -> None:
    everywhere = [(0.0, 0.0, 1.0, 1.0)]
    untold, told = looks(walking, 60), looks(walking, 60, everywhere)
    assert Counter(told[25:])["tracked"] >= 10
    assert sum(w != "still" for w in told) < sum(w != "still" for w in untold) * 1.01
    gaps = "".join("." if w == "still" else "X" for w in told[25:]).split("X")
    assert max(len(gap) for gap in gaps) <= 2


def test_slow_cameras_are_looked_at_every_time_two_seconds_are_over() -> None:
    assert looks(noisy, 10, rate=0.5) == ["first", *["refresh"] * 9]


def test_another_size_or_an_earlier_time_begins_anew() -> None:
    memory, _ = step(SETTINGS, None, small(STREET), T0)
    turned = small(cv2.rotate(STREET, cv2.ROTATE_90_CLOCKWISE))
    assert step(SETTINGS, memory, turned, T0 + timedelta(seconds=1))[1].why == "first"
    assert step(SETTINGS, memory, small(STREET), T0 - timedelta(seconds=1))[1].why == "first"


def stats_of(shown: Callable[[int], Colour], frames: int) -> list[PictureStats]:
    view: View | None = None
    told = []
    for number in range(frames):
        view, stats = read_stats(small(shown(number)), view, T0 + timedelta(seconds=number / 5))
        told.append(stats)
    return told


def test_a_camera_that_is_turned_covered_defocused_or_frozen_shows_in_its_figures() -> None:
    good = stats_of(noisy, 60)
    assert good[0].likeness is None, "nothing is known of a place at first"
    usual = good[-1].likeness
    assert usual is not None
    assert usual > 0.9
    assert len({one.digest for one in good}) == len(good)

    def later(picture: Colour) -> PictureStats:
        return stats_of(lambda n: noisy(n, STREET if n < 60 else picture), 62)[-1]

    turned = later(np.ascontiguousarray(STREET[:, ::-1])).likeness
    assert turned is not None
    assert turned < 0.3
    assert later(np.full_like(STREET, 9)).contrast < 0.02
    assert later(np.full_like(STREET, 2)).brightness < 0.03
    assert later(cv2.GaussianBlur(STREET, (0, 0), 12)).sharpness < 0.7 * good[-1].sharpness
    frozen = stats_of(lambda _: STREET, 5)
    assert len({one.digest for one in frozen}) == 1
