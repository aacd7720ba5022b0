"""What the fields of scenarios and layouts have in common."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from smartopia.contract.topics import NAME_PATTERN


def _in_the_world(place: tuple[float, float]) -> tuple[float, float]:
    if not (-90 <= place[0] <= 90 and -180 <= place[1] <= 180):
        raise ValueError("give [latitude, longitude] in degrees, WGS 84")
    return place


DeviceName = Annotated[str, Field(pattern=NAME_PATTERN)]
At = Annotated[tuple[float, float], AfterValidator(_in_the_world)]
Title = Annotated[str, Field(max_length=200)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
