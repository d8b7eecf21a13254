"""The how-to pages of deposits and of the restore drill: their settings and their sessions, against real servers.

Each page begins in a project with a bag `bags/letter`. Addresses of the page's examples are exchanged for those of the
servers of the tests: OpenSSH, rclone's S3 and WebDAV servers, and the stand-ins for SWORD and InvenioRDM.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.support import invenio_fake, sword_server, webdav_server
from tests.support.needing import needs
from tests.support.pasted_sessions import check_session, environment_in
from tests.support.s3_server import S3Server, free_port
from tests.support.sshd import start_sshd

DOCS = Path(__file__).resolve().parents[2] / "docs"
Exchanged = dict[str, str]


@contextmanager
def no_server(folder: Path) -> Iterator[Exchanged]:
    yield {"/mnt/second-disk": str(folder / "second-disk")}


@contextmanager
def s3(folder: Path) -> Iterator[Exchanged]:
    (folder / "buckets" / "holdings").mkdir(parents=True)
    server = S3Server(folder / "buckets", free_port(), key="AKIAEXAMPLE", secret="secret-key")
    server.start()
    try:
        yield {"https://s3.example.org": server.endpoint}
    finally:
        server.stop()


@contextmanager
def sftp(folder: Path) -> Iterator[Exchanged]:
    with start_sshd(folder / "sshd") as server:
        keys = folder / "home" / ".ssh"
        keys.mkdir(parents=True)
        shutil.copy(server.key_file, keys / "id_ed25519")
        shutil.copy(server.known_hosts, keys / "known_hosts")
        yield {"archivist@sftp.example.org/srv/archive": f"{server.user}@127.0.0.1:{server.port}{folder}/far"}


@contextmanager
def webdav(folder: Path) -> Iterator[Exchanged]:
    (folder / "served").mkdir()
    with webdav_server.start_webdav(folder / "served") as server:
        yield {
            "webdav+https://dav.example.org": f"webdav+{server.url.rstrip('/')}",
            "a-long-password": webdav_server.PASSWORD,
        }


@contextmanager
def sword(folder: Path) -> Iterator[Exchanged]:
    del folder
    with sword_server.start_sword() as server:
        address = f"sword+{server.url}"
        yield {
            "sword+https://repository.example.org/servicedocument": address,
            "a-long-password": sword_server.PASSWORD,
        }


@contextmanager
def invenio(folder: Path) -> Iterator[Exchanged]:
    del folder
    with invenio_fake.start_invenio() as server:
        yield {"invenio+https://zenodo.example.org": f"invenio+{server.url}", "a-long-token": invenio_fake.TOKEN}


SIDES: dict[str, Callable[[Path], AbstractContextManager[Exchanged]]] = {
    "restore-drill": no_server,
    "deposits/folder": no_server,
    "deposits/ocfl": no_server,
    "deposits/s3": s3,
    "deposits/sftp": sftp,
    "deposits/webdav": webdav,
    "deposits/sword": sword,
    "deposits/invenio": invenio,
}


def settings_of(text: str) -> str:
    """The block that a page says to add to archive.toml."""
    (block,) = re.findall(r"dd this to `archive.toml`:\n\n```toml\n(.*?)^```$", text, re.M | re.S)
    return str(block)


def check_page(name: str, folder: Path) -> None:
    environment = environment_in(folder)
    place = folder / "session"
    place.mkdir()
    for words in (
        ("init", "."),
        ("create", "letter.txt", "--to", "bags", "--pdfa", "none", "--quiet", "--name", "letter"),
    ):
        (place / "letter.txt").write_text("A letter of May\n")
        run = [sys.executable, "-m", "archive", *words]
        subprocess.run(run, cwd=place, env=environment, check=True, capture_output=True, timeout=120)
    with SIDES[name](folder) as exchanged:
        text = (DOCS / f"{name}.md").read_text("utf-8")
        for shown, real in exchanged.items():
            assert shown in text or name in ("restore-drill", "deposits/ocfl")
            text = text.replace(shown, real)
        with open(place / "archive.toml", "a", encoding="utf-8") as file:
            file.write(settings_of(text))
        check_session(text, place, environment)


def test_every_kind_of_place_has_a_page_that_is_run() -> None:
    pages = {path.relative_to(DOCS).with_suffix("").as_posix() for path in (DOCS / "deposits").glob("*.md")}
    assert pages == {name for name in SIDES if name.startswith("deposits/")}


@pytest.mark.parametrize("name", ["restore-drill", "deposits/folder", "deposits/ocfl"])
def test_a_page_with_folders_alone(name: str, tmp_path: Path) -> None:
    check_page(name, tmp_path)


@needs("rclone")
@pytest.mark.server
@pytest.mark.parametrize("name", ["deposits/s3", "deposits/webdav"])
def test_a_page_with_rclone(name: str, tmp_path: Path) -> None:
    check_page(name, tmp_path)


@needs("sshd")
@pytest.mark.server
def test_the_page_with_openssh(tmp_path: Path) -> None:
    check_page("deposits/sftp", tmp_path)


@pytest.mark.server
@pytest.mark.parametrize("name", ["deposits/sword", "deposits/invenio"])
def test_a_page_with_a_stand_in(name: str, tmp_path: Path) -> None:
    check_page(name, tmp_path)
