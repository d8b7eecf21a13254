"""What scripts call at night ends with 0 when there is nothing to do, and does nothing then.

The commands: create (--each, --from-csv), watch --once, holdings add --new, audit, status, audit status, seal
--complete, deposit, deposits list, validate, report, fetch of a whole bag.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.audit_projects import Project
from tests.support.making import plant, snapshot

BATCH = ("--to", "bags", "--plain", "--quiet")
NIGHTLY: dict[str, tuple[str, ...]] = {
    "create --each": ("create", "--each", "drive/one", "drive/two", *BATCH),
    "create --each --hold": ("create", "--each", "drive/one", "drive/two", *BATCH, "--hold"),
    "create --each @list": ("create", "--each", "@list.txt", *BATCH),
    "create --from-csv": ("create", "--from-csv", "bags.csv", "--to", "described", "--pdfa", "none", "--quiet"),
    "watch --once": ("watch", "drive", *BATCH, "--once", "--seconds", "1"),
    "holdings add --new": ("holdings", "add", "--recursive", "--new", "bags"),
    "holdings add --new, by name": ("holdings", "add", "--new", "bags/one"),
    "audit": ("audit", "--quiet", "--workers", "1"),
    "audit status": ("audit", "status"),
    "audit verify": ("audit", "verify"),
    "status": ("status",),
    "report": ("report", "--json"),
    "seal --complete": ("seal", "--complete"),
    "deposit": ("deposit", "bags/one", "bags/two", "dir:far", "--quiet"),
    "deposits list": ("deposits", "list"),
    "validate": ("validate", "--quiet", "bags/one", "bags/two"),
    "fetch": ("fetch", "bags/one", "--quiet"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    started = Project(folder, monkeypatch).start()
    for name in ("one", "two"):
        plant(folder / "drive" / name, {"a.csv": name.encode()})
    (folder / "list.txt").write_text("drive/one\ndrive/two\n")
    (folder / "bags.csv").write_text("source,dc.title\ndrive/one,One\ndrive/two,Two\n")
    assert started.run("create", "--each", "drive/one", "drive/two", *BATCH, "--hold")[0] == 0
    assert started.run("audit", "--quiet", "--workers", "1")[0] == 0
    return started


@pytest.mark.parametrize("what", NIGHTLY)
def test_a_rerun_with_nothing_to_do_ends_with_0(project: Project, what: str) -> None:
    words = NIGHTLY[what]
    first = project.run(*words)
    assert first[0] == 0, first
    before = snapshot(project.folder / "bags"), snapshot(project.folder / "drive")
    again = project.run(*words)
    assert again[0] == 0, again
    assert (snapshot(project.folder / "bags"), snapshot(project.folder / "drive")) == before
