"""The desk over a large ledger: processor time of the server for each page, and the first paint of the overview.

    python benchmarks/desk.py [--holdings 100000] [--files 8] [--deposits 1000] [--rounds 5] [--folder FOLDER]

The ledger is that of `benchmarks/status.py`. Of each page the median of the rounds is printed, after one visit that
does not count; time that other processes spend, such as that which reads a bag's records, is not the server's. The
first paint is measured in Chromium, which has opened the desk before.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.status import NOW, fill, write_journals  # noqa: E402
from tests.support.desks import RunningDesk, Visitor, open_browser, open_desk  # noqa: E402

BAR, PAINT_BAR = 0.150, 1.0
"""Seconds of server CPU for a page, and until the overview is painted."""
PAGES = (
    "/", "/bags", "/bags?page=1000", "/bags?sort=size&way=down", "/bags?sort=added", "/bags?sort=checked",
    "/bags?sort=checked&way=down", "/bags?text=g-999", "/bags?text=nowhere", "/bags?state=intact",
    "/bags?state=damaged", "/bags?state=not-checked", "/bags?state=overdue", "/bags?state=retired", "/bags?sealed=yes",
    "/bags?sealed=no", "/bags?place=1", "/bags?text=9&state=overdue&sealed=no", "/bags/add",
    "/bags/at?path=/mnt/0/bag-5",
    "/bags/2", "/bags/10", "/bags/2/history", "/bags/2/repair", "/bags/2/update", "/bags/2/seal", "/bags/2/copy",
    "/bags/2/export", "/bags/2/deposit", "/bags/2/retire", "/bags/2/files/10", "/check", "/new", "/folders", "/jobs",
    "/checks", "/places", "/settings",
)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holdings", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--deposits", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default=None)
    given = parser.parse_args()
    os.environ["SOURCE_DATE_EPOCH"] = str(NOW)
    folder = Path(tempfile.mkdtemp(prefix="desk-benchmark-", dir=given.folder))
    try:
        with open_desk(folder / "project", folder / "home"):
            pass  # makes the project
        ledger = folder / "project" / "ledger.sqlite3"
        ledger.unlink()
        fill(str(ledger), given.holdings, given.files, 1, given.deposits)
        write_journals(folder / "project", given.deposits)
        with open_desk(folder / "project", folder / "home") as desk, Visitor(desk) as visitor:
            for path, seconds in measure_pages(desk, visitor, given.rounds):
                word = "met" if seconds <= BAR else "MISSED"
                print(f"{path}: {seconds * 1000:.0f} ms of server CPU, bar {BAR * 1000:.0f} ms: {word}", flush=True)
            paint = statistics.median(measure_paint(desk, visitor, folder / "browser", given.rounds))
            word = "met" if paint <= PAINT_BAR else "MISSED"
            print(f"overview: first paint after {paint:.2f} s, bar {PAINT_BAR:.2f} s: {word}")
    finally:
        shutil.rmtree(folder)


def measure_pages(desk: RunningDesk, visitor: Visitor, rounds: int) -> Iterator[tuple[str, float]]:
    """Each page that the desk has, and the median of its seconds."""
    for path in PAGES:
        if visitor.get(path).status_code != 200:
            continue
        spent = []
        for _round in range(rounds):
            before = server_seconds(desk.process.pid)
            visitor.get(path)
            spent.append(server_seconds(desk.process.pid) - before)
        yield path, statistics.median(spent)


def server_seconds(process: int) -> float:
    """CPU seconds of a process with all its threads, without its children, by its CPU clock."""
    return time.clock_gettime((~process << 3) | 2)


def measure_paint(desk: RunningDesk, visitor: Visitor, profile: Path, rounds: int) -> Iterator[float]:
    """Seconds from the start of loading the overview until something is painted."""
    profile.mkdir()
    with open_browser(profile) as browser:
        browser.add_cookies(
            [{"name": one.name, "value": one.value, "url": desk.origin} for one in visitor.client.cookies.jar]
        )
        tab = browser.new_page()
        for _round in range(rounds + 1):
            tab.goto(f"{desk.origin}/", wait_until="load")
            tab.wait_for_function("performance.getEntriesByName('first-contentful-paint').length > 0")
            yield tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime") / 1000


if __name__ == "__main__":
    main()
