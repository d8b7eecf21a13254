"""What seals cost beside validation: one seal, one verify, and a batch, with authorities in a process of their own.

    python benchmarks/seal.py [--bags 1000] [--folder FOLDER]

Prints one line a figure, with its share of the bar where there is one: up to 1.00 of it is within. Figures are CPU
seconds of this process; those of validating the same bags alone are taken off.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archive.config import Settings  # noqa: E402
from archive.model.seal import Trust, TrustedKey, TrustFile  # noqa: E402
from archive.model.stamp import Authority  # noqa: E402
from archive.stages.sealing.batch import seal_batch  # noqa: E402
from archive.stages.sealing.order import SealOrder, system_now  # noqa: E402
from archive.stages.sealing.sealing import seal_bag  # noqa: E402
from archive.stages.sealing.signing import open_keys  # noqa: E402
from archive.stages.validation import validate  # noqa: E402
from archive.stages.verification import verify  # noqa: E402
from archive.storage.credentials import Secret  # noqa: E402
from archive.trust.keys import make_key  # noqa: E402

VERIFY_BAR, BATCH_BAR = 0.020, 0.010
ONES = 25


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bags", type=int, default=1000)
    parser.add_argument("--folder", default=None)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve()
        return
    folder = Path(tempfile.mkdtemp(prefix="seal-benchmark-", dir=given.folder))
    server = subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        measure(folder, server, given.bags)
    finally:
        if server.poll() is None:
            server.kill()
        server.wait()
        shutil.rmtree(folder)


def serve() -> None:
    """Run two authorities until standard input ends; then print how many requests each had."""
    from tests.support.timestamp_authority import run_authority

    with run_authority("One") as one, run_authority("Two") as two:
        print(json.dumps([[each.url, each.authority.root.der.hex()] for each in (one, two)]), flush=True)
        for _ in sys.stdin:
            print(json.dumps([len(each.behaviour.requests) for each in (one, two)]), flush=True)


def measure(folder: Path, server: subprocess.Popen[str], count: int) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    roots = json.loads(server.stdout.readline())
    make_key(str(folder / "k"), Secret("pass"))
    keys = open_keys([str(folder / "k")], lambda _: Secret("pass"))
    authorities = tuple(
        Authority(name, name, bytes.fromhex(root), urls=(url,))
        for name, (url, root) in zip(("one", "two"), roots, strict=True)
    )
    file = TrustFile("Benchmark", keys=(TrustedKey("anna", keys[0].public),))
    order = SealOrder(keys, Trust(str(folder / "trust"), file, "0" * 64, "", authorities), settings=Settings())

    def requests() -> int:
        server.stdin.write("\n")
        server.stdin.flush()
        return sum(json.loads(server.stdout.readline()))

    bags = make_bags(folder / "ones", ONES + 1)
    seal_bag(bags[-1], order)
    alone = [cpu(lambda bag=bag: validate(bag)) for bag in bags[:-1]]
    sealing = [cpu(lambda bag=bag: seal_bag(bag, order)) for bag in bags[:-1]]
    tell("validate, one small bag", statistics.median(alone))
    tell("seal, beside validation", statistics.median(sealing) - statistics.median(alone))
    verifying = [cpu(lambda bag=bag: judge(bag, order)) for bag in bags[:-1]]
    tell("verify, beside validation", statistics.median(verifying) - statistics.median(alone), VERIFY_BAR)

    bags = make_bags(folder / "many", count)
    before = requests()
    alone_all = cpu(lambda: [validate(bag) for bag in bags])
    start = time.monotonic()
    batch = cpu(lambda: [judge_sealed(one) for _, one in seal_batch(bags, order)])
    wall = time.monotonic() - start
    tell(f"batch of {count:,}, a bag beside validation", (batch - alone_all) / count, BATCH_BAR)
    print(f"batch of {count:,}: {requests() - before} requests, {wall / count * 1000:.1f} ms wall a bag")
    tell("verify, a bag of the batch beside validation", cpu(lambda: judge(bags[0], order)) - statistics.median(alone))


def judge(bag: str, order: SealOrder) -> None:
    report = verify(bag, order.trust, at=system_now(), settings=Settings())
    assert report.ok, report.findings


def judge_sealed(report: object) -> None:
    assert getattr(report, "is_complete", False), report


def make_bags(folder: Path, count: int) -> list[str]:
    """Small bags of three files, with sha256 and sha512."""
    from archive.stages.creation.workflow import create
    from archive.storage.clock import Clock

    source = folder / "source"
    source.mkdir(parents=True)
    for number in range(3):
        (source / f"{number}.txt").write_bytes(b"text %d\n" % number * 100)
    create([str(source)], str(folder), name="bag", plain=True, settings=Settings(), clock=Clock(1_700_000_000))
    bags = [str(folder / f"bag{number}") for number in range(count)]
    for bag in bags:
        shutil.copytree(folder / "bag", bag)
    return bags


def cpu(call: Callable[[], object]) -> float:
    before = time.process_time()
    call()
    after = time.process_time()
    return after - before


def tell(label: str, seconds: float, bar: float | None = None) -> None:
    share = "" if bar is None else f"  {seconds / bar:.2f} of the bar"
    print(f"{label}: {seconds * 1000:.1f} ms CPU{share}", flush=True)


if __name__ == "__main__":
    main()
