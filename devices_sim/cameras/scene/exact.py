"""A process that draws the same bytes as on any other machine."""

from __future__ import annotations

import cv2


def draw_exactly(*, alone: bool = True) -> None:
    """Keep OpenCV from what rounds otherwise on another processor; costs no time that was seen.

    Its code for AVX2 and Intel's own library (IPP) filter, warp and resize floats with other last
    digits, which is another grey level in some pixels. Of numpy, functions of float32 do so
    (exp, log, sin, cos): have them reckon in float64 wherever their result reaches a picture.

    Args:
        alone: other processes of this machine draw, too: use one thread.
    """
    cv2.setUseOptimized(False)
    if alone:
        cv2.setNumThreads(1)
