"""`webdav+https://` against a real WebDAV server (rclone's): whole, cut, killed, refused, spoilt, raced, full."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from archive.errors import NotFoundError, UsageError
from archive.model.deposit import DepositReport, DepositState, Item, Package, Proof
from archive.settings import Settings
from archive.stages.depositing.retrieval import retrieve
from archive.storage.remote import RefusedError
from archive.targets.http import HttpClient
from archive.targets.registry import open_target
from archive.targets.webdav import WebdavTarget
from tests.support.deposit_bags import HARD_NAMES, send, settings_in, tree_of, write_bag
from tests.support.http_stand_in import StandInHandler, serve
from tests.support.proxy import Proxy, start_proxy
from tests.support.webdav_server import PASSWORD, USER, WebdavServer, start_webdav

pytestmark = pytest.mark.server

SECRETS = {"ARCHIVE_TARGET_THERE_USER": USER, "ARCHIVE_TARGET_THERE_PASSWORD": PASSWORD}
LARGE = 200 << 20 if os.environ.get("ARCHIVE_LONG_TESTS") else 8 << 20
NAMES = {name: name.encode() * 50 for name in (*HARD_NAMES, "a#b.txt", "who?.txt", "semi;colon:x.txt", "%2F.txt")}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[WebdavServer]:
    with start_webdav(tmp_path / "served") as running:
        yield running


@pytest.fixture
def proxy(server: WebdavServer) -> Iterator[Proxy]:
    with start_proxy("127.0.0.1", server.port) as running:
        yield running


def settings_for(server: WebdavServer, tmp_path: Path, *, port: int = 0, **options: Any) -> Settings:
    return settings_in(tmp_path / "project", url=f"webdav+http://127.0.0.1:{port or server.port}/in/new", **options)


def place_of(server: WebdavServer) -> Path:
    return server.folder / "in" / "new"


def names_in(server: WebdavServer) -> list[str]:
    return sorted(path.name for path in place_of(server).iterdir())


def codes_of(report: DepositReport) -> set[str]:
    return {finding.code for finding in report.findings}


def test_a_bag_goes_out_and_comes_back_identical(server: WebdavServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "صباح +%bag", NAMES, large=LARGE)
    settings = settings_for(server, tmp_path)
    assert send(bag, settings, SECRETS, dry_run=True).state is DepositState.PLANNED
    assert not any(server.folder.iterdir())
    report = send(bag, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, set())
    assert report.receipt is not None
    assert (report.receipt.proof, report.receipt.kind) == (Proof.READ_BACK, "webdav")
    assert report.receipt.verified == report.receipt.files == len(tree_of(bag))
    assert names_in(server) == [bag.name]
    assert tree_of(place_of(server) / bag.name) == tree_of(bag)
    again = send(bag, settings, SECRETS)
    assert (again.already, again.receipt) == (True, report.receipt)
    target = open_target("there", settings, environ=SECRETS)
    back = retrieve(target, report.receipt.identifier, str(tmp_path / "back"), settings=settings)
    with pytest.raises(NotFoundError):
        list(target.retrieve("nothing"))
    with pytest.raises(UsageError):
        list(target.retrieve("../in"))
    target.close()
    assert back.verdict == "valid"
    assert tree_of(Path(back.path)) == tree_of(bag)


@pytest.mark.parametrize("form", ["zip", "tar"])
def test_a_bag_goes_as_one_file(server: WebdavServer, tmp_path: Path, form: str) -> None:
    bag = write_bag(tmp_path / "صباح bag")
    settings = settings_for(server, tmp_path, form=form)
    report = send(bag, settings, SECRETS)
    assert (report.state, names_in(server)) == (DepositState.ACCEPTED, [f"صباح bag.{form}"])
    for path in (tmp_path / "project" / "deposits").glob("*.j*"):
        path.unlink()
    assert send(bag, settings, SECRETS).already
    target = open_target("there", settings, environ=SECRETS)
    assert retrieve(target, f"صباح bag.{form}", str(tmp_path / "back"), settings=settings).verdict == "valid"
    target.close()


def test_a_client_that_ended_right_after_the_move_leaves_nothing_over(
    server: WebdavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = WebdavTarget._move

    def stop(self: WebdavTarget, source: str, target: str, **named: Any) -> bool:
        moved = real(self, source, target, **named)
        if not target.startswith("."):
            raise KeyboardInterrupt
        return moved

    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path, form="zip")
    with monkeypatch.context() as patched:
        patched.setattr(WebdavTarget, "_move", stop)
        with pytest.raises(KeyboardInterrupt):
            send(bag, settings, SECRETS)
    assert len(names_in(server)) == 2
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert names_in(server) == ["bag.zip"]


def test_a_lost_journal_makes_no_second_deposit(server: WebdavServer, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag")
    settings = settings_for(server, tmp_path)
    send(bag, settings, SECRETS)
    for path in (tmp_path / "project" / "deposits").glob("*.j*"):
        path.unlink()
    report = send(bag, settings, SECRETS)
    assert (report.state, report.already, names_in(server)) == (DepositState.ACCEPTED, True, ["bag"])


@pytest.mark.parametrize("form", ["files", "zip"])
def test_other_content_is_never_overwritten(server: WebdavServer, tmp_path: Path, form: str) -> None:
    settings = settings_for(server, tmp_path, form=form)
    first = write_bag(tmp_path / "one" / "bag", {"a.txt": b"first"})
    second = write_bag(tmp_path / "two" / "bag", {"a.txt": b"other"})
    assert send(first, settings, SECRETS).state is DepositState.ACCEPTED
    before = tree_of(place_of(server))
    report = send(second, settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-103"})
    assert tree_of(place_of(server)) == before


@pytest.mark.parametrize("moment", ["before the last look", "after the last look"])
@pytest.mark.parametrize("form", ["files", "zip"])
def test_whoever_came_first_in_a_race_is_not_overwritten(
    server: WebdavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, moment: str
) -> None:
    method = "_list_files" if moment.startswith("before") else "_move"
    real = getattr(WebdavTarget, method)
    theirs = "in/new/bag/x" if form == "files" else "in/new/bag.zip"

    def come_first(self: WebdavTarget, *given: Any, **named: Any) -> Any:
        if method == "_list_files" or not str(given[1]).startswith("."):
            server.put(theirs, b"theirs")
        return real(self, *given, **named)

    monkeypatch.setattr(WebdavTarget, method, come_first)
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path, form=form), SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-103"})
    assert (server.folder / theirs).read_bytes() == b"theirs"
    assert not (server.folder / "in/new/bag/bagit.txt").exists()


def test_a_server_that_ignores_the_condition_is_noticed_and_overwrites_nothing(
    server: WebdavServer, proxy: Proxy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.swap = (b"Overwrite: F", b"Overwrite: T")
    settings = settings_for(server, tmp_path, port=proxy.port)
    report = send(write_bag(tmp_path / "first"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.ACCEPTED, {"DEP-120"})
    assert names_in(server) == ["first"]
    commit = WebdavTarget.commit

    def come_first(self: WebdavTarget, *given: Any) -> Any:
        server.put("in/new/bag/data/a.txt", b"theirs")
        return commit(self, *given)

    monkeypatch.setattr(WebdavTarget, "commit", come_first)
    report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-103", "DEP-120"})
    assert (place_of(server) / "bag" / "data" / "a.txt").read_bytes() == b"theirs"


def test_a_wrong_password_is_refused_and_never_shown(server: WebdavServer, tmp_path: Path) -> None:
    wrong = {**SECRETS, "ARCHIVE_TARGET_THERE_PASSWORD": "open-sesame-wrong"}
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), wrong)
    assert (report.state, codes_of(report)) == (DepositState.FAILED, {"DEP-118"})
    assert "open-sesame" not in repr(report) + "".join(
        path.read_text() for path in (tmp_path / "project" / "deposits").glob("*.j*")
    )


def test_what_a_stopped_run_brought_there_is_proven_and_not_sent_again(
    server: WebdavServer, proxy: Proxy, tmp_path: Path
) -> None:
    bag = write_bag(tmp_path / "bag", large=2 << 20)
    settings = settings_for(server, tmp_path, port=proxy.port)
    commit = WebdavTarget.commit
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WebdavTarget, "commit", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(bag, settings, SECRETS)
    (part,) = names_in(server)
    server.put(f"in/new/{part}/data/a+b.txt", b"?" * (bag / "data" / "a+b.txt").stat().st_size)
    server.delete(f"in/new/{part}/data/100%25.txt")
    server.put(f"in/new/{part}/data/stray.txt", b"nobody's")
    for path in (tmp_path / "project" / "deposits").glob("*.j*"):
        path.unlink()
    proxy.sent_up = 0
    assert WebdavTarget.commit is commit
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED
    assert proxy.sent_up < 1 << 20
    assert names_in(server) == ["bag"]
    assert tree_of(place_of(server) / "bag") == tree_of(bag)


def test_what_the_server_lost_before_the_commit_goes_there_again(
    server: WebdavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bag = write_bag(tmp_path / "bag")
    commit = WebdavTarget.commit

    def lose(self: WebdavTarget, *given: Any) -> Any:
        (part,) = names_in(server)
        server.delete(f"in/new/{part}/bagit.txt")
        server.put(f"in/new/{part}/data/a+b.txt", b"short")
        return commit(self, *given)

    monkeypatch.setattr(WebdavTarget, "commit", lose)
    assert send(bag, settings_for(server, tmp_path), SECRETS).state is DepositState.ACCEPTED
    assert tree_of(place_of(server) / "bag") == tree_of(bag)


def test_an_upload_that_is_cut_goes_again(server: WebdavServer, proxy: Proxy, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=4 << 20)
    proxy.cut_upload_after, proxy.cuts = 2 << 20, 1
    settings = settings_for(server, tmp_path, port=proxy.port)
    report = send(bag, settings, SECRETS)
    assert proxy.done == 1
    if report.state is not DepositState.ACCEPTED:
        assert (report.receipt, codes_of(report)) == (None, {"DEP-106"})
        time.sleep(0.5)
        report = send(bag, settings, SECRETS)
    assert report.state is DepositState.ACCEPTED
    assert tree_of(place_of(server) / "bag") == tree_of(bag)


def test_a_truncating_way_back_is_no_receipt(server: WebdavServer, proxy: Proxy, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=4 << 20)
    proxy.cut_after, proxy.cuts = 1 << 20, 1000
    settings = settings_for(server, tmp_path, port=proxy.port)
    report = send(bag, settings, SECRETS)
    assert (report.state, report.receipt) == (DepositState.FAILED, None)
    assert "DEP-106" in codes_of(report)
    proxy.cuts = 0
    assert send(bag, settings, SECRETS).state is DepositState.ACCEPTED


def test_a_server_that_is_killed_and_started_again(server: WebdavServer, proxy: Proxy, tmp_path: Path) -> None:
    bag = write_bag(tmp_path / "bag", large=8 << 20)
    proxy.rate = 20 << 20
    settings = settings_for(server, tmp_path, port=proxy.port)

    def kill() -> None:
        end = time.monotonic() + 60
        while proxy.sent_up < 2 << 20 and time.monotonic() < end:
            time.sleep(0.005)
        server.restart()

    killer = threading.Thread(target=kill)
    killer.start()
    report = send(bag, settings, SECRETS)
    killer.join()
    if report.state is not DepositState.ACCEPTED:
        assert (report.receipt, codes_of(report) <= {"DEP-106", "DEP-115"}) == (None, True)
        report = send(bag, settings, SECRETS)
    assert report.state is DepositState.ACCEPTED
    assert names_in(server) == ["bag"]
    assert tree_of(place_of(server) / "bag") == tree_of(bag)


def test_what_was_spoilt_there_is_found(server: WebdavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit = WebdavTarget.commit

    def spoil(self: WebdavTarget, *given: Any) -> Any:
        done = commit(self, *given)
        server.put("in/new/bag/data/a+b.txt", b"a+b.txt" * 49 + b"a+b.tx!")
        return done

    monkeypatch.setattr(WebdavTarget, "commit", spoil)
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-108"})


def test_names_that_do_not_go_there_are_told_before_a_byte_leaves(server: WebdavServer, tmp_path: Path) -> None:
    target = open_target("there", settings_for(server, tmp_path), environ=SECRETS)
    names = ("data/\udcff.txt", "data/" + "a" * 256, "data/" + "ص" * 128 + "/x", "data/" + "a" * 255)
    package = Package("bag", "urn:x", "0" * 64, "bag", tuple(Item(name, 1, {}, "") for name in names), 4)
    assert [(one.code, one.subject) for one in target.check(package)] == [("DEP-102", name) for name in names[:3]]
    target.close()


def test_a_server_that_speaks_no_webdav_is_told(tmp_path: Path) -> None:
    from tests.support.sword_server import PASSWORD as THEIRS
    from tests.support.sword_server import USER as WHO
    from tests.support.sword_server import start_sword

    with start_sword() as other:
        settings = settings_in(tmp_path / "project", url=f"webdav+http://127.0.0.1:{other.port}/in")
        secrets = {"ARCHIVE_TARGET_THERE_USER": WHO, "ARCHIVE_TARGET_THERE_PASSWORD": THEIRS}
        report = send(write_bag(tmp_path / "bag"), settings, secrets)
    assert report.state is DepositState.FAILED
    assert report.receipt is None


def test_a_password_goes_unprotected_to_this_machine_only(tmp_path: Path) -> None:
    for kind in ("webdav", "sword", "invenio"):
        url = f"{kind}+http://repository.example/x"
        with pytest.raises(UsageError, match="without encryption"):
            open_target("there", settings_in(tmp_path / kind, url=url), environ=SECRETS)
        target = open_target("there", settings_in(tmp_path / kind, url=url, plain_http=True), environ=SECRETS)
        target.close()


def told(*resources: str) -> bytes:
    """A multistatus; a resource is an address, then its properties."""
    parts = "".join(
        f"<response><href>{address}</href><propstat><prop>{properties}</prop><status>HTTP/1.1 200 OK</status>"
        "</propstat><propstat><prop><quota-available-bytes/></prop><status>HTTP/1.1 404 Not Found</status></propstat>"
        "</response>"
        for address, _, properties in (one.partition(" ") for one in resources)
    )
    return f'<multistatus xmlns="DAV:">{parts}</multistatus>'.encode()


FOLDER, FILE = "<resourcetype><collection/></resourcetype>", "<resourcetype/><getcontentlength>3</getcontentlength>"


@contextlib.contextmanager
def canned(tmp_path: Path, **answers: tuple[int, bytes]) -> Iterator[Settings]:
    """A server with one answer for each method, by default that of a server where all goes well and nothing is."""
    usual = {"PROPFIND": (404, b""), "MKCOL": (201, b""), "PUT": (201, b""), "MOVE": (201, b""), "DELETE": (204, b"")}

    class Server(StandInHandler):
        def _do(self) -> None:
            self.read_body()
            if self.headers.get("Depth") == "1":
                self.answer(207, told(f"{self.path} {FOLDER}"))
            else:
                self.answer(*{**usual, **answers}[self.command])

        do_PROPFIND = do_MKCOL = do_PUT = do_MOVE = do_DELETE = _do  # noqa: N815 - the names that http.server calls

    with serve(Server) as port:
        yield settings_in(tmp_path / "project", url=f"webdav+http://127.0.0.1:{port}/in")


def test_a_quota_is_told_before_a_byte_leaves(tmp_path: Path) -> None:
    quota = told(f"/in/ {FOLDER}<quota-available-bytes>100</quota-available-bytes>")
    with canned(tmp_path, PROPFIND=(207, quota)) as settings:
        report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, codes_of(report)) == (DepositState.REFUSED, {"DEP-104"})


@pytest.mark.parametrize(
    ("method", "answer", "code", "words"),
    [
        ("PUT", (507, b"no room"), "DEP-104", "no room"),
        ("PUT", (413, b"too large"), "DEP-104", "too large"),
        ("PUT", (201, b""), "DEP-105", "does not have all of it"),
        ("PUT", (301, b"elsewhere"), "DEP-105", "elsewhere"),
        ("PUT", (423, b"locked"), "DEP-106", "locked"),
        ("MKCOL", (403, b"read only"), "DEP-118", "read only"),
        ("PROPFIND", (200, b"<html>welcome</html>"), "DEP-105", "does not support WebDAV"),
        ("PROPFIND", (207, b"<multistatus"), "DEP-105", "not XML"),
        ("PROPFIND", (207, told(f"/other/ {FOLDER}")), "DEP-105", "not requested"),
        ("PROPFIND", (207, told()), "DEP-105", "not requested"),
    ],
)
def test_what_a_server_says_against_it_is_told(
    tmp_path: Path, method: str, answer: tuple[int, bytes], code: str, words: str
) -> None:
    with canned(tmp_path, **{method: answer}) as settings:
        report = send(write_bag(tmp_path / "bag"), settings, SECRETS)
    assert (report.state, report.receipt) == (DepositState.FAILED, None)
    assert code in codes_of(report)
    assert words in report.findings[-1].message


def test_a_move_in_part_is_no_deposit(server: WebdavServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = HttpClient.ask

    def partly(self: HttpClient, method: str, address: str, **named: Any) -> Any:
        answer = real(self, method, address, **named)
        if method == "MOVE" and not address.rpartition("/")[2]:
            answer.status_code = 207
        return answer

    monkeypatch.setattr(HttpClient, "ask", partly)
    report = send(write_bag(tmp_path / "bag"), settings_for(server, tmp_path), SECRETS)
    assert (report.state, report.receipt, codes_of(report)) == (DepositState.FAILED, None, {"DEP-105"})


def test_addresses_are_read_as_servers_write_them(tmp_path: Path) -> None:
    answers = [
        told(f"http://inner:8080/dav/in/ {FOLDER}", f"http://inner:8080/dav/in/a%20%C3%A9%23 {FILE}"),
        told(f"/in {FOLDER}", f"/in/a%20%C3%A9%23 {FILE}"),
        told(f"/in/../x {FILE}", f"/in {FOLDER}"),
        told(f"/in/a/b {FILE}", f"/in {FOLDER}"),
        told(f"/in/%2E%2E {FILE}", f"/in {FOLDER}"),
        told(f"/in/a%2Fb {FILE}", f"/in {FOLDER}"),
    ]

    class Server(StandInHandler):
        def do_PROPFIND(self) -> None:
            self.read_body()
            self.answer(207, answers[int(self.path.strip("/").partition("/")[0])])

    with serve(Server) as port:
        for number in range(len(answers)):
            settings = settings_in(tmp_path / str(number), url=f"webdav+http://127.0.0.1:{port}/{number}")
            target = open_target("there", settings, environ={})
            assert isinstance(target, WebdavTarget)
            if number < 2:
                assert list(target._list_files("in")) == [("a é#", 3)]
            else:
                with pytest.raises(RefusedError, match="not requested"):
                    list(target._list_files("in"))
            target.close()
