"""Frozen: the encoder hangs, and an old picture is sent again and again."""

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
)

_FRAMES = (3, 10, 30, 100, None)


def _freeze(picture: Picture, moment: CameraMoment) -> Picture:
    return picture if moment.first is None else moment.first


def _thaws(moment: CameraMoment) -> bool:
    frames = moment.graded(_FRAMES)
    return frames is not None and moment.number % frames == 0


CONDITION = CameraCondition(
    name="frozen",
    title="Frozen",
    grades=(
        "every 3rd frame is new",
        "every 10th",
        "every 30th",
        "every 100th",
        "none",
    ),
    stage=Stage.STREAM,
    apply=_freeze,
    renews=_thaws,
)
