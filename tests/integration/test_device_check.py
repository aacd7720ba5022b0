"""The check of a device: a sound one gets an A, and each fault fails the assertion it breaks."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from paho.mqtt import publish

import ingest.part
from devices_sim.check.assertion import Level, Outcome
from devices_sim.check.bench import Bench, Specimen, bench
from devices_sim.check.cli import check
from devices_sim.check.course import NO_CONNECTION, Plan
from devices_sim.check.kinds import KindSpecimen
from devices_sim.check.report import CheckReport, Grade, judge
from devices_sim.check.running import check_running
from devices_sim.check.transcript import Fault
from devices_sim.sdk.connection import Door
from devices_sim.sdk.registry import Kinds, discover_kinds
from smartopia.bus.accounts import BrokerFolder, reload_users
from smartopia.clock import utc_now
from smartopia.contract.topics import Channel, DeviceKey
from smartopia.store.connection import connect_database
from smartopia.things.stage import find_thing, promote
from tests.support.gauges import Gauge
from tests.support.parts import eventually, rows, running
from tests.support.servers import Platform

PLAN = Plan(seconds=8)
KEY = DeviceKey("gimpo", "gauge")
BROKEN = Gauge.__subclasses__()
Reports = dict[str, CheckReport]


async def _check_all(specimens: dict[DeviceKey, Specimen]) -> Reports:
    """All at once: most of a check is waiting."""

    async def one(made: Bench, key: DeviceKey, specimen: Specimen) -> CheckReport:
        return judge(await made.check(specimen, key, PLAN), "kind")

    async with bench(*specimens) as made:
        reports = await asyncio.gather(*(one(made, *item) for item in specimens.items()))
    return {report.device.split("/")[1]: report for report in reports}


@pytest.fixture(scope="module")
def reports() -> Reports:
    """Of the sound gauge and of all broken ones."""
    devices = [Gauge(), *(broken() for broken in BROKEN)]
    return asyncio.run(_check_all({device.key: device for device in devices}))


def _failed(report: CheckReport) -> dict[str, str]:
    return {
        one.number: one.seen
        for one in report.findings
        if one.outcome is Outcome.FAIL and one.level is not Level.MAY
    }


def test_a_sound_device_gets_an_a_whatever_it_is_written_with(reports: Reports) -> None:
    report = reports["gauge"]
    assert _failed(report) == {}
    assert report.grade is Grade.A
    assert report.passed
    assert all(fault.at is not None for fault in report.faults)
    assert report.seconds < 40


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_device_fails_just_what_it_breaks(broken: type[Gauge], reports: Reports) -> None:
    report = reports[broken.__name__.lower()]
    failed = _failed(report)
    assert set(failed) == broken.breaks, failed
    must = {one.number for one in report.findings if one.level is Level.MUST}
    assert report.passed is not bool(broken.breaks & must)
    assert all(one.mend for one in report.findings if one.outcome is Outcome.FAIL)


async def test_every_shipped_kind_gets_an_a() -> None:
    kinds = discover_kinds()
    specimens = [KindSpecimen(name, kinds) for name in kinds.names()]
    reports = await _check_all({specimen.key: specimen for specimen in specimens})
    assert {name: _failed(report) for name, report in reports.items() if _failed(report)} == {}
    assert {report.grade for report in reports.values()} == {Grade.A}


async def test_a_kind_that_fails_is_told_with_its_error() -> None:
    sound = discover_kinds().sensors["river_gauge"]
    broken = replace(sound, name="broken", measure=lambda view, _time: {"level": view.levle})  # type: ignore[attr-defined]
    specimen = KindSpecimen("broken", Kinds(sensors={"broken": broken}))
    async with bench(specimen.key) as made:
        transcript = await made.check(specimen, specimen.key, Plan(seconds=3))
    report = judge(transcript, "kind")
    assert report.grade is Grade.F
    assert "has no attribute 'levle'" in _failed(report)["D4.1"]


async def test_a_running_device_is_cut_at_the_broker_and_judged() -> None:
    device = Gauge()
    async with bench(device.key) as made:
        door = Door(
            "127.0.0.1", made.settings.mqtt_port, device.key.device, made.passwords[device.key]
        )
        await device.start(door)
        report = judge(await check_running(made.settings, device.key, PLAN), "running")
        await device.stop()
    assert _failed(report) == {}
    assert report.grade is Grade.A
    tried = {one.fault for one in report.faults if one.at is not None}
    assert tried == {
        Fault.CUT,
        Fault.STORM,
        Fault.UNKNOWN_COMMAND,
        Fault.MALFORMED_COMMAND,
        Fault.HUGE_COMMAND,
    }
    untried = next(one for one in report.findings if one.number == "D7.4")
    assert untried.outcome is Outcome.NOT_TRIED
    assert "running device" in untried.seen


ANNOUNCE = {
    "kind": "river_gauge",
    "title": "Old bridge",
    "location": {"latitude": 37.6262, "longitude": 126.7112},
    "datastreams": [
        {"name": "level", "observed_property": "water_level", "unit": "m", "period": 60}
    ],
}


async def _by_hand(platform: Platform, password: str) -> None:
    """As `mosquitto_pub` does it: a connection for each message."""

    def say(channel: Channel, message: object, *, retain: bool = False) -> None:
        publish.single(
            KEY.topic(channel),
            json.dumps(message),
            qos=1,
            retain=retain,
            port=platform.settings.mqtt_port,
            client_id=KEY.device,
            auth={"username": KEY.device, "password": password},
        )

    await asyncio.to_thread(say, Channel.ANNOUNCE, ANNOUNCE, retain=True)
    while True:
        await asyncio.to_thread(say, Channel.OBSERVATIONS, {"level": 2.1})
        await asyncio.sleep(0.5)


async def _run(platform: Platform, *arguments: str) -> Result:
    settings = platform.settings
    environment = {
        "SMARTOPIA_BROKER_URL": settings.broker(),
        "SMARTOPIA_BROKER_SYSTEM_URL": settings.broker_system_url.get_secret_value(),
        "SMARTOPIA_BROKER_DIR": str(settings.broker_dir),
        "SMARTOPIA_DATABASE_URL": settings.database(),
    }
    return await asyncio.to_thread(CliRunner().invoke, check, arguments, env=environment)


async def test_a_device_fed_by_hand_passes_and_may_be_promoted(
    platform: Platform, tmp_path: Path
) -> None:
    assert platform.settings.broker_dir is not None
    password = BrokerFolder(platform.settings.broker_dir).add_devices([KEY])[KEY]
    await reload_users(platform.settings)
    async with running(ingest.part.run, platform.settings):
        feeding = asyncio.create_task(_by_hand(platform, password))

        async def known() -> bool:
            return bool(await rows(platform, "SELECT 1 FROM thing WHERE name = 'gauge'"))

        await eventually(known, what="the gauge is known")
        page, data = tmp_path / "check.html", tmp_path / "check.json"
        topic = f"smartopia/v1/{KEY}"
        result = await _run(platform, topic, "--out", str(page), "--out", str(data))
        feeding.cancel()
    assert result.exit_code == 0, result.output
    report = CheckReport.model_validate_json(data.read_text())
    assert report.passed
    assert report.grade in {Grade.B, Grade.C}
    assert {one.why_not for one in report.faults} == {NO_CONNECTION}
    assert report.seconds < 15
    assert "smartopia device promote gauge" in result.output
    assert page.read_text().startswith("<!doctype html>")
    async with await connect_database(platform.settings, "test") as connection:
        thing = await find_thing(connection, KEY.site, KEY.device)
        await promote(connection, thing, by="kim", now=utc_now())


async def test_an_unknown_name_is_refused_with_what_is_allowed(platform: Platform) -> None:
    result = await _run(platform, "river_guage")
    assert result.exit_code != 0
    assert "did you mean river_gauge" in str(result.exception)
    result = await _run(platform, "gimpo/a/b/c/d/e")
    assert "smartopia/v1/SITE/DEVICE" in str(result.exception)
