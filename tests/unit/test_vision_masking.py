"""Nobody in a stored picture can be told from anybody else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analytics.vision.masking import Picture, encode_jpeg, hide, masked_jpeg, unhidden
from analytics.vision.model import Detection

BOX = (100, 60, 220, 420)
INSIDE = (slice(60, 420), slice(100, 220))


def person(box: tuple[float, float, float, float], score: float = 0.9) -> Detection:
    return Detection("person", score, box)


def scene() -> Picture:
    """A street full of detail."""
    made: Picture = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)
    return made


def with_face(name: str) -> Picture:
    """A grey street with one person, whose face and clothes are drawn finely."""
    picture = np.full((480, 640, 3), 114, np.uint8)
    cv2.rectangle(picture, (100, 60), (219, 419), (90, 120, 160), -1)
    cv2.circle(picture, (160, 110), 40, (170, 190, 230), -1)
    turn = {"kim": 0, "lee": 30}[name]
    for eye in (145, 175):
        cv2.ellipse(picture, (eye, 100), (9, 4), turn, 0, 360, (20, 20, 20), -1)
    cv2.ellipse(picture, (160, 130), (14, 5), 180 - turn, 0, 180, (40, 40, 160), 2)
    for line in range(5):
        place = (108, 200 + 40 * line)
        cv2.putText(picture, f"{name.upper()} {line}", place, 0, 0.9, (255, 255, 255), 2)
    return picture


def detail(picture: Picture) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """What is finer than a cell of the mask: what a face is known by."""
    region = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[INSIDE].astype(np.float64)
    fine: np.ndarray[tuple[int, ...], np.dtype[np.float64]] = region - cv2.blur(region, (9, 9))
    return fine.ravel()


def test_fine_detail_of_a_person_is_gone() -> None:
    kim = with_face("kim")
    masked = hide(kim, [person(BOX)])
    before, after = detail(kim), detail(masked)
    assert abs(np.corrcoef(before, after)[0, 1]) < 0.1
    assert np.std(after) < 0.25 * np.std(before)


def test_two_people_cannot_be_told_apart() -> None:
    kim, lee = with_face("kim"), with_face("lee")
    masked = [hide(picture, [person(BOX)]) for picture in (kim, lee)]
    # What is left of the one is as near to the other: no detail says who it was.
    own = np.corrcoef(detail(kim), detail(masked[0]))[0, 1]
    others = np.corrcoef(detail(kim), detail(masked[1]))[0, 1]
    assert abs(own - others) < 0.05
    apart = np.abs(masked[0][INSIDE].astype(int) - masked[1][INSIDE].astype(int)).mean()
    were = np.abs(kim[INSIDE].astype(int) - lee[INSIDE].astype(int)).mean()
    assert apart < 0.5 * were


@pytest.mark.parametrize("size", [60, 120, 240, 400])
def test_a_person_is_left_with_a_handful_of_colours(size: int) -> None:
    box = (100.0, 40.0, 100.0 + size, 440.0)
    masked = hide(scene(), [person(box)])[40:440, 100 : 100 + size]
    colours = np.unique(masked.reshape(-1, 3), axis=0)
    assert len(colours) <= 6 * (6 * 440 // size + 2)
    row_changes = np.any(np.diff(masked.astype(int), axis=1) != 0, axis=2).sum(axis=1)
    assert row_changes.max() <= 6, "at most six cells across"


def test_pixels_outside_are_unchanged() -> None:
    picture = scene()
    masked = hide(picture, [person(BOX)])
    changed = np.argwhere(np.any(masked != picture, axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    # A margin about the box is hidden too, in case the detector was a little off.
    assert 0 < 60 - top <= 0.1 * 360
    assert 0 < bottom - 419 <= 0.1 * 360 + 1
    assert 0 < 100 - left <= 0.1 * 120
    assert 0 < right - 219 <= 0.1 * 120 + 1


def test_the_picture_given_is_left_as_it_is() -> None:
    picture = scene()
    hide(picture, [person(BOX)])
    assert np.array_equal(picture, scene())


def test_things_are_left_as_they_are() -> None:
    seen = [Detection(label, 0.9, BOX) for label in ("bicycle", "dog", "umbrella")]
    assert np.array_equal(hide(scene(), seen), scene())
    assert np.array_equal(hide(scene(), []), scene())


@pytest.mark.parametrize("score", [0.0, 0.2, 0.39, 1.0])
def test_unsure_persons_are_hidden_too(score: float) -> None:
    masked = hide(scene(), [person(BOX, score)])
    assert np.std(detail(masked)) < 0.3 * np.std(detail(scene()))


@pytest.mark.parametrize(
    "box",
    [
        (-50.0, -50.0, 60.0, 90.0),
        (600.0, 400.0, 700.0, 600.0),
        (-100.0, -100.0, 1000.0, 1000.0),
        (0.0, 0.0, 640.0, 480.0),
        (639.2, 100.0, 645.0, 200.0),
    ],
)
def test_a_box_beyond_the_pictures_edge_is_hidden_as_far_as_it_goes(
    box: tuple[float, float, float, float],
) -> None:
    masked = hide(scene(), [person(box)])
    left, top, right, bottom = (int(max(0, edge)) for edge in box)
    region = (slice(top, bottom), slice(left, right))
    assert masked.shape == (480, 640, 3)
    before = scene()[region].reshape(-1, 3)
    assert len(before)
    assert np.mean(np.all(masked[region].reshape(-1, 3) == before, axis=1)) < 0.1


@pytest.mark.parametrize(
    "box",
    [(700.0, 500.0, 800.0, 600.0), (-90.0, -90.0, -20.0, -20.0), (50.0, 50.0, 40.0, 40.0)],
)
def test_a_box_of_nothing_hides_nothing(box: tuple[float, float, float, float]) -> None:
    assert np.array_equal(hide(scene(), [person(box)]), scene())


def test_everybody_is_hidden() -> None:
    boxes = [(10.0, 10.0, 110.0, 310.0), (90.0, 10.0, 190.0, 310.0), (400.0, 10.0, 500.0, 310.0)]
    masked = hide(scene(), [person(box) for box in boxes])
    for x1, y1, x2, y2 in boxes:
        region = masked[int(y1) : int(y2), int(x1) : int(x2)]
        assert len(np.unique(region.reshape(-1, 3), axis=0)) < 500, "of 30000 before"


def test_a_stored_picture_is_a_plain_jpeg() -> None:
    data = encode_jpeg(with_face("kim"))
    assert b"Exif" not in data
    assert b"smartopia" not in data
    shown = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (480, 640, 3)
    assert np.abs(shown.astype(int) - with_face("kim").astype(int)).mean() < 5


LABELS = ("person", "car", "truck", "bus", "motorcycle")


def with_plate(box: tuple[int, int, int, int], metre: float) -> Picture:
    """A grey street with a car seen from the front, of so many pixels a metre, and its plate."""
    picture = np.full((480, 640, 3), 114, np.uint8)
    x1, y1, x2, y2 = box
    cv2.rectangle(picture, (x1, y1), (x2, y2), (60, 60, 70), -1)
    wide, high = round(0.52 * metre), round(0.11 * metre)
    left, top = (x1 + x2 - wide) // 2, y2 - round(0.45 * metre)
    cv2.rectangle(picture, (left, top), (left + wide, top + high), (235, 235, 235), -1)
    digit = wide / 7
    for number in range(7):
        x = left + round(number * digit)
        cv2.line(picture, (x + 2, top + 2), (x + 2 + number % 3, top + high - 2), (20, 20, 20), 2)
    return picture


@pytest.mark.parametrize("label", ["car", "truck", "bus", "motorcycle"])
@pytest.mark.parametrize("metre", [60, 120])
def test_a_plate_near_enough_to_be_read_is_left_with_a_handful_of_colours(
    label: str, metre: int
) -> None:
    box = (100, 60, 100 + 2 * metre, 60 + 2 * metre)
    picture = with_plate(box, metre)
    masked = hide(picture, [Detection(label, 0.25, tuple(map(float, box)))])  # type: ignore[arg-type]
    left, top = 100 + round(0.74 * metre), 60 + round(1.55 * metre)
    plate = np.s_[top : top + round(0.11 * metre), left : left + round(0.52 * metre)]
    assert len(np.unique(picture[plate].reshape(-1, 3), axis=0)) >= 2
    cells = np.unique(masked[plate].reshape(-1, 3), axis=0)
    assert len(cells) <= 12
    fine = [p[plate].astype(float) - cv2.blur(p, (9, 9))[plate] for p in (picture, masked)]
    assert np.std(fine[1]) < 0.4 * np.std(fine[0])


def test_a_car_too_far_away_to_read_its_plate_is_left_as_it_is() -> None:
    far = Detection("car", 0.9, (100.0, 100.0, 170.0, 160.0))
    assert np.array_equal(hide(scene(), [far]), scene())


@pytest.mark.parametrize("box", [(0.0, 100.0, 30.0, 260.0), (100.0, 0.0, 300.0, 40.0)])
def test_a_car_that_is_cut_off_is_judged_by_its_other_measure(
    box: tuple[float, float, float, float],
) -> None:
    assert not np.array_equal(hide(scene(), [Detection("car", 0.9, box)]), scene())


def test_the_roof_of_a_car_stays() -> None:
    masked = hide(scene(), [Detection("car", 0.9, (100.0, 100.0, 400.0, 300.0))])
    assert np.array_equal(masked[:145], scene()[:145])


def decoded(jpeg: bytes) -> Picture:
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    return np.asarray(shown, np.uint8)


def is_covered(shown: Picture, picture: Picture) -> bool:
    def fine(of: Picture) -> float:
        return float(np.std(of.astype(float) - cv2.blur(of, (9, 9))))

    return fine(shown) < 0.2 * fine(picture)


def test_a_picture_is_covered_as_a_whole_if_the_model_cannot_tell_what_is_to_be_hidden() -> None:
    for labels, lacking in (
        (("fire", "smoke"), ["person", "car"]),
        (("person",), ["car"]),
        (("car",), ["person"]),
        (LABELS, []),
    ):
        assert unhidden(labels) == lacking
        shown = decoded(masked_jpeg(scene(), [], labels))
        assert is_covered(shown, scene()) == bool(lacking)


def test_if_hiding_fails_the_whole_picture_is_covered(caplog: pytest.LogCaptureFixture) -> None:
    broken = Detection("person", 0.9, (float("nan"), 0.0, 10.0, 10.0))
    assert is_covered(decoded(masked_jpeg(scene(), [broken], LABELS)), scene())
    assert "the whole picture is covered" in caplog.text


def test_a_large_picture_is_reduced_and_what_is_hidden_with_it() -> None:
    large = cv2.resize(with_face("kim"), (2560, 1920), interpolation=cv2.INTER_CUBIC)
    seen = person((400.0, 240.0, 880.0, 1680.0))
    shown = decoded(masked_jpeg(np.asarray(large, np.uint8), [seen], LABELS))
    assert shown.shape == (960, 1280, 3)
    small = np.asarray(cv2.resize(shown, (640, 480), interpolation=cv2.INTER_AREA), np.uint8)
    assert abs(np.corrcoef(detail(with_face("kim")), detail(small))[0, 1]) < 0.1
