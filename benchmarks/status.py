"""`archive status` over a large ledger: processor time of the whole command against its bar of 2 seconds.

    python benchmarks/status.py [--holdings 100000] [--files 8] [--deposits 1000] [--places 1] [--folder FOLDER]

Half of the bags are held twice, one in ten is sealed, one in a hundred is damaged and another one overdue. `--files`
counts the rows of each holding; `--deposits` are recorded in the ledger and have a journal and a receipt each;
`--places` spreads the holdings over so many locations.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archive.ledger.appending import append_event  # noqa: E402
from archive.ledger.book import BASE_AGE, create_ledger  # noqa: E402
from archive.ledger.seal_events import SEALED  # noqa: E402

NOW = 1_800_000_000
BAR = 2.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--holdings", type=int, default=100_000)
    parser.add_argument("--files", type=int, default=8)
    parser.add_argument("--deposits", type=int, default=1000)
    parser.add_argument("--places", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", default=None)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="status-benchmark-", dir=given.folder))
    try:
        run = [sys.executable, "-m", "archive"]
        environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)}
        subprocess.run([*run, "init", "."], cwd=folder, env=environment, check=True, capture_output=True)
        (folder / "ledger.sqlite3").unlink()
        fill(str(folder / "ledger.sqlite3"), given.holdings, given.files, given.places, given.deposits)
        write_journals(folder, given.deposits)
        environment["SOURCE_DATE_EPOCH"] = str(NOW)
        seconds = min(measure([*run, "status"], folder, environment) for _round in range(given.rounds))
        word = "met" if seconds <= BAR else "MISSED"
        print(f"archive status, {given.holdings:,} holdings: {seconds:.2f} s CPU, bar {BAR:.2f} s: {word}")
    finally:
        shutil.rmtree(folder)


def measure(command: list[str], folder: Path, environment: dict[str, str]) -> float:
    """CPU seconds of the command and its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 1 or not done.stdout.startswith("damaged: "):
        raise SystemExit(done.stdout + done.stderr)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(address: str, holdings: int, files: int, places: int, deposits: int) -> None:
    """A ledger in which every bag was checked but those that are overdue."""
    ledger = create_ledger(address, now=NOW)
    backend = ledger.backend
    digests = hashlib.sha512(b"one").digest() + hashlib.sha256(b"one").digest()

    def work() -> None:
        backend.run_many(
            "INSERT INTO locations (name, root, named, identity) VALUES (?, ?, 0, ?)",
            [(f"/mnt/{place}", f"/mnt/{place}", f"1:{place}:{place:x}") for place in range(places)],
        )
        for number in range(1, holdings + 1):
            tag_digest = hashlib.sha256(str(number // 2 if number % 4 < 2 else number).encode()).hexdigest()
            place = number % places + 1
            backend.run(
                "INSERT INTO holdings (id, location, place, name, form, tag_digest, files, bytes, added_at, whole,"
                " identity) VALUES (?, ?, ?, ?, 'folder', ?, ?, 1000, ?, ?, ?)",
                (number, place, f"bag-{number}".encode(), f"bag-{number}".encode(), tag_digest, files - 1, NOW,
                 (number - 1) * files + 1, f"1:{number:x}:{tag_digest[:32]}"),
            )  # fmt: skip
            checked = NOW - (BASE_AGE + 86400 if number % 100 == 1 else 86400)
            outcome = 2 if number % 100 == 2 else 1
            backend.run_many(
                "INSERT INTO items (holding, location, path, size, digests, due, checked, outcome)"
                " VALUES (?, ?, ?, 100, ?, ?, ?, ?)",
                [
                    (number, place, f"data/{file}".encode() if file else b"", digests, checked + BASE_AGE, checked,
                     outcome if file == 1 else 1)
                    for file in range(files)
                ],
            )  # fmt: skip
            append_event(backend, "accession", number, NOW, "success", {"files": files, "tag_digest": tag_digest})
            if number % 10 == 0:
                detail = {"seal": 1, "stamped": "0" * 128, "complete": True, "until": NOW + 86400 * number}
                append_event(backend, SEALED, number, NOW, "success", detail)
            if number <= deposits:
                receipt = receipt_of(number)
                detail = {name: receipt[name] for name in ("target", "identifier", "location")}
                append_event(backend, "transfer", number, NOW, "success", {**detail, "receipt": receipt})

    backend.write(work)
    ledger.close()


def receipt_of(number: int) -> dict[str, object]:
    """The receipt of the deposit of one holding."""
    return {
        "schema": "archive.receipt/1", "target": "sftp://example.org/in", "kind": "sftp", "bag": f"bag-{number}",
        "identifier": f"bag-{number}", "location": f"/in/bag-{number}",
        "fingerprint": hashlib.sha256(str(number).encode()).hexdigest(), "state": "accepted", "proof": "read_back",
        "files": 8, "size": 1000, "verified": 8, "algorithms": ["sha512"], "started": "2027-01-15T08:00:00Z",
        "finished": "2027-01-15T08:00:01Z",
    }  # fmt: skip


def write_journals(folder: Path, deposits: int) -> None:
    """The journals and receipts of the deposits, where the settings have them by default."""
    from archive.config import load_settings

    kept = folder / load_settings(str(folder)).deposit.journal
    kept.mkdir(parents=True)
    for number in range(1, deposits + 1):
        receipt = receipt_of(number)
        entries = [
            {"do": "begin", "target": receipt["target"], "bag": receipt["bag"], "at": receipt["started"]},
            {"do": "commit"}, {"do": "committed"}, {"do": "receipt", "receipt": receipt},
        ]  # fmt: skip
        key = hashlib.sha256(f"key {number}".encode()).hexdigest()[:32]
        (kept / f"{key}.journal").write_text("".join(json.dumps(entry, sort_keys=True) + "\n" for entry in entries))
        (kept / f"{key}.receipt.json").write_text(json.dumps(receipt))


if __name__ == "__main__":
    main()
