"""Validation and deposit of many bags on Dask against one bag after the other here: what it costs, and where it pays.

    python benchmarks/spreading.py [--bags 8] [--sizes 1,10,50] [--workers 2] [--markdown]

Each bag has files of 100 KiB, as many MB as its size says. CPU seconds are those of the command and of all its workers,
and hold on a busy machine; wall times do so only on a quiet one. "fixed" is what the same command costs with bags of
one small file: starting and ending the cluster.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from bag import ARCHIVE, Run, make_files, measure

KIB = 1 << 10


def make_bags(folder: Path, count: int, megabytes: int) -> list[str]:
    """Plain bags with contents of their own; of one small file each where there are no megabytes."""
    for number in range(count):
        source = folder / f"source{number}"
        make_files(source, megabytes * 10 or 1, 100 * KIB if megabytes else 10)
        run([*ARCHIVE, "create", str(source), "--to", str(folder / "bags"), "--plain", "-q"])
        shutil.rmtree(source)
    return sorted(str(path) for path in (folder / "bags").iterdir())


def run(words: list[str]) -> Run:
    return measure("", "", "archive", words, files=1, size=0)


def compare(folder: Path, verb: str, bags: list[str], workers: int) -> tuple[Run, Run]:
    """The command here and on Dask."""
    runs = []
    for name, more in (("here", []), ("dask", ["--engine", "dask", "--workers", str(workers)])):
        target = [f"dir:{folder}/{name}"] if verb == "deposit" else []
        words = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", str(folder / name)]
        (folder / name).mkdir(exist_ok=True)
        runs.append(run([*words, *ARCHIVE, verb, *bags, *target, *more, "-q"]))
    return runs[0], runs[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bags", type=int, default=8)
    parser.add_argument("--sizes", default="1,10,50", metavar="MB,MB,...")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--markdown", action="store_true", help="a table for the documentation")
    given = parser.parse_args()
    head = ("what", "here: CPU, wall", "Dask: CPU, wall", "CPU more", "wall over here")
    if given.markdown:
        print(f"| {' | '.join(head)} |\n|{' --- |' * len(head)}")
    for size in (0, *map(int, given.sizes.split(","))):
        with tempfile.TemporaryDirectory(prefix="spreading-", dir=given.folder) as name:
            folder = Path(name)
            bags = make_bags(folder, given.bags, size)
            for verb in ("validate", "deposit"):
                here, dask = compare(folder, verb, bags, given.workers)
                what = f"{verb}, {given.bags} bags of {size} MB" if size else f"{verb}, fixed"
                cells = (
                    what, f"{here.cpu:.2f} s, {here.wall:.2f} s", f"{dask.cpu:.2f} s, {dask.wall:.2f} s",
                    f"{dask.cpu - here.cpu:.2f} s", f"{dask.wall / here.wall:.2f}",
                )  # fmt: skip
                print(f"| {' | '.join(cells)} |" if given.markdown else "  ".join(cells), flush=True)


if __name__ == "__main__":
    main()
