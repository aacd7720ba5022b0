"""Drawing on a camera's picture in a real browser: by mouse, by keyboard, and against others."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from devices_sim.cameras.scene.layout_files import load_layout
from devices_sim.cameras.scene.site_view import drawing_of
from smartopia.contract.topics import DeviceKey
from smartopia.embedded.postgres import EmbeddedPostgres
from smartopia.siteview import Drawing
from tests.support.consoles import Consoles, control_center
from tests.support.pages import launched, signed_in
from tests.support.wall import street, telling

pytestmark = pytest.mark.needs_browser

SCHOOL, DARK = 1, 2
SQUARE = [[0.1, 0.1], [0.3, 0.1], [0.3, 0.3], [0.1, 0.3]]
YARD = {"areas": [{"name": "yard", "use": "road", "outline": SQUARE}]}
PICTURE_MS = 20_000


@pytest.fixture(scope="module")
def consoles(postgres: EmbeddedPostgres, session_folder: Path) -> Iterator[Consoles]:
    """Two cameras: one with pictures, one without."""
    folder = Path(tempfile.mkdtemp(dir=session_folder))
    folder.chmod(0o755)
    with control_center(postgres, folder) as running:
        running.do(
            "INSERT INTO thing (site, name, title, kind, frame_rate, announced_at) VALUES"
            " ('gimpo', 'cam-school', 'School gate', 'scene_camera', 5, now()),"
            " ('gimpo', 'cam-dark', 'Cellar', 'camera', 5, now())"
        )
        with telling(running.broker, [street(DeviceKey("gimpo", "cam-school"), "school-gate", 0)]):
            yield running


@pytest.fixture(scope="module")
def browser(consoles: Consoles, chromium: str) -> Iterator[Browser]:
    with launched(chromium) as running:
        yield running


def draw(consoles: Consoles, thing: int, drawing: Drawing | dict[str, Any], **more: str) -> None:
    """A revision of somebody else's."""
    view = drawing if isinstance(drawing, Drawing) else Drawing.model_validate(drawing)
    consoles.do(
        "INSERT INTO site_view (thing_id, number, drawing, source, author)"
        " SELECT %s, count(*) + 1, %s, %s, %s FROM site_view WHERE thing_id = %s",
        (
            thing,
            Jsonb(view.model_dump(mode="json")),
            more.get("source", "drawn"),
            more.get("author", "kim"),
            thing,
        ),
    )


def newest(consoles: Consoles, thing: int) -> dict[str, Any]:
    with psycopg.connect(consoles.database, row_factory=dict_row) as connection:
        cursor = connection.execute(
            "SELECT * FROM site_view WHERE thing_id = %s ORDER BY number DESC LIMIT 1", (thing,)
        )
        return cursor.fetchone() or {}


@contextmanager
def opened(
    browser: Browser, consoles: Consoles, thing: int, user: str = "admin", password: str = ""
) -> Iterator[Page]:
    """The drawing page of a camera."""
    address = f"{consoles.url}/#/cameras/{thing}/drawing"
    with signed_in(browser, address, password or consoles.password, user=user) as page:
        expect(page.get_by_test_id("drawing")).to_be_visible(timeout=PICTURE_MS)
        # The banners above have come: from now on nothing moves but by hand.
        lamp = page.get_by_test_id("health-lamp")
        expect(lamp).to_have_attribute("data-state", "critical", timeout=PICTURE_MS)
        yield page
        page.on("dialog", lambda dialog: dialog.accept())


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where on the page a point of the picture is."""
    box = page.get_by_test_id("drawing-canvas").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*at(page, *start))
    page.mouse.down()
    page.mouse.move(*at(page, *end), steps=4)
    page.mouse.up()


def saved(page: Page, number: int) -> None:
    expect(page.get_by_test_id("drawing-notice")).to_contain_text(f"Saved as revision {number}")
    expect(page.get_by_test_id("drawing-revision")).to_have_text(f"revision {number}")


def test_what_a_camera_proposes_is_seen_on_its_picture_and_drawn_on(
    browser: Browser, consoles: Consoles
) -> None:
    layout = load_layout("school-gate")
    proposal = drawing_of(layout, layout.cameras[0])
    draw(consoles, SCHOOL, proposal, source="proposed", author="cam-school")
    with opened(browser, consoles, SCHOOL) as page:
        expect(page.locator(".drawing-frame img")).to_be_visible(timeout=PICTURE_MS)
        expect(page.get_by_test_id("drawing-revisions")).to_contain_text("proposed by the camera")
        expect(page.locator('[data-name="school-yard"]')).to_be_visible()
        expect(page.get_by_test_id("drawing-check")).to_contain_text("Nothing is wrong")
        expect(page.get_by_test_id("save-drawing")).to_be_disabled()

        page.get_by_test_id("draw-areas").click()
        for x, y in ((0.1, 0.7), (0.3, 0.7), (0.3, 0.9), (0.1, 0.9)):
            page.mouse.click(*at(page, x, y))
        page.get_by_test_id("end-part").click()
        form = page.get_by_test_id("part-form")
        form.get_by_label("Name").fill("kerb")
        page.get_by_test_id("area-use").select_option("no_parking")
        page.get_by_label("Note").fill("cars stand here")
        page.get_by_test_id("save-drawing").click()
        saved(page, 2)
    kept = newest(consoles, SCHOOL)
    area = kept["drawing"]["areas"][-1]
    assert (area["name"], area["use"]) == ("kerb", "no_parking")
    assert area["outline"][2] == pytest.approx([0.3, 0.9], abs=0.005)
    assert (kept["author"], kept["source"], kept["note"]) == ("admin", "drawn", "cars stand here")
    assert len(kept["drawing"]["ways"]) == len(proposal.ways)


def test_a_point_is_dragged_undone_and_done_again(browser: Browser, consoles: Consoles) -> None:
    draw(consoles, SCHOOL, YARD)
    with opened(browser, consoles, SCHOOL) as page:
        parts = page.get_by_test_id("drawing-parts")
        parts.get_by_role("button", name="yard").click()
        drag(page, (0.3, 0.3), (0.5, 0.6))
        handle = page.get_by_test_id("handle-3")
        moved = handle.get_attribute("cx")
        page.get_by_test_id("undo").click()
        expect(handle).not_to_have_attribute("cx", moved or "")
        page.keyboard.press("Control+y")
        expect(handle).to_have_attribute("cx", moved or "")
        # The small point between the first and the second corner makes a new one.
        drag(page, (0.2, 0.1), (0.2, 0.05))
        expect(page.get_by_test_id("handle-5")).to_be_visible()
        page.keyboard.press("Delete")
        expect(page.get_by_test_id("handle-5")).to_have_count(0)
        # Taken by its middle, the whole part moves, and stays in the picture.
        drag(page, (0.25, 0.25), (0.05, 0.25))
        page.get_by_test_id("save-drawing").click()
        expect(page.get_by_test_id("drawing-notice")).to_contain_text("Saved")
    (area,) = newest(consoles, SCHOOL)["drawing"]["areas"]
    corners = [[0, 0.1], [0.2, 0.1], [0.4, 0.6], [0, 0.3]]
    assert area["outline"] == [pytest.approx(corner, abs=0.006) for corner in corners]


def test_what_is_wrong_is_told_while_it_is_drawn_and_cannot_be_saved(
    browser: Browser, consoles: Consoles
) -> None:
    draw(consoles, DARK, YARD)
    with opened(browser, consoles, DARK) as page:
        expect(page.locator(".drawing-picture")).to_contain_text("no picture of this camera yet")
        page.get_by_test_id("drawing-parts").get_by_role("button", name="yard").click()
        drag(page, (0.3, 0.3), (0.15, 0.02))
        check = page.get_by_test_id("drawing-check")
        expect(check).to_contain_text("Area yard: its outline crosses itself")
        expect(page.get_by_test_id("save-drawing")).to_be_disabled()
        page.get_by_test_id("undo").click()
        expect(check).to_contain_text("Nothing is wrong")
        page.get_by_test_id("handle-1").focus()
        page.get_by_label("Point 1, percent from the left").fill("120")
        page.get_by_label("Point 1, percent from the left").press("Tab")
        expect(check).to_contain_text("Area yard: point 1 lies outside the picture")
        page.get_by_test_id("undo").click()
        page.get_by_test_id("ground-kind").select_option("pole")
        page.get_by_label("Height of the lens, m").fill("900")
        page.get_by_label("Height of the lens, m").press("Tab")
        expect(check).to_contain_text("the height lies between 0.5 and 100")


def test_all_of_it_is_done_with_the_keyboard(browser: Browser, consoles: Consoles) -> None:
    draw(consoles, DARK, {})
    with opened(browser, consoles, DARK) as page:
        expect(page.get_by_test_id("drawing-revision")).to_contain_text("revision")
        page.get_by_test_id("draw-wires").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("drawing-canvas")).to_be_focused()
        for key, times in (("Shift+ArrowLeft", 4), (" ", 1), ("Shift+ArrowRight", 6), (" ", 1)):
            for _ in range(times):
                page.keyboard.press(key)
        expect(page.get_by_test_id("handle-2")).to_be_visible()
        page.get_by_test_id("handle-1").focus()
        page.keyboard.press("Shift+ArrowDown")
        page.get_by_test_id("wire-alarm").select_option("left_to_right")
        page.get_by_test_id("save-drawing").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("drawing-notice")).to_contain_text("Saved")
        # Escape lets go of the part, and then leaves the page as everywhere.
        page.get_by_test_id("handle-1").focus()
        page.keyboard.press("Escape")
        expect(page.get_by_test_id("handle-1")).to_have_count(0)
    (wire,) = newest(consoles, DARK)["drawing"]["wires"]
    assert wire["line"] == [pytest.approx([0.3, 0.55]), pytest.approx([0.6, 0.5])]
    assert wire["alarm"] == "left_to_right"


def test_the_ground_is_known_by_marks_whose_places_are_told(
    browser: Browser, consoles: Consoles
) -> None:
    draw(consoles, DARK, YARD)
    places = ((0.0, 5.0), (5.0, 5.0), (5.0, 12.5), (0.0, 12.5))
    with opened(browser, consoles, DARK) as page:
        page.get_by_test_id("draw-marks").click()
        for x, y in ((0.2, 0.9), (0.8, 0.9), (0.7, 0.6), (0.3, 0.6)):
            page.mouse.click(*at(page, x, y))
        check = page.get_by_test_id("drawing-check")
        expect(check).to_contain_text("Ground: give each mark's place in metres")
        for number, (right, ahead) in enumerate(places, 1):
            mark = page.get_by_test_id("ground-form").get_by_label(f"Mark {number}, metres")
            for field, metres in ((mark.nth(0), right), (mark.nth(1), ahead)):
                field.fill(f"{metres:g}")
                field.press("Tab")
        expect(check).to_contain_text("Nothing is wrong")
        page.get_by_test_id("save-drawing").click()
        expect(page.get_by_test_id("drawing-notice")).to_contain_text("Saved")
    marks = newest(consoles, DARK)["drawing"]["ground"]["marks"]
    assert marks["metres"] == [list(place) for place in places]
    assert marks["picture"][2] == pytest.approx([0.7, 0.6], abs=0.005)


def test_one_who_was_overtaken_is_told_and_chooses(browser: Browser, consoles: Consoles) -> None:
    draw(consoles, DARK, YARD)
    with opened(browser, consoles, DARK) as page:
        parts = page.get_by_test_id("drawing-parts")
        parts.get_by_role("button", name="yard").click()
        page.get_by_test_id("area-use").select_option("gathering")
        draw(consoles, DARK, {}, author="lee")
        page.get_by_test_id("save-drawing").click()
        expect(page.get_by_test_id("drawing-notice")).to_contain_text("lee has saved revision")
        page.get_by_role("button", name="Save mine over it").click()
        expect(page.get_by_test_id("drawing-notice")).to_contain_text("Saved as revision")
    assert newest(consoles, DARK)["drawing"]["areas"][0]["use"] == "gathering"


def test_an_older_revision_comes_back_as_a_new_one(browser: Browser, consoles: Consoles) -> None:
    draw(consoles, DARK, YARD)
    before = newest(consoles, DARK)["number"]
    draw(consoles, DARK, {})
    with opened(browser, consoles, DARK) as page:
        old = page.get_by_test_id("drawing-revisions").locator("li").nth(1)
        old.get_by_role("button", name="Go back to this one").click()
        saved(page, before + 2)
        expect(page.locator('[data-name="yard"]')).to_be_visible()
    kept = newest(consoles, DARK)
    assert kept["drawing"]["areas"][0]["name"] == "yard"
    assert kept["note"] == f"as revision {before}"


def test_a_viewer_looks_and_draws_nothing(browser: Browser, consoles: Consoles) -> None:
    draw(consoles, SCHOOL, YARD)
    password = consoles.operator("park", "viewer")
    with opened(browser, consoles, SCHOOL, "park", password) as page:
        expect(page.locator(".drawing-side")).to_contain_text("not draw")
        expect(page.get_by_test_id("draw-areas")).to_have_count(0)
        expect(page.get_by_test_id("save-drawing")).to_have_count(0)
        page.get_by_test_id("drawing-parts").get_by_role("button", name="yard").click()
        drag(page, (0.3, 0.3), (0.5, 0.6))
        expect(page.get_by_test_id("drawing-revision")).not_to_contain_text("not saved")
