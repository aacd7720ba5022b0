"""What a report on accuracy says, as JSON: lab and field side by side, each figure with its n.

`smartopia evaluate` writes it, the control center reads it; `reports.schema.json` is its schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from smartopia.errors import ConfigurationError
from smartopia.settings import Settings, default_data_dir
from smartopia.validation import problems_of

VERSION: Literal[1] = 1
SCHEMA = Path(__file__).with_name("reports.schema.json")
REPORT_FILE = "report.json"
PAGE_FILE = "report.html"

Kind = Literal["objects", "situations", "field"]
SideName = Literal["lab", "field"]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256, hex")]
Count = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Figure(_Part):
    """A figure with its 95 % interval.

    Attributes:
        value: None where there is no case.
        low, high: None where no interval can be said.
        n: cases it rests on.
        few: it rests on too few cases to be said: readers show "too few to say".
    """

    value: float | None
    low: float | None
    high: float | None
    n: Count
    few: bool


class Measure(_Part):
    """What a figure measures.

    Attributes:
        unit: share (0 to 1), or UCUM: /d of a camera, s.
        better: which way is better.
        told: in plain words.
    """

    name: str
    title: str
    unit: Literal["share", "/d", "s"]
    better: Literal["higher", "lower"]
    told: str


class Side(_Part):
    """One of the two that are compared.

    Attributes:
        name: lab or field.
        source: where it came from, as the command named it.
        told: what it is of: how many pictures, cameras, hours.
        digest: of all that was read; None where nothing was.
        models, rules: whose figures these are; more than one is a mixture.
    """

    name: SideName
    source: str
    told: str
    digest: Digest | None
    models: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


class Problem(_Part):
    """Something wrong with what was scored. `left_out`: it was not scored for that."""

    kind: str
    side: SideName | None
    count: Count
    left_out: bool
    told: str
    examples: tuple[str, ...] = ()


class Row(_Part):
    """A part of the whole: figures by measure; None where a side has nothing of it."""

    part: str
    lab: dict[str, Figure] | None
    field: dict[str, Figure] | None


class Table(_Part):
    """The whole, or its parts: by class, size, condition, camera..."""

    name: str
    title: str
    told: str
    measures: tuple[str, ...]
    rows: tuple[Row, ...]


class Step(_Part):
    """One step of the way from lab to field; `change` is what it adds, below 0 what it takes."""

    name: str
    change: float
    low: float | None
    high: float | None
    told: str


class Mending(_Part):
    """What could be mended, and what the field would gain in the gap's measure at most."""

    name: str
    gain: float
    low: float | None
    high: float | None
    n: Count
    few: bool
    told: str


class Gap(_Part):
    """What the difference of lab and field is made of, in one measure, parted in one way."""

    title: str
    measure: str
    lab: Figure
    field: Figure
    steps: tuple[Step, ...]
    mendings: tuple[Mending, ...]
    told: tuple[str, ...]


class Loss(_Part):
    """What the same pictures lose, under a condition or with another model.

    Attributes:
        verdict: better, worse, or cannot tell.
        p: chance of such a difference where there is none; None where it is not tested.
    """

    name: str
    measure: str
    before: Figure
    after: Figure
    change: Figure
    verdict: Literal["better", "worse", "cannot tell"]
    p: float | None
    told: str


class Example(_Part):
    """A case to look at; its picture, masked, is in the page only."""

    kind: Literal["missed", "false alarm"]
    side: SideName
    source: str
    label: str
    told: str
    score: float | None = None
    box: tuple[float, float, float, float] | None = None


class Provenance(_Part):
    """All that is needed to make the report again.

    Attributes:
        command: the command line.
        inputs: its settings by name, for `smartopia evaluate --verify`.
        code: digest of the installed source of Smartopia; with `version` it names the program.
        models: digest of weights by name.
        seeds: of all that is drawn at random, by name.
        libraries: versions by name.
        cpu_s: processor time spent, in seconds, by what it was spent on.
    """

    command: str
    inputs: dict[str, Any]
    version: str
    code: Digest
    models: dict[str, Digest]
    rules: dict[str, str]
    seeds: dict[str, int]
    libraries: dict[str, str]
    cpu_s: dict[str, float] = {}


class Report(_Part):
    """A whole report.

    Attributes:
        problems: what is wrong with the data; first, since it limits all that follows.
        glance: the answer in a few plain sentences.
        whole: one row.
        tables: parts, most useful first.
        next: what to do next, the most useful first.
    """

    version: Literal[1] = VERSION
    kind: Kind
    title: str
    made_at: AwareDatetime
    sides: tuple[Side, Side]
    problems: tuple[Problem, ...]
    measures: tuple[Measure, ...]
    glance: tuple[str, ...]
    whole: Row
    tables: tuple[Table, ...]
    gaps: tuple[Gap, ...]
    losses: tuple[Loss, ...]
    next: tuple[str, ...]
    examples: tuple[Example, ...]
    provenance: Provenance


def reports_folder(settings: Settings) -> Path:
    """Where reports are kept: each in a folder of its own."""
    return settings.reports or (settings.home or default_data_dir()) / "reports"


def schema() -> dict[str, Any]:
    """The JSON Schema of a report."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Report.model_json_schema()}


def read_report(file: Path) -> Report:
    """A report as it was written.

    Raises:
        ConfigurationError: it cannot be read or is no report; says what is wrong and where.
    """
    try:
        content: Mapping[str, Any] = json.loads(file.read_bytes())
        return Report.model_validate(content)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from None
    except ValidationError as error:
        raise ConfigurationError(
            f"{file} is no report of this version: {problems_of(error)[0]}; "
            "`smartopia evaluate` writes one"
        ) from None
    except ValueError as error:
        raise ConfigurationError(f"{file} is no JSON: {error}") from None
