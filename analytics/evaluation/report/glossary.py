"""Words of the report, for a reader who has never seen one."""

from __future__ import annotations

GLOSSARY: tuple[tuple[str, str], ...] = (
    (
        "Lab",
        "Pictures or runs like those a system is tuned on: by day and by night, but in fair "
        "weather and with nothing broken.",
    ),
    (
        "Field",
        "The street: fog, rain, night, dirt on the lens, faults. The figures that count.",
    ),
    (
        "n",
        "How many cases a figure rests on. The fewer, the less it says. Under 30 cases (or one "
        "camera day) no figure is said at all: too few to say; at most, how many of how many "
        "it was.",
    ),
    (
        "95 % interval",
        "In brackets after a figure. Measured again and again on as many other cases, 95 of 100 "
        "such intervals would hold the true figure. Where two intervals do not overlap, the "
        "difference is real; where they do, it may be chance. In the first table and the glance "
        "they allow for other cameras; elsewhere cases are taken as independent, so that few "
        "cameras vary more than they say.",
    ),
    ("Found (recall)", "Of 100 things that truly were there, how many were found."),
    ("Right (precision)", "Of 100 things that were reported, how many truly were there."),
    ("Missed", "It was there and was not found, or too late."),
    (
        "Gravest condition",
        "A picture or event under several conditions belongs to the one with the highest grade, so "
        "what it loses may be another's doing.",
    ),
    ("False alarm", "It was reported and was not there."),
    (
        "Operating threshold",
        "How sure the model must be for its report to count. Lower: fewer missed, more false "
        "alarms.",
    ),
    (
        "Overlap (IoU)",
        "The area that the reported and the true box share, divided by the area that either "
        "covers. From 0.50 on they are taken for the same thing.",
    ),
    (
        "Condition mix",
        "The part of the gap that comes from the field having more of the hard conditions, not "
        "from being worse at any of them.",
    ),
)
