"""The folder of a data set: whose it is, what of it is done, and writing without halves."""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path

from pydantic import TypeAdapter

from devices_sim.cameras.scene.formats.model import DataSet, Entry
from smartopia.errors import AlreadyRunningError, ConfigurationError

DIGESTS = "digests.json"
_UNFINISHED = "unfinished"
_ENTRIES = TypeAdapter(tuple[Entry, ...])


class SetFolder:
    """A folder that holds one data set, or the beginning of one.

    While it is unfinished, `unfinished/` names the set and keeps what is known of each sequence
    that is written whole. `digests.json` comes last: where it is, the set is finished.

    Args:
        path: it need not be there yet.
        data_set: what it is to hold.
        made_with: versions of what pictures depend on.

    Raises:
        ConfigurationError: it holds something else; says what.
    """

    def __init__(self, path: Path, data_set: DataSet, made_with: Mapping[str, str]) -> None:
        self.path = path
        self._aside = path / _UNFINISHED
        self._about: dict[str, dict[str, object]] = {
            "set": _named(data_set),
            "made_with": dict(made_with),
        }
        if path.exists() and not path.is_dir():
            raise ConfigurationError(f"{path} is a file; name a folder")
        self.finished = (path / DIGESTS).is_file()
        self._check()

    def pictures(self) -> int:
        """How many pictures a finished set has."""
        return len(read_json(self.path / DIGESTS).get("rendered", {}))

    @contextmanager
    def claimed(self) -> Iterator[None]:
        """Keep other exports out.

        Raises:
            AlreadyRunningError: another one is at work here.
            ConfigurationError: the folder cannot be written.
        """
        self.write(f"{_UNFINISHED}/set.json", _json(self._about))
        with (self._aside / "lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError(
                    f"another export is writing to {self.path}; wait for it, or name another folder"
                ) from None
            yield

    def write(self, name: str, content: bytes) -> None:
        """Write a file all at once: there is either the whole file or none.

        Raises:
            ConfigurationError: it cannot be written; says why.
        """
        file = self.path / name
        aside = file.with_name(f"{file.name}.new")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            aside.write_bytes(content)
            aside.replace(file)
        except OSError as error:
            raise ConfigurationError(
                f"cannot write {file}: {error.strerror}; mend that or name another folder. "
                "The same command goes on where it stopped"
            ) from None

    def note(self, number: int, entries: Sequence[Entry]) -> None:
        """Remember that the sequence of this number is written whole."""
        self.write(f"{_UNFINISHED}/{number:06}.json", _ENTRIES.dump_json(tuple(entries)))

    def noted(self) -> list[tuple[Entry, ...]]:
        """The sequences that are whole, from the first, up to one that is not."""
        files = sorted(self._aside.glob("[0-9]*.json"))
        films = (_ENTRIES.validate_json(file.read_bytes()) for file in files)
        return list(takewhile(self._stands, films))

    def finish(self, texts: Iterator[tuple[str, str]], entries: Sequence[Entry]) -> None:
        """Write all files besides the pictures, and the digests last."""
        digests = {entry.file: entry.digest for entry in entries}
        for name, text in texts:
            content = text.encode()
            self.write(name, content)
            digests[name] = hashlib.sha256(content).hexdigest()
        rendered = {entry.shown.name: entry.rendered for entry in entries}
        told = {**self._about, "files": dict(sorted(digests.items())), "rendered": rendered}
        self.write(DIGESTS, _json(told))
        shutil.rmtree(self._aside)

    def _stands(self, film: Sequence[Entry]) -> bool:
        """Whether all its pictures are there, as they were written."""
        files = [(self.path / entry.file, entry.digest) for entry in film]
        return all(file.is_file() and sha256(file) == digest for file, digest in files)

    def _check(self) -> None:
        for file in (self.path / DIGESTS, self._aside / "set.json"):
            if file.is_file():
                self._same(file)
                return
        if self.path.is_dir() and any(one.name != _UNFINISHED for one in self.path.iterdir()):
            raise ConfigurationError(
                f"{self.path} is not empty and holds no data set; name a new folder"
            )

    def _same(self, file: Path) -> None:
        """Refuse a folder of another set, or one begun with other versions."""
        found = read_json(file)
        for part in ("set",) if self.finished else ("set", "made_with"):
            there, asked = found.get(part, {}), self._about[part]
            keys = dict.fromkeys((*asked, *there))
            other = [key for key in keys if there.get(key) != asked.get(key)]
            if other:
                differs = ", ".join(
                    f"{key} {there.get(key)}, not {asked.get(key)}" for key in other
                )
                raise ConfigurationError(
                    f"{self.path} holds another data set ({differs}); name another folder, or "
                    "remove this one"
                )


def sha256(file: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def read_json(file: Path) -> dict[str, dict[str, object]]:
    """A file of ours.

    Raises:
        ConfigurationError: it is none.
    """
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{file} cannot be read: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(part, dict) for part in found.values()):
        raise ConfigurationError(f"{file} is not of a data set of rendered scenes")
    return found


def _named(data_set: DataSet) -> dict[str, object]:
    """What tells it from others, as JSON reads it back."""
    told = asdict(data_set)
    # Sets of before there was `under` are still known.
    under = {"under": dict(data_set.under)} if data_set.under else {}
    return {key: value for key, value in told.items() if key != "under"} | under


def _json(content: object) -> bytes:
    return json.dumps(content, indent=1).encode() + b"\n"
