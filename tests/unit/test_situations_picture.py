"""Fire and smoke, and the camera itself: told when it is so, and not when it only looks so."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.vision.situations.model import Phase, Track
from smartopia.seen import PictureStats
from tests.support.situations import box, raised, told, view


def blaze(ident: int, label: str, scale: float) -> Track:
    return Track(ident, label, 0.6, box((0, 20), scale, 1.2 * scale))


def test_flames_that_grow_are_told_and_a_flash_is_not() -> None:
    (at,) = raised(told("fire", view(), lambda t: [blaze(1, "fire", 0.3 + 0.1 * t)], 12))
    assert at < 6
    assert not told("fire", view(), lambda t: [blaze(1, "fire", 1)] if t < 1 else [], 12)


def test_steam_that_does_not_grow_is_no_fire() -> None:
    assert not told("fire", view(), lambda _: [blaze(1, "smoke", 2)], 60)


def picture(**changes: Any) -> PictureStats:
    usual = {
        "brightness": 0.4, "contrast": 0.2, "sharpness": 10.0, "likeness": 0.9, "digest": "a",
    }  # fmt: skip
    return PictureStats(**{**usual, **changes})


@pytest.mark.parametrize(
    ("situation", "change"),
    [
        ("camera_blinded", {"brightness": 0.01}),
        ("camera_blinded", {"contrast": 0.01}),
        ("camera_blinded", {"sharpness": 2.0}),
        ("camera_turned", {"likeness": 0.1}),
        ("camera_frozen", {"digest": "same"}),
    ],
)
def test_a_camera_that_fails_is_told_and_when_it_sees_again(
    situation: str, change: dict[str, Any]
) -> None:
    def stats(t: float) -> PictureStats:
        return picture(**{"digest": str(t), **(change if 30 <= t < 50 else {})})

    signals = told(situation, view(), lambda _: [], 80, stats=stats)
    assert [s.phase for s in signals] == [Phase.RAISED, Phase.CLEARED]
    assert 30 < raised(signals)[0] <= 40


def test_dusk_does_not_blind_a_camera() -> None:
    def stats(t: float) -> PictureStats:
        return picture(brightness=0.4 - 0.3 * t / 2400, sharpness=10 - 8 * t / 2400)

    assert not told("camera_blinded", view(), lambda _: [], 2400, rate=0.5, stats=stats)
