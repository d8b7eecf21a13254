"""Workers and drivers really killed and really stopped: exactly what is wrong is found, once, whatever happens.

Nothing here hopes that a run is slow enough to be disturbed: workers wait before the later files as long as a gate is
shut, so each disturbance falls where it should, however loaded the machine is. The short form has 2,000 files;
ARCHIVE_LONG_TESTS=1 takes 20,000 files of 650 MB.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.ledger.book import open_ledger
from archive.ledger.choosing import files_a_batch
from archive.ledger.item_ranges import numbers_of, read_ranges
from archive.ledger.overview import attention_files
from archive.ledger.verifying import verify_chain
from archive.model.audit import FileOutcome
from tests.support.audit_projects import CHECKOUT, UNPRIVILEGED, children_of, some_files, start_command, write_bag
from tests.support.postgres import Postgres, start_postgres

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
FILES, SIZE = (20_000, 32_500) if LONG else (2_000, 400)
GATED = FILES * 3 // 10
"""The number of the first file that workers do not open while the gate is shut."""

PAYLOAD = {
    f"{name.rpartition('/')[0]}/file-{number:05}.bin": content
    for number, (name, content) in enumerate(sorted(some_files(FILES, SIZE).items()))
}
"""Numbered in the order in which an audit reads them: folder by folder."""
NAMES = sorted(PAYLOAD)
DAMAGED = {f"data/{name}" for name in NAMES[:: FILES // 5][:5]}
MISSING = {f"data/{name}" for name in NAMES[7 :: FILES // 2][:2]}
HIDDEN = {f"data/{NAMES[FILES // 3]}"}
RECORDED = (
    "SELECT (SELECT count(*) FROM checks) + (SELECT COALESCE(sum(last_seq - first_seq + 1), 0) FROM intact_checks)"
)
SHORT_LEASE = 15
"""Seconds: more than it takes, on a machine with other work, from the first batch to the stopped worker."""
HOOK = r"""
import os, re, sys, time

def passes(gate):
    try:
        with open(gate) as file:
            return str(os.getpid()) in file.read().split()
    except FileNotFoundError:
        return True

def watch(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        found = re.fullmatch(r"file-(\d+)\.bin", os.path.basename(arguments[0]))
        while found and int(found[1]) >= GATED and not passes(GATE):
            time.sleep(0.02)

sys.addaudithook(watch)
"""


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bag = write_bag(tmp_path_factory.mktemp("held") / "bags" / "big", PAYLOAD)
    project = bag.parent.parent
    (project / "whole").mkdir()
    return bag


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with start_postgres() as running:
        yield running


class Site:
    """One project with its own ledger over the shared bag, which is spoilt after it was entered."""

    def __init__(self, folder: Path, bag: Path, ledger: str, engine: str) -> None:
        self.folder, self.ledger, self.engine = folder, ledger, engine
        self.address = ledger if "://" in ledger else str(folder / ledger)
        self.gate = folder / "gate"
        (folder / "hook").mkdir()
        (folder / "hook" / "sitecustomize.py").write_text(f"GATE, GATED = {str(self.gate)!r}, {GATED}\n{HOOK}")
        _mend(bag)
        self.finish(self.start("init", "--ledger", ledger), 0)
        self.finish(self.start("holdings", "add", str(bag)), 0)
        for path in DAMAGED:
            _spoil(bag / path)
        for path in MISSING:
            (bag / path).unlink()
        for path in HIDDEN:
            (bag / path).chmod(0)

    def start(self, *arguments: str, lease: int = 300) -> subprocess.Popen[bytes]:
        environment = {
            "ARCHIVE_AUDIT_LEASE_SECONDS": str(lease),
            "PYTHONPATH": f"{self.folder / 'hook'}{os.pathsep}{CHECKOUT}",
        }
        return start_command(self.folder, *arguments, env=environment, wrapper=UNPRIVILEGED)

    def audit(self, *, lease: int = 300) -> subprocess.Popen[bytes]:
        return self.start("audit", "--quiet", "--workers", "2", "--engine", self.engine, lease=lease)

    def audit_to_the_gate(self, *, lease: int = 300) -> subprocess.Popen[bytes]:
        """A run of which two workers wait at the gate, each with a batch, after all before it were recorded."""
        self.shut()
        driver = self.audit(lease=lease)
        most = files_a_batch(FILES, 2)
        self.wait_until(
            lambda: self.ask(RECORDED) > GATED - most and self.ask(f"{_LIVE} AND state = 'leased'") == 2, driver
        )
        return driver

    def shut(self, *passing: int) -> None:
        """Shut the gate for all workers but these."""
        beside = self.folder / "gate.new"
        beside.write_text(" ".join(map(str, passing)))
        beside.rename(self.gate)

    def open(self) -> None:
        self.gate.unlink()

    def finish(self, process: subprocess.Popen[bytes], code: int) -> str:
        out, err = process.communicate(timeout=300)
        text = (out + err).decode()
        assert process.returncode == code, text
        return text

    def wait_until(self, happens: Callable[[], bool], *running: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + 120
        while not happens():
            for process in running:
                assert process.poll() is None, process.communicate()
            assert time.monotonic() < until, "it does not get on"
            time.sleep(0.02)

    def ask(self, question: str) -> Any:
        """One figure out of the ledger."""
        ledger = open_ledger(self.address)
        try:
            return ledger.backend.query(question)[0][0]
        finally:
            ledger.close()

    def workers_of(self, driver: subprocess.Popen[bytes]) -> list[int]:
        workers = []
        for child in children_of(driver.pid):
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"auditing.local_worker" in words or b"spawn_main" in words:
                workers.append(child)
        return workers

    def judge(self) -> None:
        """Exactly what was spoilt is found, every file was recorded once, and the chain holds."""
        ledger = open_ledger(self.address)
        found: dict[FileOutcome, set[str]] = {}
        for one in attention_files(ledger):
            found.setdefault(one.outcome, set()).add(one.path)
        assert found == {
            FileOutcome.DAMAGED: DAMAGED, FileOutcome.MISSING: MISSING, FileOutcome.UNREADABLE: HIDDEN,
        }  # fmt: skip
        rows = ledger.backend.query("SELECT c.item FROM checks c JOIN items i ON i.id = c.item WHERE i.holding = 1"
                                    " AND c.outcome <> 4")  # fmt: skip
        spans = ledger.backend.query("SELECT items FROM intact_checks WHERE holding = 1")
        looked = [row[0] for row in rows] + [one for (text,) in spans for one in numbers_of(read_ranges(text))]
        assert (len(looked), len(set(looked))) == (FILES + 6, FILES + 6), (
            "every file once; what could not be read stays due for the next run"
        )
        assert ledger.backend.query("SELECT count(*) FROM batches WHERE live = 1") == [(0,)]
        assert verify_chain(ledger).findings == ()
        ledger.close()


def _spoil(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _mend(bag: Path) -> None:
    for path in DAMAGED | MISSING:
        (bag / path).write_bytes(PAYLOAD[path.removeprefix("data/")])
    for path in HIDDEN:
        (bag / path).chmod(0o644)


def undisturbed(site: Site, _server: Postgres | None) -> None:
    text = site.finish(site.audit(), 1)
    assert f"{FILES + 6:,} files ({FILES - 2:,} intact, 5 damaged, 2 missing, 1 unreadable)" in text


def a_worker_killed(site: Site, _server: Postgres | None) -> None:
    driver = site.audit_to_the_gate()
    os.kill(site.workers_of(driver)[0], signal.SIGKILL)
    site.wait_until(lambda: site.ask("SELECT max(kills) FROM batches") == 1, driver)
    site.open()
    site.finish(driver, 1)


def the_driver_killed(site: Site, _server: Postgres | None) -> None:
    driver = site.audit_to_the_gate()
    workers = site.workers_of(driver)
    driver.kill()
    driver.wait()
    assert site.ask(_LIVE) == 2, "what it had in hand stands as leased"
    site.open()
    driver.communicate(timeout=60)
    site.finish(site.audit(), 1)
    assert site.ask("SELECT max(fence) FROM batches") == 2, "the next run took it over"
    site.wait_until(lambda: not any(Path(f"/proc/{worker}").exists() for worker in workers))


def a_worker_stopped_past_its_lease(site: Site, _server: Postgres | None) -> None:
    """Its batch is in the hands of another when it wakes and answers."""
    driver = site.audit_to_the_gate(lease=SHORT_LEASE)
    victim = site.workers_of(driver)[0]
    os.kill(victim, signal.SIGSTOP)
    try:
        site.open()
        left = "SELECT count(*) - (SELECT sum(files) FROM batches WHERE live = 1) FROM items WHERE outcome = 0"
        site.wait_until(lambda: site.ask(_LIVE) == 1 and site.ask(left) == 0, driver)
        site.shut(victim)
        given_again = f"{_LIVE} AND state = 'leased' AND kills = 1"
        site.wait_until(lambda: site.ask(given_again) == 1, driver)
    finally:
        os.kill(victim, signal.SIGCONT)
    time.sleep(0.5)
    recorded = site.ask(RECORDED)
    assert recorded < FILES, "what it brought was refused"
    site.open()
    assert "AUD-110" not in site.finish(driver, 1), "one worker that is silent is no location that is away"


def two_drivers(site: Site, _server: Postgres | None) -> None:
    site.shut()
    drivers = [site.audit(), site.audit()]
    site.wait_until(lambda: site.ask("SELECT count(DISTINCT owner) FROM batches WHERE state = 'leased'") == 2, *drivers)
    site.open()
    for driver in drivers:
        driver.communicate(timeout=300)
        assert driver.returncode in (0, 1, 4)
    assert site.ask("SELECT count(*) FROM runs WHERE files > 0") == 2, "both had a share"


def interrupted(site: Site, _server: Postgres | None) -> None:
    driver = site.audit_to_the_gate()
    driver.send_signal(signal.SIGINT)
    assert "interrupted" in site.finish(driver, 130)
    assert site.ask(_LIVE) == 0
    site.open()
    site.finish(site.audit(), 1)


def the_server_restarted(site: Site, server: Postgres | None) -> None:
    assert server is not None
    driver = site.audit_to_the_gate()
    server.stop()
    site.open()
    time.sleep(1)
    assert driver.poll() is None, "it waits for the server"
    server.start()
    site.finish(driver, 1)


def another_run_in_the_middle(site: Site, _server: Postgres | None) -> None:
    """A second run that wants something else ends meanwhile, and says what is with the first."""
    driver = site.audit_to_the_gate()
    other = write_bag(site.folder / "other" / "small", {"a.txt": b"a"})
    site.finish(site.start("holdings", "add", str(other)), 0)
    text = site.finish(site.start("audit", "--quiet", "--workers", "1", str(other)), 0)
    assert "files are being checked by another run [AUD-123]" in text
    site.open()
    site.finish(driver, 1)


_LIVE = "SELECT count(*) FROM batches WHERE live = 1"

CASES: list[tuple[str, str, Callable[[Site, Postgres | None], None]]] = [
    *(("local", "sqlite", case) for case in (
        undisturbed, a_worker_killed, the_driver_killed, a_worker_stopped_past_its_lease, two_drivers, interrupted,
        another_run_in_the_middle,
    )),
    *(("local", "postgresql", case) for case in (the_driver_killed, two_drivers, the_server_restarted)),
    *(("dask", "sqlite", case) for case in (a_worker_killed, a_worker_stopped_past_its_lease)),
    *(("dask", "postgresql", case) for case in (the_server_restarted,)),
]  # fmt: skip
if LONG:
    CASES = [
        (engine, ledger, case)
        for engine in ("local", "dask")
        for ledger in ("sqlite", "postgresql")
        for case in (
            undisturbed, a_worker_killed, the_driver_killed, a_worker_stopped_past_its_lease, two_drivers,
            the_server_restarted,
        )
        if ledger == "postgresql" or case is not the_server_restarted
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("engine", "kind", "case"), CASES, ids=[f"{engine}-{kind}-{case.__name__}" for engine, kind, case in CASES]
)
def test_exactly_what_is_wrong_is_found(
    engine: str, kind: str, case: Callable[[Site, Postgres | None], None], bag: Path, tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    server: Postgres | None = request.getfixturevalue("server") if kind == "postgresql" else None
    site = Site(tmp_path, bag, "ledger.sqlite3" if server is None else server.url(), engine)
    try:
        case(site, server)
        site.judge()
    finally:
        _mend(bag)


def test_a_file_that_kills_every_worker_is_named(tmp_path: Path) -> None:
    """A worker that opens this file is killed, as one that takes too much memory, or ends because it gets none."""
    bag = write_bag(tmp_path / "bags" / "one", some_files(40))
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "def watch(event, arguments):\n"
        "    if event == 'open' and arguments[0] == 'file-00017.bin':\n"
        "        if os.getpid() % 2:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "        raise MemoryError\n"
        "if 'archive.stages.auditing.local_worker' in sys.orig_argv:\n"
        "    sys.addaudithook(watch)\n"
    )
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).resolve().parents[3]}"}
    for arguments, code in ((("init",), 0), (("holdings", "add", str(bag)), 0), (("audit", "--workers", "1"), 4)):
        process = start_command(tmp_path, *arguments, env=environment)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, err
    assert b"AUD-111" in out
    assert b"Traceback" not in err
    assert b"file-00017.bin stopped 3 workers" in out
    assert b"45 intact" in out
    status = start_command(tmp_path, "audit", "status", env=environment)
    out, err = status.communicate(timeout=120)
    assert status.returncode == 4, err
    assert b"file-00017.bin (it ended every worker that tried to read it; found on" in out
    assert b"AUD-112" in out
