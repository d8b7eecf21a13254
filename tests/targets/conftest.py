"""Servers that the tests of several targets share: one of each kind a worker, started when first asked for."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.support import far_repositories, far_sides
from tests.support.deposit_bags import write_bag
from tests.support.faults import FarSide, Project
from tests.support.http_proxy import start_http_proxy
from tests.support.invenio_fake import start_invenio
from tests.support.needing import need
from tests.support.proxy import start_proxy
from tests.support.s3_server import S3Server, start_rclone_s3
from tests.support.sshd import SshServer, start_sshd
from tests.support.swh_deposit import SwhDeposit, start_swh_deposit
from tests.support.sword_server import start_sword
from tests.support.webdav_server import WebdavServer, start_webdav

MEBIBYTES = int(os.environ.get("MUNIMENT_TESTS_LARGE", "200")) if os.environ.get("ARCHIVE_LONG_TESTS") else 1
LARGE = MEBIBYTES << 20
"""The large file of a bag, in bytes; the variable MUNIMENT_TESTS_LARGE gives the long form another one, in MiB."""

_numbers = itertools.count()


@pytest.fixture(scope="session")
def swh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwhDeposit]:
    with start_swh_deposit(Path(need("swh-deposit")), tmp_path_factory.mktemp("swh") / "server") as running:
        yield running


@pytest.fixture(scope="session")
def filtered_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SshServer]:
    folder = tmp_path_factory.mktemp("sshd")
    with start_sshd(folder, internal=far_sides.filtered_sftp(folder / "word")) as running:
        yield running


@pytest.fixture(scope="session")
def rclone_s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    (folder / "holdings").mkdir()
    with start_rclone_s3(folder) as running:
        yield running


@pytest.fixture(scope="session")
def webdav(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebdavServer]:
    with start_webdav(tmp_path_factory.mktemp("webdav")) as running:
        yield running


@pytest.fixture
def open_far(
    request: pytest.FixtureRequest, tmp_path: Path, cleaning: contextlib.ExitStack
) -> Callable[[str], FarSide]:
    """A far side by its name: the server that the worker has, and a place there that is empty."""

    def make(name: str) -> FarSide:
        number = next(_numbers)
        ask = request.getfixturevalue
        if name == "sftp":
            server = ask("filtered_sshd")
            return far_sides.Sftp(server, server.folder / "word", tmp_path / "far")
        if name == "s3":
            return far_sides.RcloneS3(ask("rclone_s3"), f"t{number}")
        if name == "swift":
            return far_sides.SwiftS3(ask("swift"), f"faults{number}")
        if name == "webdav":
            return far_sides.Webdav(ask("webdav"), f"t{number}")
        if name == "swh":
            return cleaning.enter_context(far_repositories.open_swh(ask("swh")))
        if name == "sword":
            return far_repositories.Sword(cleaning.enter_context(start_sword()))
        if name == "invenio":
            return far_repositories.Invenio(cleaning.enter_context(start_invenio()))
        return {"dir": far_sides.Folder, "ocfl": far_sides.Ocfl}[name](tmp_path / "far")

    return make


@pytest.fixture
def cleaning() -> Iterator[contextlib.ExitStack]:
    """What a test must leave behind as it was."""
    with contextlib.ExitStack() as stack:
        yield stack


class OpenProject(Protocol):
    """Makes a project with a bag whose one large file has `large` bytes, and a way to the far side of this name."""

    def __call__(self, name: str, large: int = LARGE) -> Project: ...


@pytest.fixture
def open_project(
    open_far: Callable[[str], FarSide],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    cleaning: contextlib.ExitStack,
) -> OpenProject:
    """Makes projects that reach their far side over two proxies."""

    def make(name: str, large: int = LARGE) -> Project:
        far = open_far(name)
        http = cleaning.enter_context(start_http_proxy("127.0.0.1", far.port))
        proxy = cleaning.enter_context(start_proxy("127.0.0.1", far.port))
        (tmp_path / "project").mkdir()
        bag = write_bag(tmp_path / "bag", large=large)
        return Project(tmp_path / "project", bag, far, proxy, http, monkeypatch, capsys, cleaning)

    return make
