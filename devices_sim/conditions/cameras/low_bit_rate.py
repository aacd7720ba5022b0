"""Low bit rate: too few bits for the picture; it is really made smaller, encoded and decoded."""

import cv2

from devices_sim.conditions.model import (
    CameraCondition,
    CameraMoment,
    Picture,
    Stage,
    in_words,
)

_QUALITY_AND_SCALE = ((30, 1.0), (15, 0.8), (10, 0.6), (8, 0.4), (6, 0.25))


def _starve(picture: Picture, moment: CameraMoment) -> Picture:
    height, width = picture.shape[:2]
    quality, share = moment.graded(_QUALITY_AND_SCALE)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, quality])
    poor = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
    back: Picture = cv2.resize(poor, (width, height), interpolation=cv2.INTER_LINEAR)
    return back


CONDITION = CameraCondition(
    name="low_bit_rate",
    title="Low bit rate",
    grades=in_words("JPEG quality {0[0]} at {0[1]:.0%} of the size", _QUALITY_AND_SCALE),
    stage=Stage.STREAM,
    apply=_starve,
)
