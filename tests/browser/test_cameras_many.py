"""A wall of more cameras than it has tiles: pages, what waits on another one, and quick keys."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from smartopia.clock import utc_now
from smartopia.contract.topics import DeviceKey
from smartopia.embedded.postgres import EmbeddedPostgres
from tests.support.consoles import Consoles, control_center
from tests.support.pages import SHOWN_MS, keep_picture, launched, press_at_once, signed_in
from tests.support.seen import drawn_jpeg
from tests.support.wall import Teller, announce, of, raise_alert, sighted, telling

pytestmark = pytest.mark.needs_browser

CAMERAS, TILES = 20, 16


def key(number: int) -> DeviceKey:
    return DeviceKey("gimpo", f"cam-{number:02}")


@pytest.fixture(scope="module")
def consoles(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Consoles]:
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with control_center(postgres, folder) as running:
        yield running


@pytest.fixture(scope="module")
def teller(consoles: Consoles) -> Iterator[Teller]:
    """Tells of twenty cameras, which are announced."""
    announce(consoles, {key(n): f"Camera {n + 1:02}" for n in range(CAMERAS)})
    shows = [
        sighted(
            key(n),
            utc_now(),
            objects=[of("car"), of("person")],
            masked=drawn_jpeg(n % 14, f"camera {n + 1}", (640, 384)),
        )
        for n in range(CAMERAS)
    ]
    with telling(consoles.broker, shows) as running:
        yield running


@pytest.fixture(scope="module")
def browser(teller: Teller, chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


@pytest.fixture
def page(browser: Browser, consoles: Consoles) -> Iterator[Page]:
    """The administrator's wall, with all of its tiles."""
    with signed_in(browser, f"{consoles.url}/#/cameras", consoles.password) as opened:
        expect(opened.get_by_test_id("camera-tile")).to_have_count(TILES, timeout=20_000)
        yield opened


def tile(page: Page, number: int) -> Locator:
    return page.locator(f'[data-testid="camera-tile"][data-thing="{key(number).device}"]')


def pager(page: Page) -> Locator:
    return page.get_by_role("navigation", name="Pages of the wall")


def test_sixteen_stand_on_the_first_page_and_the_rest_on_the_next(page: Page) -> None:
    expect(pager(page)).to_contain_text("Page 1 of 2")
    for number in range(TILES):
        expect(tile(page, number)).to_have_attribute("data-currency", "live", timeout=20_000)
    boxes = [tile(page, number).bounding_box() for number in range(TILES)]
    assert all(box and box["width"] > 200 and box["height"] > 120 for box in boxes)
    assert all(box and box["y"] + box["height"] <= 768 for box in boxes), "nothing to scroll"
    keep_picture(page, "many-1")
    page.keyboard.press("PageDown")
    expect(pager(page)).to_contain_text("Page 2 of 2")
    expect(page.get_by_test_id("camera-tile")).to_have_count(CAMERAS - TILES)
    expect(tile(page, TILES)).to_have_attribute("data-currency", "live", timeout=20_000)
    keep_picture(page, "many-2")
    pager(page).get_by_label("Previous cameras").click()
    expect(tile(page, 0)).to_be_visible()


def test_an_alert_on_another_page_is_told_and_one_click_away(
    page: Page, consoles: Consoles
) -> None:
    raise_alert(consoles, key(18), "Somebody has collapsed")
    word = pager(page).get_by_role("button", name="alert on page 2")
    expect(word).to_be_visible(timeout=SHOWN_MS)
    keep_picture(page, "many-alert")
    word.click()
    expect(tile(page, 18).get_by_test_id("tile-alert")).to_contain_text("Somebody has collapsed")
    expect(word).to_have_count(0)


def test_keys_pressed_faster_than_the_page_renders_count_each(page: Page) -> None:
    press_at_once(page, *["ArrowRight"] * 4)
    expect(tile(page, 3).locator("a")).to_be_focused()
    press_at_once(page, "ArrowDown", "ArrowRight", "ArrowUp", "Enter")
    camera = page.get_by_test_id("camera")
    expect(camera).to_have_attribute("data-thing", key(4).device)
    press_at_once(page, "ArrowRight", "ArrowRight")
    expect(camera).to_have_attribute("data-thing", key(6).device)
    press_at_once(page, "Escape", "ArrowRight")
    expect(tile(page, 7).locator("a")).to_be_focused()


def test_a_camera_of_the_second_page_is_left_for_its_own_page(page: Page) -> None:
    page.keyboard.press("PageDown")
    tile(page, 19).locator("a").click()
    expect(page.get_by_test_id("camera")).to_contain_text("20 of 20")
    page.keyboard.press("Escape")
    expect(pager(page)).to_contain_text("Page 2 of 2")
    expect(tile(page, 19).locator("a")).to_be_focused()
