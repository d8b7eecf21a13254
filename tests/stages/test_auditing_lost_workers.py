"""Workers and drivers really killed and really stopped: exactly what is wrong is found, once, whatever happens.

The short form has 2,000 files; ARCHIVE_LONG_TESTS=1 takes 20,000 files of 650 MB.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from archive.ledger.book import open_ledger
from archive.ledger.overview import attention_files
from archive.ledger.verifying import verify_chain
from archive.model.audit import FileOutcome
from tests.support.audit_projects import UNPRIVILEGED, children_of, some_files, start_command, write_bag
from tests.support.postgres import Postgres, find_postgres, start_postgres

LONG = os.environ.get("ARCHIVE_LONG_TESTS") == "1"
FILES, SIZE, RATE = (20_000, 32_500, "200MB/s") if LONG else (2_000, 4_000, "4MB/s")
PAYLOAD = some_files(FILES, SIZE)
NAMES = sorted(PAYLOAD)
DAMAGED = {f"data/{name}" for name in NAMES[:: FILES // 5][:5]}
MISSING = {f"data/{name}" for name in NAMES[7 :: FILES // 2][:2]}
HIDDEN = {f"data/{NAMES[FILES // 3]}"}
ENVIRONMENT = {"ARCHIVE_AUDIT_LEASE_SECONDS": "2"}


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    bag = write_bag(tmp_path_factory.mktemp("held") / "bags" / "big", PAYLOAD)
    project = bag.parent.parent
    (project / "whole").mkdir()
    return bag


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if find_postgres() is None and not os.environ.get("CI"):
        pytest.skip("PostgreSQL is not installed")
    with start_postgres() as running:
        yield running


class Site:
    """One project with its own ledger over the shared bag, which is spoilt after it was entered."""

    def __init__(self, folder: Path, bag: Path, ledger: str, engine: str) -> None:
        self.folder, self.ledger, self.engine = folder, ledger, engine
        self.address = ledger if "://" in ledger else str(folder / ledger)
        _mend(bag)
        self.finish(self.start("init", "--ledger", ledger), 0)
        self.finish(self.start("holdings", "add", str(bag)), 0)
        for path in DAMAGED:
            _spoil(bag / path)
        for path in MISSING:
            (bag / path).unlink()
        for path in HIDDEN:
            (bag / path).chmod(0)

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        return start_command(self.folder, *arguments, env=ENVIRONMENT, wrapper=UNPRIVILEGED)

    def audit(self) -> subprocess.Popen[bytes]:
        return self.start("audit", "--quiet", "--workers", "2", "--rate", RATE, "--engine", self.engine)

    def finish(self, process: subprocess.Popen[bytes], code: int) -> str:
        out, err = process.communicate(timeout=300)
        text = (out + err).decode()
        assert process.returncode == code, text
        return text

    def wait_for(self, share: float, process: subprocess.Popen[bytes]) -> None:
        """Until so large a part of the files was checked."""
        until = time.monotonic() + 120
        ledger = open_ledger(self.address)
        while time.monotonic() < until:
            assert process.poll() is None, "it was too quick to be disturbed"
            if int(ledger.backend.query("SELECT count(*) FROM checks")[0][0]) >= share * FILES:
                ledger.close()
                return
            time.sleep(0.02)
        raise AssertionError("it does not get on")

    def workers_of(self, driver: subprocess.Popen[bytes]) -> list[int]:
        workers = []
        for child in children_of(driver.pid):
            words = Path(f"/proc/{child}/cmdline").read_bytes()
            if b"auditing.worker" in words or b"spawn_main" in words:
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
        rows = ledger.backend.query("SELECT count(*), count(DISTINCT item) FROM checks WHERE outcome <> 4")
        assert rows[0] == (FILES + 6, FILES + 6), "every file once; what could not be read stays due for the next run"
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
    driver = site.audit()
    site.wait_for(0.2, driver)
    os.kill(site.workers_of(driver)[0], signal.SIGKILL)
    site.finish(driver, 1)


def the_driver_killed(site: Site, _server: Postgres | None) -> None:
    driver = site.audit()
    site.wait_for(0.2, driver)
    workers = site.workers_of(driver)
    driver.kill()
    driver.communicate()
    again = site.audit()
    site.finish(again, 1)
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()], "workers end with their driver"


def a_worker_stopped_past_its_lease(site: Site, _server: Postgres | None) -> None:
    driver = site.audit()
    site.wait_for(0.2, driver)
    victim = site.workers_of(driver)[0]
    os.kill(victim, signal.SIGSTOP)
    time.sleep(3.5)
    if driver.poll() is None:
        os.kill(victim, signal.SIGCONT)
    site.finish(driver, 1)


def two_drivers(site: Site, _server: Postgres | None) -> None:
    drivers = [site.audit(), site.audit()]
    for driver in drivers:
        driver.communicate(timeout=300)
        assert driver.returncode in (0, 1, 4)
    ledger = open_ledger(site.address)
    rows = ledger.backend.query("SELECT files FROM runs ORDER BY id")
    ledger.close()
    assert len(rows) == 2
    assert all(row[0] > 0 for row in rows), "both had a share"


def interrupted(site: Site, _server: Postgres | None) -> None:
    driver = site.audit()
    site.wait_for(0.2, driver)
    driver.send_signal(signal.SIGINT)
    assert "what was finished is kept" in site.finish(driver, 130)
    ledger = open_ledger(site.address)
    assert ledger.backend.query("SELECT count(*) FROM batches WHERE live = 1") == [(0,)]
    ledger.close()
    site.finish(site.audit(), 1)


def the_server_restarted(site: Site, server: Postgres | None) -> None:
    assert server is not None
    driver = site.audit()
    site.wait_for(0.2, driver)
    server.restart()
    site.finish(driver, 1)


CASES: list[tuple[str, str, Callable[[Site, Postgres | None], None]]] = [
    *(("local", "sqlite", case) for case in (
        undisturbed, a_worker_killed, the_driver_killed, a_worker_stopped_past_its_lease, two_drivers, interrupted,
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
    """A worker that opens this file is killed, as one that runs out of memory would be."""
    bag = write_bag(tmp_path / "bags" / "one", some_files(40))
    (tmp_path / "sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "def watch(event, arguments):\n"
        "    if event == 'open' and arguments[0] == 'file-00017.bin':\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "if 'archive.stages.auditing.worker' in sys.orig_argv:\n"
        "    sys.addaudithook(watch)\n"
    )
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).resolve().parents[2]}"}
    for arguments, code in ((("init",), 0), (("holdings", "add", str(bag)), 0), (("audit", "--workers", "1"), 4)):
        process = start_command(tmp_path, *arguments, env=environment)
        out, err = process.communicate(timeout=120)
        assert process.returncode == code, err
    assert b"AUD-111" in out
    assert b"file-00017.bin ended 3 workers" in out
    assert b"45 intact" in out
