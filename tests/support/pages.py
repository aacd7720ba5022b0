"""Pages of the control center in a real browser."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SHOWN_MS = 5_000
"""What happens is on the screen by then."""

_SMALL: ViewportSize = {"width": 1366, "height": 768}
_LARGE: ViewportSize = {"width": 1920, "height": 1080}


@contextmanager
def launched(chromium: str) -> Iterator[Browser]:
    """A browser. Enter it after the consoles: playwright's loop lets no other run while it does."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def signed_in(
    browser: Browser, address: str, password: str, *, user: str = "admin"
) -> Iterator[Page]:
    """Somebody at this address; no script of the page may fail meanwhile."""
    context = browser.new_context(viewport=_SMALL)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(address)
    form = opened.get_by_test_id("login-form")
    form.locator("input").nth(0).fill(user)
    form.locator("input[type=password]").fill(password)
    form.locator("input[type=password]").press("Enter")
    expect(opened.get_by_test_id("live-state")).to_have_attribute(
        "data-state", "live", timeout=20_000
    )
    yield opened
    context.close()
    assert errors == []


def keep_picture(page: Page, name: str) -> None:
    """For eyes: where WALL_PICTURES names a folder, at the two usual sizes."""
    folder = os.environ.get("WALL_PICTURES")
    if not folder:
        return
    for size in (_LARGE, _SMALL):
        page.set_viewport_size(size)
        page.wait_for_timeout(700)
        page.screenshot(path=f"{folder}/{name}-{size['width']}.png")


def press_at_once(page: Page, *keys: str) -> None:
    """Press keys faster than the page can render between them."""
    page.evaluate(
        """keys => {
          for (const key of keys) {
            const at = document.activeElement ?? document.body;
            const event = new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true});
            if (at.dispatchEvent(event) && key === "Enter") at.click?.();
          }
        }""",
        keys,
    )
