"""The control center in a real browser, fed by a real city on real recordings."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from smartopia.bus.accounts import BrokerFolder
from smartopia.contract.topics import DeviceKey
from tests.chaos.test_kill import pid_of
from tests.support.city import City, run_city
from tests.support.device import LEVEL, Device
from tests.support.load import reload_broker
from tests.support.pages import SHOWN_MS, launched

pytestmark = [pytest.mark.needs_browser, pytest.mark.needs_data, pytest.mark.needs_model]

SCENARIO = """\
cameras:
  - name: cam-market
    source: "{data}/video/pedestrians-vtest.avi"
    rate: 2
    view:
      areas:
        - {{name: street, use: forbidden, outline: [[0, 0.3], [1, 0.3], [1, 1], [0, 1]]}}
"""


@pytest.fixture(scope="module")
def city(data: Path, model: Path, session_folder: Path) -> Iterator[City]:
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    scenario = folder / "camera.yaml"
    scenario.write_text(SCENARIO.format(data=data))
    options = ("--scenario", str(scenario), "--model", str(model))
    with run_city(folder / "city", *options, sandbox="false") as running:
        running.wait_said("http://")
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


@pytest.fixture
def page(browser: Browser, city: City) -> Iterator[Page]:
    """A page on which the administrator is signed in."""
    context = browser.new_context(viewport={"width": 1600, "height": 900})
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(city.url)
    form = opened.get_by_test_id("login-form")
    form.locator("input").nth(0).fill("admin")
    form.locator("input[type=password]").fill(city.password)
    form.locator("input[type=password]").press("Enter")
    expect(opened.get_by_test_id("live-state")).to_have_attribute("data-state", "live")
    yield opened
    context.close()
    assert errors == []


@pytest.fixture(scope="module")
def gauge(city: City) -> Iterator[Device]:
    """A river gauge of the test's own, with a name that tries to be more than text."""
    key = DeviceKey("gimpo", "gauge-browser")
    password = BrokerFolder(city.data_dir / "broker").add_devices([key])[key]
    reload_broker(city)
    device = Device(key, password, city.mqtt_port)
    device.wait_connected()
    device.announce([LEVEL], title="<img src=x onerror=alert(1)>Old bridge", kind="river_gauge")
    yield device
    device.close()


def row(page: Page, title: str) -> Locator:
    return page.get_by_test_id("alert-row").filter(has_text=title)


def test_a_flood_appears_by_itself_is_acknowledged_and_resolved_by_keyboard(
    page: Page, city: City, gauge: Device
) -> None:
    begin = datetime.now(UTC) - timedelta(seconds=20)
    for seconds, level in ((0, 1.2), (4, 6.4), (6, 6.4), (8, 6.5), (10, 6.6), (12, 6.6)):
        time = (begin + timedelta(seconds=seconds)).isoformat()
        gauge.observe({"boot": "t", "seq": seconds, "time": time, "results": {"level": level}})
    serious = row(page, "River above serious level").filter(has_text="Old bridge")
    expect(serious).to_have_count(1, timeout=SHOWN_MS)
    expect(serious).to_have_attribute("data-acknowledged", "false")
    serious.click()
    detail = page.get_by_test_id("alert-detail")
    expect(detail).to_contain_text("Evacuate below the gauge")
    expect(detail).to_contain_text("<img src=x onerror=alert(1)>Old bridge")
    expect(detail.get_by_test_id("evidence-chart")).to_be_visible()
    page.keyboard.press("a")
    expect(serious).to_have_attribute("data-acknowledged", "true", timeout=SHOWN_MS)
    page.keyboard.press("r")
    expect(page.get_by_test_id("resolve-form")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    # The row stays under the operator's hand, and says what became of it.
    expect(serious).to_contain_text("resolved: true", timeout=SHOWN_MS)
    with psycopg.connect(city.running()["settings"]["database_url"]) as database:
        facts = database.execute(
            """
            SELECT acknowledged_by, resolved_by, disposition FROM alert
            WHERE rule = 'river-level-serious'
            """
        ).fetchall()
    assert facts == [("admin", "admin", "true")]


def test_people_in_a_forbidden_area_are_seen_with_boxes_and_without_faces(page: Page) -> None:
    seen = row(page, "Person in a forbidden area").first
    expect(seen).to_be_visible(timeout=60_000)
    seen.click()
    image = page.get_by_test_id("evidence-image").first
    expect(image).to_be_visible()
    picture = image if image.evaluate("e => e.tagName") == "IMG" else image.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("e => e.naturalWidth") == 768
    assert page.get_by_test_id("evidence-box").count() >= 1


@pytest.mark.parametrize("victim", ["broker", "database"])
def test_a_server_that_is_away_shows_within_five_seconds_and_so_does_its_return(
    page: Page, city: City, victim: str
) -> None:
    server = psutil.Process(pid_of(city, victim))
    processes = [server, *server.children()]
    for process in processes:
        process.suspend()
    try:
        expect(page.get_by_test_id("banner").first).to_contain_text(
            victim, ignore_case=True, timeout=SHOWN_MS
        )
    finally:
        for process in processes:
            process.resume()
    # That the sandbox is off, for this test, is told all the time.
    others = page.get_by_test_id("banner").filter(has_not_text="SMARTOPIA_SANDBOX")
    expect(others).to_have_count(0, timeout=20_000)


def test_a_control_center_that_hangs_is_told_within_five_seconds(page: Page, city: City) -> None:
    pid = pid_of(city, "control-center")
    os.kill(pid, signal.SIGSTOP)
    try:
        expect(page.get_by_test_id("banner").first).to_contain_text("not current", timeout=SHOWN_MS)
        expect(page.get_by_test_id("live-state")).to_have_attribute("data-state", "lost")
    finally:
        os.kill(pid, signal.SIGCONT)
    expect(page.get_by_test_id("live-state")).to_have_attribute(
        "data-state", "live", timeout=20_000
    )
