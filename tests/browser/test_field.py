"""What operators say in a real browser: why an alert was false, what a moment shows, what was
missed; and who sees an original.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg import AsyncConnection

from smartopia.alarms.model import Image
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.evidence import Sealer, keep_sealed
from smartopia.evidence_keys import renew_file
from tests.support.alerts import add_alert, add_thing, draft
from tests.support.consoles import Consoles, control_center
from tests.support.pages import launched, signed_in
from tests.support.seen import drawn_jpeg, sightings

pytestmark = pytest.mark.needs_browser

CAMERA = DeviceKey("gimpo", "cam-1")
ORIGINAL = drawn_jpeg(3, "ORIGINAL")
REASON = "Missing child, police request 2026-114"
CHECKS = 3


async def _fill(database: str, seal: Sealer) -> None:
    async with await AsyncConnection.connect(database) as connection:
        thing = await add_thing(connection, CAMERA.device)
        await connection.execute(
            "UPDATE thing SET title = 'Market street', frame_rate = 1, stage = 'field',"
            " staged_at = now(), staged_by = 'test'"
        )
        now = utc_now()
        masked = Image(now, 320, 240, [], None, "t@0", drawn_jpeg(3, "masked"))
        for key in ("test:1", "test:2"):
            await add_alert(connection, draft(thing, key, images=(masked,)))
        cursor = await connection.execute("SELECT id FROM alert ORDER BY id")
        for (alert,) in await cursor.fetchall():
            until = now + timedelta(days=30)
            await keep_sealed(connection, alert, seal(ORIGINAL, CAMERA, now), now, until)
        for n in range(CHECKS):
            cursor = await connection.execute(
                "INSERT INTO spot_check (thing_id, moment_at, begins_at, ends_at, probability,"
                " ready_at) VALUES (%s, %s, %s, %s, 0.001, now()) RETURNING id",
                (thing, now - timedelta(minutes=3 + n), now - timedelta(seconds=9), now),
            )
            (check,) = await cursor.fetchone() or ()
            for ordinal, one in enumerate(sightings(CAMERA, now, 10)):
                await connection.execute(
                    "INSERT INTO spot_check_picture VALUES (%s, %s, %s, %s, now() + '30 days')",
                    (check, ordinal, one.seen.time, one.masked),
                )


@pytest.fixture(scope="module")
def consoles(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Consoles]:
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    keys = folder / "evidence-keys.json"
    seal = Sealer(renew_file(keys, utc_now()).keys[-1].public)
    with control_center(postgres, folder, evidence_keys=keys, spot_checks=0) as running:
        asyncio.run(_fill(running.database, seal))
        yield running


@pytest.fixture(scope="module")
def browser(consoles: Consoles, chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


def at(consoles: Consoles, where: str) -> str:
    return f"{consoles.url}/{where}"


def look(page: Page, name: str) -> None:
    """Leave a picture of the page where somebody asked for them."""
    folder = os.environ.get("FIELD_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png")


def asked(consoles: Consoles, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(consoles.database) as connection:
        return connection.execute(query.encode()).fetchall()


def test_an_original_is_opened_with_a_reason_and_shown_once(
    browser: Browser, consoles: Consoles
) -> None:
    with signed_in(browser, at(consoles, "#alert=1"), consoles.password) as page:
        page.get_by_test_id("open-original").click()
        dialog = page.get_by_test_id("original-dialog")
        submit = page.get_by_test_id("original-submit")
        expect(submit).to_be_disabled()
        page.get_by_test_id("original-reason").fill("abc ")
        expect(submit).to_be_disabled()
        page.get_by_test_id("original-reason").fill(REASON)
        look(page, "original-reason")
        submit.click()
        picture = page.get_by_test_id("original")
        expect(picture).to_be_visible()
        assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 320
        look(page, "original")
        url = picture.get_attribute("src")
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        gone = page.evaluate("u => fetch(u).then(() => false, () => true)", url)
        assert gone, "nothing of it stays in the browser"
        expect(page.get_by_test_id("openings")).to_contain_text(f"opened by admin: {REASON}")
        look(page, "openings")
    assert asked(consoles, "SELECT opened_by, reason FROM evidence_opening") == [("admin", REASON)]


def test_a_viewer_sees_the_openings_and_no_button(browser: Browser, consoles: Consoles) -> None:
    password = consoles.operator("eve", "viewer")
    with signed_in(browser, at(consoles, "#alert=1"), password, user="eve") as page:
        expect(page.get_by_test_id("originals")).to_contain_text("An administrator can open it")
        expect(page.get_by_test_id("open-original")).to_have_count(0)


def test_false_asks_why_and_true_stays_three_keys(browser: Browser, consoles: Consoles) -> None:
    with signed_in(browser, at(consoles, "#alert=1"), consoles.password) as page:
        expect(page.get_by_test_id("resolve-button")).to_be_visible()
        page.keyboard.press("r")
        page.keyboard.press("2")
        submit = page.get_by_test_id("resolve-submit")
        expect(submit).to_be_disabled()
        page.keyboard.press("Enter")
        page.keyboard.press("7")
        expect(submit).to_be_disabled()
        look(page, "false-reason")
        page.keyboard.type("a kite")
        expect(submit).to_be_enabled()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("5")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("alert-detail")).to_contain_text("False (animal)")
        page.goto(f"{consoles.url}/#alert=2")
        expect(page.get_by_test_id("alert-detail")).to_have_attribute("data-alert-id", "2")
        for key in ("r", "1", "Enter"):
            page.keyboard.press(key)
        expect(page.get_by_test_id("notice")).to_contain_text("Resolved: True")
    found = asked(consoles, "SELECT disposition, false_reason, note FROM alert ORDER BY id")
    assert found == [("false", "animal", "a kite"), ("true", None, None)]


def test_a_shift_of_spot_checks_by_keyboard_and_pointer(
    browser: Browser, consoles: Consoles
) -> None:
    with signed_in(browser, at(consoles, ""), consoles.password) as page:
        expect(page.get_by_test_id("field-badge")).to_have_text(str(CHECKS))
        page.get_by_test_id("tab-field").click()
        left = page.get_by_test_id("checks-left")
        expect(left).to_contain_text(f"{CHECKS} left in this shift")
        clip = page.get_by_test_id("clip")
        expect(clip).to_be_visible()
        first = clip.get_attribute("src")
        expect(clip).not_to_have_attribute("src", first or "")  # it plays
        look(page, "check")
        page.keyboard.press("1")
        expect(left).to_contain_text("2 left")
        # Who has seen no picture can tell nothing of it.
        expect(page.get_by_test_id("answer-2")).to_be_enabled()
        page.keyboard.press("2")
        expect(page.get_by_test_id("missed-submit")).to_be_disabled()
        page.get_by_label("Loitering", exact=True).check()
        page.get_by_label(re.compile("going on already")).check()
        look(page, "missed")
        page.get_by_test_id("missed-submit").click()
        expect(left).to_contain_text("1 left")
        page.get_by_test_id("answer-3").click()
        expect(page.get_by_test_id("no-check")).to_be_visible()
        expect(page.get_by_test_id("field-badge")).to_have_count(0)
        expect(page.get_by_test_id("field-counts")).to_contain_text(
            "1 nothing, 1 missed, 1 could not be told"
        )
        look(page, "done")
    found = asked(consoles, "SELECT answer, situation, began_before FROM spot_check ORDER BY id")
    assert sorted(found, key=str) == [
        ("cannot_tell", None, None),
        ("missed", "loitering", True),
        ("nothing", None, None),
    ]


def test_a_miss_is_reported_from_a_cameras_page(browser: Browser, consoles: Consoles) -> None:
    (found,) = asked(consoles, "SELECT id FROM thing")
    thing = found[0]
    with signed_in(browser, at(consoles, f"#/cameras/{thing}"), consoles.password) as page:
        page.get_by_test_id("to-miss").click()
        form = page.get_by_test_id("miss-form")
        expect(form.locator("[name=camera]")).to_have_value(str(thing))
        form.locator("[name=situation]").select_option("collapse")
        expect(page.get_by_test_id("miss-submit")).to_be_disabled()
        form.locator("[name=note]").fill("A man lay at the bus stop; the driver called.")
        page.get_by_test_id("miss-submit").click()
        expect(page.get_by_test_id("miss-told")).to_contain_text("Reported")
        expect(page.get_by_test_id("misses")).to_contain_text("Collapse")
        look(page, "reported")
    reported = asked(consoles, "SELECT thing_id, situation, reported_by FROM miss_report")
    assert reported == [(thing, "collapse", "admin")]
