"""What the platform holds of a span of time, as a file that can be scored anywhere."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from psycopg.rows import dict_row
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from analytics.evaluation.events import RaisedAlert, Watched
from analytics.evaluation.field import Answer, Disposed, MissReport, SpotCheck
from smartopia.alarms.model import Disposition
from smartopia.errors import ConfigurationError
from smartopia.settings import Settings
from smartopia.store.connection import connect_database
from smartopia.store.queries import load_queries
from smartopia.truth.model import Seal
from smartopia.truth.store import seals

_SQL = load_queries("analytics.evaluation.report", "sql/export.sql")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ExportedAlert(_Part):
    """An alert, each time it was raised. `raised`: phenomenon time."""

    id: str
    situation: str
    site: str
    camera: str
    raised: AwareDatetime
    rule: str
    rule_digest: str
    model: str
    disposition: Disposition | None


class ExportedCheck(_Part):
    """A moment without an alert; `answer` is None while nobody has looked."""

    id: str
    site: str
    camera: str
    begin: AwareDatetime
    probability: float
    answer: Answer | None
    situation: str
    began_before: bool


class ExportedMiss(_Part):
    """What was reported of which no alert told."""

    id: str
    situation: str
    site: str
    camera: str
    at: AwareDatetime


class ExportedSpell(_Part):
    """A span in which a camera was watched without a gap.

    Attributes:
        frames: that were looked at meanwhile.
        rules: by situation, the digest of the rule that could tell it: it neither rested nor
            lacked anything.
    """

    site: str
    camera: str
    begin: AwareDatetime
    end: AwareDatetime
    frames: int
    model: str
    rules: dict[str, str]


class Export(_Part):
    """All that situations and live operation are scored by, but the truth.

    Attributes:
        watched: when which camera was watched; None where nobody wrote it down.
    """

    version: Literal[1] = 1
    site: str
    since: AwareDatetime
    until: AwareDatetime
    alerts: tuple[ExportedAlert, ...]
    checks: tuple[ExportedCheck, ...]
    misses: tuple[ExportedMiss, ...]
    seals: tuple[Seal, ...]
    watched: tuple[ExportedSpell, ...] | None = None

    def spells(self) -> list[Watched] | None:
        """When cameras were watched for anything at all; None where that is not known."""
        if self.watched is None:
            return None
        fields = ("site", "camera", "begin", "end", "model", "rules")
        some = [one for one in self.watched if one.rules]
        return [Watched(**{name: getattr(one, name) for name in fields}) for one in some]

    def raised(self) -> list[RaisedAlert]:
        """The alerts as truth is held against them."""
        fields = RaisedAlert.__dataclass_fields__
        return [RaisedAlert(**{name: getattr(one, name) for name in fields}) for one in self.alerts]

    def disposed(self) -> list[Disposed]:
        """The alerts by what they turned out to be; one that was raised again counts once."""
        once = [one for one in self.alerts if "/" not in one.id]
        fields = Disposed.__dataclass_fields__
        return [Disposed(**{name: getattr(one, name) for name in fields}) for one in once]

    def spot_checks(self) -> list[SpotCheck]:
        """The moments that were looked at."""
        return [SpotCheck(**dict(one)) for one in self.checks]

    def miss_reports(self) -> list[MissReport]:
        """What operators reported."""
        return [MissReport(**dict(one)) for one in self.misses]


async def export(settings: Settings, since: datetime, until: datetime) -> Export:
    """Read it from the database.

    Raises:
        UnavailableError: the database does not answer.
    """
    span = {"since": since, "until": until}
    async with await connect_database(settings, "evaluate") as connection:
        found: dict[str, list[dict[str, Any]]] = {}
        async with connection.cursor(row_factory=dict_row) as cursor:
            for name in ("alerts", "checks", "misses", "watched"):
                await cursor.execute(_SQL[name], span)
                found[name] = await cursor.fetchall()
            await cursor.execute(_SQL["written_down"], span)
            known = await cursor.fetchone() is not None
        held = tuple(await seals(connection))
    if not known and not found["watched"]:
        found.pop("watched")
    return Export.model_validate(
        {**found, "site": settings.site, "since": since, "until": until, "seals": held}
    )


def read_export(file: Path) -> tuple[Export, str]:
    """An export and its SHA-256.

    Raises:
        ConfigurationError: it cannot be read; says what and where.
    """
    try:
        content = file.read_bytes()
        return Export.model_validate_json(content), hashlib.sha256(content).hexdigest()
    except OSError as error:
        raise ConfigurationError(
            f"{file} cannot be read: {error.strerror}; `smartopia evaluate export-alerts` writes it"
        ) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ConfigurationError(f"{file}: {where}: {first['msg']}") from None
