"""Audits against their bars: a ledger of ten million files, 20,000 real files against `validate`, Dask against local.

    python benchmarks/audit.py [--items 10000000] [--files 20000] [--links 100000] [--folder FOLDER] [--postgres [URL]]

Prints one line a figure, with its share of the bar where there is one: up to 1.00 of it is within. CPU seconds are
those of the command and all its workers. `--postgres` alone starts a server of its own for the same ledger.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archive.ledger.appending import append_event  # noqa: E402
from archive.ledger.book import BASE_AGE, Ledger, create_ledger  # noqa: E402
from archive.ledger.checkpoints import make_checkpoint  # noqa: E402
from archive.ledger.choosing import Wanted, begin_walk, choose_items  # noqa: E402
from archive.ledger.inventory import ITEMS_DIGEST, inventory_digest  # noqa: E402
from archive.ledger.leases import Leaser, claim_batch, record_batch  # noqa: E402
from archive.ledger.runs import begin_run  # noqa: E402
from archive.ledger.verifying import verify_chain  # noqa: E402
from archive.model.audit import BatchResult  # noqa: E402

NOW = 1_800_000_000
PER_HOLDING = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000_000)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--links", type=int, default=100_000, help="links of the chain under a checkpoint")
    parser.add_argument("--folder", default=None)
    parser.add_argument("--postgres", nargs="?", const="", default=None, metavar="URL")
    parser.add_argument("--no-dask", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="audit-benchmark-", dir=given.folder))
    try:
        if given.items:
            measure_ledger(str(folder / "ledger.sqlite3"), given.items)
        if given.postgres is not None and given.items:
            with contextlib.nullcontext(given.postgres) if given.postgres else own_server() as url:
                measure_ledger(url, given.items)
        if given.links:
            measure_checkpoint(str(folder / "chain.sqlite3"), given.links)
        if given.files:
            (folder / "project").mkdir()
            measure_audit(folder / "project", given.files, dask=not given.no_dask)
    finally:
        shutil.rmtree(folder)


@contextlib.contextmanager
def own_server() -> Iterator[str]:
    """An empty database of a server that ends with the measurement."""
    from tests.support.postgres import start_postgres

    with start_postgres() as server:
        yield server.url()


def measure_ledger(address: str, items: int) -> None:
    ledger = create_ledger(address, now=NOW)
    start = time.perf_counter()
    fill(ledger, items)
    tell(f"{ledger.backend.kind}: filling with {items:,} items", f"{time.perf_counter() - start:.0f} s")
    if ledger.backend.kind == "sqlite":
        size = os.path.getsize(address)
        tell("file size", f"{size / 1e9:.2f} GB, {size / items:.0f} bytes an item")
    times = []
    for _ in range(30):
        walk = begin_walk(Wanted(BASE_AGE), [1], NOW)
        start = time.perf_counter()
        rows = choose_items(ledger.backend, walk, max_files=1000)
        times.append((time.perf_counter() - start) * 1000)
        assert len(rows) == 1000
    median = statistics.median(times[5:])
    tell("next 1,000 due, warm", f"{median:.2f} ms", "at most 10 ms", median / 10)
    run, _behind = begin_run(ledger, "benchmark", {}, now=NOW)
    leaser = Leaser(run, "benchmark", 300, lambda _owner: False)
    walk = begin_walk(Wanted(BASE_AGE), [1], NOW)
    done, start, cpu = 0, time.perf_counter(), time.process_time()
    while done < min(100_000, items // 2):
        batch = claim_batch(ledger, leaser, walk, (), now=NOW)
        assert batch is not None
        assert record_batch(ledger, BatchResult(batch.id, batch.fence, len(batch.items)), now=NOW)
        done += len(batch.items)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    rates = f"{done / wall:,.0f} items a second of wall, {done / cpu:,.0f} of this process's CPU"
    tell("claimed and recorded", rates, "at least 5,000 a second of wall", 5000 * wall / done)
    start = time.perf_counter()
    proof = verify_chain(ledger)
    assert not proof.findings
    tell("chain verified", f"{proof.checks:,} checks in {time.perf_counter() - start:.1f} s")
    ledger.close()


def measure_checkpoint(address: str, links: int) -> None:
    """A checkpoint of a chain with so many links, and the proofs that it makes."""
    ledger = create_ledger(address, now=NOW)
    backend = ledger.backend
    with backend.writing():
        for number in range(links):
            append_event(backend, "clock", None, NOW, "success", {"number": number})
    early, times = make_checkpoint(ledger, "2027-01-15T08:00:00Z"), []
    assert early is not None
    for _ in range(5):
        start = time.process_time()
        made = make_checkpoint(ledger, "2027-01-15T08:00:00Z", early.witness)
        times.append(time.process_time() - start)
        assert made is not None
    spent = statistics.median(times)
    tell(f"checkpoint over {links:,} links, CPU", f"{spent:.2f} s", "at most 1 s for 100,000", spent * 100_000 / links)
    start = time.process_time()
    assert not verify_chain(ledger, [early.witness]).findings
    tell("chain and root verified, CPU", f"{time.process_time() - start:.1f} s")
    ledger.close()


def fill(ledger: Ledger, items: int) -> None:
    """Holdings of 1,000 files each, last checked at times spread over 200 days. Indexes are built after the rows."""
    backend, holdings = ledger.backend, max(1, items // PER_HOLDING)
    postgres = backend.kind == "postgresql"
    blob, numbers = (
        ("convert_to((%s)::text, 'UTF8')", "SELECT n FROM generate_series(1::bigint, {0}::bigint) n")
        if postgres
        else (
            "CAST(%s AS BLOB)",
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {0}) SELECT n FROM c",
        )
    )
    if not postgres:
        backend.run("PRAGMA synchronous=OFF")
    with backend.writing():
        backend.run("INSERT INTO locations (name, root, named, identity) VALUES ('vault', '/vault', 1, 'x')")
        backend.run(
            "INSERT INTO holdings (location, place, name, form, tag_digest, files, bytes, added_at) SELECT 1, "
            + blob % "n" + ", " + blob % "n" + f", 'folder', 'x', {PER_HOLDING}, 0, {NOW} FROM ("
            + numbers.format(holdings) + ") numbers"
        )  # fmt: skip
        definitions = INDEXES["postgresql" if postgres else "sqlite"]
        for name, _definition in definitions:
            backend.run(f"DROP INDEX {name}")
        path = "'data/original/series-' || (n % 97) || '/document-' || n || '.pdf'"
        backend.run(
            "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome)"
            f" SELECT (n - 1) / {PER_HOLDING} + 1, 1, {blob % path}, 1000 + n % 9000,"
            f" {packed_digests(postgres)},"
            f" {NOW} + {BASE_AGE} - 1000000 - (n * 7919) % 17280000, {NOW} - 1000000 - (n * 7919) % 17280000, 1"
            f" FROM ({numbers.format(items)}) numbers"
        )
        for _name, definition in definitions:
            backend.run(definition)
        for (number,) in backend.query("SELECT id FROM holdings ORDER BY id"):
            detail = {ITEMS_DIGEST: inventory_digest(backend, number)}
            append_event(backend, "message digest calculation", number, NOW, "success", detail)
    if not postgres:
        backend.run("PRAGMA synchronous=FULL")
        backend.query("PRAGMA wal_checkpoint(TRUNCATE)")
    backend.run("ANALYZE")


def packed_digests(postgres: bool) -> str:
    """SQL for the packed digests of one file: sha256 and sha512 with their numbers."""
    if postgres:
        return "'\\x04'::bytea || sha256(n::text::bytea) || '\\x06'::bytea || sha512(n::text::bytea)"
    return "CAST(x'04' || randomblob(32) || x'06' || randomblob(64) AS BLOB)"


INDEXES = {
    "sqlite": (
        ("items_due", "CREATE INDEX items_due ON items (location, due) WHERE due IS NOT NULL"),
        ("items_holding", "CREATE INDEX items_holding ON items (holding)"),
        ("items_attention", "CREATE INDEX items_attention ON items (location) WHERE outcome > 1"),
    ),
    "postgresql": (
        ("items_due", "CREATE INDEX items_due ON items (location, due, id) WHERE due IS NOT NULL"),
        ("items_holding", "CREATE INDEX items_holding ON items (holding, id)"),
        ("items_attention", "CREATE INDEX items_attention ON items (location, id) WHERE outcome > 1"),
    ),
}


def measure_audit(folder: Path, files: int, *, dask: bool) -> None:
    bag = folder / "bag"
    make_bag(bag, files, 32_500)
    tell("real files", f"{files:,}, {files * 32_500 / 1e6:,.0f} MB")
    run(folder, "init")
    run(folder, "holdings", "add", "bag")
    run(folder, "validate", "bag", "--quiet")
    rounds = []
    for _ in range(3):
        _wall, validate = run(folder, "validate", "bag", "--quiet")
        wall, audit = run(folder, "audit", "--quiet", "--max-age", "0s", "--workers", "2")
        rounds.append((audit / validate, validate, audit, wall))
    ratio, validate, audit, wall = sorted(rounds)[1]
    tell("validate", f"{validate:.2f} s CPU")
    tell("audit, 2 local workers", f"{audit:.2f} s CPU, {wall:.2f} s wall")
    tell("audit / validate, CPU", f"{ratio:.2f}", "at most 1.3", ratio / 1.3)
    if dask:
        more_wall, more = run(folder, "audit", "--quiet", "--max-age", "0s", "--workers", "2", "--engine", "dask")
        tell("audit, 2 Dask workers", f"{more:.2f} s CPU, {more_wall:.2f} s wall")
        tell("Dask / local", f"{more / audit:.2f} of the CPU, {more_wall / wall:.2f} of the wall")
    for form in ("tar", "tar.gz", "zip"):
        packed = pack(bag, folder / f"bag.{form}")
        run(folder, "holdings", "add", packed.name)
        _wall, validate = run(folder, "validate", packed.name, "--quiet")
        _wall, audit = run(folder, "audit", packed.name, "--quiet", "--workers", "2")
        tell(
            f"audit / validate of the same in a {form}",
            f"{audit / validate:.2f} ({audit:.2f} and {validate:.2f} s CPU)",
        )
        packed.unlink()


def pack(bag: Path, target: Path) -> Path:
    """The bag as one file."""
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for path in sorted(bag.rglob("*")):
                if path.is_file():
                    archive.write(path, f"{bag.name}/{path.relative_to(bag)}")
        return target
    options: dict[str, Any] = {"compresslevel": 1} if target.suffix == ".gz" else {}
    with tarfile.open(target, "w:gz" if target.suffix == ".gz" else "w", **options) as packed:
        packed.add(bag, bag.name)
    return target


def make_bag(bag: Path, files: int, size: int) -> None:
    lines: dict[str, list[str]] = {"sha256": [], "sha512": []}
    for number in range(files):
        name = f"data/{number % 100:02}/{number:06}.bin"
        path = bag / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = os.urandom(size)
        path.write_bytes(content)
        for algorithm, text in lines.items():
            text.append(f"{hashlib.new(algorithm, content).hexdigest()}  {name}\n")
    tags = {f"manifest-{name}.txt": "".join(text).encode() for name, text in lines.items()}
    tags["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    tags["bag-info.txt"] = f"Payload-Oxum: {files * size}.{files}\n".encode()
    for algorithm in lines:
        listed = "".join(f"{hashlib.new(algorithm, tags[name]).hexdigest()}  {name}\n" for name in sorted(tags))
        (bag / f"tagmanifest-{algorithm}.txt").write_text(listed)
    for name, content in tags.items():
        (bag / name).write_bytes(content)


def run(folder: Path, *arguments: str) -> tuple[float, float]:
    """Wall and CPU seconds of one command with its children."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "archive", *arguments], cwd=folder, env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"archive {' '.join(arguments)}: {done.returncode}\n{done.stdout!r}\n{done.stderr!r}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - start, cpu


def tell(what: str, figure: str, bar: str = "", share: float = 0) -> None:
    beside = f"  (bar: {bar}; {share:.2f} of it)" if bar else ""
    print(f"{what:<45} {figure}{beside}", flush=True)


if __name__ == "__main__":
    main()
