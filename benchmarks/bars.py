"""Every bar of speed and memory that muniment is held to, measured in one run: the figure, the bar, met or not.

    python benchmarks/bars.py                                about a quarter of an hour
    python benchmarks/bars.py --files 100000 --rounds 5      the sizes that the bars are set for
    python benchmarks/bars.py --only validate,audit --json

What is compared runs in turn, round after round, so that a machine with other work harms all alike; ratios are medians
over the rounds. CPU seconds are those of a command and all its children. Where a row says wall, only a quiet machine
tells. Peers that are not installed are left out. `--markdown` prints the table of docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bag import ARCHIVE, BARE, KIB, MIB, ROOT, Run, make_files, measure

FULL = ("--pdfa", "none", "-q")
TEXTS = (
    "import hashlib, os, sys\n"
    "folder, count, size = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])\n"
    "for n in range(count):\n"
    "    place = os.path.join(folder, f'part{n // 1000:04d}')\n"
    "    if n % 1000 == 0: os.makedirs(place)\n"
    "    line = hashlib.sha512(str(n).encode()).hexdigest() + '\\n'\n"
    "    text = (f'Record {n}\\n' + line * (size // len(line) + 1))[:size]\n"
    "    with open(os.path.join(place, f'record-{n:07d}.txt'), 'w') as file: file.write(text)\n"
)


@dataclass(frozen=True)
class Row:
    """A figure and the most that its bar allows; `limit` None for a peer or a fact that has none."""

    group: str
    what: str
    figure: float
    unit: str
    limit: float | None = None
    detail: str = ""

    @property
    def word(self) -> str:
        if self.limit is None:
            return ""
        return "met" if self.figure <= self.limit else "MISSED"


class Bench:
    """Measurements in one folder, printed as they come."""

    def __init__(self, folder: Path, chosen: argparse.Namespace) -> None:
        self.folder, self.chosen = folder, chosen
        self.rows: list[Row] = []

    def tell(
        self, group: str, what: str, figure: float, unit: str = "", limit: float | None = None, detail: str = ""
    ) -> None:
        row = Row(group, what, figure, unit, limit, detail)
        self.rows.append(row)
        if not self.chosen.json and not self.chosen.markdown:
            bar = f"at most {limit:g}" if limit is not None else ""
            aside = f"  ({detail})" if detail else ""
            print(f"{row.word:<7} {what}: {figure:.3g} {unit} {bar}{aside}".replace("  (", " ("), flush=True)

    def run(self, words: Sequence[str], tool: str = "") -> Run:
        return measure("", "", tool or words[0], words, files=1, size=0)

    def rounds(self, commands: dict[str, Callable[[int], Sequence[str]]]) -> dict[str, list[Run]]:
        """Every command once a round, in turn. Each is built for the number of its round."""
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for number in range(self.chosen.rounds):
            for name, command in commands.items():
                runs[name].append(self.run(command(number), name))
        return runs

    def texts(self, name: str, count: int, size: int = 2 * KIB) -> Path:
        """A folder with so many plain texts, each with a content of its own."""
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            subprocess.run([sys.executable, "-c", TEXTS, str(folder), str(count), str(size)], check=True)
        return folder

    def bag(self, name: str, count: int, *, plain: bool) -> Path:
        """A bag of so many texts of 2 KiB, plain or with its records."""
        source = self.texts(name, count)
        target = self.folder / ("plain" if plain else "full")
        if not (target / name).exists():
            options = ("--plain", "-q") if plain else FULL
            self.run([*ARCHIVE, "create", str(source), "--to", str(target), *options])
        return target / name

    def project(self, name: str, bag: Path) -> Path:
        """A folder with a ledger that holds the bag."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        if not (folder / "archive.toml").exists():
            for words in (["init"], ["holdings", "add", str(bag)]):
                subprocess.run(
                    [*ARCHIVE, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                    env={**os.environ, "PYTHONPATH": str(ROOT)},
                )  # fmt: skip
        return folder


def ratio(runs: dict[str, list[Run]], one: str, other: str | Sequence[str], fact: str) -> float:
    """The median over the rounds of one command's cost over that of another, or of several together."""
    others = [other] if isinstance(other, str) else list(other)
    sums = [sum(getattr(runs[name][number], fact) for name in others) for number in range(len(runs[one]))]
    return statistics.median(getattr(run, fact) / below for run, below in zip(runs[one], sums, strict=True))


def median(runs: list[Run], fact: str) -> float:
    return statistics.median(getattr(run, fact) for run in runs)


def inside(folder: Path, *words: str) -> list[str]:
    """A command that runs in a folder."""
    return ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", str(folder), *words]


def validate_plain(bench: Bench) -> None:
    """A plain bag of small files against what no validator can do without, and against its peers."""
    count = bench.chosen.files
    bag = bench.bag(f"texts{count}", count, plain=True)
    commands: dict[str, Callable[[int], Sequence[str]]] = {
        "bare loop": lambda _: [sys.executable, "-I", "-S", "-c", BARE, str(bag / "data")],
        "one worker": lambda _: [*ARCHIVE, "validate", "--workers", "1", "-q", str(bag)],
        "two workers": lambda _: [*ARCHIVE, "validate", "--workers", "2", "-q", str(bag)],
    }
    if shutil.which("hashdeep"):
        commands["hashdeep -j2"] = lambda _: ["hashdeep", "-j2", "-c", "sha256", "-r", str(bag / "data")]
    bagit = Path(sys.executable).with_name("bagit.py")
    if bagit.exists():
        commands["bagit.py"] = lambda _: [str(bagit), "--validate", "--quiet", str(bag)]
    runs = bench.rounds(commands)
    group = "validate, plain"
    bench.tell(group, "validate over a bare loop, one worker, CPU", ratio(runs, "one worker", "bare loop", "cpu"), "",
               1.15, f"{median(runs['one worker'], 'cpu') / count * 1e6:.1f} µs/file, {count:,} x 2 KiB")  # fmt: skip
    bench.tell(group, "two workers over one, wall", ratio(runs, "two workers", "one worker", "wall"), "", 0.52)
    if "hashdeep -j2" in runs:
        bench.tell(group, "two workers over hashdeep -j2 (one digest), wall",
                   ratio(runs, "two workers", "hashdeep -j2", "wall"), "", 1.0)  # fmt: skip
    if "bagit.py" in runs:
        bench.tell(group, "bagit-python over archive, CPU", ratio(runs, "bagit.py", "one worker", "cpu"), "times")


def validate_full(bench: Bench) -> None:
    """What the records of a bag cost its validation."""
    count = bench.chosen.files
    plain, full = bench.bag(f"texts{count}", count, plain=True), bench.bag(f"texts{count}", count, plain=False)
    runs = bench.rounds({
        "plain": lambda _: [*ARCHIVE, "validate", "--workers", "1", "-q", str(plain)],
        "full": lambda _: [*ARCHIVE, "validate", "--workers", "1", "-q", str(full)],
    })  # fmt: skip
    group = "validate, full"
    each = median(runs["full"], "cpu") / count * 1e6
    bench.tell(
        group,
        "a full bag with PREMIS, CPU a file",
        each,
        "us",
        110,
        f"plain: {ratio(runs, 'full', 'plain', 'cpu'):.1f} times less",
    )
    more = (median(runs["full"], "peak") - median(runs["plain"], "peak")) / count / KIB
    bench.tell(group, "memory above the plain bag, a file", more, "KiB", 0.2)


def create_full(bench: Bench) -> None:
    """A bag with its records and no renditions; one core is what taskset leaves of the machine."""
    count = bench.chosen.files
    source = bench.texts(f"texts{count}", count)
    out = bench.folder / "made"

    def words(number: int, name: str, *before: str) -> list[str]:
        target = str(out / f"{name}{number}")
        return [*before, *ARCHIVE, "create", str(source), "--to", target, *FULL]

    commands: dict[str, Callable[[int], Sequence[str]]] = {"two cores": lambda number: words(number, "two")}
    if shutil.which("taskset"):
        commands["one core"] = lambda number: words(number, "one", "taskset", "-c", "0")
    runs = bench.rounds(commands)
    group = "create, full"
    bench.tell(group, "create, no renditions, CPU a file", median(runs["two cores"], "cpu") / count * 1e3, "ms", 0.45,
               f"{count:,} x 2 KiB")  # fmt: skip
    if "one core" in runs:
        bench.tell(group, "two cores over one, wall", ratio(runs, "two cores", "one core", "wall"), "", 0.6)
    bench.tell(group, "peak memory", max(run.peak for run in runs["two cores"]) / MIB, "MiB", 200)
    shutil.rmtree(out)


def create_plain(bench: Bench) -> None:
    """A plain bag against copying and validating; one large file against OpenSSL, and how often it is read."""
    count = bench.chosen.files
    source = bench.texts(f"texts{count}", count)
    out = bench.folder / "made"
    out.mkdir(exist_ok=True)
    bag = bench.bag(f"texts{count}", count, plain=True)
    runs = bench.rounds({
        "create": lambda n: [*ARCHIVE, "create", str(source), "--to", str(out / f"bag{n}"), "--plain", "-q"],
        "cp -a": lambda n: ["cp", "-a", str(source), str(out / f"copy{n}")],
        "validate": lambda _: [*ARCHIVE, "validate", "-q", str(bag)],
    })  # fmt: skip
    group = "create, plain"
    bench.tell(
        group,
        "create --plain over cp -a and validate, CPU",
        ratio(runs, "create", ["cp -a", "validate"], "cpu"),
        "",
        1.05,
    )
    shutil.rmtree(out)
    large = bench.folder / "large"
    make_files(large, 1, bench.chosen.large * MIB)
    file = next(path for path in large.rglob("*") if path.is_file())
    runs = bench.rounds({
        "create": lambda n: [*ARCHIVE, "create", str(large), "--to", str(out / f"large{n}"), "--plain", "-q"],
        "validate": lambda n: [*ARCHIVE, "validate", "-q", str(out / f"large{n}" / "large")],
        "openssl": lambda _: ["openssl", "dgst", "-sha512", str(file)],
    })  # fmt: skip
    bench.tell(group, f"validate one file of {bench.chosen.large:,} MiB over openssl dgst -sha512, wall",
               ratio(runs, "validate", "openssl", "wall"), "", 0.95)  # fmt: skip
    shutil.rmtree(out)
    if shutil.which("strace"):
        trace = bench.folder / "trace"
        bench.run(["strace", *STRACE, str(trace), *ARCHIVE, "create", str(large), "--in-place", "-q"])
        passes = bytes_read(trace, file.name) / (bench.chosen.large * MIB)
        limit = 1.0 if bench.chosen.large > 1024 else None  # a smaller bag is read once more, as a proof
        bench.tell(group, "create --in-place: passes over the file", passes, "", limit)
    shutil.rmtree(large)


STRACE = ("-f", "-y", "-qq", "-e", "trace=read,readv,pread64,preadv,copy_file_range,sendfile", "-o")


def bytes_read(trace: Path, part: str) -> int:
    """The bytes that the traced calls read from files whose path holds `part`."""
    total = 0
    with trace.open(errors="replace") as lines:
        for line in lines:
            match = re.search(r" (?:read|readv|pread64|preadv|copy_file_range)\(\d+<([^>]*)>.* = (\d+)$", line)
            if match and part in match[1]:
                total += int(match[2])
    return total


def renditions(bench: Bench) -> None:
    """Short texts with PDF/A: many with veraPDF, and one with and without it."""
    one, many = bench.texts("press1", 1), bench.texts("press200", 200)
    out = bench.folder / "drawn"
    known = subprocess.run(
        [*ARCHIVE, "doctor", "--json"], capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    judged = b"verapdf" in known.stdout.lower()
    group = "renditions"
    without = {"ARCHIVE_TOOLS_VERAPDF": os.devnull}
    if judged:
        run = bench.run([*ARCHIVE, "create", str(many), "--to", str(out / "many"), "-q"])
        bench.tell(group, "200 press releases with PDF/A and veraPDF, wall", run.wall, "s", 9, f"{run.cpu:.1f} s CPU")
        runs = bench.rounds({"with": lambda n: [*ARCHIVE, "create", str(one), "--to", str(out / f"a{n}"), "-q"]})
        bench.tell(group, "one press release with veraPDF, wall", median(runs["with"], "wall"), "s", 1.8)
    runs = bench.rounds({
        "without": lambda n: ["env", *(f"{k}={v}" for k, v in without.items()), *ARCHIVE, "create", str(one), "--to",
                              str(out / f"b{n}"), "-q"],
    })  # fmt: skip
    bench.tell(group, "one press release without veraPDF, wall", median(runs["without"], "wall"), "s", 0.6)
    drawn = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / "render.py"), "--rounds", "1", "--pages", "20", "--json"],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    for row in json.loads(drawn.stdout) if drawn.stdout else ():
        what = f"{row['tool']}, {row['language']}, a page"
        limit = 12 if row["tool"] == "muniment" else None
        bench.tell(group, f"drawing, {what}, CPU", row["seconds_a_page"] * 1000, "ms", limit)
    bench.tell(group, "drawing a short document in a warm process, CPU", draw_warm(), "ms", 15)
    shutil.rmtree(out)


WARM = """
import sys, time
from datetime import UTC, datetime
from archive.model.blocks import Document, Paragraph, Span
from archive.renditions.pdf.drawing import DrawOptions, PdfProperties, SourceAttachment, draw
sys.path.insert(0, sys.argv[1])
from render import TEXTS
def one(number):
    text = f"Press release {number}. " + TEXTS["en"]
    blocks = tuple(Paragraph((Span(text),)) for _ in range(6))
    draw(Document(blocks, "en"), source=SourceAttachment("a.txt", "text/plain", text.encode()),
         properties=PdfProperties("x", datetime(2024, 1, 1, tzinfo=UTC), (), "en"), options=DrawOptions())
for number in range(10):
    one(number)
start = time.process_time()
for number in range(50):
    one(number)
print((time.process_time() - start) / 50 * 1000)
"""


def draw_warm() -> float:
    """CPU milliseconds of one of fifty documents, drawn after ten others."""
    done = subprocess.run(
        [sys.executable, "-c", WARM, str(ROOT / "benchmarks")], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return float(done.stdout)


def audit(bench: Bench) -> None:
    """An audit of what a validation reads, by one worker and by two."""
    count = min(bench.chosen.files, 20_000)
    bag = bench.bag(f"texts{count}", count, plain=True)
    project = bench.project("audited", bag)
    audits = [*ARCHIVE, "audit", "--quiet", "--max-age", "0s", "--workers"]
    bench.run(inside(project, *audits, "1"))
    commands: dict[str, Callable[[int], Sequence[str]]] = {
        "validate": lambda _: [*ARCHIVE, "validate", "--workers", "1", "-q", str(bag)],
        "one": lambda _: inside(project, *audits, "1"),
        "two": lambda _: inside(project, *audits, "2"),
    }
    if bench.chosen.dask:
        commands["dask"] = lambda _: inside(project, *audits, "2", "--engine", "dask")
    runs = bench.rounds(commands)
    group = "audit"
    spent = {name: median(some, "cpu") for name, some in runs.items()}
    detail = f"{spent['one']:.2f} and {spent['validate']:.2f} s, {count:,} files"
    bench.tell(group, "audit over validate, one worker, CPU", ratio(runs, "one", "validate", "cpu"), "", 1.3, detail)
    bench.tell(group, "audit, two workers over one, wall", ratio(runs, "two", "one", "wall"), "", 0.6)
    if "dask" in runs:
        more, detail = ratio(runs, "dask", "two", "cpu"), f"{spent['dask']:.2f} and {spent['two']:.2f} s"
        bench.tell(group, "audit, two Dask workers over two local ones, CPU", more, "times", detail=detail)


LINKS = """
import sys, time
from archive.ledger.appending import append_event
from archive.ledger.book import create_ledger
from archive.ledger.checkpoints import make_checkpoint
ledger = create_ledger(sys.argv[1], now=1_800_000_000)
with ledger.backend.writing():
    for number in range(100_000):
        append_event(ledger.backend, "clock", None, 1_800_000_000, "success", {"number": number})
early = make_checkpoint(ledger, "2027-01-15T08:00:00Z")
start = time.process_time()
make_checkpoint(ledger, "2027-01-15T08:00:00Z", early.witness)
print(time.process_time() - start)
"""


def checkpoint(bench: Bench) -> None:
    """A checkpoint of a chain of 100,000 links, with its proof of consistency, before it is signed and stamped."""
    spent = []
    for number in range(bench.chosen.rounds):
        done = subprocess.run(
            [sys.executable, "-c", LINKS, str(bench.folder / f"links{number}.sqlite3")], capture_output=True, text=True,
            check=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        spent.append(float(done.stdout))
    bench.tell("checkpoint", "checkpoint over 100,000 links, CPU", statistics.median(spent), "s", 1.0)


def deposit(bench: Bench) -> None:
    """A deposit with its proof against copying and digesting both sides; and how often a source byte is read."""
    source = bench.texts("deposited", 2000, 102 * KIB)
    plain = bench.folder / "plain"
    bag = plain / "deposited"
    if not bag.exists():
        bench.run([*ARCHIVE, "create", str(source), "--to", str(plain), "--plain", "-q"])
    out = bench.folder / "far"
    out.mkdir()
    both = 'cp -r "$1" "$2" && for side in "$1" "$2"; do find "$side" -type f -print0 | xargs -0 sha512sum; done'
    commands: dict[str, Callable[[int], Sequence[str]]] = {
        "dir": lambda n: inside(out, *ARCHIVE, "deposit", str(bag), f"dir:{out}/dir{n}", "-q"),
        "ocfl": lambda n: inside(out, *ARCHIVE, "deposit", str(bag), f"ocfl:{out}/ocfl{n}", "-q"),
        "cp": lambda n: ["sh", "-c", both, "sh", str(bag), str(out / f"cp{n}")],
    }
    runs = bench.rounds(commands)
    group = "deposit"
    for kind in ("dir", "ocfl"):
        detail = f"CPU {ratio(runs, kind, 'cp', 'cpu'):.2f}"
        bench.tell(group, f"deposit {kind}: over cp -r and sha512sum of both sides, wall",
                   ratio(runs, kind, "cp", "wall"), "", 0.7, detail)  # fmt: skip
    if shutil.which("strace"):
        trace = bench.folder / "trace"
        size = sum(path.stat().st_size for path in (bag / "data").rglob("*") if path.is_file())
        for kind in ("dir", "ocfl"):
            bench.run(
                inside(out, "strace", *STRACE, str(trace), *ARCHIVE, "deposit", str(bag), f"{kind}:{out}/t{kind}", "-q")
            )
            bench.tell(
                group,
                f"deposit {kind}: reads of a source byte",
                bytes_read(trace, "/plain/deposited/data/") / size,
                "",
                1.0,
            )
    shutil.rmtree(out)


def start(bench: Bench) -> None:
    """What a command costs before it does anything."""
    bag = bench.bag("one", 1, plain=True)
    source = bench.texts("one", 1)
    out = bench.folder / "started"
    runs = bench.rounds({
        "python": lambda _: [sys.executable, "-c", "pass"],
        "help": lambda _: [*ARCHIVE, "--help"],
        "validate": lambda _: [*ARCHIVE, "validate", "-q", str(bag)],
        "create": lambda n: [*ARCHIVE, "create", str(source), "--to", str(out / str(n)), "--plain", "-q"],
    })  # fmt: skip
    group = "start"
    bench.tell(group, "python -c pass, CPU", min(run.cpu for run in runs["python"]) * 1000, "ms")
    for name, what, limit in (
        ("help", "archive --help", 80), ("validate", "validate of a one-file plain bag", 120),
        ("create", "create --plain of one file", 180),
    ):  # fmt: skip
        bench.tell(group, f"{what}, CPU", min(run.cpu for run in runs[name]) * 1000, "ms", limit)
    shutil.rmtree(out)


def growth(bench: Bench) -> None:
    """What a file costs among more and more others, and how memory grows from the fewest to ten times as many."""
    counts = [int(count) for count in bench.chosen.growth.split(",")]
    costs: dict[str, list[float]] = {}
    for count in counts:
        name = f"grow{count}"
        source = bench.texts(name, count)
        out = bench.folder / "grown"
        jobs = {
            "create --plain": [*ARCHIVE, "create", str(source), "--to", str(out / "p"), "--plain", "-q"],
            "validate, plain": [*ARCHIVE, "validate", "--workers", "1", "-q", str(out / "p" / name)],
            "create, full": [*ARCHIVE, "create", str(source), "--to", str(out / "f"), *FULL],
            "validate, full": [*ARCHIVE, "validate", "--workers", "1", "-q", str(out / "f" / name)],
        }
        for job, words in jobs.items():
            costs.setdefault(job, []).append(bench.run(words, job).cpu / count * 1e6)
        shutil.rmtree(source)
        shutil.rmtree(out)
    for job, some in costs.items():
        shown = ", ".join(f"{count:,}: {cost:.0f} µs" for count, cost in zip(counts, some, strict=True))
        bench.tell(
            "growth", f"{job}: a file of the most over one of the fewest, CPU", some[-1] / some[0], "", 1.1, shown
        )


EXPORTS = ("archivematica", "bag", "datacite", "dspace-saf", "eark-aip", "eark-sip", "rocrate")


def memory(bench: Bench) -> None:
    """Peak memory at ten times the files: 1.3 times as much, but for what a table of all files takes."""
    few = bench.chosen.memory
    allowed = {"validate, plain": 0.25, "validate, full": 0.45, "create, plain": 0.25, "create, full": 0.45,
               "audit": 0.25, "deposit dir:": 0.25, "deposit ocfl:": 0.25, "validate, OCFL": 0.45,
               "retrieve ocfl:": 0.45, "holdings add": 0.25, "report": 0.0,
               **dict.fromkeys((f"export {name}" for name in EXPORTS), 0.25)}  # fmt: skip
    peaks: dict[str, list[int]] = {}
    for count in (few, 10 * few):
        name = f"memory{count}"
        source = bench.texts(name, count, 64)
        out = bench.folder / f"out{count}"
        project = bench.folder / f"project{count}"
        project.mkdir()
        bag = str(out / "f" / name)
        jobs = {
            "create, plain": [*ARCHIVE, "create", str(source), "--to", str(out / "p"), "--plain", "-q"],
            "validate, plain": [*ARCHIVE, "validate", "-q", str(out / "p" / name)],
            "create, full": [*ARCHIVE, "create", str(source), "--to", str(out / "f"), *FULL],
            "validate, full": [*ARCHIVE, "validate", "-q", bag],
            "": inside(project, *ARCHIVE, "init"),
            "holdings add": inside(project, *ARCHIVE, "holdings", "add", bag),
            "audit": inside(project, *ARCHIVE, "audit", "-q", "--workers", "2"),
            "report": inside(project, *ARCHIVE, "report", "--html", "report.html"),
            "deposit dir:": inside(project, *ARCHIVE, "deposit", bag, f"dir:{out}/far", "-q"),
            "deposit ocfl:": inside(project, *ARCHIVE, "deposit", bag, f"ocfl:{out}/root", "-q"),
            "validate, OCFL": [*ARCHIVE, "validate", f"{out}/root", "-q"],
            "retrieve ocfl:": inside(project, *ARCHIVE, "retrieve", f"ocfl:{out}/root", f"urn:muniment:bag:{name}",
                                     "--to", str(out / "back"), "-q"),
            **{
                f"export {one}": [*ARCHIVE, "export", bag, "--to", str(out / one), "--as", one]
                for one in EXPORTS
            },
        }  # fmt: skip
        for job, words in jobs.items():
            peaks.setdefault(job, []).append(bench.run(words, job).peak)
        for folder in (source, out, project):
            shutil.rmtree(folder)
    for job, (low, high) in peaks.items():
        if job:
            limit = 1.3 + allowed[job] * KIB * 10 * few / low
            shown = f"{low / MIB:.0f} MiB at {few:,}, {high / MIB:.0f} MiB at {10 * few:,}"
            bench.tell(
                "memory", f"{job}: peak at {10 * few:,} files over that at {few:,}", high / low, "", limit, shown
            )


GROUPS = {
    "start": start, "validate": validate_plain, "full": validate_full, "create": create_full, "plain": create_plain,
    "audit": audit, "checkpoint": checkpoint, "deposit": deposit, "renditions": renditions, "memory": memory,
    "growth": growth,
}  # fmt: skip


def markdown(rows: list[Row]) -> str:
    lines = ["| what | figure | bar | |", "| --- | --- | --- | --- |"]
    for row in rows:
        bar = f"{row.limit:.3g}" if row.limit is not None else ""
        aside = f" ({row.detail})" if row.detail else ""
        lines.append(f"| {row.what} | {row.figure:.3g} {row.unit}{aside} | {bar} | {row.word.lower()} |")
    return "\n".join(lines)


def main() -> int:
    """Parse, measure, print; 1 when a bar is missed under --bars."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000, metavar="N", help="how many files small bags have")
    parser.add_argument("--large", type=int, default=1024, metavar="MIB", help="size of the one large file")
    parser.add_argument(
        "--memory", type=int, default=10_000, metavar="N", help="memory is compared at N and 10 N files"
    )
    parser.add_argument("--growth", default="10000,20000,40000", metavar="N,N,...", help="counts for growth")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="how often what is compared runs")
    parser.add_argument("--only", default="", metavar="GROUP,...", help=f"some of {', '.join(GROUPS)}")
    parser.add_argument("--dask", action="store_true", help="audit by Dask as well")
    parser.add_argument("--bars", action="store_true", help="end with 1 when a bar is missed")
    parser.add_argument("--folder", type=Path, help="where to work; by default the system's temporary folder")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output")
    parser.add_argument("--markdown", action="store_true", help="a table for the documentation")
    chosen = parser.parse_args()
    wanted = [name for name in chosen.only.split(",") if name] or list(GROUPS)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("ARCHIVE_IDENTIFY_VIRUS", "none")
    with tempfile.TemporaryDirectory(prefix="bars-", dir=chosen.folder) as name:
        bench = Bench(Path(name), chosen)
        bench.run([*ARCHIVE, "--help"])
        for group in wanted:
            GROUPS[group](bench)
    if chosen.json:
        rows = [{**asdict(row), "verdict": row.word} for row in bench.rows]
        print(json.dumps({"schema": "archive.benchmark/1", "rows": rows}, indent=2))
    elif chosen.markdown:
        print(markdown(bench.rows))
    return int(chosen.bars and any(row.word == "MISSED" for row in bench.rows))


if __name__ == "__main__":
    raise SystemExit(main())
