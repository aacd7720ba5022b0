"""Where a detector's weights are: shipped, on this machine, or fetched by Ultralytics."""

from __future__ import annotations

import logging
import os
import socket
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics.vision.detect.port import digest
from smartopia.errors import DetectorMissingError

log = logging.getLogger(__name__)

DEFAULT = "default"
SHIPPED = Path(str(files("analytics"))) / "models"
# Until a model is shipped: a name Ultralytics knows.
_FALLBACK = "yolo11n.pt"
_HOST = "github.com"


class ModelCard(BaseModel):
    """What a shipped model is: `default.yaml` beside `default.onnx`.

    Attributes:
        sha256: of the ONNX file.
        image_size: (height, width) in pixels it was exported for.
        labels: what it tells apart, by class number.
        trained_with: the command that makes it again.
        trained_on: on which pictures, and whose they are.
        measured: figures by name, with the command behind them in docs/operations/measured.md.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    image_size: tuple[int, int]
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    trained_with: Annotated[str, Field(min_length=3)]
    trained_on: Annotated[str, Field(min_length=3)]
    measured: dict[str, float] = {}


def find_weights(model: str | None, model_dir: Path | None, shipped: Path | None = None) -> Path:
    """The weights a model names: shipped, a file, or fetched by Ultralytics where it can be.

    Args:
        model: a path, a name Ultralytics knows, or nothing or "default" for the shipped one.
        model_dir: where fetched weights are kept.
        shipped: folder of the shipped model, if not the package's own.

    Raises:
        DetectorMissingError: they are not here and cannot be fetched; says what to do.
    """
    if not model or model == DEFAULT:
        folder = shipped or SHIPPED
        if (folder / "default.onnx").exists():
            return _whole(folder)
        model = _FALLBACK
    return _find(model, model_dir)


def _whole(folder: Path) -> Path:
    """The shipped file, if it is what its card says."""
    weights, card = folder / "default.onnx", folder / "default.yaml"
    again = "Install Smartopia again, or name another detector in SMARTOPIA_MODEL."
    try:
        said = ModelCard.model_validate(yaml.safe_load(card.read_text()))
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise DetectorMissingError(f"{card} cannot be read: {error}. {again}") from error
    if digest(weights) != said.sha256:
        raise DetectorMissingError(f"{weights} is not the file {card} describes. {again}")
    return weights


def _find(model: str, model_dir: Path | None) -> Path:
    kept = model_dir / Path(model).name if model_dir is not None else None
    for place in (Path(model), kept):
        if place is not None and place.exists():
            return place
    what_to_do = (
        f"Put the file there and name it: `smartopia up --model /path/to/{Path(model).name}`, "
        "or set SMARTOPIA_MODEL. Cameras are not watched until then; everything else runs."
    )
    if "/" in model:
        raise DetectorMissingError(f"There is no detector file {model}. {what_to_do}")
    if os.environ.get("YOLO_OFFLINE", "").lower() == "true" or not _reachable(_HOST):
        raise DetectorMissingError(
            f"The detector {model} is not on this machine and cannot be fetched without a "
            f"network. {what_to_do}"
        )
    return _fetch(model, kept or Path(model))


def _reachable(host: str) -> bool:
    try:
        socket.create_connection((host, 443), timeout=2).close()
    except OSError:
        return False
    return True


def _fetch(model: str, target: Path) -> Path:
    try:
        from ultralytics.utils.downloads import attempt_download_asset  # noqa: PLC0415 - heavy
    except ImportError as error:
        raise DetectorMissingError(
            f"The detector {model} is fetched by Ultralytics, which is not installed here "
            f"({error}): pip install 'smartopia[analytics]'"
        ) from error
    log.info("fetching %s through Ultralytics", model)
    try:
        found = Path(str(attempt_download_asset(str(target))))
    except Exception as error:  # it raises whatever its downloads do
        raise DetectorMissingError(f"The detector {model} could not be fetched: {error}") from error
    if not found.exists():
        raise DetectorMissingError(f"The detector {model} could not be fetched.")
    return found
