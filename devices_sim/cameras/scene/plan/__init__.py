"""What happens in a scene: people, vehicles, events; without pictures."""

from devices_sim.cameras.scene.plan.events import EventKind, SceneEvent, TrueEvent
from devices_sim.cameras.scene.plan.plan import Plan

__all__ = ["EventKind", "Plan", "SceneEvent", "TrueEvent"]
