"""A situation as it is watched for: settings, and what its alert says."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from analytics.vision.situations.registry import discover_situations
from analytics.vision.situations.situation import AnySituation, Settings
from smartopia.alarms.model import Certainty, Domain, Severity, Urgency


class SituationRule(BaseModel):
    """One situation on some cameras.

    Attributes:
        situation: by its name.
        cameras: shell pattern of device names it is watched for on.
        enabled: whether it is watched for.
        settings: those that differ from the situation's own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{2,60}$")]
    situation: str
    domain: Domain
    title: Annotated[str, Field(min_length=3, max_length=120)]
    cameras: str = "*"
    enabled: bool = True
    settings: dict[str, Any] = {}
    severity: Severity
    urgency: Urgency
    certainty: Certainty = Certainty.LIKELY
    guidance: Annotated[str, Field(min_length=10, max_length=1000)]
    source: Annotated[str, Field(min_length=3, max_length=500)]

    @model_validator(mode="after")
    def _known(self) -> Self:
        known = discover_situations()
        if self.situation not in known:
            raise ValueError(
                f"unknown situation {self.situation!r}; allowed are {', '.join(sorted(known))}"
            )
        try:
            known[self.situation].settings.model_validate(self.settings)
        except ValidationError as error:
            problem = error.errors(include_url=False)[0]
            where = ".".join(map(str, problem["loc"]))
            raise ValueError(f"settings: {where}: {problem['msg']}") from None
        return self

    @cached_property
    def kind(self) -> AnySituation:
        """The situation itself."""
        return discover_situations()[self.situation]

    @cached_property
    def tuned(self) -> Settings:
        """All its settings."""
        settings: Settings = self.kind.settings.model_validate(self.settings)
        return settings

    @property
    def digest(self) -> str:
        """SHA-256 of all it says, with the settings it leaves as they are."""
        told = self.model_dump_json() + self.tuned.model_dump_json()
        return hashlib.sha256(told.encode()).hexdigest()
