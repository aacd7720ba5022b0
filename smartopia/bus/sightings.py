"""Sightings as they come over the broker."""

from __future__ import annotations

import logging

from nats.aio.msg import Msg

from smartopia.errors import RefusedMessageError
from smartopia.metrics import Metrics
from smartopia.seen import Sighted

log = logging.getLogger(__name__)


def read_sighting(message: Msg, metrics: Metrics) -> Sighted | None:
    """What a detector tells in a message; None, counted and logged, where it is no sighting."""
    try:
        return Sighted.decode(message.data)
    except RefusedMessageError as error:
        metrics.count("sightings_refused")
        log.warning("%s: %s", message.subject, error)
        return None
