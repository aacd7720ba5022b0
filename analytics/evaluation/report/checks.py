"""What is wrong with the pictures and labels that are to be scored."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.evaluation.labelled import PICTURES, DoubtKind, LabelledPicture, LabelledSet
from smartopia.errors import ConfigurationError
from smartopia.reports import Problem, SideName

_EXAMPLES = 5
_TOLD: Mapping[DoubtKind, str] = {
    DoubtKind.OUTSIDE: "boxes reach out of their picture; they were cut at its edge",
    DoubtKind.EMPTY: "boxes have no area; they were left out",
    DoubtKind.NO_LABELS: "pictures have no file of labels; they were scored as showing nothing, "
    "so that all found in them counts as false",
    DoubtKind.NO_PICTURE: "labels belong to no picture; they were left out",
}


@dataclass(frozen=True, slots=True)
class SideData:
    """The pictures of a side, with the SHA-256 of each file."""

    name: SideName
    source: Path
    labelled: LabelledSet
    digests: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Each picture's path in the set, by which the same one is known in another set."""
        folder = self.source / "images"
        return tuple(str(one.file.relative_to(folder)) for one in self.labelled.pictures)

    @property
    def digest(self) -> str:
        """SHA-256 of all pictures and labels that are scored, whatever their names and order."""
        lines = sorted(
            json.dumps(
                [digest, sorted([one.label, one.box, one.asked] for one in picture.objects)],
                separators=(",", ":"),
            )
            for digest, picture in zip(self.digests, self.labelled.pictures, strict=True)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def side_data(name: SideName, source: Path, labelled: LabelledSet) -> SideData:
    """A set with the digests of its files."""
    digests = (hashlib.sha256(p.file.read_bytes()).hexdigest() for p in labelled.pictures)
    return SideData(name, source, labelled, tuple(digests))


def without_doubles(
    lab: SideData, field: SideData, training: frozenset[str]
) -> tuple[SideData, SideData, list[Problem]]:
    """Both sides without pictures that are of the training, of both sides, or there twice.

    Raises:
        ConfigurationError: nothing is left of a side.
    """
    both = frozenset(lab.digests) & frozenset(field.digests)
    problems: list[Problem] = []
    kept = []
    for side in (lab, field):
        seen: set[str] = set()
        why: dict[str, list[Path]] = defaultdict(list)
        left: list[tuple[str, LabelledPicture]] = []
        for digest, picture in zip(side.digests, side.labelled.pictures, strict=True):
            reason = _reason(digest, training, both, seen)
            if reason:
                why[reason].append(picture.file)
            else:
                left.append((digest, picture))
            seen.add(digest)
        problems += [_doubles(side.name, reason, files) for reason, files in why.items()]
        if not left:
            raise ConfigurationError(
                f"{side.source}: each of its {len(side.digests)} pictures is also in the other "
                "set or in the training; score it on pictures of its own"
            )
        pictures = tuple(picture for _, picture in left)
        labelled = replace(side.labelled, pictures=pictures)
        kept.append(replace(side, labelled=labelled, digests=tuple(d for d, _ in left)))
    return kept[0], kept[1], problems


def _reason(digest: str, training: frozenset[str], both: frozenset[str], seen: set[str]) -> str:
    if digest in training:
        return "pictures of the training"
    if digest in both:
        return "pictures in lab and field"
    return "pictures twice" if digest in seen else ""


def _doubles(side: SideName, reason: str, files: Sequence[Path]) -> Problem:
    return Problem(
        kind=reason,
        side=side,
        count=len(files),
        left_out=True,
        told=f"{reason}, by the content of the file; they were left out, or the figures would "
        "look better than they are",
        examples=tuple(map(str, files[:_EXAMPLES])),
    )


def scored_labels(
    known: Sequence[str], lab: LabelledSet, field: LabelledSet, asked: Sequence[str]
) -> tuple[str, ...]:
    """The classes that are scored: those asked for, or else all that can be compared.

    These are the classes the model and both sets know and both have an object of: a mean over
    other classes on either side would compare nothing.

    Raises:
        ConfigurationError: there is none, or one that is asked for is not known.
    """
    for label in asked:
        for who, labels in (("the model", known), ("lab", lab.labels), ("field", field.labels)):
            if label not in labels:
                raise ConfigurationError(
                    f"--classes {label}: {who} does not know it; it knows {_some(labels)}"
                )
    there = _objects(lab).keys() & _objects(field).keys()
    scored = tuple(asked) or tuple(label for label in known if label in there)
    if not scored:
        raise ConfigurationError(
            f"nothing can be compared: the model knows {_some(known)}, lab has objects of "
            f"{_some(sorted(_objects(lab)))}, field of {_some(sorted(_objects(field)))}"
        )
    return scored


def label_problems(side: SideData, scored: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with a side's labels."""
    others = {k: n for k, n in _objects(side.labelled).items() if k not in scored}
    if others:
        most = sorted(others, key=lambda label: -others[label])[:_EXAMPLES]
        yield Problem(
            kind="labels of other classes",
            side=side.name,
            count=sum(others.values()),
            left_out=True,
            told=f"labels are of {len(others)} classes that are not scored, since the model, lab "
            "and field do not share them",
            examples=tuple(f"{label}: {others[label]}" for label in most),
        )
    nothing = [p.file for p in side.labelled.pictures if not _shows(p, scored)]
    if nothing:
        yield Problem(
            kind="pictures that show nothing",
            side=side.name,
            count=len(nothing),
            left_out=False,
            told="pictures have no object of a scored class; all found in them counts as false",
            examples=tuple(map(str, nothing[:_EXAMPLES])),
        )
    by_kind: dict[DoubtKind, list[str]] = defaultdict(list)
    for doubt in side.labelled.doubts:
        by_kind[doubt.kind].append(doubt.where)
    for kind, places in by_kind.items():
        yield Problem(
            kind=kind,
            side=side.name,
            count=len(places),
            left_out=kind in {DoubtKind.EMPTY, DoubtKind.NO_PICTURE},
            told=_TOLD[kind],
            examples=tuple(places[:_EXAMPLES]),
        )


def picture_digests(folder: Path) -> frozenset[str]:
    """The digests of all pictures in a folder, such as those of a training."""
    files = (p for p in folder.rglob("*") if p.suffix in PICTURES)
    return frozenset(hashlib.sha256(p.read_bytes()).hexdigest() for p in files)


def _shows(picture: LabelledPicture, scored: Sequence[str]) -> bool:
    return any(one.label in scored for one in picture.objects)


def _objects(labelled: LabelledSet) -> Counter[str]:
    return Counter(one.label for p in labelled.pictures for one in p.objects if one.asked)


def _some(labels: Iterable[str]) -> str:
    names = list(labels)
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return (", ".join(names[:12]) or "nothing") + more
