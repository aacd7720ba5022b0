"""Where a value stands in a JSON payload: `ENERGY.Power`, `sensors[0].t`, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(
    r"""\.?(?:
        (?P<name>[^.\[\]'"\s]+)
      | \[(?P<index>\d+)\]
      | \[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\]
    )""",
    re.VERBOSE,
)


class _Absent:
    """What stands where nothing does."""


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class JsonPath:
    """Steps into a payload; none: the whole of it."""

    text: str
    steps: tuple[str | int, ...]

    def find(self, data: Any) -> Any:  # noqa: ANN401
        """What stands there, or ABSENT."""
        for step in self.steps:
            if isinstance(data, dict):
                data = data.get(str(step), ABSENT)
            elif isinstance(data, list) and str(step).isdecimal() and int(step) < len(data):
                data = data[int(step)]
            else:
                return ABSENT
        return data

    def __str__(self) -> str:
        return self.text or "the whole payload"


WHOLE = JsonPath("", ())


def parse_path(text: str) -> JsonPath:
    """The path a text writes.

    Raises:
        ValueError: it writes none; shows how one looks.
    """
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        step = _STEP.match(text, at)
        # A name follows a dot, except at the start; the rest of a step brings its own brackets.
        dotted = text[at] == "."
        if step is None or (dotted if at == 0 else not dotted and step["name"]):
            raise ValueError(
                f"{text!r} is no path; write e.g. ENERGY.Power, list[0] or a['with space'].b"
            )
        index = step["index"]
        steps.append((step["name"] or step["quoted"]) if index is None else int(index))
        at = step.end()
    return JsonPath(text, tuple(steps))
