"""Pictures with what is rare are shown more often: repeat factor sampling (Gupta et al., 2019)."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence

COMMON = 0.5
"""Share of the pictures from which a class is in often enough."""


def repeats(classes: Sequence[frozenset[int]], *, seed: int) -> list[int]:
    """How often each picture is shown in an epoch, by the rarest class in it.

    A class in a share f of all pictures asks for sqrt(COMMON / f) showings, and for one at least.
    Parts of a showing are drawn.

    Args:
        classes: the numbers of the classes in each picture.
        seed: of the draw.
    """
    draw = random.Random(seed)  # noqa: S311 - no secret
    pictures = Counter(kind for kinds in classes for kind in kinds)
    asked = {kind: math.sqrt(COMMON * len(classes) / n) for kind, n in pictures.items()}
    factors = [max((1.0, *(asked[kind] for kind in kinds))) for kinds in classes]
    return [math.floor(factor) + (draw.random() < factor % 1) for factor in factors]
