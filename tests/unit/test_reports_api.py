"""Reports in the control center: listed with lab and field, and shown where nothing can run."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from control_center.keys import SETTINGS
from control_center.problems import harden, tell_problems
from control_center.routes import reports
from smartopia.clock import utc_now
from smartopia.reports import Figure, Measure, Provenance, Report, Row, Side, Table
from smartopia.settings import Settings

SOME = {"recall": Figure(value=0.5, low=0.4, high=0.6, n=90, few=False)}


def a_report(cameras: int = 1) -> Report:
    side = {"source": "x", "told": "90 pictures", "digest": "a" * 64}
    camera_rows = tuple(Row(part=f"cctv-{n}", lab=SOME, field=SOME) for n in range(cameras))
    told = "of all true objects, the share that was found"
    return Report(
        kind="objects",
        title="How well objects are found",
        made_at=utc_now(),
        sides=(Side(name="lab", **side), Side(name="field", **side)),
        problems=(),
        measures=(Measure(name="recall", title="Found", unit="share", better="higher", told=told),),
        glance=("half",),
        whole=Row(part="all", lab=SOME, field=SOME),
        tables=(Table(name="camera", title="", told="", measures=("recall",), rows=camera_rows),),
        gaps=(),
        losses=(),
        next=("one", "two", "three", "four"),
        examples=(),
        provenance=Provenance(
            command="",
            inputs={},
            version="0",
            code="b" * 64,
            models={},
            rules={},
            seeds={},
            libraries={},
        ),
    )


def keep(folder: Path, name: str, report: Report) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "report.json").write_text(report.model_dump_json())
    (folder / name / "report.html").write_text("<p>it</p>")


@pytest.fixture
def app(tmp_path: Path) -> web.Application:
    app = web.Application(middlewares=[harden, tell_problems])
    app[SETTINGS] = Settings(reports=tmp_path / "reports")
    reports.set_up(app)
    return app


async def test_without_a_report_it_says_which_command_makes_one(app: web.Application) -> None:
    async with TestClient(TestServer(app)) as client:
        told = await (await client.get("/api/v1/reports")).json()
    assert told["reports"] == []
    assert told["command"].startswith("smartopia evaluate ")


async def test_lab_and_field_are_told_and_what_is_no_report_is_named(
    app: web.Application, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    keep(folder, "objects", a_report())
    keep(folder, "broken", a_report())
    (folder / "broken" / "report.json").write_text('{"version": 7}')
    async with TestClient(TestServer(app)) as client:
        told = await (await client.get("/api/v1/reports")).json()
    (one,) = told["reports"]
    assert one["name"] == "objects"
    assert one["whole"]["lab"]["recall"] == one["whole"]["field"]["recall"]
    assert one["whole"]["lab"]["recall"]["n"] == 90
    assert one["next"] == ["one", "two", "three"]
    assert len(told["broken"]) == 1
    assert told["broken"][0].startswith("broken: ")


async def test_the_page_of_a_report_may_load_and_run_nothing(
    app: web.Application, tmp_path: Path
) -> None:
    keep(tmp_path / "reports", "objects", a_report())
    async with TestClient(TestServer(app)) as client:
        answer = await client.get("/api/v1/reports/objects/report.html")
        assert await answer.text() == "<p>it</p>"
        policy = answer.headers.getall("Content-Security-Policy")
        assert len(policy) == 1
        assert policy[0].startswith("default-src 'none'")
        assert "sandbox" in policy[0]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["objects/detections", "gone/report.html", "../report.json", "%2e%2e/report.json", ".x/a"],
)
async def test_nothing_but_a_reports_files_is_shown(
    app: web.Application, tmp_path: Path, path: str
) -> None:
    keep(tmp_path / "reports", "objects", a_report())
    (tmp_path / "report.json").write_text("secret")
    async with TestClient(TestServer(app)) as client:
        answer = await client.get(f"/api/v1/reports/{path}")
        assert answer.status == 404
        assert "secret" not in await answer.text()


async def test_reports_of_100_cameras_are_listed_at_once(
    app: web.Application, tmp_path: Path
) -> None:
    for number in range(10):
        keep(tmp_path / "reports", f"day-{number}", a_report(cameras=100))
    async with TestClient(TestServer(app)) as client:
        begin = time.process_time()
        told = await (await client.get("/api/v1/reports")).json()
        assert time.process_time() - begin < 1
    assert len(told["reports"]) == 10
