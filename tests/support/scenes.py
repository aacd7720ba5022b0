"""A small scene, and scenarios that play it."""

from __future__ import annotations

from pathlib import Path

from devices_sim.scenario import Scenario
from devices_sim.scenario_files import load_scenario
from devices_sim.sdk.registry import discover_kinds

YARD = Path(__file__).parents[1] / "data" / "yard.yaml"

LENSES = "[{name: cam-west, of: yard-west, title: West gate}, {name: cam-east, of: yard-east}]"


def yard(events: str = "", more: str = "", *, rate: float = 4) -> str:
    """A scenario of the yard with two cameras, at two in the afternoon."""
    return (
        "start_hour: 14\nscenes:\n"
        f"- {{name: yard, layout: {YARD}, rate: {rate:g}, seed: 3,\n"
        f"   cameras: {LENSES},\n"
        f"   events: [{events}]}}\n"
        f"{more}\n"
    )


def loaded(folder: Path, text: str) -> Scenario:
    """The scenario of this text."""
    file = folder / "scenario.yaml"
    file.write_text(text)
    return load_scenario([str(file)], discover_kinds())
