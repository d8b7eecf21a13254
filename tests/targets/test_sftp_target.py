"""`sftp://` against a real OpenSSH server. Its faults are in `test_faults`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.bags.contents import open_bag
from archive.errors import NotAuthorisedError, PermissionDeniedError
from archive.model.deposit import Delivery, DepositReport, DepositState, Proof
from archive.settings import Settings
from archive.stages.depositing.packaging import describe_bag
from archive.stages.depositing.retrieval import retrieve
from archive.targets.registry import open_target
from tests.support.deposit_bags import bytes_of, send, settings_in, tree_of, write_bag
from tests.support.proxy import start_proxy
from tests.support.sshd import SshServer, start_sshd

pytestmark = pytest.mark.server

LARGE = 200 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 20 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    with start_sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def settings_for(server: SshServer, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    """A project whose target is a fresh folder on the server."""
    (tmp_path / "far").mkdir(exist_ok=True)
    shown = {"key_file": server.key_file, "known_hosts": server.known_hosts, "user": server.user, **options}
    if port:
        known = server.known_hosts.read_text().replace(f":{server.port} ", f":{port} ")
        (tmp_path / "known").write_text(known)
        shown["known_hosts"] = tmp_path / "known"
    return settings_in(tmp_path / "project", url=f"sftp://127.0.0.1:{port or server.port}{tmp_path}/far", **shown)


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_goes_out_and_comes_back_identical(server: SshServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=LARGE)
    settings = settings_for(server, tmp_path)
    planned = send(bag, settings, dry_run=True)
    assert planned.state is DepositState.PLANNED
    assert not any((tmp_path / "far").iterdir())
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    assert report.receipt is not None
    assert report.receipt.proof is Proof.READ_BACK
    assert report.receipt.verified == report.receipt.files == len(tree_of(bag))
    assert tree_of(tmp_path / "far" / "bag") == tree_of(bag)
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["bag"]
    again = send(bag, settings)
    assert (again.state, again.already, again.receipt) == (DepositState.ACCEPTED, True, report.receipt)
    target = open_target("there", settings, environ={})
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    target.close()
    assert back.verdict == "valid"
    assert tree_of(Path(back.path)) == tree_of(bag)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_bag_goes_as_one_file(server: SshServer, tmp_path: Path, form: str) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, form=form)
    report = send(bag, settings)
    assert report.state is DepositState.ACCEPTED
    assert [path.name for path in (tmp_path / "far").iterdir()] == [f"bag.{form}"]
    assert not list((tmp_path / "project" / "deposits" / "packed").iterdir())
    target = open_target("there", settings, environ={})
    assert retrieve(target, f"bag.{form}", str(tmp_path / "back"), settings=settings).verdict == "valid"
    target.close()


def test_other_content_is_never_overwritten(server: SshServer, tmp_path: Path) -> None:
    settings = settings_for(server, tmp_path)
    first = write_bag(tmp_path / "one" / "bag", {"a.txt": b"first"})
    second = write_bag(tmp_path / "two" / "bag", {"a.txt": b"other"})
    assert send(first, settings).state is DepositState.ACCEPTED
    report = send(second, settings)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-103"})
    assert tree_of(tmp_path / "far" / "bag") == tree_of(first)


def test_a_server_that_is_not_known_gets_nothing(server: SshServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    (tmp_path / "nobody").write_text("")
    report = send(bag, settings_for(server, tmp_path, known_hosts=tmp_path / "nobody"))
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})
    assert "host key" in report.findings[-1].message


def test_a_connection_that_is_cut_goes_on_at_its_offset(server: SshServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=6 << 20)
    with start_proxy("127.0.0.1", server.port) as proxy:
        proxy.cut_upload_after, proxy.cuts = 4 << 20, 1
        report = send(bag, settings_for(server, tmp_path, port=proxy.port))
        assert proxy.done == 1
    assert report.state is DepositState.ACCEPTED
    assert "DEP-115" in codes_of(report)
    assert tree_of(tmp_path / "far" / "bag") == tree_of(bag)


def test_the_sample_bytes_do_not_repeat() -> None:
    assert len({bytes_of(1 << 16)[n : n + 64] for n in range(0, 1 << 16, 64)}) == 1024


@pytest.mark.parametrize("kind", ["missing", "folder", "empty", "other", "unreadable"])
def test_the_list_that_was_named_is_the_only_one(
    server: SshServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(server.known_hosts.read_text())
    monkeypatch.setenv("HOME", str(tmp_path))
    chosen = tmp_path / "pinned"
    if kind == "folder":
        chosen.mkdir()
    elif kind != "missing":
        (host, algorithm, key) = server.known_hosts.read_text().split()[:3]
        text = {"empty": "", "other": f"elsewhere {algorithm} {key}\n", "unreadable": f"@nonsense {host} x\n"}[kind]
        chosen.write_text(text)
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, known_hosts=chosen)
    if kind in ("empty", "other"):
        assert codes_of(send(bag, settings)) == {"DEP-118"}
    else:
        with pytest.raises(NotAuthorisedError, match="nothing was sent"):
            open_target("there", settings, environ={})
    assert not any((tmp_path / "far").iterdir())


def test_a_key_file_that_is_not_there_is_told_first(server: SshServer, tmp_path: Path) -> None:
    with pytest.raises(NotAuthorisedError, match="no such key file"):
        open_target("there", settings_for(server, tmp_path, key_file=tmp_path / "missing"), environ={})


def modes(folder: Path) -> set[int]:
    return {path.stat().st_mode & 0o077 for path in [folder, *folder.rglob("*")]}


@pytest.mark.parametrize("form", ["files", "zip"])
def test_a_private_bag_is_private_over_there(server: SshServer, tmp_path: Path, form: str) -> None:
    bag = write_bag(tmp_path / "bag")
    bag.chmod(0o700)
    settings = settings_for(server, tmp_path, form=form)
    report = send(bag, settings)
    assert report.receipt is not None
    stored = tmp_path / "far" / report.receipt.identifier
    assert stored.stat().st_mode & 0o077 == 0
    target = open_target("there", settings, environ={})
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    target.close()
    assert Path(back.path).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("kind", ["link", "file", "open"])
def test_a_planted_working_folder_is_refused(server: SshServer, tmp_path: Path, kind: str) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    with open_bag(str(bag)) as source:
        package = describe_bag(source, Delivery.FILES)
    working = tmp_path / "far" / f".bag.{package.fingerprint[:16]}.part"
    (tmp_path / "trap").mkdir()
    if kind == "link":
        working.symlink_to(tmp_path / "trap")
    elif kind == "file":
        working.write_text("")
    else:
        working.mkdir()
        working.chmod(0o777)
    with pytest.raises(PermissionDeniedError, match="working folder is refused"):
        send(bag, settings)
    assert not list((tmp_path / "trap").iterdir())
    assert {path.name for path in (tmp_path / "far").iterdir()} == {working.name}


def test_a_link_over_there_is_not_the_file_that_was_sent(server: SshServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    assert send(bag, settings).state is DepositState.ACCEPTED
    stored = next((tmp_path / "far" / "bag" / "data").rglob("*.txt"))
    stored.rename(tmp_path / "elsewhere")
    stored.symlink_to(tmp_path / "elsewhere")
    report = send(bag, settings)
    assert report.state is not DepositState.ACCEPTED
    assert codes_of(report)
