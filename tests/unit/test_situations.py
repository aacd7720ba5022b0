"""How situations are watched for, and what each says of itself."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from analytics.vision.situations.catalogue import read_situation_rule
from analytics.vision.situations.model import Look, Phase, Track
from analytics.vision.situations.registry import discover_situations
from analytics.vision.situations.watch import Memory, shortcomings, step
from smartopia.errors import ConfigurationError
from tests.support.situations import RULES, SIZE, T0, person, square, view

YARD = view(areas=[{"name": "yard", "use": "forbidden", "outline": square(-3, 14, 3, 20)}])


def test_nothing_depends_on_the_resolution() -> None:
    memory, rule = Memory(), RULES["intrusion"]
    phases = []
    for frame in range(40):
        track = person(1, 0, 17)
        size, scale = (SIZE, 1.0) if frame < 20 else ((1280, 768), 2.0)
        x1, y1, x2, y2 = (edge * scale for edge in track.box)
        shown = Track(1, "person", 0.8, (x1, y1, x2, y2))
        look = Look(T0 + timedelta(seconds=frame / 5), size, (shown,))
        memory, said = step([rule], YARD, memory, look)
        phases += [one.signal.phase for one in said]
    assert phases == [Phase.RAISED]


def test_a_frame_from_before_changes_nothing() -> None:
    look = Look(T0, SIZE, (person(1, 0, 17),))
    memory, _ = step([RULES["intrusion"]], YARD, Memory(), look)
    assert step([RULES["intrusion"]], YARD, memory, look) == (memory, ())


PAGES = Path(__file__).parents[2] / "docs" / "situations"


@pytest.mark.parametrize("name", sorted(discover_situations()))
def test_the_page_of_a_situation_tells_its_settings_as_they_are(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page, re.MULTILINE))
    fields = discover_situations()[name].settings.model_fields
    unseen = {"score", "size_px"} if name.startswith("camera_") else set()
    assert set(told) == set(fields) - unseen
    for field, value in told.items():
        default = fields[field].default
        assert value == (", ".join(default) if isinstance(default, tuple) else f"{default:g}")


def test_each_situation_has_a_rule() -> None:
    assert set(RULES) == set(discover_situations())
    assert [name for name, rule in RULES.items() if not rule.enabled] == ["fighting"]


def test_what_a_situation_lacks_is_said() -> None:
    rules = list(RULES.values())
    said = shortcomings(rules, view(), Memory(), frozenset({"person", "car"}))
    assert said["loitering"] == "draw an area with use gathering on the camera's picture"
    assert said["wrong-way"] == "draw a way (a lane with its direction) on the camera's picture"
    assert said["fire"] == "use a model that knows fire or smoke"
    assert "collapse" not in said


def test_a_rule_with_a_wrong_setting_is_refused_with_its_name() -> None:
    text = (
        "{id: too-long, situation: crowd, domain: disaster, title: Crowd, severity: Minor, "
        "urgency: Future, guidance: Look at the picture., source: own, settings: {people: 1}}"
    )
    with pytest.raises(ConfigurationError, match=r"settings: people: .* or equal to 2"):
        read_situation_rule(text, "x.yaml")
    with pytest.raises(ConfigurationError, match="unknown situation 'dance'; allowed are aband"):
        read_situation_rule(text.replace("situation: crowd", "situation: dance"), "x.yaml")
