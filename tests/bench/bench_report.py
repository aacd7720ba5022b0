"""What a report on a whole city costs: to score, to write, and to open in a browser.

    python -m tests.bench.bench_report [--cameras 100] [--days 30] [--open 7]

The events are made up, and scored and written as any others: six a camera and day, in the lab and
in the field. The page may take 1 s from asking for it until it is drawn (`load`, and the first
contents painted); an empty page in the same browser tells what of that is the browser's.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from random import Random

from playwright.sync_api import Browser

from analytics.evaluation.report.page import render
from analytics.evaluation.situations import score_situations
from tests.support.pages import launched
from tests.support.reports import a_large_report, a_take

LIMIT_S = 1.0
_EMPTY = "<!doctype html><title>empty</title><p>empty</p>"
_SHOWN = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const painted = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN;
  return Math.max(page.loadEventEnd, painted);
}"""


def main() -> None:
    """Measures all and prints it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cameras", type=int, default=100)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--open", type=int, default=7, help="how often each page is opened")
    args = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium is installed; install it (Debian: apt install chromium)")
    scored, events = _scoring(args.cameras, args.days)
    print(f"{events} events of {args.cameras} cameras and {args.days} days scored: {scored:.1f} s")
    begin = time.process_time()
    report = a_large_report(args.cameras, args.days)
    made = time.process_time()
    page = render(report)
    rendered = time.process_time() - made
    print(f"lab, field and another run made into a report: {made - begin:.1f} s processor time")
    print(f"its page written: {rendered:.2f} s, {len(page.encode()) / 1000:.0f} kB")
    with tempfile.TemporaryDirectory() as folder, launched(chromium) as browser:
        empty, full = Path(folder, "empty.html"), Path(folder, "report.html")
        empty.write_text(_EMPTY)
        full.write_text(page)
        least, shown = (_opened(browser, file, args.open) for file in (empty, full))
    print(f"opened and drawn, median of {args.open}: {shown:.2f} s; an empty page {least:.2f} s")
    print(f"{shown / LIMIT_S:.2f} of the {LIMIT_S:.0f} s it may take")


def _scoring(cameras: int, days: int) -> tuple[float, int]:
    """Seconds of processor time to score one side, and its events."""
    take = a_take(Random(1), cameras, days, found=0.85, false=0.3)
    begin = time.process_time()
    score_situations(take.events, take.alerts, take.watched, covered=take.covered)
    return time.process_time() - begin, len(take.events)


def _opened(browser: Browser, file: Path, times: int) -> float:
    """Median seconds until a page is drawn, each time in a browser that never saw it."""
    took = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        opened = context.new_page()
        opened.goto(file.as_uri(), wait_until="load")
        opened.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
        took.append(float(opened.evaluate(_SHOWN)) / 1000)
        context.close()
    return statistics.median(took)


if __name__ == "__main__":
    main()
