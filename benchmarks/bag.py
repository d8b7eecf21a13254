"""How much making and proving a bag costs, beside cp, openssl, bagit-python, bdbag, hashdeep and rclone.

Makes its own data in a temporary folder, runs each tool in a process of its own and prints CPU seconds (children
included), wall time, peak memory and ratios in one table, then the bars of the design and whether they are met. CPU
seconds and ratios within one run are what counts: wall time depends on who else is on the machine.

    python benchmarks/bag.py                       a few seconds, to see that it works
    python benchmarks/bag.py --full                one large file, 10,000 x 100 KiB, 200,000 x 2 KiB, and growth
    python benchmarks/bag.py --small 200000 --medium 0 --large 0 --json
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = [sys.executable, "-m", "archive"]
KIB, MIB = 1 << 10, 1 << 20


@dataclass(frozen=True)
class Run:
    """One process with its children: CPU and wall in seconds, peak memory of the largest in bytes."""

    data: str
    job: str
    tool: str
    files: int
    size: int
    cpu: float
    wall: float
    peak: int

    @property
    def microseconds(self) -> float:
        return self.cpu / self.files * 1e6


@dataclass(frozen=True)
class Bar:
    """A promise: `value` must keep to `limit`, from below where `at_least`."""

    name: str
    value: float
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit


def measure(data: str, job: str, tool: str, words: Sequence[str], *, files: int, size: int) -> Run:
    """Run `words` to their end. Exits with their output when they fail."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0"}
    with tempfile.TemporaryFile() as output:
        began = time.monotonic()
        process = subprocess.Popen(words, stdout=output, stderr=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            sys.exit(f"{tool} failed with {process.returncode}: {' '.join(words)}\n{output.read().decode()[-2000:]}")
    peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else KIB)
    return Run(data, job, tool, files, size, usage.ru_utime + usage.ru_stime, wall, peak)


BARE = """
import hashlib, os, sys
flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
for folder, _, names, above in os.fwalk(sys.argv[1]):
    for name in names:
        descriptor = os.open(name, flags, dir_fd=above)
        left = os.fstat(descriptor).st_size
        digests = [hashlib.sha256(), hashlib.sha512()] if left > 1 << 20 else None
        if digests is None:
            content = os.read(descriptor, left + 1)
            hashlib.sha256(content).digest()
            hashlib.sha512(content).digest()
        else:
            while content := os.read(descriptor, 1 << 20):
                for one in digests:
                    one.update(content)
        os.close(descriptor)
"""
"""What no validator can do without: open, fstat, read and two digests of each file, and nothing else."""


def make_files(folder: Path, count: int, size: int) -> None:
    """`count` files of `size` bytes each, a thousand a folder; by a child, so that this process stays small."""
    script = (
        "import os, sys\nfolder, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])\n"
        "for number in range(count):\n"
        "    place = os.path.join(folder, f'd{number // 1000:04d}')\n"
        "    if number % 1000 == 0: os.makedirs(place)\n"
        "    with open(os.path.join(place, f'file-{number:07d}.bin'), 'wb') as file:\n"
        "        for start in range(0, size, 1 << 20): file.write(os.urandom(min(1 << 20, size - start)))\n"
    )
    subprocess.run([sys.executable, "-c", script, str(folder), str(count), str(size)], check=True)
    subprocess.run(["sync", "-f", str(folder)], check=True)


def unwrap(bag: Path) -> None:
    """Make a bag that was made in place the folder it was."""
    aside = bag.with_name(bag.name + ".data")
    (bag / "data").rename(aside)
    shutil.rmtree(bag)
    aside.rename(bag)


class Session:
    """All measurements in one folder."""

    def __init__(self, folder: Path, tools: Sequence[str]) -> None:
        self.folder = folder
        self.tools = tools
        self.runs: list[Run] = []

    def run(self, job: str, tool: str, words: Sequence[str], *, data: str, files: int, size: int) -> Run:
        done = measure(data, job, tool, words, files=files, size=size)
        self.runs.append(done)
        print(f"  {data}: {job}, {tool}: {done.cpu:.1f} s CPU", file=sys.stderr)
        return done

    def compare(self, data: str, count: int, size: int) -> None:
        """Every tool over `count` files of `size` bytes.

        Nothing is removed before the end: some file systems make the next files dear after many were deleted.
        """
        src = self.folder / "src"
        make_files(src, count, size)
        facts = {"data": data, "files": count, "size": count * size}
        self.run(
            "read", "cat (warms up)", ["sh", "-c", f"find '{src}' -type f -print0 | xargs -0 cat > /dev/null"], **facts
        )
        self.run("read", "bare read and digest", [sys.executable, "-I", "-S", "-c", BARE, str(src)], **facts)
        copy = self.folder / "cp"
        self.run("copy", "cp -a, sync -f", ["sh", "-c", f"cp -a '{src}' '{copy}' && sync -f '{copy}'"], **facts)
        out = self.folder / "out"
        self.run(
            "create, a copy", "archive", [*ARCHIVE, "create", str(src), "--to", str(out), "--plain", "-q"], **facts
        )
        bag = str(out / "src")
        self.run("validate", "archive", [*ARCHIVE, "validate", bag], **facts)
        if "bagit" in self.tools:
            self.run("validate", "bagit-python", [tool_path("bagit.py"), "--validate", "--quiet", bag], **facts)
        if "bdbag" in self.tools:
            self.run("validate", "bdbag", [tool_path("bdbag"), "--quiet", "--validate", "full", bag], **facts)
        for algorithm in ("sha256", "sha512"):
            words = ["sh", "-c", f"find '{src}' -type f -print0 | xargs -0 openssl dgst -{algorithm}"]
            self.run("digest", f"openssl {algorithm}", words, **facts)
        if shutil.which("hashdeep"):
            self.run("digest", "hashdeep sha256", ["hashdeep", "-c", "sha256", "-r", str(src)], **facts)
        if shutil.which("rclone"):
            self.run("digest", "rclone sha256", ["rclone", "hashsum", "sha256", str(src)], **facts)
        self.run("create in place", "archive", [*ARCHIVE, "create", str(src), "--plain", "--in-place", "-q"], **facts)
        unwrap(src)
        if "bagit" in self.tools:
            words = [tool_path("bagit.py"), "--sha256", "--sha512", "--quiet", str(src)]
            self.run("create in place", "bagit-python", words, **facts)
            unwrap(src)
        if "bdbag" in self.tools:
            words = [tool_path("bdbag"), "--quiet", "--checksum", "sha256", "--checksum", "sha512", str(src)]
            self.run("create in place", "bdbag", words, **facts)
            unwrap(src)
        for path in (src, out, copy):
            shutil.rmtree(path)

    def grow(self, counts: Sequence[int]) -> None:
        """The same jobs over more and more files of 2 KiB: what grows with them?"""
        for count in counts:
            src = self.folder / "grow"
            make_files(src, count, 2 * KIB)
            facts = {"data": f"growth {count:,}", "files": count, "size": count * 2 * KIB}
            words = [*ARCHIVE, "create", str(src), "--to", str(self.folder / "out"), "--plain", "-q"]
            self.run("create, a copy", "archive", words, **facts)
            self.run("validate", "archive", [*ARCHIVE, "validate", str(self.folder / "out" / "grow")], **facts)
            shutil.rmtree(self.folder / "out")
            self.run("create in place", "archive", [*ARCHIVE, "create", str(src), "--in-place", "-q"], **facts)
            shutil.rmtree(src)

    def find(self, data: str, job: str, tool: str) -> Run | None:
        return next((one for one in self.runs if (one.data, one.job, one.tool) == (data, job, tool)), None)


def tool_path(name: str) -> str:
    """A program of the environment that runs this script."""
    own = Path(sys.executable).with_name(name)
    return str(own) if own.exists() else name


def judge(session: Session) -> list[Bar]:
    """The bars of the design, as far as this run measured what they need."""
    bars: list[Bar] = []
    small, large = "small", "large"
    find = session.find
    copied, moved = find(small, "create, a copy", "archive"), find(small, "create in place", "archive")
    cp, validated = find(small, "copy", "cp -a, sync -f"), find(small, "validate", "archive")
    theirs, judged = find(small, "create in place", "bagit-python"), find(small, "validate", "bagit-python")
    if moved is not None:
        bars.append(Bar("create in place: CPU, µs per file", moved.microseconds, 18))
        bars.append(Bar("create in place: peak, MiB", moved.peak / MIB, 64))
        if theirs is not None:
            bars.append(Bar("create in place: times less CPU than bagit-python", theirs.cpu / moved.cpu, 4, True))
    if copied is not None and cp is not None and validated is not None:
        ratio = copied.cpu / (cp.cpu + validated.cpu)
        bars.append(Bar("create, a copy: CPU of cp -a and archive validate together", ratio, 1.25))
        bars.append(Bar("create, a copy: peak, MiB", copied.peak / MIB, 64))
    if validated is not None:
        bars.append(Bar("validate: CPU, µs per file", validated.microseconds, 15))
        if judged is not None:
            bars.append(Bar("validate: times less CPU than bagit-python", judged.cpu / validated.cpu, 6, True))
    reads, slower = find(large, "validate", "archive"), find(large, "digest", "openssl sha512")
    if reads is not None and slower is not None:
        bars.append(Bar("one large file, two digests: wall of openssl sha512 alone", reads.wall / slower.wall, 1.1))
    grown = [one for one in session.runs if one.data.startswith("growth")]
    for job in ("create, a copy", "create in place"):
        peaks = [one.peak for one in grown if one.job == job]
        if len(peaks) > 1:
            bars.append(Bar(f"growth, {job}: peak of the most over peak of the fewest", peaks[-1] / peaks[0], 1.15))
    checks = [one for one in grown if one.job == "validate"]
    if len(checks) > 1:
        slope = (checks[-1].peak - checks[0].peak) / (checks[-1].files - checks[0].files) / KIB
        bars.append(Bar("growth, validate: KiB a further file", slope, 0.3))
    return bars


def show(session: Session, bars: list[Bar]) -> None:
    print(f"{'data':<16} {'job':<16} {'tool':<16} {'CPU s':>8} {'us/file':>10} {'wall s':>8} {'MiB':>7} {'ratio':>7}")
    for run in session.runs:
        own = session.find(run.data, run.job, "archive")
        ratio = f"{run.cpu / own.cpu:>7.2f}" if own is not None and own is not run else " " * 7
        print(
            f"{run.data:<16} {run.job:<16} {run.tool:<16} {run.cpu:>8.2f} {run.microseconds:>10.1f} "
            f"{run.wall:>8.2f} {run.peak / MIB:>7.1f} {ratio}"
        )
    print("\nratio: CPU of this tool over CPU of archive for the same job\n")
    for bar in bars:
        word = "at least" if bar.at_least else "at most"
        print(f"{'met' if bar.met else 'MISSED':<7} {bar.name}: {bar.value:.2f}, {word} {bar.limit:g}")


def main() -> int:
    """Parse, measure, print; 1 when a bar of the design is missed under --full."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--large", type=int, default=64, metavar="MIB", help="size of the one large file; 0 leaves it out"
    )
    parser.add_argument("--medium", type=int, default=200, metavar="N", help="how many files of 100 KiB")
    parser.add_argument("--small", type=int, default=2000, metavar="N", help="how many files of 2 KiB")
    parser.add_argument("--growth", default="", metavar="N,N,...", help="counts for the growth of memory")
    parser.add_argument("--without", default="", metavar="TOOL,...", help="leave out bagit or bdbag")
    parser.add_argument("--full", action="store_true", help="the sizes that the bars are set for")
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    chosen = parser.parse_args()
    if chosen.full:
        chosen.large, chosen.medium, chosen.small, chosen.growth = 1024, 10_000, 200_000, "50000,100000,200000"
    tools = [tool for tool in ("bagit", "bdbag") if tool not in chosen.without.split(",")]
    if chosen.folder is not None:
        os.makedirs(chosen.folder, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bag-benchmark-", dir=chosen.folder) as folder:
        session = Session(Path(folder), tools)
        for name, count, size in (
            ("large", int(chosen.large > 0), chosen.large * MIB), ("medium", chosen.medium, 100 * KIB),
            ("small", chosen.small, 2 * KIB),
        ):  # fmt: skip
            if count:
                session.compare(name, count, size)
        session.grow([int(count) for count in chosen.growth.split(",") if count])
    bars = judge(session)
    if chosen.json:
        document = {
            "schema": "archive.benchmark/1", "runs": [asdict(one) for one in session.runs],
            "bars": [{**asdict(one), "met": one.met} for one in bars],
        }  # fmt: skip
        print(json.dumps(document, indent=2))
    else:
        show(session, bars)
    return int(chosen.full and not all(bar.met for bar in bars))


if __name__ == "__main__":
    raise SystemExit(main())
