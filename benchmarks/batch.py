"""`archive create --each` over many small bags: wall time of two workers against one's, and of a rerun.

    python benchmarks/batch.py [--bags 2000] [--workers 2] [--rounds 1] [--pdfa none] [--folder FOLDER]

The bars: with two workers on two cores at most 0.6 of one worker's wall time; a rerun in under 5 s. Runs take turns, so
that other work on the machine harms both alike; wall time is only indicative where there is such work. The processor
time of a command with all its processes is printed beside it.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BAR, RERUN_BAR = 0.6, 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bags", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--pdfa", default="none")
    parser.add_argument("--folder", default=None)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="batch-benchmark-", dir=given.folder))
    try:
        sources = plant(folder / "drive", given.bags)
        one, several, again = [], [], []
        for number in range(given.rounds):
            one.append(create(folder, sources, f"one{number}", 1, given.pdfa))
            several.append(create(folder, sources, f"several{number}", given.workers, given.pdfa))
            again.append(create(folder, sources, f"several{number}", given.workers, given.pdfa))
            for name in ("one", "several"):
                shutil.rmtree(folder / f"{name}{number}")
        show("1 worker", one)
        show(f"{given.workers} workers", several)
        ratio = statistics.median(b[0] / a[0] for a, b in zip(one, several, strict=True))
        print(f"ratio of wall times     {ratio:8.2f}     bar {BAR}: {'met' if ratio <= BAR else 'MISSED'}")
        show("rerun", again)
        wall = statistics.median(run[0] for run in again)
        print(f"                                     bar {RERUN_BAR} s: {'met' if wall < RERUN_BAR else 'MISSED'}")
        print("load of the machine at the end:", " ".join(f"{one:.1f}" for one in os.getloadavg()))
    finally:
        shutil.rmtree(folder)


def plant(drive: Path, bags: int) -> list[str]:
    """Folders with three small tables each; as old as those of a real drive."""
    made = []
    for number in range(bags):
        place = drive / f"folder-{number:05d}"
        place.mkdir(parents=True)
        for part in range(3):
            (place / f"{part}.csv").write_text(f"number,part\n{number},{part}\n")
        made.append(str(place))
    time.sleep(4)
    return made


def create(folder: Path, sources: list[str], to: str, workers: int, pdfa: str) -> tuple[float, float]:
    """Wall and processor seconds of one command."""
    names = folder / "sources.txt"
    names.write_text("\n".join(sources) + "\n")
    words = [sys.executable, "-m", "archive", "create", "--each", f"@{names}", "--to", str(folder / to), "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(
        [*words, "--pdfa", pdfa, "--workers", str(workers)], cwd=folder, env=environment, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    wall, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def show(what: str, runs: list[tuple[float, float]]) -> None:
    wall, cpu = (statistics.median(run[place] for run in runs) for place in (0, 1))
    print(f"{what:<24}{wall:8.1f} s wall {cpu:8.1f} s processor time")


if __name__ == "__main__":
    main()
