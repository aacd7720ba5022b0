"""Where a simulated camera's pictures come from: a video, or a folder of pictures."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from smartopia.errors import ConfigurationError

PACKAGE = "package"
_PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp"})

Picture = Any
"""Pixels as OpenCV has them: height x width x 3 bytes, blue green red."""


def resolve_source(source: str, data: Path | None) -> Path:
    """The file or folder a scenario means.

    Args:
        source: a path, absolute or below `data`; or `package`.
        data: the folder of real data, if there is one.

    Raises:
        ConfigurationError: it is not there; says where it was looked for.
    """
    if source == PACKAGE:
        return _package_pictures()
    path = Path(source).expanduser()
    if not path.is_absolute():
        if data is None:
            raise ConfigurationError(f"{source!r} is relative to SMARTOPIA_DATA, which is not set")
        path = data / path
    if not path.exists():
        raise ConfigurationError(f"no such file or folder: {path}")
    return path


def pictures(path: Path, rate: float) -> Iterator[Picture]:
    """The pictures a camera at this rate (frames per second) would take, without end.

    Blocking: for a worker thread.

    Raises:
        ConfigurationError: at the first picture, if the file holds none.
    """
    return _folder(path) if path.is_dir() else _video(path, rate)


def _package_pictures() -> Path:
    # Found, not imported: importing it would load all of torch.
    spec = importlib.util.find_spec("ultralytics")
    if spec is None or not spec.submodule_search_locations:
        raise ConfigurationError(
            "source 'package' needs the ultralytics package: pip install 'smartopia[analytics]', "
            "or name a video or a folder of pictures"
        )
    return Path(spec.submodule_search_locations[0]) / "assets"


def _folder(path: Path) -> Iterator[Picture]:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in _PICTURES)
    while True:
        shown = 0
        for file in files:
            picture = cv2.imread(str(file), cv2.IMREAD_COLOR)
            if picture is not None:
                shown += 1
                yield picture
        if shown == 0:
            raise ConfigurationError(f"{path} holds no picture that can be read")


def _video(path: Path, rate: float) -> Iterator[Picture]:
    while True:
        video = cv2.VideoCapture(str(path))
        try:
            shown = 0
            for picture in _frames(video, rate):
                shown += 1
                yield picture
        finally:
            video.release()
        if shown == 0:
            raise ConfigurationError(f"{path} is no video that can be read")


def _frames(video: Any, rate: float) -> Iterator[Picture]:  # noqa: ANN401
    """The frames of one run through a video that lie a period of the camera apart."""
    step = (video.get(cv2.CAP_PROP_FPS) or rate) / rate
    wanted, at, picture = 0.0, 0, None
    while video.grab():
        if at >= int(wanted):
            _, picture = video.retrieve()
        # A camera faster than the video shows its frames more than once.
        while picture is not None and at >= int(wanted):
            yield picture
            wanted += step
        at += 1
