"""What all unit tests share: hypothesis judges behaviour here, not speed."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("unit", deadline=None)
settings.load_profile("unit")
