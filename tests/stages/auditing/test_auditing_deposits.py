"""Deposits that only their target reads are holdings like others: at SFTP, WebDAV, SWORD, Invenio and a plugin."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from archive.config import load_settings
from archive.places import root_of
from archive.plugins import _entries
from tests.support import invenio_fake, sword_server, webdav_server
from tests.support.audit_projects import Project, found, some_files, write_bag
from tests.support.far_sides import spoil
from tests.support.proxy import Proxy, start_proxy
from tests.support.sshd import start_sshd

pytestmark = pytest.mark.server

LARGE = 300_000
NAME = "data/large.bin"
KINDS = ("sftp", "sftp-zip", "webdav", "webdav-tar", "sword", "invenio", "plugin", "plugin-files")


@dataclass(slots=True)
class FarPlace:
    """A place with what a test does behind its back; `form` is how a bag is kept there."""

    table: str
    spoil: Callable[[str], object]
    remove: Callable[[str], object]
    stop: Callable[[], object]
    start: Callable[[], object]
    secret: str = ""
    environ: dict[str, str] = field(default_factory=dict)
    form: str = "zip"
    server: Any = None


def _spoil_middle(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x55]) + content[middle + 1 :]


@contextlib.contextmanager
def sftp(folder: Path, form: str) -> Iterator[FarPlace]:
    with start_sshd(folder / "sshd") as server:
        root = folder / "far"

        def at(bag: str) -> Path:
            return root / (bag if form == "files" else f"{bag}.{form}")

        def remove(bag: str) -> None:
            shutil.rmtree(at(bag)) if form == "files" else at(bag).unlink()

        yield FarPlace(
            f'url = "sftp://{server.user}@127.0.0.1:{server.port}{root}"\nkey_file = "{server.key_file}"\n'
            f'known_hosts = "{server.known_hosts}"\nform = "{form}"\nseconds = 10\n',
            lambda bag: spoil(at(bag) / NAME if form == "files" else at(bag)), remove, server.stop, server.start,
            form="folder" if form == "files" else form,
        )  # fmt: skip


@contextlib.contextmanager
def webdav(folder: Path, form: str) -> Iterator[FarPlace]:
    with webdav_server.start_webdav(folder / "dav") as server:

        def at(bag: str) -> str:
            return f"in/{bag}" if form == "files" else f"in/{bag}.{form}"

        def spoil_there(bag: str) -> None:
            path = f"{at(bag)}/{NAME}" if form == "files" else at(bag)
            server.put(path, _spoil_middle((server.folder / path).read_bytes()))

        yield FarPlace(
            f'url = "webdav+http://127.0.0.1:{server.port}/in"\nform = "{form}"\nseconds = 10\n', spoil_there,
            lambda bag: server.delete(at(bag) + ("/" if form == "files" else "")), server.stop, server.start,
            webdav_server.PASSWORD,
            {"ARCHIVE_TARGET_THERE_USER": webdav_server.USER, "ARCHIVE_TARGET_THERE_PASSWORD": webdav_server.PASSWORD},
            "folder" if form == "files" else form,
        )  # fmt: skip


def _down(proxy: Proxy) -> None:
    proxy.down = True
    proxy.drop()


def _up(proxy: Proxy) -> None:
    proxy.down = False


@contextlib.contextmanager
def sword(folder: Path) -> Iterator[FarPlace]:
    del folder
    with sword_server.start_sword() as server, start_proxy("127.0.0.1", server.port) as proxy:
        server.port = proxy.port

        def name_of(bag: str) -> str:
            return next(name for name, content in server.deposits.items() if f"{bag}/bagit.txt".encode() in content)

        def spoil_there(bag: str) -> None:
            server.deposits[name_of(bag)] = _spoil_middle(server.deposits[name_of(bag)])

        yield FarPlace(
            f'url = "sword+{server.url}"\nseconds = 10\n', spoil_there,
            lambda bag: server.deposits.pop(name_of(bag)), lambda: _down(proxy), lambda: _up(proxy),
            sword_server.PASSWORD,
            {"ARCHIVE_TARGET_THERE_USER": sword_server.USER, "ARCHIVE_TARGET_THERE_PASSWORD": sword_server.PASSWORD},
            server=server,
        )  # fmt: skip


@contextlib.contextmanager
def invenio(folder: Path) -> Iterator[FarPlace]:
    del folder
    with invenio_fake.start_invenio() as server, start_proxy("127.0.0.1", server.port) as proxy:

        def name_of(bag: str) -> str:
            return next(name for name, files in server.files.items() if f"{bag}.zip" in files)

        def spoil_there(bag: str) -> None:
            files = server.files[name_of(bag)]
            files[f"{bag}.zip"] = _spoil_middle(files[f"{bag}.zip"])

        yield FarPlace(
            f'url = "invenio+http://127.0.0.1:{proxy.port}"\npublish = true\nseconds = 10\n', spoil_there,
            lambda bag: server.records.pop(name_of(bag)), lambda: _down(proxy), lambda: _up(proxy),
            invenio_fake.TOKEN, {"ARCHIVE_TARGET_THERE_TOKEN": invenio_fake.TOKEN},
        )  # fmt: skip


SHELF = '''\
"""A folder as a plugin may have it: with a label of its own, and nothing that can be read in place."""

import os

from archive.errors import StorageError
from archive.model.deposit import Delivery
from archive.targets.folder import Directory
from archive.targets.registry import path_of

OPTIONS = ("form",)


class Shelf(Directory):
    kind = "shelf"
    def check(self, package):
        if not os.path.isdir(self._root):
            raise StorageError("the shelf is locked", subject=self._root)
        return []
    @property
    def label(self):
        return f"the shelf at {self._root}"

def open_target(url, context):
    return Shelf(path_of(url), Delivery(context.options.get("form", "zip")))
'''


@contextlib.contextmanager
def plugin(folder: Path, form: str) -> Iterator[FarPlace]:
    root, away = folder / "shelf", folder / "locked"
    root.mkdir()

    def at(bag: str) -> Path:
        return root / (bag if form == "files" else f"{bag}.zip")

    def remove(bag: str) -> None:
        shutil.rmtree(at(bag)) if form == "files" else at(bag).unlink()

    site = folder / "site"
    (site / "shelf-1.0.dist-info").mkdir(parents=True)
    (site / "shelf-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: shelf\nVersion: 1.0\n")
    (site / "shelf-1.0.dist-info" / "entry_points.txt").write_text("[muniment.targets]\nshelf = shelf_target\n")
    (site / "shelf_target.py").write_text(SHELF)
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(site)
        patched.setenv("PYTHONPATH", str(site))
        patched.delitem(sys.modules, "shelf_target", raising=False)
        _entries.cache_clear()
        yield FarPlace(
            f'url = "shelf:{root}"\nform = "{form}"\n',
            lambda bag: spoil(at(bag) / NAME if form == "files" else at(bag)), remove, lambda: root.rename(away),
            lambda: away.rename(root), form="folder" if form == "files" else "zip",
        )  # fmt: skip
    _entries.cache_clear()


@pytest.fixture
def far(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FarPlace]:
    made: dict[str, contextlib.AbstractContextManager[FarPlace]] = {
        "sftp": sftp(tmp_path, "files"), "sftp-zip": sftp(tmp_path, "zip"), "webdav": webdav(tmp_path, "files"),
        "webdav-tar": webdav(tmp_path, "tar"), "sword": sword(tmp_path), "invenio": invenio(tmp_path),
        "plugin": plugin(tmp_path, "zip"), "plugin-files": plugin(tmp_path, "files"),
    }  # fmt: skip
    with made[request.param] as place:
        yield place


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, far: FarPlace) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    made = Project(folder, monkeypatch).start()
    for name, value in far.environ.items():
        monkeypatch.setenv(name, value)
    with (folder / "archive.toml").open("a") as file:
        file.write(f"\n[places.there]\n{far.table}\n")
    for name in ("one", "other"):
        write_bag(folder / name, {**some_files(3), "large.bin": os.urandom(LARGE), "name.txt": name.encode()})
        assert made.run("holdings", "add", name)[0] == 0
    return made


def deposit(project: Project, *names: str) -> dict[str, str]:
    """The address of each bag's copy in the place."""
    for name in names:
        code, out, err = project.run("deposit", name, "there", "-q")
        assert code == 0, out + err
    holdings = project.json("holdings", "list")[1]["holdings"]
    return {one["name"]: one["address"] for one in holdings if one["location"] == "there"}


@pytest.mark.parametrize("far", KINDS, indirect=True)
def test_the_life_of_a_copy_at_a_target(project: Project, far: FarPlace) -> None:
    held = deposit(project, "one", "other")
    assert len(held) == 2, held
    holdings = project.json("holdings", "list")[1]["holdings"]
    assert {one["form"] for one in holdings if one["location"] == "there"} == {far.form}
    assert {one["copies"] for one in holdings} == {1}, "the holding and its deposit are one copy"
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 2
    assert project.run("deposit", "one", "there", "-q")[0] == 0
    assert len(project.json("holdings", "list")[1]["holdings"]) == 4, "a deposit is entered once"
    code, report = project.audit()
    assert (code, report["outcome"], report["files"]) == (0, "intact", 44), report
    if far.secret:
        ledger = b"".join(one.read_bytes() for one in project.folder.glob("ledger.sqlite3*"))
        assert far.secret.encode() not in ledger

    far.stop()
    code, report = project.audit("--max-age", "0s", "--place", "there")
    assert (code, list(found(report))) == (4, ["AUD-110"]), report
    assert far.secret == "" or far.secret not in str(report)
    far.start()

    far.spoil("one")
    code, report = project.audit("--max-age", "0s", "--place", "there")
    assert code == 1, report
    assert report["outcome"] == "damaged"
    assert held["one"] in report["findings"][0]["path"]
    assert {one["path"] for one in report["findings"]} == {f"{held['one']}/{NAME}"}, report

    far.remove("other")
    code, report = project.audit("--max-age", "0s", "--place", "there")
    assert [one["path"] for one in report["findings"] if one["code"] == "AUD-107"] == [held["other"]], report
    assert code == 1


@pytest.mark.parametrize("far", KINDS, indirect=True)
def test_a_local_bag_is_repaired_from_a_copy_at_a_target(project: Project, far: FarPlace) -> None:
    held = deposit(project, "one", "other")
    root = root_of(load_settings(project.folder, trusted=True), "there") or ""
    shown = f"there:{held['one'].removeprefix(root)[1:]}"
    code, report = project.json("validate", shown)
    assert (code, [one["outcome"] for one in report["reports"]]) == (0, ["intact"]), report
    code, report = project.json("verify", shown)
    assert (code, report["bag"], [one["code"] for one in report["findings"]]) == (1, held["one"], ["SEAL-101"])
    code, contents = project.json("show", shown)
    assert (code, len(contents["files"])) == (0, 5), contents
    assert project.audit(shown)[0] == 0
    large = project.folder / "one" / NAME
    before = large.read_bytes()
    spoil(large)
    (project.folder / "one" / "data" / "name.txt").unlink()
    assert project.audit("one", "--max-age", "0s")[0] == 1
    code, out, err = project.run("repair", str(project.folder / "one"), "--from", shown, "--yes")
    assert code == 0, out + err
    assert large.read_bytes() == before
    code, report = project.audit("--max-age", "0s")
    assert (code, report["outcome"]) == (0, "intact"), report
    code, _out, err = project.run("repair", held["one"], "--from", str(project.folder / "one"))
    assert (code, "could leave it half old" in err) == (2, True), err


@pytest.mark.parametrize("far", ["sftp", "plugin-files"], indirect=True)
def test_another_bag_in_the_place_of_a_copy_is_found(project: Project, far: FarPlace, tmp_path: Path) -> None:
    held = deposit(project, "one", "other")
    root = next(tmp_path.glob("far")) if "sftp" in far.table else tmp_path / "shelf"
    shutil.rmtree(root / "one")
    shutil.copytree(root / "other", root / "one")
    code, report = project.audit("--place", "there")
    assert code == 1
    assert [one["path"] for one in report["findings"] if one["code"] == "AUD-106"] == [held["one"]], report


@pytest.mark.parametrize("far", ["sftp", "webdav", "sftp-zip"], indirect=True)
def test_an_empty_place_is_away(project: Project, far: FarPlace) -> None:
    deposit(project, "one")
    far.remove("one")
    code, report = project.audit("--place", "there")
    assert (code, list(found(report))) == (4, ["AUD-110"]), report
    assert "may not be mounted" in report["findings"][0]["message"]


@pytest.mark.parametrize("far", ["sftp"], indirect=True)
def test_a_link_is_not_followed(project: Project, far: FarPlace, tmp_path: Path) -> None:
    held = deposit(project, "one")
    large = tmp_path / "far" / "one" / NAME
    large.rename(tmp_path / "large.bin")
    large.symlink_to(tmp_path / "large.bin")
    code, report = project.audit("--place", "there")
    assert code == 1
    assert [one["path"] for one in report["findings"] if one["code"] == "AUD-101"] == [f"{held['one']}/{NAME}"], report


@pytest.mark.parametrize("far", ["sword", "webdav"], indirect=True)
def test_a_wrong_credential_is_away(project: Project, far: FarPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    deposit(project, "one")
    monkeypatch.setenv("ARCHIVE_TARGET_THERE_PASSWORD", "an-open-sesame")
    code, report = project.audit("--place", "there")
    assert (code, list(found(report))) == (4, ["AUD-110"]), report
    assert "an-open-sesame" not in str(report)


@pytest.mark.parametrize("far", ["sword"], indirect=True)
def test_a_deposit_that_is_not_accepted_any_more_is_not_checked(project: Project, far: FarPlace) -> None:
    held = deposit(project, "one", "other")
    ((name, _content),) = [one for one in far.server.deposits.items() if b"one/bagit.txt" in one[1]]
    far.server.complete.discard(name)
    code, report = project.audit("--place", "there")
    assert code == 4, report
    assert [(one["code"], one["path"]) for one in report["findings"]] == [("AUD-112", held["one"])], report
    assert report["counts"] == {"intact": 11, "not_checked": 11}
    far.server.complete.add(name)
    code, report = project.audit("--place", "there")
    assert (code, report["files"]) == (0, 11), report


@pytest.mark.parametrize("far", ["sword", "plugin-files"], indirect=True)
def test_nothing_of_what_was_brought_here_is_left(
    project: Project, far: FarPlace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    monkeypatch.setenv("TMPDIR", str(spool))
    monkeypatch.setattr(tempfile, "tempdir", None)
    held = deposit(project, "one")
    assert project.audit("--place", "there")[0] == 0
    assert project.run("validate", held["one"])[0] == 0
    assert list(spool.iterdir()) == []
    assert tempfile.gettempdir() == str(spool), "it was looked for where it was"


@pytest.mark.parametrize("far", ["sword"], indirect=True)
def test_without_space_for_it_a_deposit_is_not_checked(
    project: Project, far: FarPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = deposit(project, "one")
    monkeypatch.setattr("archive.bags.deposit_reader.LEFT_FREE", 1 << 62)
    code, _out, err = project.run("validate", held["one"])
    assert (code, "no space to bring it here" in err) == (13, True), err


@pytest.mark.parametrize("far", ["sword"], indirect=True)
def test_a_deposit_comes_once_for_all_its_batches(project: Project, far: FarPlace) -> None:
    write_bag(project.folder / "many", {f"f{number}": b"x" for number in range(6000)})
    deposit(project, "many")
    before = far.server.given
    code, report = project.audit("--place", "there")
    assert (code, report["files"]) == (0, 6006), report
    assert far.server.given - before == 1


@pytest.mark.parametrize("far", ["sftp"], indirect=True)
def test_a_retired_copy_stays_retired_and_counts_no_more(project: Project, far: FarPlace) -> None:
    held = deposit(project, "one")
    assert project.run("holdings", "retire", held["one"])[0] == 0
    assert deposit(project, "one") == {}
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 1
    user = held["one"].replace("sftp://", "sftp://somebody:secret@")
    assert project.run("holdings", "add", user)[0] == 0
    assert deposit(project) == held, "the user name is the place's, and no part of the address"
    assert project.run("holdings", "add", "there:one")[0] == 2
    assert project.run("holdings", "add", "--new", "there:one")[0] == 0


@pytest.mark.parametrize("far", ["sftp"], indirect=True)
def test_an_address_in_no_place_is_refused(project: Project, far: FarPlace) -> None:
    for words in (["holdings", "add"], ["validate"], ["show"]):
        code, _out, err = project.run(*words, "sftp://somebody@elsewhere/in/bag")
        assert (code, "no place in archive.toml" in err) == (2, True), err


@pytest.mark.parametrize("far", ["sword"], indirect=True)
def test_what_a_repository_does_not_give_back_counts_on_its_word(project: Project, far: FarPlace) -> None:
    far.server.gives_back = False
    assert deposit(project, "one") == {}
    assert project.json("status")[1]["copies"]["short"][0]["copies"] == 1, "the other bag has no second copy"
    assert sorted(one["copies"] for one in project.json("holdings", "list")[1]["holdings"]) == [0, 1]


@pytest.mark.parametrize("far", ["sftp", "webdav-tar", "sword"], indirect=True)
def test_several_workers_read_one_deposit(project: Project, far: FarPlace) -> None:
    write_bag(project.folder / "many", {f"f{number}": b"x" for number in range(1200)})
    held = deposit(project, "many")
    code, report = project.json("audit", "--quiet", "--workers", "3", "--place", "there")
    assert (code, report["outcome"], report["files"]) == (0, "intact", 1206), report
    assert project.run("holdings", "move", held["many"], "there:nowhere")[0] == 10
