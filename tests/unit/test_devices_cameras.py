"""Cameras: the right pictures, as JPEGs the contract accepts."""

from __future__ import annotations

import importlib.util
import socket
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import cv2
import numpy as np
import pytest
from pydantic import SecretStr

from devices_sim.cameras.live import Stream, live_source
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


def test_a_live_source_shows_no_credentials() -> None:
    found = live_source("rtsp://admin:geheim@10.0.0.5/user=admin_password=geheim")
    assert found is not None
    assert found.label == "rtsp://10.0.0.5:554"
    assert "geheim" not in repr(found)
    assert found.host == ("10.0.0.5", 554)
    given = live_source("rtsp://admin@[fe80::1]:8554/live", SecretStr("ge@h/eim"))
    assert given is not None
    assert given.url == "rtsp://admin:ge%40h%2Feim@[fe80::1]:8554/live"
    assert given.label == "rtsp://[fe80::1]:8554"


def test_what_is_no_live_source_is_a_file_or_refused() -> None:
    assert live_source("video/a.mp4") is None
    device = live_source("/dev/video0")
    assert device is not None
    assert device.label == "/dev/video0"
    for wrong in ("ftp://u:geheim@h/x", "rtsp://", "rtsp://u:geheim@h:port/x", "rtsp://u:ge#heim@"):
        with pytest.raises(ConfigurationError, match="camera source") as caught:
            live_source(wrong)
        assert "heim" not in str(caught.value)
    with pytest.raises(ConfigurationError, match="no USER@ in it"):
        live_source("rtsp://10.0.0.5/live", SecretStr("geheim"))


def test_a_camera_that_does_not_answer_is_named() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # taken, but nobody listens
        port = nobody.getsockname()[1]
        source = live_source(f"rtsp://admin:geheim@127.0.0.1:{port}/live")
        assert source is not None
        stream = Stream(source)
        stream.start()
        assert stream.take(0.2) is None
        stream.stop()
    assert stream.problem is not None
    assert stream.problem.startswith(f"rtsp://127.0.0.1:{port} does not answer: ")
