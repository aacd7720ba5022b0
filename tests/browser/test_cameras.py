"""The wall of cameras in a real browser: what it shows is masked, and current or said not to be."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from smartopia.alarms.model import Severity
from smartopia.bus.connection import connect_once
from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.crossings import Crossings, WireCrossings, crossings_of
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.seen import Sighted
from tests.support.consoles import Consoles, control_center
from tests.support.pages import SHOWN_MS, keep_picture, launched, press_at_once, signed_in
from tests.support.wall import Teller, announce, elsewhere, raise_alert, street, telling

pytestmark = pytest.mark.needs_browser

TITLES = (
    "Alley, west end",
    "City hall crossing",
    "Market car park",
    "Riverside path",
    "School gate",
    "Station forecourt",
    "Station street",
    "운양동 하수관로 제3호기 동측 맨홀 앞",
)
STREETS = (("alley", False), ("crossing", False), ("school-gate", False), ("street", True))


def key(number: int) -> DeviceKey:
    return DeviceKey("gimpo", f"cam-{number}")


@pytest.fixture(scope="module")
def shows() -> list[Sighted]:
    """What the eight cameras show: each street twice."""
    seen = [street(key(0), layout, 0, night=night) for layout, night in STREETS]
    return [_by(key(n), seen[n % len(seen)]) for n in range(len(TITLES))]


def _by(camera: DeviceKey, show: Sighted) -> Sighted:
    return replace(show, seen=show.seen.model_copy(update={"device": camera.device}))


@pytest.fixture(scope="module")
def consoles(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Consoles]:
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with control_center(postgres, folder) as running:
        yield running


@pytest.fixture(scope="module")
def teller(consoles: Consoles, shows: list[Sighted]) -> Iterator[Teller]:
    """Tells of eight cameras, which are announced."""
    announce(consoles, {key(number): title for number, title in enumerate(TITLES)})
    with telling(consoles.broker, shows) as running:
        yield running


@pytest.fixture(scope="module")
def browser(consoles: Consoles, chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


@pytest.fixture
def page(browser: Browser, consoles: Consoles) -> Iterator[Page]:
    """The administrator's wall."""
    with signed_in(browser, f"{consoles.url}/#/cameras", consoles.password) as opened:
        yield opened


def tile(page: Page, number: int) -> Locator:
    return page.locator(f'[data-testid="camera-tile"][data-thing="{key(number).device}"]')


def test_where_no_camera_is_the_wall_says_how_to_attach_one(page: Page) -> None:
    expect(page.get_by_test_id("no-cameras")).to_contain_text("smartopia simulate camera")
    keep_picture(page, "empty")


def test_eight_cameras_show_their_pictures_with_boxes_that_can_be_put_away(
    page: Page, teller: Teller
) -> None:
    expect(page.get_by_test_id("camera-tile")).to_have_count(len(TITLES), timeout=SHOWN_MS)
    for number in range(len(TITLES)):
        expect(tile(page, number)).to_have_attribute("data-currency", "live", timeout=10_000)
    assert page.evaluate(COLOURS) > 50, "it is a picture, not a plain ground"
    expect(page.get_by_test_id("not-current")).to_have_text("all current")
    expect(page.get_by_test_id("camera-box").first).to_be_attached()
    keep_picture(page, "wall")
    page.keyboard.press("b")
    expect(page.get_by_test_id("camera-box")).to_have_count(0)
    page.get_by_test_id("boxes").click()
    expect(page.get_by_test_id("camera-box").first).to_be_attached()


def test_pictures_follow_one_another(page: Page, teller: Teller) -> None:
    picture = tile(page, 0).get_by_test_id("camera-picture")
    expect(picture).to_have_attribute("data-time", re.compile("^20"), timeout=SHOWN_MS)
    first = picture.get_attribute("data-time") or ""
    expect(picture).not_to_have_attribute("data-time", first, timeout=SHOWN_MS)


def test_a_camera_that_stops_is_said_to_be_old_within_five_seconds(
    page: Page, teller: Teller
) -> None:
    stopped = tile(page, 3)
    expect(stopped).to_have_attribute("data-currency", "live", timeout=10_000)
    teller.stopped.add(key(3))
    try:
        expect(stopped).to_have_attribute("data-currency", "old", timeout=SHOWN_MS)
        expect(stopped.get_by_test_id("camera-veil")).to_contain_text(re.compile(r"\d+ s old"))
        expect(page.get_by_test_id("not-current")).to_have_text("1 not current")
        expect(tile(page, 4)).to_have_attribute("data-currency", "live")
        keep_picture(page, "old")
    finally:
        teller.stopped.clear()
    expect(stopped).to_have_attribute("data-currency", "live", timeout=10_000)


def test_an_alert_makes_its_tile_stand_out_and_opens_beside_the_wall(
    page: Page, consoles: Consoles, teller: Teller
) -> None:
    expect(tile(page, 1)).to_have_attribute("data-currency", "live", timeout=10_000)
    raise_alert(consoles, key(1), "Person in a forbidden area")
    raise_alert(consoles, key(4), "Somebody is loitering at the school gate", Severity.MODERATE)
    strip = tile(page, 1).get_by_test_id("tile-alert")
    expect(strip).to_contain_text("Severe", timeout=SHOWN_MS)
    expect(strip).to_contain_text("Person in a forbidden area")
    expect(tile(page, 1)).to_have_class(re.compile(r"\bunacknowledged\b"))
    expect(tile(page, 4).get_by_test_id("tile-alert")).to_contain_text("Moderate")
    keep_picture(page, "alert")
    strip.click()
    expect(page.get_by_test_id("alert-detail")).to_contain_text("Person in a forbidden area")
    expect(page.get_by_test_id("camera-tile")).to_have_count(len(TITLES))
    keep_picture(page, "beside")
    page.keyboard.press("a")
    expect(tile(page, 1)).to_have_class(re.compile(r"\backnowledged\b"), timeout=SHOWN_MS)
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("alert-detail")).to_have_count(0)


def test_a_camera_is_opened_and_left_by_keyboard(page: Page, teller: Teller) -> None:
    expect(tile(page, 2)).to_have_attribute("data-currency", "live", timeout=10_000)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(tile(page, 1).locator("a")).to_be_focused()
    press_at_once(page, "ArrowDown", "ArrowUp", "Enter")
    camera = page.get_by_test_id("camera")
    expect(camera).to_have_attribute("data-thing", key(1).device)
    expect(camera.get_by_test_id("camera-frame")).to_have_attribute(
        "data-currency", "live", timeout=10_000
    )
    expect(camera.get_by_test_id("seen-now")).to_contain_text("people")
    expect(camera.get_by_test_id("camera-minutes")).to_contain_text("person")
    keep_picture(page, "camera")
    page.keyboard.press("ArrowRight")
    expect(camera).to_have_attribute("data-thing", key(2).device)
    page.go_back()
    expect(camera).to_have_attribute("data-thing", key(1).device)
    page.keyboard.press("Escape")
    expect(tile(page, 1).locator("a")).to_be_focused()


def test_its_links_lead_to_its_drawing_and_to_its_device(page: Page, teller: Teller) -> None:
    tile(page, 0).locator("a").click()
    page.get_by_test_id("to-drawing").click()
    expect(page).to_have_url(re.compile(r"#/cameras/\d+/drawing$"))
    expect(page.get_by_test_id("drawing")).to_be_visible()
    page.go_back()
    page.get_by_test_id("to-device").click()
    expect(page.get_by_test_id("device-detail")).to_have_attribute("data-thing", key(0).device)


def test_line_crossings_are_shown_by_direction_with_since_when(
    page: Page, consoles: Consoles, teller: Teller
) -> None:
    now = utc_now()
    minute = now.replace(second=0, microsecond=0)
    minutes = tuple((minute - timedelta(minutes=n), 1 + n % 3, n % 2) for n in range(9, -1, -1))
    wire = WireCrossings(wire="gate", families=("person",), minutes=minutes)
    begun = now - timedelta(minutes=10)
    gaps = ((now - timedelta(minutes=5), now - timedelta(minutes=3)),)
    told = Crossings(site="gimpo", device="cam-0", since=begun, until=now, wires=(wire,), gaps=gaps)
    publish(consoles, told)
    tile(page, 0).locator("a").click()
    shown = page.get_by_test_id("camera-crossings")
    expect(shown).to_contain_text("since", timeout=SHOWN_MS * 2)
    expect(shown).to_contain_text("Nobody counted for 02:00 min of it.")
    gate = shown.get_by_test_id("crossings-wire")
    expect(gate).to_contain_text("gate people")
    there, back = sum(one[1] for one in minutes), sum(one[2] for one in minutes)
    expect(gate.get_by_role("img", name=f"left to right: {there} people")).to_be_visible()
    expect(gate.get_by_role("img", name=f"right to left: {back} people")).to_be_visible()
    keep_picture(page, "crossings")


def publish(consoles: Consoles, told: Crossings) -> None:
    """As the situations process does."""

    async def act() -> None:
        client = await connect_once(consoles.broker, "test-situations")
        await client.publish(crossings_of(told.camera), told.model_dump_json().encode())
        await client.close()

    elsewhere(act)


def test_where_no_area_is_drawn_the_camera_says_what_to_do(page: Page, teller: Teller) -> None:
    tile(page, 3).locator("a").click()
    notice = page.get_by_test_id("no-area")
    expect(notice).to_contain_text("No area is drawn", timeout=SHOWN_MS)
    notice.get_by_role("link", name="Draw one").click()
    expect(page.get_by_test_id("drawing")).to_be_visible()


def test_an_alert_leads_to_the_other_cameras_that_saw_the_same(
    page: Page, consoles: Consoles, teller: Teller
) -> None:
    raise_alert(consoles, key(5), "Somebody crosses the forecourt", incident="walk")
    tile(page, 5).get_by_test_id("tile-alert").click()
    detail = page.get_by_test_id("alert-detail")
    expect(detail).to_contain_text("Somebody crosses the forecourt")
    expect(detail.get_by_test_id("also-seen")).to_have_count(0)
    raise_alert(consoles, key(6), "Somebody crosses the street", incident="walk")
    others = detail.get_by_test_id("also-seen")
    expect(others).to_contain_text("Station street", timeout=SHOWN_MS)
    keep_picture(page, "also-seen")
    others.get_by_title("Open its alert").click()
    expect(detail).to_contain_text("Somebody crosses the street")
    expect(others).to_contain_text("Station forecourt")
    others.get_by_role("link", name="Camera").click()
    expect(page.get_by_test_id("camera")).to_have_attribute("data-thing", key(5).device)


def test_that_no_detector_runs_is_said_on_the_wall(page: Page, teller: Teller) -> None:
    # None does: the frames are the test's own.
    expect(page.get_by_test_id("detector-away")).to_contain_text(
        "No detector runs", timeout=SHOWN_MS
    )


def test_a_connection_lost_leaves_nothing_that_looks_live(page: Page, teller: Teller) -> None:
    for number in range(len(TITLES)):
        expect(tile(page, number)).to_have_attribute("data-currency", "live", timeout=10_000)
    page.context.set_offline(offline=True)
    try:
        for number in range(len(TITLES)):
            expect(tile(page, number)).to_have_attribute("data-currency", "old", timeout=6_000)
    finally:
        page.context.set_offline(offline=False)
    expect(tile(page, 0)).to_have_attribute("data-currency", "live", timeout=20_000)


COLOURS = """() => {
  const of = document.querySelector('[data-testid="camera-picture"]');
  const copy = document.createElement("canvas");
  copy.width = of.width;
  copy.height = of.height;
  const drawn = copy.getContext("2d");
  drawn.drawImage(of, 0, 0);
  const pixels = new Uint32Array(drawn.getImageData(0, 0, of.width, of.height).data.buffer);
  return new Set(pixels).size;
}"""
