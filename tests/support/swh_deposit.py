"""Software Heritage's deposit server for tests: a SWORDv2 server of others' making, with gunicorn and PostgreSQL.

It has a virtual environment of its own (PyPI `swh.deposit[server]`), for its libraries do not go together with ours.
Its programs are looked for in the folder that MUNIMENT_TESTS_SWH_DEPOSIT names, else in
`~/.cache/muniment-tests/swh-deposit/bin`. Only the SWORD side runs: no scheduler, no loader, no archive behind it, so
that a deposit stays where it is until a test moves it.
"""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.postgres import Postgres, start_postgres

USER, PASSWORD, COLLECTION = "depositor", "swh-fixture-password", "muniment"
LIMIT = 256 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 8 << 20
"""What the server takes at most, in bytes."""

_SETTINGS = """
from swh.deposit.settings.common import *
SECRET_KEY = "for tests only, for tests only, for tests only, for tests only"
ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.postgresql", "NAME": {database!r}, "HOST": {host!r},
                          "USER": "tester"}}}}
MEDIA_ROOT = {media!r}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""

_CONFIGURATION = """
max_upload_size: {limit}
checks: false
authentication_provider: basic
scheduler: {{cls: remote, url: "http://127.0.0.1:9/"}}
storage: {{cls: memory}}
storage_metadata: {{cls: memory}}
swh_authority_url: "http://deposit.invalid/"
"""

_CLIENT = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from swh.deposit.models import DepositClient, DepositCollection
one = DepositCollection.objects.create(name={collection!r})
DepositClient.objects.create_user(username={user!r}, password={password!r}, collections=[one.id],
                                  provider_url="https://example.org/", domain="example.org/")
"""


@dataclass(slots=True)
class SwhDeposit:
    """A running server. Ask its database what it has, move a deposit on as its loader would, stop and start it."""

    programs: Path
    folder: Path
    database: Postgres
    listener: socket.socket
    environment: dict[str, str] = field(repr=False)
    process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    def start(self) -> None:
        """Serve, at the same address as before."""
        place = self.listener.fileno()
        words = ["-b", f"fd://{place}", "--threads", "2", "--log-level", "error", "--no-control-socket"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "gunicorn", *words, "django.core.wsgi:get_wsgi_application()"],
                env=self.environment, cwd=self.folder, stdout=log, stderr=log, pass_fds=(place,),
                start_new_session=True,
            )  # fmt: skip
        _wait_for(self.port, self.process, self.folder / "log")

    def stop(self) -> None:
        """Kill it with its workers."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/1/servicedocument/"

    def deposits(self) -> dict[int, str]:
        """The status of every deposit by its number."""
        rows = self.query("SELECT id, status FROM deposit ORDER BY id")
        return {int(number): status for number, status in (row.split("|") for row in rows)}

    def stored(self) -> list[bytes]:
        """What was uploaded, oldest first."""
        rows = self.query("SELECT archive FROM deposit_request WHERE type = 'archive' ORDER BY id")
        return [(self.folder / "media" / row).read_bytes() for row in rows]

    def entries(self) -> list[str]:
        """The Atom entries of multipart deposits, oldest first."""
        coded = "translate(encode(convert_to(raw_metadata, 'UTF8'), 'base64'), E'\\n', '')"
        rows = self.query(f"SELECT {coded} FROM deposit_request WHERE type = 'metadata' ORDER BY id")
        return [base64.b64decode(row).decode() for row in rows]

    def move(self, status: str) -> None:
        """Give the newest deposit this status."""
        self.query(f"UPDATE deposit SET status = '{status}' WHERE id = (SELECT max(id) FROM deposit)")

    def forget(self) -> None:
        """Drop every deposit."""
        self.query("DELETE FROM deposit_request; DELETE FROM deposit")

    def query(self, text: str) -> list[str]:
        """What its database answers, in words."""
        program = os.path.join(self.database.bin, "psql")
        words = [program, "-h", str(self.database.folder), "-U", "tester", "-d", "ledger1", "-qAtc", text]
        return subprocess.run(words, check=True, capture_output=True, text=True, cwd="/").stdout.split()


@contextlib.contextmanager
def start_swh_deposit(programs: Path, folder: Path) -> Iterator[SwhDeposit]:
    """Serve one collection for one client until the block ends; everything lies in `folder`."""
    folder.mkdir(parents=True)
    with start_postgres() as database, socket.create_server(("127.0.0.1", 0)) as listener:
        name = database.url().removeprefix("postgresql:///").partition("?")[0]
        host, media = str(database.folder), str(folder / "media")
        (folder / "swh_settings.py").write_text(_SETTINGS.format(database=name, host=host, media=media))
        (folder / "deposit.yml").write_text(_CONFIGURATION.format(limit=LIMIT))
        client = _CLIENT.format(collection=COLLECTION, user=USER, password=PASSWORD)
        environment = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "swh_settings", "PYTHONPATH": str(folder),
            "SWH_CONFIG_FILENAME": str(folder / "deposit.yml"),
        }  # fmt: skip
        subprocess.run([programs / "python", "-c", client], env=environment, check=True, cwd=folder)
        server = SwhDeposit(programs, folder, database, listener, environment)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until a request is answered: the socket listens before the server does."""
    end = time.monotonic() + 60
    while time.monotonic() < end and server.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as probe:
            probe.settimeout(5)
            probe.sendall(b"HEAD / HTTP/1.0\r\n\r\n")
            if probe.recv(16).startswith(b"HTTP/"):
                return
        time.sleep(0.1)
    raise RuntimeError(f"the deposit server did not start: {log.read_text()[-2000:]}")
