"""The substance of an announcement, as a digest: what a check has checked."""

from __future__ import annotations

import hashlib
import json

from smartopia.contract.announce import Announce

_SUBSTANCE = {"kind", "clock", "datastreams", "frames"}


def announce_digest(announce: Announce) -> str:
    """SHA-256 of what a device says it observes; its title, place, view and start do not count."""
    substance = announce.model_dump(mode="json", include=_SUBSTANCE)
    # Two announcements that list the same datastreams in another order say the same.
    substance["datastreams"].sort(key=lambda stream: stream["name"])
    text = json.dumps(substance, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
