"""What a reduced picture tells of its camera's health: pure, and cheap enough for every frame."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta

import cv2
import numpy as np

from analytics.vision.gate.model import Floats, Grey, View
from smartopia.seen import PictureStats

# A turned camera shows on a coarse picture too.
_COARSE = (80, 48)
# Within so long the usual view follows the hours of the day; after so long it is known at all.
_FOLLOWS_S = 300.0
_KNOWN = timedelta(seconds=10)
_DIGEST_BYTES = 8


def read_stats(small: Grey, view: View | None, now: datetime) -> tuple[View, PictureStats]:
    """The usual view with this picture in it, and how the picture compares with it.

    What a frame has changed by a few grey levels somewhere changes its digest: the digest is of
    the reduced picture, so that one pixel's noise may not.
    """
    mean, spread = cv2.meanStdDev(small)
    edges = _edges(small)
    known = view is not None and view.edges.shape == edges.shape and now >= view.seen
    likeness = None
    if view is not None and known and now - view.since >= _KNOWN:
        likeness = _correlation(edges, view.edges)
    stats = PictureStats(
        brightness=float(mean[0, 0]) / 255,
        contrast=float(spread[0, 0]) / 255,
        sharpness=cv2.norm(cv2.Laplacian(small, cv2.CV_16S), cv2.NORM_L1) / small.size,
        likeness=likeness,
        digest=hashlib.blake2b(small.tobytes(), digest_size=_DIGEST_BYTES).hexdigest(),
    )
    return (_learn(view, edges, now) if view and known else View(edges, now, now)), stats


def _learn(view: View, edges: Floats, now: datetime) -> View:
    # Of the first seconds a plain mean: the first frame may be a bad one.
    age, step = (now - view.since).total_seconds(), (now - view.seen).total_seconds()
    share = np.float32(1 - math.exp(-step / min(_FOLLOWS_S, max(age, step, 1e-3))))
    return View(view.edges + share * (edges - view.edges), view.since, now)


def _edges(small: Grey) -> Floats:
    """How steep the picture is where, of unit mean: light that doubles changes nothing."""
    coarse = cv2.resize(small, _COARSE, interpolation=cv2.INTER_AREA)
    across = cv2.Sobel(coarse, cv2.CV_32F, 1, 0)
    down = cv2.Sobel(coarse, cv2.CV_32F, 0, 1)
    steep: Floats = cv2.magnitude(across, down)
    return steep / max(float(steep.mean()), 1.0)


def _correlation(one: Floats, other: Floats) -> float:
    """-1 to 1; a blank picture is like nothing, not even itself."""
    a, b = (one - one.mean()).ravel(), (other - other.mean()).ravel()
    size = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / size if size > 1e-3 * a.size else 0.0
