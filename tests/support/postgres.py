"""A real PostgreSQL for tests: a cluster in a folder of its own, run by an unprivileged user, on a Unix socket only."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.support.needing import need


@dataclass(slots=True)
class Postgres:
    """A server. `url()` names a database in it; `restart()` ends it at once, as a crash would, and starts it again."""

    bin: str
    folder: Path
    count: int = 0

    def url(self) -> str:
        """The address of a new empty database."""
        return f"postgresql:///{self.database()}?host={quote(str(self.folder), safe='')}&user=tester"

    def database(self) -> str:
        """The name of a new empty database."""
        self.count += 1
        name = f"ledger{self.count}"
        self._run("createdb", "-h", str(self.folder), "-U", "tester", name)
        return name

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c shared_buffers=32MB"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-l", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def restart(self) -> None:
        self.stop()
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        user = {} if os.geteuid() else {"user": "postgres", "group": "postgres", "extra_groups": []}
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
        if program == "pg_ctl":
            quiet["stderr"] = subprocess.DEVNULL  # the server would inherit the pipe and keep it open
        done = subprocess.run(
            [os.path.join(self.bin, program), *arguments], cwd=self.folder, check=False, **user, **quiet
        )  # type: ignore[call-overload]
        if done.returncode:
            log = self.folder / "log"
            raise RuntimeError(f"{program} failed: {done.stderr} {log.read_text()[-2000:] if log.exists() else ''}")


@contextlib.contextmanager
def start_postgres() -> Iterator[Postgres]:
    """A running server until the block ends. Skips the test where PostgreSQL is not installed."""
    programs = need("postgresql")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
    server = Postgres(programs, folder)
    try:
        server._run("initdb", "-D", str(folder / "data"), "-U", "tester", "-A", "trust", "--no-sync", "-E", "UTF8")
        server.start()
        yield server
    finally:
        with contextlib.suppress(RuntimeError):
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
