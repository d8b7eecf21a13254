"""Formats by PRONOM and by the table: what speaks for each, and an honest unknown."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from archive.errors import SourceError, UsageError
from archive.model.build import Identification
from archive.settings import IdentifySettings, Settings
from archive.stages.scanning.identification import Identifications, identify, identify_also
from tests.support.building import FolderBuild

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00\x90wS\xde"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)
WITH_PICTURE = (
    b"From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=B\r\n\r\n"
    b"--B\r\nContent-Type: text/html\r\n\r\n<p>Words</p>\r\n--B--\r\n"
)
"""Mail with pictures in its text, and a saved web page, have this form."""
FILES = {
    "statement.txt": "بيان صحفي\n".encode(),
    "picture.png": PNG,
    "old.pdf": b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n",
    "page.html": b"<!DOCTYPE html><html><body>x</body></html>",
    "rooms.csv": b"a,b\n1,2\n",
    "picture.jpg": b"no picture at all \x00\x01",
    "empty.txt": b"",
    "noise": bytes(range(256)),
}


def settings(formats: str) -> Settings:
    return Settings(identify=IdentifySettings(formats=formats))


@pytest.fixture
def build(tmp_path: Path) -> FolderBuild:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return FolderBuild(tmp_path)


def of(found: Identifications, name: str) -> Identification:
    one = found.of(f"data/original/{name}")
    assert one is not None
    return one


def test_pronom_names_formats_by_their_content(build: FolderBuild) -> None:
    with identify(build, settings("auto")) as found:
        assert found.tool is not None
        assert found.tool.name == "siegfried"
        assert "DROID_SignatureFile_V" in (found.tool.note or "")
        assert "container-signature-" in (found.tool.note or "")
        assert of(found, "old.pdf").puid == "fmt/18"
        assert of(found, "old.pdf").version == "1.4"
        assert "byte match" in of(found, "old.pdf").basis
        assert of(found, "picture.png").mime == "image/png"
        assert of(found, "page.html").puid == "fmt/471"
        assert of(found, "statement.txt").puid == "x-fmt/111"
        assert found.of("data/original/absent") is None
        assert sum(count for _one, count in found.counts()) == len(FILES)


@pytest.mark.parametrize(
    ("name", "content", "format_name", "puid", "mime"),
    [
        ("rooms.csv", b"a,b\n1,2\n", "Comma Separated Values", "x-fmt/18", "text/csv"),
        ("rooms.csv", "غرفة,1\n".encode(), "Comma Separated Values", "x-fmt/18", "text/csv"),
        ("notes.md", b"# Title\n\ntext\n", "Markdown", "fmt/1149", "text/markdown"),
        ("data.json", b'{"a": [1]}', "JSON Data Interchange Format", "fmt/817", "application/json"),
        ("data.json", b"[" + b"1," * 4000 + b"1]", "JSON Data Interchange Format", "fmt/817", "application/json"),
        ("data.json", b"no JSON at all", "Plain text", None, "text/plain"),
        ("table.tsv", b"a\tb\n", "Tab-separated Values", "x-fmt/13", "text/tab-separated-values"),
        ("random.csv", bytes(range(256)), "unknown", None, None),
        ("random.bin", bytes(range(256)), "unknown", None, None),
        (
            "letter.eml",
            b"From: a@example.org\nSubject: x\n\nHello\n",
            "Internet Message Format",
            None,
            "message/rfc822",
        ),
        ("old.bak", b"only a text\n", "Back Up File", "fmt/941", "text/plain"),
        ("film", b"1\n00:00:01,000 --> 00:00:02,000\nWords\n", "SubRip Subtitle File", "fmt/1218", "text/plain"),
        ("picture.eml", WITH_PICTURE, "Internet Message Format", None, "message/rfc822"),
    ],
)
def test_what_the_extension_says_and_the_text_confirms_is_named(
    name: str, content: bytes, format_name: str, puid: str | None, mime: str | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with identify(FolderBuild(tmp_path), settings("pronom")) as found:
        one = of(found, name)
    assert (one.name, one.puid, one.mime, one.mismatch) == (format_name, puid, mime, False)


@pytest.mark.parametrize("formats", ["pronom", "table"])
@pytest.mark.parametrize(
    ("name", "content", "mismatch"),
    [
        ("photo.jpg", PNG, True),
        ("photo.JPEG", PNG, True),
        ("photo.PNG", PNG, False),
        ("photo", PNG, False),
        ("text.png", b"only a text\n", True),
        ("paper.txt", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", True),
        ("paper.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", False),
        ("notes.md", b"# T\n", False),
        ("notes", b"text\n", False),
        ("server.conf", b"port = 1\n", False),
        ("notes.text", "سطر".encode("utf-16"), False),
        ("text.docx", b"only a text\n", True),
        ("text.xls", b"only a text\n", True),
        ("page.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', False),
        ("saved.mht", WITH_PICTURE, False),
        ("letter.eml", WITH_PICTURE, False),
        ("box.mbx", b"From a@example.org Mon Jun  1 10:00:00 2026\nSubject: x\n\nText\n", False),
    ],
)
def test_an_extension_that_means_another_format_is_noticed(
    name: str, content: bytes, mismatch: bool, formats: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    with identify(FolderBuild(tmp_path), settings(formats)) as found:
        assert of(found, name).mismatch is mismatch


def test_an_extension_alone_is_no_identification(build: FolderBuild) -> None:
    with identify(build, settings("pronom")) as found:
        picture = of(found, "picture.jpg")
        assert picture.puid is None
        assert "fmt/42" in (picture.note or "")
        assert of(found, "empty.txt").puid is None
        assert of(found, "empty.txt").basis == "the file is empty"
        assert (of(found, "noise").name, of(found, "noise").note) == ("unknown", None)


@pytest.mark.parametrize("formats", ["pronom", "table"])
def test_names_of_any_bytes(formats: str, tmp_path: Path) -> None:
    names = [b"\xff\xfe\x80.png", "صورة.png".encode(), b"two\nlines.png", b" blank .png", b"%41.png", b"-n.png"]
    for name in names:
        with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
            file.write(PNG)
    with identify(FolderBuild(tmp_path), settings(formats)) as found:
        for name in names:
            one = of(found, name.decode("utf-8", "surrogateescape"))
            assert one.mime == "image/png", name


def test_the_table_knows_little_and_says_so(build: FolderBuild) -> None:
    with identify(build, settings("table")) as found:
        assert found.tool is not None
        assert found.tool.name == "muniment format table"
        assert (of(found, "old.pdf").name, of(found, "old.pdf").version) == ("Portable Document Format", "1.4")
        assert of(found, "statement.txt").basis == "text match UTF-8"
        assert of(found, "page.html").mime == "text/html"
        assert of(found, "picture.jpg").name == "unknown"
        assert of(found, "noise").name == "unknown"
        assert {one.puid for one, _count in found.counts()} == {None}


def test_without_pygfried(build: FolderBuild, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pygfried", None)
    with identify(build, settings("auto")) as found:
        assert found.tool is not None
        assert found.tool.name == "muniment format table"
    with pytest.raises(UsageError, match="pygfried is not installed"):
        identify(build, settings("pronom"))


def test_none_looks_at_nothing(build: FolderBuild) -> None:
    with identify(build, settings("none")) as found:
        assert found.tool is None
        assert found.of("data/original/old.pdf") is None


@pytest.mark.parametrize("formats", ["pronom", "table"])
def test_renditions_are_looked_at_later(formats: str, build: FolderBuild) -> None:
    with identify(build, settings(formats)) as found:
        (build.root / "later.png").write_bytes(PNG)
        records = [record for record in build.records() if record.path.endswith("later.png")]
        identify_also(found, build, records)
        assert of(found, "later.png").mime == "image/png"


@pytest.mark.parametrize("formats", ["pronom", "table"])
def test_a_file_that_cannot_be_read_is_an_error(formats: str, build: FolderBuild) -> None:
    records = list(build.records())
    (build.root / "old.pdf").unlink()
    build.records = lambda: iter(records)  # type: ignore[method-assign]
    with pytest.raises(SourceError):
        identify(build, settings(formats))


def test_many_bases_are_kept_in_bounded_memory() -> None:
    from archive.model.build import Tool

    tool = Tool("x", "1")
    with Identifications(None) as found:
        found.add(
            (f"data/{number}", Identification("PDF", None, "fmt/18", None, f"byte match at {number}, 4", tool))
            for number in range(5000)
        )
        assert len(found.counts()) <= 4098
        first, last = found.of("data/1"), found.of("data/4999")
        assert first is not None
        assert first.basis == "byte match at 1, 4"
        assert last is not None
        assert last.basis == "byte match at"


def test_identification_is_cheap(tmp_path: Path) -> None:
    count = 1000
    for number in range(count):
        (tmp_path / f"{number}.txt").write_text(f"Statement {number} on the matter at hand.\n" * 40)
    build = FolderBuild(tmp_path)
    with identify(build, settings("pronom")):
        pass
    before = time.process_time()
    with identify(build, settings("pronom")):
        pass
    assert (time.process_time() - before) / count < 0.001
