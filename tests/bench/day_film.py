"""A scenario's scenes as their cameras are watched: rendered, encoded, decoded, looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from analytics.vision.detect.opening import load_detector
from analytics.vision.detect.port import Detector
from analytics.vision.gate.decode import decode
from analytics.vision.model import Detection
from devices_sim.cameras.scene.camera import Camera
from devices_sim.cameras.scene.daylight import weather_on
from devices_sim.cameras.scene.exact import draw_exactly
from devices_sim.cameras.scene.live.darkroom import Darkroom
from devices_sim.cameras.scene.live.messages import Job, Made, Place, Setup
from devices_sim.cameras.scene.programme import Programme, programme
from devices_sim.cameras.scene.render.boxes import TrueBox
from devices_sim.conditions.model import Span
from devices_sim.conditions.registry import discover_conditions
from devices_sim.scenario_files import load_played
from devices_sim.sdk.registry import discover_kinds
from devices_sim.world import place
from devices_sim.world.world import World

_HOUR = 14.0
_LEAST_SHARE, _LEAST_PX = 0.2, 12


@dataclass(frozen=True)
class Stage:
    """A scene that is to be played."""

    programme: Programme
    world: World

    @property
    def cameras(self) -> dict[str, Camera]:
        """By name."""
        scene = self.programme.scene
        return {lens.name: Camera.of_pole(scene.pole(lens)) for lens in scene.cameras}


@dataclass(frozen=True)
class Frame:
    """A frame of a camera, `at` seconds of the run: what the model finds, and what is there."""

    camera: str
    at: float
    found: tuple[Detection, ...]
    there: tuple[Detection, ...]


@dataclass(frozen=True)
class Happening:
    """What truly happened before some cameras, in seconds of the run."""

    id: str
    kind: str
    cameras: tuple[str, ...]
    far: tuple[str, ...]
    onset: float
    end: float | None


@dataclass(frozen=True)
class Film:
    """One scene from begin to end."""

    frames: tuple[Frame, ...]
    happenings: tuple[Happening, ...]

    def thinned(self, every: int) -> Film:
        """The same, one in so many frames of each camera alone."""
        left = frozenset(sorted({one.at for one in self.frames})[::every])
        return replace(self, frames=tuple(one for one in self.frames if one.at in left))


def stages(scenario: str, seed: int | None) -> list[Stage]:
    """The scenes of a scenario; `seed`: another than its own."""
    played = load_played([scenario], discover_kinds()).scenario
    played = played if seed is None else played.model_copy(update={"seed": seed})
    world = played.world(_HOUR)
    return [Stage(programme(scene, played.seed, played.cycle), world) for scene in played.scenes]


def film(stage: Stage, kept: Path, *, seconds: float, rate: float, model: str) -> Film:
    """Plays a scene; read again where it is kept already."""
    if not kept.exists():
        lines = list(_played(stage, seconds, rate, load_detector(model, None)))
        part = kept.with_suffix(".part")
        part.write_text("\n".join(json.dumps(line) for line in lines))
        part.rename(kept)
    *frames, last = (json.loads(line) for line in kept.read_text().splitlines())
    return Film(
        tuple(
            Frame(one["camera"], one["at"], _detections(one["found"]), _detections(one["there"]))
            for one in frames
        ),
        tuple(
            Happening(**{**one, "cameras": tuple(one["cameras"]), "far": tuple(one["far"])})
            for one in last["happened"]
        ),
    )


def _played(
    stage: Stage, seconds: float, rate: float, detector: Detector
) -> Iterator[dict[str, Any]]:
    draw_exactly()
    cameras, sky = stage.cameras, place.Place(*stage.programme.layout.place)
    happened: dict[str, Happening] = {}
    with ThreadPoolExecutor(1) as crew:
        setup = Setup((Place(stage.programme, cameras),), stage.world)
        room = Darkroom(setup, discover_conditions(), crew)
        for number in range(round(seconds * rate)):
            at = number / rate
            view = stage.world.view(sky, at)
            for name, pose in cameras.items():
                spans = tuple(Span(name, *one) for one in weather_on(view, pose))
                made = _made(room, Job(number, name, pose, pose, at, number, spans))
                for one in made.happened:
                    happened[one.id] = Happening(
                        one.id, one.kind, one.cameras, one.far, one.onset, one.end
                    )
                if made.jpeg is None:
                    continue
                (found,) = detector.detect([decode(made.jpeg)])
                yield {
                    "camera": name,
                    "at": at,
                    "found": [_row(one.label, one.score, one.box) for one in found],
                    "there": [_row(str(b.kind), 1.0, _box(b)) for b in made.boxes if _plain(b)],
                }
    yield {"happened": [asdict(one) for one in happened.values()]}


def _made(room: Darkroom, job: Job) -> Made:
    """The picture; waited for where its camera has to be got ready."""
    while not isinstance(answer := room.make(job), Made):
        pass
    return answer


def _box(box: TrueBox) -> tuple[float, float, float, float]:
    return box.visible or box.whole


def _plain(box: TrueBox) -> bool:
    """Whether enough of it is seen to be asked for."""
    x1, y1, x2, y2 = _box(box)
    large = max(x2 - x1, y2 - y1) >= _LEAST_PX
    return box.visible is not None and box.share >= _LEAST_SHARE and large


def _row(label: str, score: float, box: tuple[float, float, float, float]) -> list[Any]:
    return [label, round(score, 3), [round(edge, 1) for edge in box]]


def _detections(rows: list[Any]) -> tuple[Detection, ...]:
    return tuple(Detection(label, score, tuple(box)) for label, score, box in rows)
