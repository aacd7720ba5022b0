"""The platform's own subjects. Devices have no permission on any of them."""

HEALTH = "platform.health"
LIVE_VALUES = "platform.live.values"
LIVE_THINGS = "platform.live.things"


def health_of(part: str) -> str:
    """Where a part's heartbeats go."""
    return f"{HEALTH}.{part}"


REFUSED = "platform.refused"
