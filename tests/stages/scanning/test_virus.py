"""The virus check with the real ClamAV and a signature of our own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.errors import InfectedError, SourceError, UsageError
from archive.settings import CreateSettings, IdentifySettings, Settings, ToolSettings
from archive.stages.scanning import clamd as clamd_protocol
from archive.stages.scanning.viruses import check_viruses
from tests.support.building import FolderBuild
from tests.support.needing import need, needs

MARK = b"muniment-test-signature"
SIGNATURE = f"Test.Muniment:0:*:{MARK.hex()}\n"
NOWHERE = "/nonexistent/clamd.sock"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signatures")
    (folder / "test.ndb").write_text(SIGNATURE)
    return folder


@pytest.fixture
def scanner(database: Path, tmp_path: Path) -> str:
    """clamscan with the test signature."""
    return wrapped(need("clamscan"), database, tmp_path)


def wrapped(program: str, database: Path, tmp_path: Path) -> str:
    script = tmp_path / "bin" / "clamscan"
    script.parent.mkdir()
    script.write_text(f'#!/bin/sh\nexec "{program}" --database="{database}" "$@"\n')
    script.chmod(0o755)
    return str(script)


@pytest.fixture(scope="module")
def daemon(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A running clamd with the test signature: its socket, and its address on the loopback."""
    program = need("clamd")
    folder = tmp_path_factory.mktemp("clamd", numbered=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    path = folder / "c.sock"
    (folder / "clamd.conf").write_text(
        f"DatabaseDirectory {database}\nLocalSocket {path}\nTCPSocket {port}\nTCPAddr 127.0.0.1\nForeground yes\n"
        "StreamMaxLength 1M\nMaxThreads 2\n"
    )
    process = subprocess.Popen(
        [program, f"--config-file={folder / 'clamd.conf'}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(300):
            if path.exists():
                break
            assert process.poll() is None, "clamd did not start"
            time.sleep(0.1)
        yield str(path), f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def build(tmp_path: Path) -> FolderBuild:
    root = tmp_path / "payload"
    (root / "folder").mkdir(parents=True)
    (root / "clean.txt").write_text("nothing")
    (root / "empty.txt").write_text("")
    (root / "folder" / "رسالة: FOUND.txt").write_text("nothing either")
    return FolderBuild(root)


def infect(build: FolderBuild, name: bytes = b"bad.txt") -> str:
    with open(os.path.join(os.fsencode(build.root), name), "wb") as file:
        file.write(b"before " + MARK + b" after")
    return "data/original/" + name.decode("utf-8", "surrogateescape")


def settings(
    *, virus: str = "auto", clamd: str = NOWHERE, clamscan: str = "/nonexistent", keep: bool = False
) -> Settings:
    return Settings(
        identify=IdentifySettings(virus=virus),
        tools=ToolSettings(clamd=clamd, clamscan=clamscan),
        create=CreateSettings(keep_infected=keep),
    )


@pytest.mark.server
def test_clamd_scans_every_file(daemon: tuple[str, str], build: FolderBuild) -> None:
    for address in daemon:
        check = check_viruses(build, settings(clamd=address, virus="require"))
        assert check is not None
        assert (check.files, check.infected, check.unscanned) == (3, (), ())
        assert check.tool.name == "ClamAV clamd"
        assert check.tool.version[0].isdigit()
        assert check.tool.note


@pytest.mark.server
@pytest.mark.parametrize("name", [b"bad.txt", "سيئ.txt".encode(), b"\xff\xfe.bin", b"two\nlines", b"a: Name FOUND"])
def test_clamd_names_an_infected_file(name: bytes, daemon: tuple[str, str], build: FolderBuild) -> None:
    path = infect(build, name)
    for address in daemon:
        with pytest.raises(InfectedError) as caught:
            check_viruses(build, settings(clamd=address))
        assert caught.value.subject == path
        assert "Test.Muniment" in caught.value.problem
        kept = check_viruses(build, settings(clamd=address, keep=True))
        assert kept is not None
        assert [one for one, _name in kept.infected] == [path]
        assert kept.files == 4


@pytest.mark.server
def test_clamd_does_not_call_clean_what_it_would_not_take(daemon: tuple[str, str], build: FolderBuild) -> None:
    (build.root / "large.bin").write_bytes(bytes(2 << 20))
    check = check_viruses(build, settings(clamd=daemon[1]))
    assert check is not None
    assert check.files == 3
    assert [path for path, _reason in check.unscanned] == ["data/original/large.bin"]
    with pytest.raises(SourceError):
        check_viruses(build, settings(clamd=daemon[1], virus="require"))


def test_clamscan_scans_every_file(scanner: str, build: FolderBuild) -> None:
    check = check_viruses(build, settings(clamscan=scanner, virus="require"))
    assert check is not None
    assert (check.files, check.infected, check.unscanned) == (3, (), ())
    assert check.tool.name == "ClamAV clamscan"
    assert check.tool.note == "signatures known: 1"
    assert str(build.root) not in str(check)


@pytest.mark.parametrize("name", [b"bad.txt", "سيئ.txt".encode(), b"\xff\xfe.bin", b"two\nlines", b"a: Name FOUND"])
def test_clamscan_names_an_infected_file(name: bytes, scanner: str, build: FolderBuild) -> None:
    path = infect(build, name)
    with pytest.raises(InfectedError) as caught:
        check_viruses(build, settings(clamscan=scanner))
    assert caught.value.subject == path
    kept = check_viruses(build, settings(clamscan=scanner, keep=True))
    assert kept is not None
    assert kept.infected == ((path, "Test.Muniment.UNOFFICIAL"),)
    assert kept.files == 4


def test_a_scanner_without_signatures_is_not_there(build: FolderBuild, tmp_path: Path) -> None:
    program = need("clamscan")
    empty = tmp_path / "empty"
    empty.mkdir()
    script = wrapped(program, empty, tmp_path)
    infect(build)
    assert check_viruses(build, settings(clamscan=script)) is None
    with pytest.raises(UsageError, match="virus check is required"):
        check_viruses(build, settings(clamscan=script, virus="require"))


def test_without_a_scanner_there_is_no_check(build: FolderBuild) -> None:
    assert check_viruses(build, settings()) is None
    assert check_viruses(build, settings(virus="none")) is None
    with pytest.raises(UsageError):
        check_viruses(build, settings(virus="require"))


def test_an_empty_payload_is_not_scanned(scanner: str, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    assert check_viruses(FolderBuild(tmp_path / "nothing"), settings(clamscan=scanner)) is None


def test_the_protocol() -> None:
    assert clamd_protocol.read_version("ClamAV 1.4.3/27300/Mon Jun  3 10:00:00 2024\n") == (
        "1.4.3", "signatures 27300 of Mon Jun  3 10:00:00 2024",
    )  # fmt: skip
    assert clamd_protocol.read_version("ClamAV 1.4.6\0") == ("1.4.6", None)
    assert clamd_protocol.read_version("hello") is None
    assert clamd_protocol.read_answer(b"1: stream: Eicar-Test FOUND\0") == (clamd_protocol.Word.FOUND, "Eicar-Test")
    assert clamd_protocol.read_answer(b"1: fd[10]: OK\0") == (clamd_protocol.Word.OK, "")
    word, text = clamd_protocol.read_answer(b"INSTREAM size limit exceeded. ERROR\0")
    assert (word, text) == (clamd_protocol.Word.ERROR, "INSTREAM size limit exceeded.")
    assert clamd_protocol.read_answer(b"")[0] is clamd_protocol.Word.ERROR
    assert b"".join(clamd_protocol.frame_chunks([b"ab", b"", b"c"])) == b"\0\0\0\2ab\0\0\0\1c\0\0\0\0"


@needs("clamscan")
@pytest.mark.parametrize("keep", [False, True])
def test_a_dry_run_tells_what_the_scanner_names(
    scanner: str, tmp_path: Path, keep: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "good.txt").write_text("good\n")
    (source / "bad.txt").write_bytes(b"before " + MARK + b" after")
    monkeypatch.setenv("ARCHIVE_TOOLS_CLAMSCAN", scanner)
    monkeypatch.setenv("ARCHIVE_TOOLS_CLAMD", NOWHERE)
    words = ["create", str(source), "--to", str(tmp_path / "bags"), "--pdfa", "none"]
    words += ["--keep-infected"] if keep else []
    code = run([*words, "--dry-run", "--json"])
    report = json.loads(capsys.readouterr().out)
    named = {finding["code"]: finding for finding in report["findings"]}
    assert named["SRC-145" if keep else "SRC-144"]["path"] == "data/original/bad.txt"
    assert code == (0 if keep else 1)
    assert not (tmp_path / "bags").exists()
    assert run(words) == code, "and the real run ends alike"
