"""Completing holey bags from a real server, which may do anything: what takes its place was checked before."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from archive.errors import LockedError, NotABagError, UsageError
from archive.model.fetching import FetchReport, FetchState
from archive.settings import Settings
from archive.stages.fetching.completing import complete
from archive.stages.fetching.parts import Parts
from archive.stages.validation import validate
from tests.support.audit_projects import pack_tar, write_bag
from tests.support.file_server import Served, serve
from tests.support.holey_bags import make_holey
from tests.support.making import contents, plant

FILES = {"a.bin": b"alpha" * 1000, "deep/b c.bin": b"beta" * 70_000, "kept.txt": b"kept"}
MISSING = ("a.bin", "deep/b c.bin")


@pytest.fixture
def server() -> Iterator[Served]:
    with serve() as served:
        served.files = {"/a.bin": FILES["a.bin"], "/deep/b%20c.bin": FILES["deep/b c.bin"]}
        yield served


def settings(**chosen: Any) -> Settings:
    usual = {"schemes": ["http"], "private": ["127.0.0.1"], "seconds": 2, "retries": 1}
    return Settings().with_flags("fetch", **{**usual, **chosen})


def fetch(bag: Path, *, environ: Mapping[str, str] = {}, **chosen: Any) -> FetchReport:
    return complete(str(bag), settings=settings(**chosen), environ=environ, pause=lambda seconds: None)


def holey(folder: Path, served: Served, *, lengths: bool = True, **addresses: str) -> Path:
    bag = write_bag(folder / "bag", FILES)
    urls = {"a.bin": f"{served.base}/a.bin", "deep/b c.bin": f"{served.base}/deep/b%20c.bin", **addresses}
    return make_holey(bag, {f"data/{name}": urls[name] for name in MISSING}, lengths=lengths)


def codes(report: FetchReport) -> list[str]:
    return [finding.code for finding in report.findings]


@pytest.mark.parametrize("lengths", [True, False])
def test_a_holey_bag_is_completed(tmp_path: Path, server: Served, lengths: bool) -> None:
    bag = holey(tmp_path, server, lengths=lengths)
    assert validate(str(bag)).verdict == "not checked"
    report = fetch(bag)
    assert (report.verdict, report.exit_code, report.listed, report.there) == ("complete", 0, 2, 0)
    assert [file.state for file in report.files] == [FetchState.FETCHED] * 2
    assert report.size == sum(len(FILES[name]) for name in MISSING)
    judged = validate(str(bag))
    assert judged.verdict == "valid"
    assert {f.code for f in judged.findings} <= {"BAG-418"}
    assert (bag / "fetch.txt").exists()
    assert os.listdir(tmp_path) == ["bag"]
    asked = len(server.asked)
    again = fetch(bag)
    assert (again.verdict, again.there, again.files, len(server.asked)) == ("complete", 2, (), asked)


def test_a_complete_bag_keeps_nothing_of_a_run_that_was_killed_at_its_end(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    assert fetch(bag).verdict == "complete"
    left = plant(bag.parent / f".{bag.name}.fetching", {"0.part": b"x"})
    left.chmod(0o700)
    assert fetch(bag).verdict == "complete"
    assert not left.exists()


def test_a_dry_run_asks_nothing(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server, **{"a.bin": "ftp://example.org/a.bin"})
    before = contents(bag)
    report = complete(str(bag), settings=settings(), dry_run=True)
    assert [file.state for file in report.files] == [FetchState.FAILED, FetchState.PLANNED]
    assert report.dry_run
    assert (server.asked, contents(bag), os.listdir(tmp_path)) == ([], before, ["bag"])


def test_wrong_bytes_do_not_take_their_place(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    server.files["/a.bin"] = b"other" * 1000
    report = fetch(bag)
    assert (report.exit_code, codes(report)[0]) == (1, "FCH-101")
    assert not (bag / "data" / "a.bin").exists()
    assert (bag / "data" / "deep" / "b c.bin").read_bytes() == FILES["deep/b c.bin"]
    server.files["/a.bin"] = FILES["a.bin"]
    assert fetch(bag).exit_code == 0


@pytest.mark.parametrize("say", [True, False])
def test_an_answer_without_end_is_cut_off(tmp_path: Path, server: Served, say: bool) -> None:
    bag = holey(tmp_path, server)
    endless = FILES["a.bin"] + bytes(50_000_000)
    server.acts["/a.bin"] = lambda handler: handler.send_content(endless, say=say)
    report = fetch(bag)
    assert (report.exit_code, codes(report)[0]) == (1, "FCH-102")
    assert not (bag / "data" / "a.bin").exists()


def test_a_file_without_a_length_is_bounded_too(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server, lengths=False)
    report = fetch(bag, largest="4kB")
    assert codes(report)[:2] == ["FCH-102", "FCH-102"]


def test_a_trickle_is_given_up(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    server.acts["/a.bin"] = lambda handler: handler.trickle(30)
    began = time.monotonic()
    report = fetch(bag, seconds=1, retries=0)
    assert time.monotonic() - began < 15
    assert (report.exit_code, codes(report)[0]) == (4, "FCH-103")
    assert "too little came" in report.findings[0].message
    assert report.files[1].state is FetchState.FETCHED


def test_a_cut_connection_is_continued(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    path, content = "/deep/b%20c.bin", FILES["deep/b c.bin"]
    server.acts[path] = lambda handler: handler.send_content(content, most=100_000)
    assert fetch(bag, retries=5).exit_code == 0
    assert [span for asked, span in server.asked if asked == path] == [None, "bytes=100000-", "bytes=200000-"]


def test_a_later_run_continues(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    path, content = "/deep/b%20c.bin", FILES["deep/b c.bin"]
    server.acts[path] = lambda handler: handler.send_content(content, most=100_000)
    report = fetch(bag, retries=0)
    assert (report.exit_code, codes(report)[0]) == (4, "FCH-103")
    assert [child.name for child in tmp_path.iterdir() if child.name != "bag"] == [".bag.fetching"]
    assert validate(str(bag)).verdict == "not checked"
    server.acts.clear()
    report = fetch(bag, retries=0)
    assert (report.exit_code, report.files[0].resumed) == (0, 100_000)
    assert server.asked[-1] == (path, "bytes=100000-")
    assert os.listdir(tmp_path) == ["bag"]


def part_of(bag: Path, path: str) -> Path:
    """Where fetch keeps the part of the file at this bag path."""
    folder = bag.parent / f".{bag.name}.fetching"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{hashlib.sha256(path.encode()).hexdigest()[:32]}.part"


@pytest.mark.parametrize("more", [b"", b"too much"])
def test_a_run_that_was_killed_before_the_last_step_is_finished_without_retries(
    tmp_path: Path, server: Served, more: bytes
) -> None:
    bag = holey(tmp_path, server)
    path, content = "/deep/b%20c.bin", FILES["deep/b c.bin"]
    part = part_of(bag, "data/deep/b c.bin")
    part.write_bytes(content + more)
    note = {"url": f"{server.base}{path}", "validator": server.etag(content)}
    part.with_suffix(".json").write_text(json.dumps(note))
    assert fetch(bag, retries=0).exit_code == 0
    spans = [span for asked, span in server.asked if asked == path]
    assert spans == ([f"bytes={len(content + more)}-", None] if more else [])
    assert os.listdir(tmp_path) == ["bag"]


def test_a_file_that_changed_on_the_server_is_taken_from_its_beginning(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    path, content = "/deep/b%20c.bin", FILES["deep/b c.bin"]
    server.acts[path] = lambda handler: handler.send_content(b"\0" * len(content), most=100_000)
    assert fetch(bag, retries=0).exit_code == 4
    server.acts.clear()
    server.version = "2"
    assert fetch(bag, retries=0).exit_code == 0


def test_a_part_that_does_not_fit_is_given_up(tmp_path: Path, server: Served) -> None:
    """The server says that nothing changed, and the first part was another file's."""
    bag = holey(tmp_path, server)
    path, content = "/deep/b%20c.bin", FILES["deep/b c.bin"]
    tag = server.etag(content)
    server.etag = lambda content: tag  # type: ignore[method-assign]
    server.acts[path] = lambda handler: handler.send_content(b"\0" * len(content), most=100_000)
    assert fetch(bag, retries=0).exit_code == 4
    server.acts.clear()
    assert fetch(bag, retries=1).exit_code == 0
    assert [span for asked, span in server.asked if asked == path] == [None, "bytes=100000-", None]


def test_a_redirection_into_a_private_network_is_not_followed(tmp_path: Path, server: Served) -> None:
    with serve("127.0.0.2") as inner:
        inner.files["/a.bin"] = FILES["a.bin"]
        bag = holey(tmp_path, server)
        server.acts["/a.bin"] = lambda handler: handler.redirect(f"{inner.base}/a.bin")
        report = fetch(bag)
        assert (report.exit_code, codes(report)[0], inner.asked) == (4, "FCH-104", [])
        assert "127.0.0.2" in report.findings[0].message
        report = fetch(bag, private=["127.0.0.0/8"])
        assert (report.exit_code, len(inner.asked)) == (0, 1)


@pytest.mark.parametrize(
    "to", ["file:///etc/hostname", "ftp://example.org/a", "//127.0.0.2:9/a", "http://[::1]:9/a", "http://0x7f000002/a"]
)
def test_other_redirections_are_not_followed(tmp_path: Path, server: Served, to: str) -> None:
    bag = holey(tmp_path, server)
    server.acts["/a.bin"] = lambda handler: handler.redirect(to)
    report = fetch(bag)
    assert (report.exit_code, codes(report)[0]) == (4, "FCH-104")


def test_a_circle_of_redirections_ends(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    server.acts["/a.bin"] = lambda handler: handler.redirect("/a.bin")
    assert "more than five" in fetch(bag).findings[0].message


def test_a_public_name_that_leads_to_a_private_address(
    tmp_path: Path, server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What counts is where the name leads when the connection is made."""
    bag = holey(tmp_path, server, **{"a.bin": f"http://files.example.org:{server.port}/a.bin"})
    found = socket.getaddrinfo("127.0.0.1", server.port, type=socket.SOCK_STREAM)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    report = fetch(bag, private=[])
    assert [finding.code for finding in report.findings if finding.code.startswith("FCH")] == ["FCH-104", "FCH-104"]
    assert "files.example.org leads to the private address 127.0.0.1" in report.findings[0].message
    assert server.asked == []
    assert fetch(bag, private=["files.example.org", "127.0.0.1"]).exit_code == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@example.org/a", "file:///etc/hostname", "gopher://example.org/a", "https://localhost/a",
        "https://169.254.169.254/latest", "https://[fd00::1]/a", "https://10.1.2.3/a", "https://2130706433/a",
    ],
)  # fmt: skip
def test_addresses_that_are_never_asked(tmp_path: Path, server: Served, url: str) -> None:
    bag = holey(tmp_path, server, **{"a.bin": url})
    report = fetch(bag, schemes=["https"], private=[])
    assert codes(report)[0] == "FCH-104"
    assert "secret" not in report.findings[0].message
    assert report.exit_code == 4


def test_a_local_file_only_when_allowed(tmp_path: Path, server: Served) -> None:
    source = tmp_path / "a file.bin"
    source.write_bytes(FILES["a.bin"])
    bag = holey(tmp_path / "bags", server, **{"a.bin": source.as_uri()})
    assert codes(fetch(bag))[0] == "FCH-104"
    assert fetch(bag, schemes=["http", "file"]).exit_code == 0


def test_one_failing_host_does_not_stop_the_rest(tmp_path: Path, server: Served) -> None:
    names = {f"n{number}.bin": str(number).encode() * 100 for number in range(12)}
    bag = write_bag(tmp_path / "bag", names)
    with serve() as failing:
        for number, name in enumerate(names):
            (failing if number % 2 else server).files[f"/{name}"] = names[name]
            failing.acts[f"/{name}"] = lambda handler: handler.send_error(503)
        urls = {
            f"data/{name}": f"{(failing if number % 2 else server).base}/{name}" for number, name in enumerate(names)
        }
        make_holey(bag, urls)
        report = fetch(bag, retries=0, workers=1)
        assert report.exit_code == 4
        assert report.counts[FetchState.FETCHED] == 6
        assert sorted(code for code in codes(report) if code.startswith("FCH")) == ["FCH-103"] * 3 + ["FCH-106"] * 3
        failing.acts.clear()
        assert fetch(bag).exit_code == 0
    assert validate(str(bag)).verdict == "valid"


def test_credentials_go_to_named_hosts_alone(tmp_path: Path, server: Served) -> None:
    secret = tmp_path / "secret.toml"
    secret.touch(0o600)
    secret.write_text('user = "u"\npassword = "p"\n')
    with serve("127.0.0.2") as other:
        other.files["/a.bin"] = FILES["a.bin"]
        bag = holey(tmp_path, server)
        server.acts["/a.bin"] = lambda handler: handler.redirect(f"{other.base}/a.bin")
        hosts = {f"127.0.0.1:{server.port}": {"credentials": str(secret), "plain_http": True}}
        assert fetch(bag, hosts=hosts, private=["127.0.0.0/8"]).exit_code == 0
        assert all(one.get("Authorization", "").startswith("Basic ") for one in server.headers)
        assert [one.get("Authorization") for one in other.headers] == [None]


def test_a_host_that_is_not_named_gets_no_credential_of_the_environment(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    token = {f"ARCHIVE_TARGET_127_0_0_1_{server.port}_TOKEN": "t", "ARCHIVE_TARGET_127_0_0_1_TOKEN": "t"}
    assert fetch(bag, environ=token).exit_code == 0
    assert not any("Authorization" in one for one in server.headers)
    (bag / "data" / "a.bin").unlink()
    hosts = {f"127.0.0.1:{server.port}": {"plain_http": True}}
    assert fetch(bag, environ=token, hosts=hosts).exit_code == 0
    assert server.headers[-1]["Authorization"] == "Bearer t"


def test_access_denied_has_its_own_exit_code(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    server.acts["/a.bin"] = lambda handler: handler.send_error(401)
    report = fetch(bag)
    assert (report.exit_code, codes(report)[0]) == (12, "FCH-105")


def test_a_bag_whose_tag_files_changed_is_not_fetched_for(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    with (bag / "fetch.txt").open("a") as file:
        file.write(f"{server.base}/kept.txt 4 data/kept.txt\n")
    report = fetch(bag)
    assert (report.exit_code, report.verdict, server.asked) == (1, "invalid", [])


def test_a_link_in_the_way_is_not_followed(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    outside = tmp_path / "outside"
    outside.mkdir()
    (bag / "data" / "deep").rmdir()
    (bag / "data" / "deep").symlink_to(outside)
    report = fetch(bag)
    assert "FCH-108" in codes(report)
    assert list(outside.iterdir()) == []


def test_two_runs_at_a_time(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    parts = Parts(str(bag))
    with pytest.raises(LockedError):
        fetch(bag)
    parts.close(remove=True)
    assert fetch(bag).exit_code == 0


def test_what_cannot_be_completed(tmp_path: Path, server: Served) -> None:
    packed = pack_tar(holey(tmp_path, server), tmp_path / "bag.tar")
    with pytest.raises(UsageError, match="packed"):
        fetch(packed)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotABagError):
        fetch(tmp_path / "empty")


def test_an_untrusted_project_allows_nothing(tmp_path: Path, server: Served) -> None:
    from archive.config import load_settings

    (tmp_path / "archive.toml").write_text('[fetch]\nschemes = ["http"]\nprivate = ["127.0.0.1"]\n')
    bag = holey(tmp_path, server)
    with pytest.raises(UsageError, match="trust"):
        complete(str(bag), settings=load_settings(tmp_path))
    assert server.asked == []


def test_an_interrupted_run_leaves_parts_and_goes_on(tmp_path: Path, server: Served) -> None:
    bag = holey(tmp_path, server)
    content = FILES["deep/b c.bin"]
    held = threading.Event()

    def half(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("ETag", server.etag(content))
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[:150_000])
        handler.wfile.flush()
        held.wait(20)

    class Interrupting:
        def begin(self, label: str, total: int | None) -> None:
            self.done = 0

        def advance(self, size: int) -> None:
            self.done += size
            if self.done >= 150_000 + len(FILES["a.bin"]):
                raise KeyboardInterrupt

        def end(self) -> None: ...

    server.acts["/deep/b%20c.bin"] = half
    with pytest.raises(KeyboardInterrupt):
        complete(str(bag), settings=settings(seconds=20), progress=Interrupting())
    held.set()
    server.acts.clear()
    report = fetch(bag)
    assert report.exit_code == 0
    assert server.asked[-1][1] == "bytes=150000-"


def test_many_files(tmp_path: Path, server: Served) -> None:
    names = {f"d{number % 7}/n{number}.bin": str(number).encode() for number in range(1500)}
    bag = write_bag(tmp_path / "bag", names)
    server.files = {f"/{name}": content for name, content in names.items()}
    make_holey(bag, {f"data/{name}": f"{server.base}/{name}" for name in names})
    server.acts["/d0/n0.bin"] = lambda handler: handler.send_error(503)
    report = fetch(bag, retries=2, workers=8)
    assert (report.exit_code, report.verdict, report.counts[FetchState.FETCHED]) == (4, "still to be fetched", 1499)
    server.acts.clear()
    planned = complete(str(bag), settings=settings(), dry_run=True)
    assert planned.counts[FetchState.PLANNED] == 1
    assert fetch(bag).verdict == "complete"
