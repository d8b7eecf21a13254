"""Untrusted PDFs: every kind of violation is named, and nothing hostile ends in more than a finding."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfWriter

from archive.errors import NotFoundError
from archive.model.finding import Severity
from archive.renditions.inspection.examining import Inspection, inspect_pdf
from archive.renditions.inspection.metadata import read_claims
from archive.renditions.judging import weigh
from archive.settings import Settings
from tests.support import pdf_samples as made

_SETTINGS = Settings()


@pytest.fixture(scope="module")
def pdfa() -> dict[int, bytes]:
    return {part: made.read_pdfa(part) for part in (1, 2, 3)}


def _inspect(folder: Path, content: bytes) -> Inspection:
    path = folder / "x.pdf"
    path.write_bytes(content)
    return inspect_pdf(str(path), subject="x.pdf", settings=_SETTINGS)


def _codes(seen: Inspection) -> set[str]:
    return {finding.code for finding in weigh("x.pdf", seen, None, absent="nobody is here").findings}


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_claim_is_seen_and_nothing_stands_against_it(tmp_path: Path, pdfa: dict[int, bytes], part: int) -> None:
    seen = _inspect(tmp_path, pdfa[part])
    assert seen.claims == (f"PDF/A-{part}b",)
    assert seen.pages == 1
    assert seen.title == "A page"
    assert _codes(seen) == {"PDF-103"}


@pytest.mark.parametrize(
    ("part", "change", "code"),
    [
        (2, made.add_script, "PDF-118"),
        (3, made.add_launch, "PDF-118"),
        (1, made.add_attachment, "PDF-120"),
        (3, made.add_attachment, "PDF-120"),
        (2, made.add_form, "PDF-119"),
        (2, made.add_movie, "PDF-127"),
        (2, made.add_loose_font, "PDF-117"),
        (1, made.add_opacity, "PDF-128"),
        (2, made.add_lzw, "PDF-126"),
        (1, made.add_layers, "PDF-129"),
        (2, made.drop_intent, "PDF-116"),
        (2, made.spoil_intent, "PDF-115"),
        (2, made.drop_identifier, "PDF-112"),
    ],
)
def test_what_the_part_forbids_is_named(
    tmp_path: Path, pdfa: dict[int, bytes], part: int, change: Callable[[PdfWriter], None], code: str
) -> None:
    seen = _inspect(tmp_path, made.changed(pdfa[part], change))
    assert code in _codes(seen)
    assert weigh("x.pdf", seen, None, absent="").word == "invalid"


def test_what_later_parts_allow_is_not_held_against_them(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    assert _codes(_inspect(tmp_path, made.changed(pdfa[2], made.add_opacity))) == {"PDF-103"}


def test_bytes_before_and_after_are_seen(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    assert "PDF-110" in _codes(_inspect(tmp_path, b"x\n" + pdfa[2]))
    assert "PDF-111" in _codes(_inspect(tmp_path, pdfa[2] + b"more"))
    assert "PDF-111" not in _codes(_inspect(tmp_path, pdfa[2].rstrip(b"\n") + b"\r\n"))


def test_the_binary_comment_must_be_there(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    first, second, rest = pdfa[2].split(b"\n", 2)
    assert "PDF-110" in _codes(_inspect(tmp_path, b"\n".join([first, b"%" + b"a" * (len(second) - 1), rest])))


def _relevel(pdfa: bytes, level: bytes) -> bytes:
    return made.with_xmp(pdfa, b"pdfaid:conformance='B'", b"pdfaid:conformance='" + level + b"'")


@pytest.mark.parametrize("level", [b"b", b"C", b"U", b""])
def test_a_level_that_does_not_exist_is_no_claim(tmp_path: Path, pdfa: dict[int, bytes], level: bytes) -> None:
    seen = _inspect(tmp_path, _relevel(pdfa[1], level))
    assert "PDF-106" in _codes(seen)
    assert weigh("x.pdf", seen, None, absent="").word == "invalid"


def test_level_a_without_tags_is_seen(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    assert "PDF-121" in _codes(_inspect(tmp_path, _relevel(pdfa[2], b"A")))


def test_accessibility_without_language_and_title_is_seen(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    claim = (
        b"pdfaid:conformance='B'/><rdf:Description rdf:about='' xmlns:pdfuaid='http://www.aiim.org/pdfua/ns/id/'"
        b" pdfuaid:part='1'"
    )
    seen = _inspect(tmp_path, made.with_xmp(pdfa[2], b"pdfaid:conformance='B'", claim))
    assert seen.claims == ("PDF/A-2b", "PDF/UA-1")
    assert {"PDF-121", "PDF-122", "PDF-123"} <= _codes(seen)


def test_information_that_differs_is_an_error_in_part_1_and_a_warning_later(
    tmp_path: Path, pdfa: dict[int, bytes]
) -> None:
    assert "PDF-124" in _codes(_inspect(tmp_path, made.with_xmp(pdfa[1], b"A page", b"B page")))
    later = _inspect(tmp_path, made.with_xmp(pdfa[2], b"A page", b"B page"))
    assert [f.severity for f in later.findings if f.code == "PDF-125"] == [Severity.WARNING]


def test_metadata_that_are_not_well_formed_are_named(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    seen = _inspect(tmp_path, made.with_xmp(pdfa[2], b"</rdf:RDF>", b""))
    assert "PDF-106" in _codes(seen)
    compressed = _inspect(tmp_path, made.changed(pdfa[1], made.compress_metadata))
    assert "PDF-114" in _codes(compressed)


def test_encryption_is_seen_with_and_without_the_password(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    opened = _inspect(tmp_path, made.encrypted(pdfa[2], ""))
    assert opened.encrypted
    assert "PDF-113" in _codes(opened)
    locked = _inspect(tmp_path, made.encrypted(pdfa[2], "secret"))
    assert locked.locked
    assert weigh("x.pdf", locked, None, absent="").word == "not PDF/A"


def test_forms_signatures_scripts_and_attachments_are_noted(tmp_path: Path) -> None:
    for change, code in (
        (made.add_script, "PDF-140"),
        (made.add_form, "PDF-141"),
        (made.add_signature, "PDF-142"),
        (made.add_attachment, "PDF-143"),
    ):
        assert code in _codes(_inspect(tmp_path, made.plain_pdf(change=change)))


def test_an_ordinary_pdf_is_not_pdfa(tmp_path: Path) -> None:
    seen = _inspect(tmp_path, made.plain_pdf())
    assert weigh("x.pdf", seen, None, absent="").word == "not PDF/A"
    assert _codes(seen) == {"PDF-102"}


@pytest.mark.parametrize("name", made.hostile_pdfs())
def test_a_hostile_pdf_ends_as_a_finding(tmp_path: Path, name: str) -> None:
    started = time.monotonic()
    seen = _inspect(tmp_path, made.hostile_pdfs()[name])
    assert time.monotonic() - started < 30
    verdict = weigh("x.pdf", seen, None, absent="")
    assert verdict.findings
    assert verdict.word in ("invalid", "not PDF/A", "not checked")


@pytest.mark.parametrize("name", ["page tree in a circle", "no page", "pages is a name", "huge numbers"])
def test_a_broken_page_tree_is_named(tmp_path: Path, name: str) -> None:
    assert "PDF-130" in _codes(_inspect(tmp_path, made.hostile_pdfs()[name]))


def test_too_much_memory_ends_the_worker_and_not_us(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(made.plain_pdf())
    tight = Settings().with_flags("render", memory_mb=24)
    seen = inspect_pdf(str(path), subject="x.pdf", settings=tight)
    assert seen.limit
    verdict = weigh("x.pdf", seen, None, absent="")
    assert (verdict.word, verdict.findings[0].code) == ("not checked", "PDF-105")


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    assert (
        inspect_pdf(str(tmp_path / "pipe.pdf"), subject="p", settings=_SETTINGS).problem == "it is not a regular file"
    )
    with pytest.raises(NotFoundError):
        inspect_pdf(str(tmp_path / "absent.pdf"), subject="a", settings=_SETTINGS)


def test_the_file_is_not_written_to(tmp_path: Path, pdfa: dict[int, bytes]) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(pdfa[2])
    path.chmod(0o444)
    before = path.stat()
    inspect_pdf(str(path), subject="x", settings=_SETTINGS)
    assert path.stat() == before or path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.read_bytes() == pdfa[2]


@pytest.mark.parametrize(
    "packet",
    [b"", b"\x00", b"<x/>", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>", b"<a" * 9999],
)
def test_a_packet_of_nothing_claims_nothing(packet: bytes) -> None:
    claims = read_claims(packet)
    assert claims.all == []
    assert "root:" not in str(claims.values)


def test_claims_may_be_elements_and_must_agree() -> None:
    packet = (
        "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:p='http://www.aiim.org/pdfa/ns/id/'>"
        "<r:Description r:about=''><p:part>3</p:part><p:conformance>A</p:conformance></r:Description>{}</r:RDF>"
    )
    assert read_claims(packet.format("").encode()).pdfa == "PDF/A-3a"
    twice = read_claims(packet.format("<r:Description r:about='' p:part='2'/>").encode())
    assert twice.pdfa is None
    assert twice.unknown == ["PDF/A-3/2A"]
    fourth = packet.replace("3</p:part><p:conformance>A</p:conformance>", "4</p:part>")
    assert read_claims(fourth.format("").encode()).pdfa == "PDF/A-4"


def test_the_worker_loads_nothing_of_the_command_line() -> None:
    code = "import sys, archive.renditions.inspection.worker; print('click' in sys.modules, 'reportlab' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False", "False"]
