"""What an update costs above validating the bag: one changed file among many, with and without keeping the old version.

Each round validates the bag, then makes the next version of a copy of it in each way, all of it one after the other, so
that a machine which is busy for a while harms all alike. Ratios of CPU seconds are medians over the rounds. The files
are tiny ones, of which the records are most of the bag, and files of 60 kB; the bag has its PREMIS. How the unchanged
files are taken over depends on the file system: where it shares blocks, keeping the old version costs no copying.

Example:
  python benchmarks/update.py --files 10000 --rounds 5
  python benchmarks/update.py --growth               peak memory at 10,000 and at 100,000 files
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bag import ARCHIVE, KIB, MIB, Run, measure
from bars import TEXTS

BAR = 1.5
MEMORY_BAR = 0.5
"""KiB of peak memory a further file: identifier, format and place of each are held while the record is carried on."""

SIZES = {"tiny (64 bytes)": 64, "60 kB": 60_000}
WAYS = {"old version kept": (), "--discard-old": ("--discard-old",)}


def make_bag(folder: Path, count: int, size: int) -> Path:
    """A bag of so many texts, with its records and without renditions."""
    source = folder / "texts"
    source.mkdir()
    subprocess.run([sys.executable, "-c", TEXTS, str(source), str(count), str(size)], check=True)
    words = [*ARCHIVE, "create", str(source), "--to", str(folder / "made"), "--pdfa", "none", "-q"]
    measure("", "create", "archive", words, files=count, size=size)
    shutil.rmtree(source)
    return folder / "made" / "texts"


def update_once(folder: Path, bag: Path, options: tuple[str, ...], count: int) -> Run:
    """One file is replaced in a copy of the bag; the copy and what is kept of it go afterwards."""
    copy, new = folder / "copy" / "texts", folder / "new.txt"
    new.write_text("The corrected text\n")
    shutil.copytree(bag, copy)
    words = [
        *ARCHIVE, "update", str(copy), "--replace", "data/original/part0000/record-0000003.txt", str(new), "-q",
        *(options or ("--keep-old", str(folder / "kept"))),
    ]  # fmt: skip
    run = measure("", "update", "archive", words, files=count, size=0)
    shutil.rmtree(folder / "copy")
    shutil.rmtree(folder / "kept", ignore_errors=True)
    return run


def compare(folder: Path, count: int, size: int, rounds: int) -> dict[str, list[Run]]:
    """The runs of validation and of each way to update, round by round."""
    bag = make_bag(folder, count, size)
    runs: dict[str, list[Run]] = {}
    for _ in range(rounds):
        words = [*ARCHIVE, "validate", "--workers", "1", "-q", str(bag)]
        runs.setdefault("validate", []).append(measure("", "validate", "archive", words, files=count, size=size))
        for way, options in WAYS.items():
            runs.setdefault(way, []).append(update_once(folder, bag, options, count))
    return runs


def growth(folder: Path, counts: tuple[int, int]) -> tuple[list[int], float]:
    """Peak memory in bytes at each count, and KiB a further file."""
    peaks = []
    for count in counts:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            bag = make_bag(Path(name), count, 64)
            peaks.append(update_once(Path(name), bag, ("--discard-old",), count).peak)
    return peaks, (peaks[1] - peaks[0]) / (counts[1] - counts[0]) / KIB


def main() -> int:
    """Parse, measure, print; 1 when a bar is missed under --bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000, metavar="N", help="how many files")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each command runs")
    parser.add_argument("--growth", action="store_true", help="measure memory at N and 10 N files too")
    parser.add_argument("--bars", action="store_true", help="end with 1 when a bar is missed")
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("ARCHIVE_IDENTIFY_VIRUS", "none")
    rows, bars = [], []
    with tempfile.TemporaryDirectory(prefix="update-benchmark-", dir=chosen.folder) as name:
        for label, size in SIZES.items():
            folder = Path(name, str(size))
            folder.mkdir()
            runs = compare(folder, chosen.files, size, chosen.rounds)
            shutil.rmtree(folder)
            for what, some in runs.items():
                facts = {fact: statistics.median(getattr(one, fact) for one in some) for fact in ("cpu", "wall")}
                rows.append({"files": label, "what": what, **facts, "peak": max(one.peak for one in some)})
            for way in WAYS:
                pairs = zip(runs[way], runs["validate"], strict=True)
                ratio = statistics.median(one.cpu / two.cpu for one, two in pairs)
                bars.append((f"{label}, {way}: CPU over validating", ratio, BAR))
        if chosen.growth:
            peaks, more = growth(Path(name), (chosen.files, 10 * chosen.files))
            shown = " and ".join(f"{peak / MIB:.0f} MiB" for peak in peaks)
            bars.append((f"KiB a further file (peaks of {shown})", more, MEMORY_BAR))
    if chosen.json:
        print(json.dumps({"schema": "archive.benchmark/1", "runs": rows, "bars": bars}, indent=2))
    else:
        print(f"{'files':<18} {'what':<18} {'CPU s':>7} {'wall s':>7} {'MiB':>6}   (medians of {chosen.rounds})")
        for row in rows:
            print(
                f"{row['files']:<18} {row['what']:<18} {row['cpu']:>7.2f} {row['wall']:>7.2f} {row['peak'] / MIB:>6.1f}"
            )
        for text, value, limit in bars:
            print(f"{'met' if value <= limit else 'MISSED':<7} {text}: {value:.2f}, at most {limit:g}")
    return int(chosen.bars and any(value > limit for _, value, limit in bars))


if __name__ == "__main__":
    raise SystemExit(main())
