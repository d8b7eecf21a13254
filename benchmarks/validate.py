"""How much validation costs above reading the bytes: one worker, two workers, a bare loop, and peers, in pairs.

Each round runs every command once, one after the other, over the same plain bag of small files. Ratios are medians over
the rounds, so that a machine which is busy for a while harms all alike. CPU seconds say more than wall time where
others work.

Example:
  python benchmarks/validate.py --files 20000 --rounds 5
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from bag import ARCHIVE, BARE, KIB, MIB, Run, make_files, measure, tool_path

BARS = (
    ("CPU, one worker over the bare loop", "cpu", "archive, 1 worker", "bare loop", 1.15),
    ("wall, two workers over one", "wall", "archive, 2 workers", "archive, 1 worker", 0.52),
    ("wall, two workers over hashdeep -j2", "wall", "archive, 2 workers", "hashdeep -j2", 1.0),
)


def commands(bag: Path) -> dict[str, list[str]]:
    """Every tool that is installed, by its name."""
    found = {
        "bare loop": [sys.executable, "-I", "-S", "-c", BARE, str(bag / "data")],
        "archive, 1 worker": [*ARCHIVE, "validate", "--workers", "1", str(bag)],
        "archive, 2 workers": [*ARCHIVE, "validate", "--workers", "2", str(bag)],
    }
    if shutil.which("hashdeep"):
        found["hashdeep -j2"] = ["hashdeep", "-j2", "-c", "sha256", "-r", str(bag / "data")]
    if Path(tool_path("bagit.py")).exists():
        found["bagit-python"] = [tool_path("bagit.py"), "--validate", "--quiet", str(bag)]
    return found


def ratio(runs: dict[str, list[Run]], fact: str, tool: str, other: str) -> float | None:
    """The median over the rounds of one tool's cost over another's."""
    if tool not in runs or other not in runs:
        return None
    pairs = zip(runs[tool], runs[other], strict=True)
    return statistics.median(getattr(one, fact) / getattr(two, fact) for one, two in pairs)


def growth(folder: Path, counts: tuple[int, int]) -> float:
    """KiB of peak memory a further file, between two bags of empty files."""
    peaks = []
    for count in counts:
        source = folder / f"grow{count}"
        make_files(source, count, 0)
        made = folder / "grown"
        subprocess.run(
            [*ARCHIVE, "create", str(source), "--to", str(made), "--plain", "-q"], check=True, stdout=subprocess.DEVNULL
        )
        words = [*ARCHIVE, "validate", "--workers", "1", str(made / source.name)]
        peaks.append(measure("growth", "validate", "archive", words, files=count, size=0).peak)
        shutil.rmtree(source)
        shutil.rmtree(made)
    return (peaks[1] - peaks[0]) / (counts[1] - counts[0]) / KIB


def main() -> int:
    """Parse, measure, print; 1 when a bar is missed under --bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000, metavar="N", help="how many files")
    parser.add_argument("--size", type=int, default=2 * KIB, metavar="BYTES", help="size of each file")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="how often each command runs")
    parser.add_argument("--growth", action="store_true", help="measure memory a file too")
    parser.add_argument("--bars", action="store_true", help="end with 1 when a bar is missed")
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="validate-benchmark-", dir=chosen.folder) as name:
        folder = Path(name)
        make_files(folder / "src", chosen.files, chosen.size)
        words = [*ARCHIVE, "create", str(folder / "src"), "--to", str(folder / "out"), "--plain", "-q"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
        runs: dict[str, list[Run]] = {}
        for _ in range(chosen.rounds):
            for tool, line in commands(folder / "out" / "src").items():
                size = chosen.files * chosen.size
                runs.setdefault(tool, []).append(
                    measure("small", "validate", tool, line, files=chosen.files, size=size)
                )
        memory = growth(folder, (10_000, 40_000)) if chosen.growth else None
    rows = [
        {
            "tool": tool,
            "cpu": statistics.median(one.cpu for one in some),
            "wall": statistics.median(one.wall for one in some),
            "peak": max(one.peak for one in some),
        }
        for tool, some in runs.items()
    ]
    bars = [(text, ratio(runs, fact, one, other), limit) for text, fact, one, other, limit in BARS]
    bars.append(("KiB a further file", memory, 0.25))
    known = [(text, value, limit) for text, value, limit in bars if value is not None]
    if chosen.json:
        print(json.dumps({"schema": "archive.benchmark/1", "runs": rows, "bars": known}, indent=2))
    else:
        print(f"{'tool':<20} {'CPU s':>8} {'wall s':>8} {'MiB':>7}   (medians of {chosen.rounds}; peak: the largest)")
        for row in rows:
            print(f"{row['tool']:<20} {row['cpu']:>8.2f} {row['wall']:>8.2f} {row['peak'] / MIB:>7.1f}")
        for text, value, limit in known:
            print(f"{'met' if value <= limit else 'MISSED':<7} {text}: {value:.2f}, at most {limit:g}")
    return int(chosen.bars and any(value > limit for _, value, limit in known))


if __name__ == "__main__":
    raise SystemExit(main())
