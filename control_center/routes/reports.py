"""/api/v1/reports: how good detection is, as `smartopia evaluate` found it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiohttp import web

from control_center.keys import SETTINGS
from control_center.problems import HEADERS
from smartopia.clock import rfc3339
from smartopia.errors import ConfigurationError
from smartopia.reports import PAGE_FILE, REPORT_FILE, Report, read_report, reports_folder

log = logging.getLogger(__name__)

COMMAND = "smartopia evaluate objects --lab DIR --field DIR"
_MOST = 50
_NEXT = 3
_NAME = r"[0-9A-Za-z][0-9A-Za-z_.-]{0,99}"
# The page needs nothing but itself, so it may have nothing else.
_ALONE = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; sandbox"
)
_FILES = {
    PAGE_FILE: "text/html",
    REPORT_FILE: "application/json",
    "figures.csv": "text/csv",
    "rows.csv": "text/csv",
}


def set_up(app: web.Application) -> None:
    """Add these routes."""
    app.router.add_get("/api/v1/reports", show_all)
    app.router.add_get(f"/api/v1/reports/{{name:{_NAME}}}/{{file}}", show_file)


async def show_all(request: web.Request) -> web.Response:
    """The newest reports, in short, and which folders hold none that can be read."""
    folder = reports_folder(request.app[SETTINGS])
    found, broken = await asyncio.to_thread(_read_all, folder)
    return web.json_response(
        {
            "reports": [_in_short(name, report) for name, report in found],
            "broken": broken,
            "command": COMMAND,
        }
    )


async def show_file(request: web.Request) -> web.StreamResponse:
    """A file of a report; the page may load nothing and run nothing."""
    name = request.match_info["file"]
    if name not in _FILES:
        raise web.HTTPNotFound(text=f"A report has {', '.join(_FILES)}.")
    file = reports_folder(request.app[SETTINGS]) / request.match_info["name"] / name
    try:
        content = await asyncio.to_thread(file.read_bytes)
    except OSError:
        raise web.HTTPNotFound(text="There is no such report.") from None
    headers = {**HEADERS, "Content-Security-Policy": _ALONE, "Cache-Control": "no-store"}
    response = web.Response(
        body=content, content_type=_FILES[name], charset="utf-8", headers=headers
    )
    # Sent with these headers, not with those of the console's own page.
    await response.prepare(request)
    return response


def _read_all(folder: Path) -> tuple[list[tuple[str, Report]], list[str]]:
    """Reports by the names of their folders, the newest first; what is wrong with the others."""
    found: list[tuple[str, Report]] = []
    broken: list[str] = []
    for file in _newest(folder):
        try:
            found.append((file.parent.name, read_report(file)))
        except ConfigurationError as error:
            log.warning("%s", error)
            broken.append(f"{file.parent.name}: {error}")
    return sorted(found, key=lambda one: one[1].made_at, reverse=True), broken


def _newest(folder: Path) -> Iterator[Path]:
    files = sorted(folder.glob(f"*/{REPORT_FILE}"), key=_written, reverse=True)
    yield from files[:_MOST]


def _written(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0


def _in_short(name: str, report: Report) -> dict[str, Any]:
    """What the page shows of a report before it is opened: lab and field, never one alone."""
    short = report.model_dump(
        mode="json", include={"kind", "title", "sides", "measures", "glance", "whole"}
    )
    return {
        **short,
        "name": name,
        "made_at": rfc3339(report.made_at),
        "next": list(report.next[:_NEXT]),
        "problems": len(report.problems),
    }
