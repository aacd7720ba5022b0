"""Cameras: the right pictures, as JPEGs the contract accepts."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest

from devices_sim.cameras.replay import jpegs
from devices_sim.cameras.sources import pictures, resolve_source
from smartopia.contract.frames import FrameStamp, read_frame, stamp_frame
from smartopia.errors import ConfigurationError

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def grey(
    level: int, width: int = 64, height: int = 48
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((height, width, 3), level, np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "a.png"), grey(10))
    cv2.imwrite(str(tmp_path / "b.jpg"), grey(200, 2600, 1300))
    (tmp_path / "c.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("no picture either")
    return tmp_path


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Two seconds at 10 frames/s; frame n is grey of level 10 n."""
    file = tmp_path / "v.avi"
    writer = cv2.VideoWriter(str(file), cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for n in range(20):
        writer.write(grey(10 * n))
    writer.release()
    return file


def frames_of(path: Path, rate: float, count: int) -> list[int]:
    return [round(p.mean() / 10) for p in islice(pictures(path, rate), count)]


def test_a_folder_becomes_stamped_jpegs_and_begins_again(folder: Path) -> None:
    sizes = []
    for seq, jpeg in enumerate(islice(jpegs(folder, 1), 4)):
        stamp = FrameStamp(boot="b", seq=seq, time=NOW)
        frame = read_frame(stamp_frame(jpeg, stamp), arrived=NOW)
        assert frame.stamp == stamp
        sizes.append((frame.width, frame.height))
    assert sizes == [(64, 48), (1280, 640)] * 2


def test_a_video_is_read_at_its_own_time(video: Path) -> None:
    assert frames_of(video, 2, 6) == [0, 5, 10, 15, 0, 5]
    assert frames_of(video, 10, 21) == [*range(20), 0]


def test_a_camera_faster_than_its_video_shows_frames_again(video: Path) -> None:
    assert frames_of(video, 20, 6) == [0, 0, 1, 1, 2, 2]


def test_what_holds_no_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no picture"):
        next(pictures(tmp_path, 1))
    broken = tmp_path / "v.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(ConfigurationError, match=r"v\.mp4 is no video"):
        next(pictures(broken, 1))


def test_a_source_is_looked_for_in_the_data_folder(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="SMARTOPIA_DATA, which is not set"):
        resolve_source("video/a.mp4", None)
    with pytest.raises(ConfigurationError, match=r"no such file or folder: .*a\.mp4"):
        resolve_source("video/a.mp4", tmp_path)
    assert resolve_source(str(tmp_path), None) == tmp_path


def test_the_package_brings_pictures() -> None:
    if importlib.util.find_spec("ultralytics") is None:
        pytest.skip("ultralytics is not installed")
    assert next(jpegs(resolve_source("package", None), 1))
