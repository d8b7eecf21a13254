"""What the largest documents cost: processor time of all processes together, and whether a rendition came of it.

    python benchmarks/extremes.py [--only NAME] [--json]

Each is drawn by a drawing process of its own. The bar is 20 seconds for every one, with a rendition or a reason.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BAR = 20.0
MIB = 1 << 20

DOCUMENTS: dict[str, tuple[str, Callable[[], str]]] = {
    "a word of 1 MB": ("txt", lambda: "abcdefghij" * 100_000),
    "an Arabic word of 1 MB": ("txt", lambda: "\u0633\u0644\u0627\u0645" * 125_000),
    "a word of 4 MB": ("txt", lambda: "abcdefghij" * 400_000),
    "a text of 1 MB": ("txt", lambda: "some words of no meaning " * 40_000),
    "a text of 8 MB": ("txt", lambda: "some words of no meaning " * 330_000),
    "an Arabic text of 8 MB": ("txt", lambda: "\u0643\u0644\u0645\u0627\u062a \u0628\u0644\u0627 12 " * 400_000),
    "a text of 100 MB": ("txt", lambda: "some words of no meaning\n" * 4_000_000),
    "a cell of 1 MB": ("html", lambda: f"<table><tr><td>{'words ' * 170_000}</td><td>x</td></tr></table>"),
    "a cell with a word of 1 MB": ("csv", lambda: f"a,b\n{'x' * 1_000_000},y\n"),
    "1,000 x 1,000 spans": (
        "html",
        lambda: "".join("<p>" + "<b>a</b><i>b</i>" * 500 + "</p>" for _ in range(1000)),
    ),
    "a million empty paragraphs": ("html", lambda: "<p></p>" * 1_000_000),
    "a million empty lines": ("txt", lambda: "a\n\n" * 500_000),
    "nesting 100,000 deep": ("html", lambda: "<div>" * 100_000 + "x"),
    "lists 100,000 deep": ("html", lambda: "<ul><li>" * 100_000 + "x"),
    "quotes 100,000 deep": ("md", lambda: ">" * 100_000 + " x"),
    "a row of 100,000 cells": ("csv", lambda: ",".join(["x"] * 100_000) + "\n"),
    "100,000 rows": ("csv", lambda: "a,b,c\n" * 100_000),
}

OURS = """
import os, sys
from archive.settings import Settings
from archive.errors import ArchiveError
from archive.renditions.originals import Original, limit_of
from archive.renditions.pool import draw_confined
from archive.storage.clock import Clock
path, target = sys.argv[1:3]
original = Original(os.path.basename(path), os.fsencode(path), os.path.getsize(path))
if original.size > limit_of(original):
    sys.exit(print("refused: larger than what is drawn of its format"))
try:
    draft = draw_confined(original, target, settings=Settings(), clock=Clock(1_700_000_000))
    print(f"{draft.pages:,} pages")
except ArchiveError as error:
    print(f"refused: {error.problem}")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="extremes-benchmark-") as folder:
        for name, (ending, make) in DOCUMENTS.items():
            if given.only not in name:
                continue
            path = Path(folder, f"document.{ending}")
            path.write_text(make(), encoding="utf-8")
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(
                [sys.executable, "-c", OURS, str(path), str(Path(folder, "drawn.pdf"))],
                capture_output=True,
                text=True,
                check=True,
                cwd=ROOT,
            )
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            Path(folder, "drawn.pdf").unlink(missing_ok=True)
            spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            rows.append({"document": name, "seconds": round(spent, 2), "bar": BAR, "end": done.stdout.strip()})
            if not given.json:
                word = "met" if spent < BAR else "MISSED"
                print(f"{word:<7} {name:<28} {spent:6.2f} s, at most {BAR:.0f} s: {done.stdout.strip()}", flush=True)
    if given.json:
        print(json.dumps(rows, indent=2))
    return int(any(row["seconds"] >= BAR for row in rows))


if __name__ == "__main__":
    sys.exit(main())
