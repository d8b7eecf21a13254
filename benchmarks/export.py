"""What an export of each format costs beside validating the bag, and how its memory grows with the number of files.

Each round validates the bag, then exports it in every format, one after the other, so that a machine which is busy for
a while harms all alike. Ratios of CPU seconds are medians over the rounds. The files are tiny ones, of which the
records are most of the bag; the bag has its PREMIS record, so that exports have everything to say. An export validates
the bag itself, which is part of its cost.

Example:
  python benchmarks/export.py                          3,000 files, and peak memory at 3,000 and 30,000
  python benchmarks/export.py --files 3000 --rounds 5 --size 60000 --no-growth
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
from pathlib import Path

from bag import ARCHIVE, KIB, MIB, Run, measure
from update import make_bag

BAR = 3.0
MEMORY_BAR = 0.5
"""KiB of peak memory a further file: what validation takes, and little more. Its path and size are held, and its path
in the package."""

FORMATS = ("archivematica", "bag", "datacite", "dspace-saf", "eark-aip", "eark-sip", "rocrate")


def export_once(folder: Path, bag: Path, as_format: str, count: int) -> Run:
    """One export, which is removed afterwards."""
    words = [*ARCHIVE, "export", str(bag), "--as", as_format, "--to", str(folder / "sent"), "-q"]
    run = measure("", as_format, "archive", words, files=count, size=0)
    shutil.rmtree(folder / "sent")
    return run


def compare(folder: Path, count: int, size: int, rounds: int) -> dict[str, list[Run]]:
    """The runs of validation and of each export, round by round."""
    bag = make_bag(folder, count, size)
    runs: dict[str, list[Run]] = {}
    for _ in range(rounds):
        words = [*ARCHIVE, "validate", "--workers", "1", "-q", str(bag)]
        runs.setdefault("validate", []).append(measure("", "validate", "archive", words, files=count, size=size))
        for as_format in FORMATS:
            runs.setdefault(as_format, []).append(export_once(folder, bag, as_format, count))
    return runs


def growth(folder: Path, counts: tuple[int, int]) -> dict[str, tuple[int, int, float]]:
    """The peaks of each format in bytes at both counts, and KiB a further file."""
    peaks: dict[str, list[int]] = {one: [] for one in ("validate", *FORMATS)}
    for count in counts:
        with tempfile.TemporaryDirectory(dir=folder) as name:
            bag = make_bag(Path(name), count, 64)
            words = [*ARCHIVE, "validate", "--workers", "1", "-q", str(bag)]
            peaks["validate"].append(measure("", "validate", "archive", words, files=count, size=0).peak)
            for one in FORMATS:
                peaks[one].append(export_once(Path(name), bag, one, count).peak)
    return {
        one: (first, second, (second - first) / (counts[1] - counts[0]) / KIB) for one, (first, second) in peaks.items()
    }


def main() -> int:
    """Parse, measure, print; 1 when a bar is missed under --bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=3_000, metavar="N", help="how many files")
    parser.add_argument("--size", type=int, default=64, metavar="BYTES", help="how large each is")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often each command runs")
    parser.add_argument("--no-growth", action="store_true", help="do not measure memory at N and 10 N files")
    parser.add_argument("--bars", action="store_true", help="end with 1 when a bar is missed")
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("ARCHIVE_IDENTIFY_VIRUS", "none")
    rows, bars = [], []
    with tempfile.TemporaryDirectory(prefix="export-benchmark-", dir=chosen.folder) as name:
        folder = Path(name, "once")
        folder.mkdir()
        runs = compare(folder, chosen.files, chosen.size, chosen.rounds)
        shutil.rmtree(folder)
        for what, some in runs.items():
            facts = {fact: statistics.median(getattr(one, fact) for one in some) for fact in ("cpu", "wall")}
            rows.append({"what": what, **facts, "peak": max(one.peak for one in some)})
        for one in FORMATS:
            pairs = zip(runs[one], runs["validate"], strict=True)
            ratio = statistics.median(export.cpu / validation.cpu for export, validation in pairs)
            bars.append((f"{one}: CPU over validating", ratio, BAR))
        if not chosen.no_growth:
            for one, (first, second, more) in growth(Path(name), (chosen.files, 10 * chosen.files)).items():
                shown = f"peaks of {first / MIB:.0f} MiB and {second / MIB:.0f} MiB"
                bars.append((f"{one}: KiB a further file ({shown})", more, MEMORY_BAR))
    if chosen.json:
        print(json.dumps({"schema": "archive.benchmark/1", "runs": rows, "bars": bars}, indent=2))
    else:
        print(f"{'what':<16} {'CPU s':>7} {'wall s':>7} {'MiB':>6}   (medians of {chosen.rounds})")
        for row in rows:
            print(f"{row['what']:<16} {row['cpu']:>7.2f} {row['wall']:>7.2f} {row['peak'] / MIB:>6.1f}")
        for text, value, limit in bars:
            print(f"{'met' if value <= limit else 'MISSED':<7} {text}: {value:.2f}, at most {limit:g}")
    return int(chosen.bars and any(value > limit for _, value, limit in bars))


if __name__ == "__main__":
    raise SystemExit(main())
