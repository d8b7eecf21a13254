"""A client that is killed, at any moment, and started again: no duplicate, and nothing called done that is not.

The command itself runs, over a link that is slow, and gets SIGKILL once so many bytes have left it or once its journal
tells a step. Then the same command is given again.
"""

from __future__ import annotations

import os
import time

import pytest

from tests.support.faults import Project
from tests.targets.conftest import LARGE, OpenProject

pytestmark = pytest.mark.server

LONG = bool(os.environ.get("ARCHIVE_LONG_TESTS"))
SERVERS = ("sftp", "s3", "swift", "webdav", "sword", "swh", "invenio")
STEPS = ("begin", "sent", "commit", "committed", "verified")
SIZE = 24 << 20

EVERY = [(name, f"bytes {SIZE * part // 16}", SIZE) for name in SERVERS for part in range(1, 16)]
EVERY += [(name, step, SIZE) for name in (*SERVERS, "dir", "ocfl") for step in STEPS]
SOME = [(name, f"bytes {LARGE // 2}", LARGE) for name in SERVERS]
SOME += [(name, "commit", LARGE) for name in ("sftp", "s3", "sword", "dir", "ocfl")]


@pytest.mark.parametrize(("target", "moment", "size"), SOME + EVERY if LONG else SOME)
def test_a_killed_client(open_project: OpenProject, target: str, moment: str, size: int) -> None:
    project = open_project(target, size)
    project.proxy.rate = 2 * size
    _kill_at(project, moment)
    project.proxy.rate = 0
    project.finish()
    deposits = project.far.deposits()
    code, said = project.deposit()
    assert (code, "nothing was sent" in said) == (0, True), said
    assert project.far.deposits() == deposits


def _kill_at(project: Project, moment: str) -> None:
    """Run until the moment, or until the run is over, and kill."""
    kind, _, amount = moment.partition(" ")
    process = project.start_client()
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        if (kind == "bytes" and project.proxy.sent_up >= int(amount)) or (kind != "bytes" and _told(project, kind)):
            break
        time.sleep(0.002)
    process.kill()
    said, _ = process.communicate()
    if process.returncode:
        assert (process.returncode, said.startswith("accepted")) == (-9, False), said


def _told(project: Project, step: str) -> bool:
    journals = (project.folder / "deposits").glob("*.journal")
    return any(f'"do": "{step}"' in journal.read_text() for journal in journals)
