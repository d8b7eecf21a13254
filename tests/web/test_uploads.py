"""Uploads: streamed, whole or not there at all, judged by token, names and size before anything is kept."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.desk_forms import BOUNDARY, FORM_TYPE, file_parts, multipart, send_body, send_files
from tests.support.desks import PATIENCE, RunningDesk, Visitor, open_desk
from tests.support.needing import miss


def drafts_of(desk: RunningDesk) -> list[Path]:
    return sorted((desk.state / "drafts").glob("*")) if (desk.state / "drafts").is_dir() else []


def files_of(draft: Path) -> dict[str, bytes]:
    top = draft / "files"
    return {str(one.relative_to(top)): one.read_bytes() for one in top.rglob("*") if one.is_file()}


def nothing_is_left(desk: RunningDesk) -> bool:
    left = [one for one in (desk.state / "uploads").glob("*") if one.name != "lock"]
    return not drafts_of(desk) and not left


@pytest.mark.parametrize(
    "path",
    [
        "letters/photos/wall.png", "a.txt", 'quote".txt', "back\\slash.txt", "\u202egnp.txt", "space .txt",
        "رسائل/مرحبا.txt",
        "<script>alert(1)</script>.txt".replace("/", "|"), "x" * 255, "a/" * 60 + "deep", "CON.txt", ".hidden",
    ],
)  # fmt: skip
def test_a_file_keeps_its_name_and_its_bytes(desk: RunningDesk, visitor: Visitor, path: str) -> None:
    content = os.urandom(100_000) + b"\r\n--" + BOUNDARY[:-1] + b"\r\n"
    answer = send_files(visitor, [(path, content)])
    assert answer.url.path.startswith("/new/"), answer.text
    (draft,) = drafts_of(desk)
    assert files_of(draft) == {path: content}
    assert draft.stat().st_mode & 0o077 == 0
    assert "<script>alert" not in answer.text
    assert "\u202e" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "../x", "a/../../x", "/etc/x", "\\\\server\\x", "..\\x", "C:\\x", "C:/x", "~/x", "a//b", "a/./b", "a/",
        "nul\0x",
        "x" * 300, "y/" + "ü" * 128, "a/" * 80 + "b", "\udcff.txt",
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(desk: RunningDesk, visitor: Visitor, path: str) -> None:
    answer = send_files(visitor, [("good.txt", b"good"), (path, b"bad")])
    assert answer.status_code == 400, answer.text
    assert nothing_is_left(desk)
    assert not list(desk.state.parent.rglob("x"))


def test_the_path_field_names_the_file_and_its_date(desk: RunningDesk, visitor: Visitor) -> None:
    token = visitor.form_token()
    send_body(
        visitor,
        multipart(
            [
                (b'name="form-token"', token.encode()),
                (b'name="path"', b'letters/a%22b".txt'), (b'name="modified"', b"1571356800123"),
                (b'name="file"; filename="file"', b"one"),
                (b'name="file"; filename="letters/other.txt"', b"two"),
                (b'name="path"', b"letters/../../x"),
            ]
        ),
    )  # fmt: skip
    (draft,) = drafts_of(desk)
    assert files_of(draft) == {'letters/a%22b".txt': b"one", "letters/other.txt": b"two"}
    assert (draft / "files/letters" / 'a%22b".txt').stat().st_mtime_ns == 1_571_356_800_123_000_000


def test_a_bad_path_field_is_refused_like_a_bad_name(desk: RunningDesk, visitor: Visitor) -> None:
    token = visitor.form_token().encode()
    parts = [(b'name="form-token"', token), (b'name="path"', b"../x"), (b'name="file"; filename="good"', b"x")]
    assert send_body(visitor, multipart(parts)).status_code == 400
    assert nothing_is_left(desk)


def test_names_are_never_overwritten(desk: RunningDesk, visitor: Visitor) -> None:
    for files in ([("a", b"1"), ("a", b"2")], [("a", b"1"), ("a/b", b"2")], [("a/b", b"1"), ("a", b"2")]):
        assert send_files(visitor, files).status_code == 400
        assert nothing_is_left(desk)
    send_files(visitor, [("Brief.txt", b"1"), ("brief.txt", b"2")])  # twins by case are two files here, and both kept
    (draft,) = drafts_of(desk)
    assert files_of(draft) == {"Brief.txt": b"1", "brief.txt": b"2"}


def test_the_token_comes_first_and_must_be_right(desk: RunningDesk, visitor: Visitor) -> None:
    right, file = (b'name="form-token"', visitor.form_token().encode()), (b'name="file"; filename="a"', b"a")
    for parts in (
        [file, right], [(b'name="form-token"', b"0" * 64), file], [file],
        [(b'name="form-token"; filename="t"', right[1]), file], [(b'name="path"', b"a"), right, file],
    ):  # fmt: skip
        assert send_body(visitor, multipart(parts)).status_code == 403
        assert nothing_is_left(desk)
    assert send_body(visitor, b"nothing of the kind").status_code == 400
    answer = visitor.client.post("/new/upload", content=b"x", headers={"Origin": desk.origin})
    assert answer.status_code == 400
    assert nothing_is_left(desk)


def test_an_empty_form_is_told(desk: RunningDesk, visitor: Visitor) -> None:
    parts = [*file_parts(visitor.form_token(), []), (b'name="file"; filename=""', b"")]
    answer = send_body(visitor, multipart(parts))
    assert answer.status_code == 400
    assert "no file was sent" in answer.text
    assert nothing_is_left(desk)


@pytest.fixture
def narrow_desk(tmp_path: Path) -> Iterator[RunningDesk]:
    """A desk that takes two megabytes at a time."""
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home):
        pass
    with (project / "archive.toml").open("a") as file:
        file.write('\n[desk]\nlargest_upload = "2MB"\n')
    with open_desk(project, home) as desk:
        desk.archive("config", "--trust")
        yield desk


def test_an_upload_that_is_too_large_is_refused_and_leaves_nothing(narrow_desk: RunningDesk) -> None:
    with Visitor(narrow_desk) as visitor:
        assert send_files(visitor, [("small", b"x" * 1_000_000)]).status_code == 200
        body = multipart(file_parts(visitor.form_token(), [("large", b"x" * 2_000_001)]))
        assert send_body(visitor, body).status_code == 413

        def in_pieces() -> Iterator[bytes]:
            """Without a length, so that it is only known on the way."""
            for start in range(0, len(body), 1 << 16):
                yield body[start : start + (1 << 16)]

        answer = visitor.client.post(
            "/new/upload", content=in_pieces(), headers={"Origin": narrow_desk.origin, "Content-Type": FORM_TYPE}
        )
        assert answer.status_code == 413
        assert "Nothing was kept" in answer.text
    assert len(drafts_of(narrow_desk)) == 1
    assert [one.name for one in (narrow_desk.state / "uploads").iterdir()] == ["lock"]


def begin_upload(visitor: Visitor, length: int = 50_000_000) -> socket.socket:
    """The head of an upload and the first megabytes of its body, on a connection that stays open."""
    desk = visitor.desk
    host = desk.origin.removeprefix("http://")
    made = socket.create_connection(tuple(host.split(":")), timeout=PATIENCE)  # type: ignore[arg-type]
    cookies = "; ".join(f"{one.name}={one.value}" for one in visitor.client.cookies.jar)
    body = multipart(file_parts(visitor.form_token(), [("letters/a.bin", b"x" * 3_000_000)]))[:2_500_000]
    head = (
        f"POST /new/upload HTTP/1.1\r\nHost: {host}\r\nOrigin: {desk.origin}\r\nCookie: {cookies}\r\n"
        f"Content-Type: {FORM_TYPE}\r\nContent-Length: {length}\r\n\r\n"
    )
    made.sendall(head.encode() + body)
    return made


def wait_until(true: object) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)


def arriving(desk: RunningDesk) -> list[Path]:
    return list((desk.state / "uploads").glob("*/files/letters/a.bin"))


def test_an_upload_that_breaks_off_leaves_nothing(desk: RunningDesk, visitor: Visitor) -> None:
    with begin_upload(visitor):
        wait_until(lambda: arriving(desk))
    wait_until(lambda: nothing_is_left(desk))


def test_a_body_that_ends_too_early_leaves_nothing(desk: RunningDesk, visitor: Visitor) -> None:
    body = multipart(file_parts(visitor.form_token(), [("a", b"x" * 1000), ("b", b"y" * 1000)]))
    for end in (len(body) - 30, len(body) - 1200, len(body) // 4):
        answer = send_body(visitor, body[:end])
        assert answer.status_code in (400, 403), end
        assert nothing_is_left(desk)


def test_a_desk_that_is_killed_in_the_middle_leaves_nothing_for_the_next(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home) as desk, Visitor(desk) as visitor, begin_upload(visitor):
        wait_until(lambda: arriving(desk))
        desk.process.send_signal(signal.SIGKILL)
        desk.process.wait(20)
        assert arriving(desk)
    with open_desk(project, home) as desk:
        assert nothing_is_left(desk)


def test_fifty_uploads_at_once_are_taken_in_turn_or_refused(desk: RunningDesk, visitor: Visitor) -> None:
    body = multipart(file_parts(visitor.form_token(), [("a", b"x" * 300_000)]))
    with contextlib.ExitStack() as held:
        for _ in range(4):
            held.enter_context(begin_upload(visitor))
        wait_until(lambda: len(arriving(desk)) == 4)
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            statuses = list(pool.map(lambda _: send_body(visitor, body).status_code, range(46)))
        assert set(statuses) == {503}
        assert drafts_of(desk) == []
    wait_until(lambda: nothing_is_left(desk))
    assert send_body(visitor, body).status_code == 200


def test_the_memory_of_the_desk_does_not_grow_with_an_upload(desk: RunningDesk, visitor: Visitor) -> None:
    def most_memory() -> int:
        status = Path(f"/proc/{desk.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    send_files(visitor, [("first", b"x")])
    before = most_memory()
    whole = multipart(file_parts(visitor.form_token(), [("large", b"")]))
    head, tail = whole[: whole.rindex(b"\r\n--")], whole[whole.rindex(b"\r\n--") :]

    def pieces() -> Iterator[bytes]:
        yield head
        for _ in range(200):
            yield b"z" * 1_000_000
        yield tail

    answer = visitor.client.post(
        "/new/upload", content=pieces(), headers={"Origin": desk.origin, "Content-Type": FORM_TYPE}
    )
    assert answer.status_code == 200
    assert most_memory() - before < 50_000_000
    assert {one.stat().st_size for one in desk.state.rglob("large")} == {200_000_000}


@pytest.fixture
def small_state(tmp_path: Path) -> Iterator[Path]:
    """A home whose desk state is on a disk of one megabyte."""
    home = tmp_path / "home"
    state = home / ".local/state/muniment/desk"
    state.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(state)], check=False)
    if done.returncode != 0:
        miss("mount", "root, to mount a small disk")
    yield home
    subprocess.run(["umount", "-l", str(state)], check=True)


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, small_state: Path) -> None:
    with open_desk(tmp_path / "project", small_state) as desk, Visitor(desk) as visitor:
        answer = send_files(visitor, [("large", b"x" * 3_000_000)])
        assert answer.status_code == 500
        assert "no space left" in answer.text
        assert nothing_is_left(desk)


def test_a_desk_that_only_reads_takes_no_upload(tmp_path: Path) -> None:
    with open_desk(tmp_path / "project", tmp_path / "home", "--read-only") as desk, Visitor(desk) as visitor:
        assert send_body(visitor, multipart([])).status_code == 403
        page = visitor.get("/new")
        assert page.status_code == 200
        assert 'type="file"' not in page.text
        assert not (desk.state / "uploads").exists()


def test_a_draft_is_json_that_survives_a_restart(tmp_path: Path) -> None:
    project, home = tmp_path / "project", tmp_path / "home"
    with open_desk(project, home) as desk, Visitor(desk) as visitor:
        path = send_files(visitor, [("letters/a.txt", b"hello")]).url.path
        (draft,) = drafts_of(desk)
        assert json.loads((draft / "draft.json").read_text())["name"] == "letters"
    with open_desk(project, home) as desk, Visitor(desk) as visitor:
        assert path in visitor.get("/new").text
        assert visitor.get(path).status_code == 200
        assert visitor.post(f"{path}/discard").url.path == "/new"
        assert nothing_is_left(desk)
