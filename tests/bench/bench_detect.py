"""What our detectors cost beside a raw ONNX Runtime loop and a plain `YOLO.predict` loop.

    SMARTOPIA_MODEL=yolo11n.pt SMARTOPIA_DATA=... python -m tests.bench.bench_detect [--turns 4]

All see the same JPEG frames of three cameras, a frame of each in turn, on one thread, without the
motion gate. Every loop decodes the frames, as everybody must.

- `ours`: what the detector process does: checks of the header, figures of the picture, one batch
  of all cameras, boxes, people and plates hidden, the masked picture as JPEG.
- `detect`: of these the detector's own part.
- `session`: the session alone, on inputs laid out before the clock starts.
- `raw`: decode, resize and convert, session; the answers are thrown away.
- `predict`: decode, `YOLO.predict` of the .pt file on torch.

Times are milliseconds of the thread's processor time a frame. All look at a turn before any looks
at the next, each round another one first, and the least of some rounds counts, so that other work
on the machine strikes all alike.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cv2
import numpy as np

for _variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"
os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")

import onnxruntime  # type: ignore[import-untyped]  # noqa: E402 - the threads are set before

from analytics.vision.detect.letterbox import fit, lay  # noqa: E402
from analytics.vision.detect.onnx_runtime import OnnxDetector  # noqa: E402
from analytics.vision.gate.decode import decode  # noqa: E402
from analytics.vision.inbox import Arrived  # noqa: E402
from analytics.vision.looking import Looking  # noqa: E402
from smartopia.contract.frames import read_frame  # noqa: E402
from smartopia.contract.topics import DeviceKey  # noqa: E402
from tests.support.exports import export_onnx  # noqa: E402

VIDEOS = ("pedestrians-vtest.avi", "one-by-one-person.mp4", "overhead-traffic.mp4")
STRIDE, EVERY = 32, 5
LEAST_OF_RAW, LEAST_OF_PREDICT = 0.85, 1.3
T0 = datetime(2026, 6, 1, tzinfo=UTC)

Turn = Sequence[bytes]
# Looks at the frames of the turn of this number.
Look = Callable[[int], object]


def frames_of(video: Path, count: int) -> list[bytes]:
    """Some of the first frames of a video, as a camera sends them."""
    capture = cv2.VideoCapture(str(video))
    frames: list[bytes] = []
    for number in range(count * EVERY):
        done, picture = capture.read()
        if not done:
            break
        if number % EVERY == 0:
            frames.append(cv2.imencode(".jpg", picture)[1].tobytes())
    capture.release()
    return frames


def raw_session(file: Path) -> tuple[Any, str]:
    """A session on one thread, and the name of its input."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    return session, session.get_inputs()[0].name


def loops(file: Path, weights: Path, size: int, turns: Sequence[Turn]) -> dict[str, Look]:
    """What is compared, each a look at one turn."""
    from ultralytics import YOLO  # type: ignore[attr-defined]  # noqa: PLC0415 - slow

    session, name = raw_session(file)
    ours = OnnxDetector(file, threads=1)
    looking = Looking(ours, None)
    torch_model = YOLO(str(weights))
    arrived = [
        [
            Arrived(DeviceKey("bench", f"cam-{camera}"), read_frame(jpeg, T0), T0)
            for camera, jpeg in enumerate(turn)
        ]
        for turn in turns
    ]

    def laid(jpeg: bytes) -> object:
        picture = decode(jpeg)
        return lay([picture], [fit(picture.shape[:2], (size, size), STRIDE)], 1)

    inputs = [[laid(jpeg) for jpeg in turn] for turn in turns]
    pictures = [[decode(jpeg) for jpeg in turn] for turn in turns]

    def predict(at: int) -> None:
        for jpeg in turns[at]:
            torch_model.predict(decode(jpeg), imgsz=size, verbose=False)

    return {
        "ours": lambda at: looking.look(looking.sift(arrived[at]).passed),
        "detect": lambda at: ours.detect(pictures[at]),
        "session": lambda at: [session.run(None, {name: one}) for one in inputs[at]],
        "raw": lambda at: [session.run(None, {name: laid(jpeg)}) for jpeg in turns[at]],
        "predict": predict,
    }


def measure(compared: dict[str, Look], turns: int, rounds: int) -> dict[str, float]:
    """Milliseconds of processor time a frame."""
    names = list(compared)
    took = {name: np.full(turns, np.inf) for name in compared}
    for number in range(rounds + 1):
        for at in range(turns):
            for name in names[number % len(names) :] + names[: number % len(names)]:
                start = time.thread_time()
                compared[name](at)
                if number:  # the first round warms up
                    took[name][at] = min(took[name][at], time.thread_time() - start)
    return {name: float(times.mean()) * 1e3 / len(VIDEOS) for name, times in took.items()}


def main() -> None:
    """Print milliseconds a frame and the ratios for each size of input."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--turns", type=int, default=4, help="frames of each camera")
    arguments.add_argument("--rounds", type=int, default=3, help="of which the least counts")
    arguments.add_argument("--sizes", type=int, nargs="+", default=[640], help="of the input")
    chosen = arguments.parse_args()
    weights, data = Path(os.environ["SMARTOPIA_MODEL"]), Path(os.environ["SMARTOPIA_DATA"])
    import torch  # noqa: PLC0415 - slow

    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    cameras = [frames_of(data / "video" / video, chosen.turns) for video in VIDEOS]
    turns = list(zip(*cameras, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        for size in chosen.sizes:
            file = export_onnx(weights, Path(folder), imgsz=size, dynamic=True)
            report(size, measure(loops(file, weights, size, turns), len(turns), chosen.rounds))


def report(size: int, took: dict[str, float]) -> None:
    """One line of times, one of ratios."""
    print(f"{size}", "".join(f"  {name} {ms:.1f}" for name, ms in took.items()), "ms")
    print(
        f"    ours of raw {took['raw'] / took['ours']:.2f} (>= {LEAST_OF_RAW}), "
        f"of the session alone {took['session'] / took['ours']:.2f}, "
        f"times predict {took['predict'] / took['ours']:.2f} (>= {LEAST_OF_PREDICT})"
    )


if __name__ == "__main__":
    main()
