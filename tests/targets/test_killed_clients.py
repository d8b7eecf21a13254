"""A client that is killed, at any moment, and started again: no duplicate, and nothing called done that is not.

The command itself runs, over a link that is slow, and gets SIGKILL once so many bytes have left it or once its journal
tells a step.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.support.deposit_bags import settings_in, tree_of, write_bag
from tests.support.proxy import Proxy, start_proxy
from tests.support.s3_server import start_rclone_s3
from tests.support.sshd import SshServer, start_sshd
from tests.support.sword_server import PASSWORD, USER, start_sword

pytestmark = pytest.mark.server

ROOT = Path(__file__).resolve().parents[2]
LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
SIZE = 6 << 20
BYTES = tuple(f"bytes {SIZE * n // 16}" for n in range(1, 16)) if LONG else (f"bytes {SIZE // 2}",)
STEPS = ("begin", "sent", "commit", "committed", "verified") if LONG else ("commit",)


@dataclass(slots=True)
class Client:
    """`archive deposit BAG there` in a project, over a proxy."""

    project: Path
    bag: Path
    proxy: Proxy
    secrets: dict[str, str] = field(default_factory=dict)

    def start(self, *flags: str) -> subprocess.Popen[str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("ARCHIVE_", "AWS_"))}
        return subprocess.Popen(
            [sys.executable, "-m", "archive", "deposit", str(self.bag), "there", "--json", "--quiet", *flags],
            cwd=self.project, env={**kept, "PYTHONPATH": str(ROOT), **self.secrets}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def run(self, *flags: str) -> tuple[int, dict[str, object]]:
        """The exit code and the one deposit in the document."""
        process = self.start(*flags)
        shown, told = process.communicate(timeout=120)
        assert shown, told
        (deposit,) = json.loads(shown)["deposits"]
        return process.returncode, deposit

    def kill_at(self, moment: str) -> bool:
        """Run until the moment and kill; False when the run was over before."""
        kind, _, amount = moment.partition(" ")
        self.proxy.sent_up = 0
        process = self.start()
        end = time.monotonic() + 120
        while time.monotonic() < end and process.poll() is None:
            if (kind == "bytes" and self.proxy.sent_up >= int(amount)) or (kind != "bytes" and self._told(kind)):
                break
            time.sleep(0.002)
        process.kill()
        shown, _ = process.communicate()
        assert not shown or process.returncode == 0
        return process.returncode == -9

    def _told(self, step: str) -> bool:
        journals = (self.project / "deposits").glob("*.journal")
        return any(f'"do": "{step}"' in journal.read_text() for journal in journals)


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with start_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.mark.parametrize("moment", [*BYTES, *STEPS])
def test_over_sftp(sshd: SshServer, tmp_path: Path, moment: str) -> None:
    (tmp_path / "far").mkdir()
    with start_proxy("127.0.0.1", sshd.port) as proxy:
        known = sshd.known_hosts.read_text().replace(f":{sshd.port} ", f":{proxy.port} ")
        (tmp_path / "known").write_text(known)
        client = client_in(
            tmp_path, proxy, url=f"sftp://127.0.0.1:{proxy.port}{tmp_path}/far", key_file=sshd.key_file, user=sshd.user,
            known_hosts=tmp_path / "known",
        )  # fmt: skip
        killed_and_resumed(client, moment, lambda: tree_of(tmp_path / "far"))


@pytest.mark.parametrize("moment", [*BYTES, *STEPS])
def test_over_s3(tmp_path: Path, moment: str) -> None:
    (tmp_path / "store" / "holdings").mkdir(parents=True)
    with start_rclone_s3(tmp_path / "store") as store, start_proxy(*address_of(store.endpoint)) as proxy:
        client = client_in(
            tmp_path, proxy, url="s3://holdings/in", endpoint=f"http://127.0.0.1:{proxy.port}", part_size=5 << 20
        )
        client.secrets = {"AWS_ACCESS_KEY_ID": store.key, "AWS_SECRET_ACCESS_KEY": store.secret}
        killed_and_resumed(client, moment, lambda: tree_of(tmp_path / "store" / "holdings" / "in"))


def client_in(tmp_path: Path, proxy: Proxy, **options: object) -> Client:
    settings_in(tmp_path / "project", **options)
    proxy.rate = 12 << 20
    return Client(tmp_path / "project", write_bag(tmp_path / "bag", large=SIZE), proxy)


def address_of(endpoint: str) -> tuple[str, int]:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    return host, int(port)


def killed_and_resumed(client: Client, moment: str, far: Callable[[], dict[str, bytes]]) -> None:
    wanted = {f"bag/{path}": content for path, content in tree_of(client.bag).items()}
    client.kill_at(moment)
    client.proxy.rate = 0
    assert client.run()[0] == 0
    assert far() == wanted
    code, again = client.run()
    assert (code, again["already"]) == (0, True)
    assert far() == wanted


@pytest.mark.parametrize("moment", [*BYTES, *STEPS])
def test_over_sword(tmp_path: Path, moment: str) -> None:
    """A first request without an answer may have made a deposit: the client says so, and sends only when told to."""
    with start_sword() as server, start_proxy("127.0.0.1", server.port) as proxy:
        url = server.url.replace(f":{server.port}/", f":{proxy.port}/")
        server.port = proxy.port
        client = client_in(tmp_path, proxy, url=f"sword+{url}")
        client.secrets = {"ARCHIVE_TARGET_THERE_USER": USER, "ARCHIVE_TARGET_THERE_PASSWORD": PASSWORD}
        client.kill_at(moment)
        proxy.rate = 0
        code, found = client.run()
        if code:
            assert (code, found["state"]) == (5, "unknown")
            before = dict(server.deposits)
            assert len(before) <= 1
            assert client.run()[0] == 5
            assert server.deposits == before
            code, found = client.run("--resume")
            assert len(server.deposits) == len(before) + 1
        assert (code, found["state"]) == (0, "accepted")
        assert len(server.complete) == 1
        done = len(server.deposits)
        code, again = client.run()
        assert (code, again["already"], len(server.deposits)) == (0, True, done)
