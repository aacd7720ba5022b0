"""The page of devices in a real browser: found, told what is wrong, promoted, by keyboard too."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from smartopia.embedded.postgres import EmbeddedPostgres
from tests.support.consoles import HOSTILE, KOREAN, MANY, Consoles, control_center, fill
from tests.support.pages import SHOWN_MS, launched, signed_in

pytestmark = pytest.mark.needs_browser


@pytest.fixture(scope="module")
def consoles(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Consoles]:
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with control_center(postgres, folder) as running:
        fill(running)
        yield running


@pytest.fixture(scope="module")
def browser(consoles: Consoles, chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


def devices_of(consoles: Consoles) -> str:
    # Straight to the devices: thousands of them on the map are another matter.
    return f"{consoles.url}/#devices"


@pytest.fixture
def page(browser: Browser, consoles: Consoles) -> Iterator[Page]:
    """The administrator's."""
    with signed_in(browser, devices_of(consoles), consoles.password) as opened:
        expect(opened.get_by_test_id("device-count")).to_have_text(str(MANY))
        yield opened


def row(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="device-row"][data-thing="{name}"]')


def find(page: Page, text: str) -> None:
    page.get_by_label("Filter the devices by text").fill(text)


def open_device(page: Page, name: str) -> Locator:
    find(page, name)
    row(page, name).click()
    detail = page.get_by_test_id("device-detail")
    expect(detail).to_have_attribute("data-thing", name)
    return detail


def test_thousands_of_devices_are_listed_and_only_those_in_sight_are_drawn(page: Page) -> None:
    assert 5 < page.get_by_test_id("device-row").count() < 60
    frames = page.evaluate(
        """async () => {
          const list = document.querySelector('[data-testid="device-list"]');
          const times = [];
          for (let i = 0; i < 60; i++) {
            list.scrollTop += 900;
            const begin = performance.now();
            await new Promise(requestAnimationFrame);
            times.push(performance.now() - begin);
          }
          return times.sort((a, b) => a - b);
        }"""
    )
    assert frames[len(frames) // 2] < 100, "a page of rows is drawn without a stutter"
    page.get_by_test_id("device-list").evaluate("e => { e.scrollTop = e.scrollHeight }")
    expect(page.get_by_test_id("device-row").last).to_have_attribute("aria-rowindex", str(MANY + 1))


def test_devices_are_filtered_and_sorted(page: Page) -> None:
    find(page, "gauge-1234")
    expect(page.get_by_test_id("device-row")).to_have_count(1)
    find(page, "")
    page.get_by_role("button", name=re.compile("^Sandbox")).click()
    expect(page.get_by_test_id("device-row")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^Sandbox")).click()
    page.get_by_role("button", name=re.compile("^With problems")).click()
    expect(page.get_by_test_id("device-row")).to_have_count(2)
    page.get_by_label("Filter the devices by state").select_option("lost")
    expect(page.get_by_test_id("device-row")).to_have_attribute("data-thing", "lost-1")
    page.get_by_label("Filter the devices by state").select_option("")
    page.get_by_role("button", name=re.compile("^With problems")).click()
    page.get_by_role("button", name="Refused, 1 h").click()
    expect(page.get_by_test_id("device-row").first).to_have_attribute("data-thing", "liar-1")
    expect(page.get_by_role("columnheader", name="Refused, 1 h")).to_have_attribute(
        "aria-sort", "ascending"
    )


def test_a_device_that_lies_about_time_is_named_and_told_what_to_do(page: Page) -> None:
    find(page, "liar-1")
    expect(row(page, "liar-1").get_by_test_id("refused-cell")).to_contain_text("lies about time")
    detail = open_device(page, "liar-1")
    trouble = detail.get_by_test_id("trouble").first
    expect(trouble).to_contain_text("Lies about time: 12 messages")
    expect(trouble).to_contain_text("3 days ahead")
    expect(trouble).to_contain_text("Set the device's clock")
    expect(detail.get_by_test_id("device-refusals")).to_contain_text("12")


def test_a_refusal_shows_without_a_reload(page: Page, consoles: Consoles) -> None:
    detail = open_device(page, "gauge-500")
    expect(detail.get_by_test_id("trouble")).to_have_count(0)
    consoles.refuse("gauge-500", "flooding", 40_000, "140 messages/s")
    expect(detail.get_by_test_id("trouble")).to_contain_text("Floods: 40,000", timeout=8_000)


def test_a_hostile_title_is_text_in_the_list_and_in_the_detail(page: Page) -> None:
    detail = open_device(page, "new-1")
    expect(row(page, "new-1")).to_contain_text(HOSTILE)
    expect(detail.get_by_role("heading", name=HOSTILE)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_a_device_without_a_title_goes_by_its_name(page: Page) -> None:
    detail = open_device(page, "gauge-100")
    expect(detail.get_by_role("heading", name="gauge-100")).to_be_visible()


def test_a_long_korean_title_stays_in_its_place(page: Page) -> None:
    detail = open_device(page, "korean-1")
    for part in (row(page, "korean-1"), detail, page.locator("body")):
        assert part.evaluate("e => e.scrollWidth <= e.clientWidth")
    expect(detail.get_by_role("heading", name=KOREAN)).to_be_visible()


def test_an_unchecked_device_is_held_back_and_a_passed_one_is_promoted_and_withdrawn(
    page: Page, consoles: Consoles, browser: Browser
) -> None:
    detail = open_device(page, "new-1")
    promote = detail.get_by_test_id("promote")
    expect(detail.get_by_test_id("held-back")).to_contain_text("smartopia device check new-1")
    expect(promote).to_have_attribute("aria-disabled", "true")
    promote.click(force=True)
    expect(detail.get_by_test_id("stage")).to_have_attribute("data-stage", "sandbox")

    consoles.check("new-1", "F", passed=False)
    expect(detail.get_by_test_id("held-back")).to_contain_text("grade F", timeout=SHOWN_MS)
    failed = detail.get_by_test_id("failed-assertion")
    expect(failed).to_contain_text("a time 3 days ahead")
    expect(failed).to_contain_text("set the device's clock")

    consoles.check("new-1")
    expect(promote).to_have_attribute("aria-disabled", "false", timeout=SHOWN_MS)
    with signed_in(browser, devices_of(consoles), consoles.password) as other:
        find(other, "new-1")
        expect(row(other, "new-1")).to_have_attribute("data-stage", "sandbox")
        promote.click()
        expect(detail.get_by_test_id("stage")).to_have_attribute("data-stage", "field")
        expect(row(other, "new-1")).to_have_attribute("data-stage", "field", timeout=SHOWN_MS)
        detail.get_by_test_id("withdraw").click()
        detail.get_by_test_id("withdraw-yes").click()
        expect(row(other, "new-1")).to_have_attribute("data-stage", "sandbox", timeout=SHOWN_MS)


def test_who_is_no_administrator_is_told_so(browser: Browser, consoles: Consoles) -> None:
    password = consoles.operator("kim", "operator")
    with signed_in(browser, devices_of(consoles), password, user="kim") as page:
        detail = open_device(page, "korean-1")
        expect(detail.get_by_test_id("promote")).to_have_attribute("aria-disabled", "true")
        expect(detail.get_by_test_id("held-back")).to_contain_text("Only an administrator")


def test_the_page_works_by_keyboard(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("gauge-19")
    page.keyboard.press("Escape")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    second = page.get_by_test_id("device-row").nth(1)
    name = str(second.get_attribute("data-thing"))
    expect(second.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    detail = page.get_by_test_id("device-detail")
    expect(detail).to_have_attribute("data-thing", name)
    page.keyboard.press("Escape")
    expect(detail).to_have_count(0)
    expect(row(page, name).get_by_role("button")).to_be_focused()
    page.keyboard.press("d")
    expect(page.get_by_test_id("map")).to_be_visible()


def test_a_reload_comes_back_to_the_device(page: Page) -> None:
    open_device(page, "liar-1")
    page.reload()
    expect(page.get_by_test_id("device-detail")).to_have_attribute("data-thing", "liar-1")


def test_a_device_in_the_sandbox_is_marked_on_the_map(page: Page) -> None:
    detail = open_device(page, "korean-1")
    detail.get_by_role("button", name="Show on the map").click()
    marker = page.locator('[data-thing="korean-1"].dot')
    expect(marker).to_have_class(re.compile(r"\bsandbox\b"))
    expect(marker).to_have_attribute("aria-label", re.compile("sandbox: raises no alert"))
    expect(page.get_by_test_id("device-card")).to_contain_text("sandbox: raises no alert")


def test_text_can_be_read_on_its_ground(page: Page) -> None:
    """WCAG 2 AA: 4.5 to 1 for text of this size."""
    open_device(page, "new-1")
    poor = page.evaluate(CONTRAST)
    assert poor == [], json.dumps(poor, ensure_ascii=False)


CONTRAST = """() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = (css) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = css;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c[3] > 0.99) return c;
    }
    return [255, 255, 255, 1];
  };
  const poor = [];
  const areas = document.querySelectorAll(".devices-page, .device-detail");
  for (const e of [...areas].flatMap((area) => [...area.querySelectorAll("*")])) {
    const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
    if (!text || !e.checkVisibility() || e.closest("svg")) continue;
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push([e.className, e.textContent.slice(0, 40), ratio.toFixed(2)]);
  }
  return poor;
}"""
