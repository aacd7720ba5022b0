"""Several models as one detector: each adds the classes that those before it do not know."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from analytics.vision.detect.port import Detector, DetectorName
from analytics.vision.masking import HIDDEN, Picture
from analytics.vision.model import Detection


class Together:
    """Looks at each picture with all of them, e.g. one for people and traffic, one for smoke.

    An object that two models know is told once: the first that knows its class tells it.
    """

    def __init__(self, detectors: Sequence[Detector]) -> None:
        self._detectors = detectors
        self._own: list[frozenset[str]] = []
        labels: list[str] = []
        for detector in detectors:
            new = [label for label in detector.labels if label not in labels]
            self._own.append(frozenset(new))
            labels += new
        self.labels = tuple(labels)
        self.image_size = detectors[0].image_size
        # Who is hidden is found by the first that knows the class.
        self.drawn_only = any(
            detector.drawn_only and HIDDEN & own
            for detector, own in zip(detectors, self._own, strict=True)
        )
        digests = "".join(one.name.sha256 for one in detectors)
        self.name = DetectorName(
            "+".join(one.name.file for one in detectors),
            hashlib.sha256(digests.encode()).hexdigest(),
        )

    def detect(self, pictures: Sequence[Picture]) -> list[Sequence[Detection]]:
        """The objects in each picture (height, width, BGR), surest first."""
        each = [
            [[one for one in found if one.label in own] for found in detector.detect(pictures)]
            for detector, own in zip(self._detectors, self._own, strict=True)
        ]
        return [
            sorted((one for found in of_all for one in found), key=lambda one: -one.score)
            for of_all in zip(*each, strict=True)
        ]
