"""What whole processes cost: start-up, one press release, and many, with bars; processor time unless said otherwise.

    python benchmarks/whole_process.py [--rounds 5] [--many 200] [--texts 1000] [--json]

"create" is `archive create` on the sample press release. Of the many, the wall time with two workers and with one is
told too; it means something on a machine where nothing else runs. `parent` is the part of the processor time that only
one core can take: what the command's own process uses.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED = ROOT / "seeds" / "press-release"
_SCRIPT = """
import resource, sys
from archive.cli.app import run
code = run(sys.argv[1:])
own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
print(own.ru_utime + own.ru_stime, others.ru_utime + others.ru_stime, file=sys.stderr)
raise SystemExit(code)
"""


@dataclass(frozen=True)
class Row:
    """One measurement in seconds; `bar` 0 means that there is none."""

    what: str
    seconds: float
    bar: float = 0.0
    note: str = ""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--many", type=int, default=200)
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="process-benchmark-") as folder:
        for row in (
            *start_up(folder, given.rounds),
            *one(folder, given.rounds),
            *many(folder, given.many, given.texts),
        ):
            rows.append(row)
            if not given.json:
                print(told(row), flush=True)
    if given.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    return int(any(row.bar and row.seconds > row.bar for row in rows))


def told(row: Row) -> str:
    """One line: the bar beside the figure."""
    verdict = "" if not row.bar else ("met" if row.seconds <= row.bar else "MISSED")
    bar = f", at most {row.bar:g}" if row.bar else ""
    return f"{verdict:<7} {row.what:<58} {row.seconds:8.3f}{bar} {row.note}"


def start_up(folder: str, rounds: int) -> list[Row]:
    """The least processor time of three small commands."""
    source = Path(folder, "small")
    source.mkdir()
    (source / "a.txt").write_text("words")
    created = [run(["create", "--plain", str(source), "--to", f"{folder}/plain{n}"])[1] for n in range(rounds)]
    bag = f"{folder}/plain0/small"
    return [
        Row("archive --help, CPU", min(run(["--help"])[1] for _ in range(rounds)), 0.08),
        Row("validate a one-file plain bag, CPU", min(run(["validate", bag])[1] for _ in range(rounds)), 0.12),
        Row("create --plain of one file, CPU", min(created), 0.18),
    ]


def one(folder: str, rounds: int) -> list[Row]:
    """One press release, with and without veraPDF."""
    rows = []
    for name, bar, more in (("without", 0.6, {"PATH": _without_verapdf(), "XDG_DATA_HOME": folder}), ("with", 1.8, {})):
        spent = [run(["create", str(SEED), "--to", f"{folder}/{name}{n}"], more) for n in range(rounds)]
        least = min(spent, key=lambda one: one[1])
        rows.append(Row(f"one press release, {name} veraPDF, CPU", least[1], bar, f"(parent {least[2]:.2f})"))
    return rows


def many(folder: str, count: int, texts: int) -> list[Row]:
    """Many press releases: judged by veraPDF, and drawn alone with one worker and with two."""
    rows = []
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8")
    for name, number in (("judged", count), ("drawn", texts)):
        source = Path(folder, name)
        source.mkdir()
        for place in range(number):
            (source / f"{place:05}.txt").write_text(f"{text}\nNo {place} of {number}\n", encoding="utf-8")
    if count:
        wall, spent, parent = run(
            ["create", f"{folder}/judged", "--to", f"{folder}/bags"], {"ARCHIVE_RENDER_WORKERS": "2"}
        )
        note = f"(CPU {spent:.1f}: parent {parent:.1f}, drawing and veraPDF {spent - parent:.1f})"
        rows.append(Row(f"{count} press releases with veraPDF, 2 workers, wall", wall, 9.0, note))
    walls = {}
    bare = {"PATH": _without_verapdf(), "XDG_DATA_HOME": folder}
    for workers in (1, 2) if texts else ():
        more = {**bare, "ARCHIVE_RENDER_WORKERS": str(workers)}
        walls[workers], spent, parent = run(["create", f"{folder}/drawn", "--to", f"{folder}/drawn{workers}"], more)
        note = f"(CPU {spent:.1f}: parent {parent:.1f})"
        rows.append(Row(f"{texts} texts, {workers} worker{'s' * (workers > 1)}, wall", walls[workers], 0.0, note))
        possible = (parent + (spent - parent) / workers) / spent
    if texts:
        note = f"(by processor time {possible:.2f})"
        rows.append(Row("two workers against one, wall", walls[2] / walls[1], 0.6, note))
    return rows


def _without_verapdf() -> str:
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(one for one in folders if not os.path.exists(os.path.join(one, "verapdf")))


def run(arguments: list[str], more: dict[str, str] | None = None) -> tuple[float, float, float]:
    """Wall time, processor time of all processes, and that of the command's own."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000", **(more or {})},
    )
    wall, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f"archive {' '.join(arguments)}: {done.stderr}")
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, spent, float(done.stderr.splitlines()[-1].split()[0])


if __name__ == "__main__":
    sys.exit(main())
