"""Frame loss: frames that never arrive."""

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)

_SHARES = (0.05, 0.15, 0.35, 0.6, 0.9)


def _lose(picture: Picture, moment: CameraMoment) -> Picture | None:
    return None if moment.chance(moment.number) < moment.graded(_SHARES) else picture


CONDITION = CameraCondition(
    name="frame_loss",
    title="Frame loss",
    grades=in_words("{:.0%} of the frames lost", _SHARES),
    stage=Stage.STREAM,
    apply=_lose,
)
