"""The truth folder: what is revealed, readable by its owner only."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from smartopia.errors import ConfigurationError
from smartopia.truth.model import Attachment, Record, Schedule, file_name


def prepare_folder(folder: Path) -> None:
    """Make the folder, closed to others.

    Raises:
        ConfigurationError: it cannot be made, or others may enter it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(
            f"SMARTOPIA_TRUTH_DIR: {folder} cannot be made: {error.strerror}; name another folder"
        ) from None
    if folder.stat().st_mode & 0o077:
        raise ConfigurationError(
            f"SMARTOPIA_TRUTH_DIR: {folder} is open to others; run: chmod 700 {folder}, or name "
            "another folder"
        )


def write_frames(folder: Path, run: str, chapter: int, frames: Iterable[bytes]) -> Attachment:
    """Write a chapter's frames, each as JSON, next to where its truth will be."""
    name = file_name(run, chapter).replace(".json", ".frames.jsonl")
    lines, told = 0, hashlib.sha256()

    def counted() -> Iterator[bytes]:
        nonlocal lines
        for frame in frames:
            lines += 1
            told.update(frame + b"\n")
            yield frame + b"\n"

    _write(folder / name, counted())
    return Attachment(file=name, digest=told.hexdigest(), lines=lines)


def write_truth(folder: Path, schedule: Schedule, record: Record) -> Path:
    """Write a chapter's truth; returns its file."""
    file = folder / file_name(schedule.run, schedule.chapter)
    content = {"schedule": schedule.as_json(), "record": record.as_json()}
    _write(file, [json.dumps(content, indent=1, ensure_ascii=False).encode() + b"\n"])
    return file


def _write(file: Path, content: Iterable[bytes]) -> None:
    """All at once: there is either the whole file or none."""
    aside = file.with_suffix(".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.writelines(content)
        out.flush()
        os.fsync(out.fileno())
    aside.replace(file)
