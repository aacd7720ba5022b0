"""What the simulator and a process that renders for it say to each other, over its pipes.

Each message is its length in four bytes and a pickle: both ends are the same program, and nobody
else holds the pipes.
"""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.programme import Occurred, Programme
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.conditions.model import Span
from devices_sim.world.world import World

LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class Place:
    """A scene to render: what it plays, and its cameras by name."""

    programme: Programme
    cameras: Mapping[str, Camera]


@dataclass(frozen=True, slots=True)
class Setup:
    """The first message to a process: all it will be asked for.

    Attributes:
        places: its scenes.
        world: whose light falls on them.
    """

    places: tuple[Place, ...]
    world: World


@dataclass(frozen=True, slots=True)
class Job:
    """Take a picture.

    Attributes:
        number: the answer has the same.
        camera: its name.
        pose: how it hangs now.
        coming: how it will hang soon, to get ready for.
        due: seconds of the run.
        frame: counts up, camera by camera.
        spans: the conditions to put on the picture.
    """

    number: int
    camera: str
    pose: Camera
    coming: Camera
    due: float
    frame: int
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """The picture of a job.

    Attributes:
        jpeg: None where the frame is lost.
        boxes: what was really there.
        happened: in the scene, where that has changed.
    """

    number: int
    jpeg: bytes | None
    boxes: tuple[TrueBox, ...]
    happened: tuple[Occurred, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A job that came too early: the camera is not ready yet."""

    number: int


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that cannot be done; why."""

    number: int
    why: str


Answer = Made | Opening | Failed


def packed(message: Setup | Job | Answer) -> bytes:
    """A message as bytes of a pipe."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(body)) + body


def unpacked(body: bytes) -> Any:  # noqa: ANN401 - one of the messages
    """The message in these bytes, without their length."""
    return pickle.loads(body)  # noqa: S301 - our own program's


def read(pipe: BinaryIO) -> Any:  # noqa: ANN401 - one of the messages
    """The next message of a pipe; None where it was closed."""
    head = pipe.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (size,) = LENGTH.unpack(head)
    body = pipe.read(size)
    return None if len(body) < size else unpacked(body)
