"""Existing PDFs to PDF/A: by the real converters, checked afterwards, within limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from archive.errors import RenditionError, UsageError
from archive.renditions.conversion import Converted, Converter, convert_pdf, find_converter, find_one, find_refusal
from archive.renditions.verapdf import judge_files
from archive.settings import Settings
from archive.storage.clock import Clock
from tests.support import pdf_samples as made
from tests.support.needing import miss
from tests.support.verapdf import need_verapdf

_SETTINGS = Settings()
_CLOCK = Clock(1_700_000_000)


def _converter(key: str) -> Converter:
    found = find_one(key, _SETTINGS)
    if found is None:
        miss(key, f"Debian package {key}")
    return found


def _convert(path: bytes, converter: Converter, *, settings: Settings = _SETTINGS) -> tuple[Converted, bytes]:
    """What came of a PDF of one page, and its bytes."""
    target = Path(os.fsdecode(path) + ".out")
    made = convert_pdf(path, str(target), converter, name="page.pdf", pages=1, settings=settings, clock=_CLOCK)
    return made, target.read_bytes()


@pytest.fixture
def page(tmp_path: Path) -> bytes:
    path = tmp_path / "page.pdf"
    path.write_bytes(made.plain_pdf())
    return os.fsencode(path)


@pytest.mark.verapdf
@pytest.mark.parametrize("key", ["ghostscript", "ocrmypdf"])
def test_a_conversion_is_valid_level_b(tmp_path: Path, page: bytes, key: str) -> None:
    verapdf = need_verapdf()
    converter = _converter(key)
    places = []
    for level, claim in (("3a", "PDF/A-3b"), ("2a", "PDF/A-2b")):
        settings = _SETTINGS.with_flags("render", pdfa=level)
        converted, content = _convert(page, converter, settings=settings)
        assert (converted.claims, converted.pages) == ((claim,), 1)
        assert converted.tool.name == converter.name
        place = tmp_path / f"{level}.pdf"
        place.write_bytes(content)
        places.append(os.fsencode(place))
    assert [judgement.compliant for judgement in judge_files(verapdf, places, settings=_SETTINGS)] == [True, True]


def test_ghostscript_gives_the_same_bytes_twice(page: bytes) -> None:
    converter = _converter("ghostscript")
    first, second = (_convert(page, converter)[1] for _ in range(2))
    assert first == second


def test_auto_takes_what_is_there_and_none_takes_nothing() -> None:
    assert find_converter(_SETTINGS.with_flags("render", converter="none")) is None
    found = find_converter(_SETTINGS)
    assert found == find_one("ghostscript", _SETTINGS) or found == find_one("ocrmypdf", _SETTINGS)
    with pytest.raises(UsageError, match=r"tools\.ghostscript names no program"):
        find_one("ghostscript", Settings().with_flags("tools", ghostscript="/no/gs"))


def _pretend(folder: Path, script: str) -> Converter:
    program = folder / "gs"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return Converter("Ghostscript", str(program), "0")


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 1", "made no PDF/A of it: it ended with code 1"),
        ("echo oops >&2; exit 3", "code 3 and said: oops"),
        ("exit 0", "made no PDF/A of it"),
        ("echo garbage > target.pdf", "does not claim to be PDF/A"),
        ("cp source.pdf target.pdf", "does not claim to be PDF/A"),
        ("kill -9 $$", "stopped at its limit"),
    ],
)
def test_a_converter_is_not_believed(tmp_path: Path, page: bytes, script: str, said: str) -> None:
    with pytest.raises(RenditionError, match=said):
        _convert(page, _pretend(tmp_path, script))


def test_lost_pages_and_lost_text_are_seen(tmp_path: Path, page: bytes) -> None:
    pdfa = made.read_pdfa(3)
    (tmp_path / "other.pdf").write_bytes(pdfa)
    swap = _pretend(tmp_path, f"cp {tmp_path}/other.pdf target.pdf")
    with pytest.raises(RenditionError, match="lost text"):
        _convert(page, swap)
    (tmp_path / "other.pdf").write_bytes(made.changed(pdfa, lambda writer: writer.add_blank_page(99, 99)))
    with pytest.raises(RenditionError, match="made 2 pages of 1"):
        _convert(page, swap)


@pytest.mark.verapdf
def test_a_result_that_verapdf_refutes_is_not_taken(tmp_path: Path) -> None:
    verapdf = need_verapdf()
    pdfa = made.read_pdfa(3)
    (tmp_path / "source.pdf").write_bytes(pdfa)
    (tmp_path / "other.pdf").write_bytes(made.changed(pdfa, made.add_layers))
    swap = _pretend(tmp_path, f"cp {tmp_path}/other.pdf target.pdf")
    source = os.fsencode(tmp_path / "source.pdf")
    _convert(source, swap)
    (judgement,) = judge_files(verapdf, [source + b".out"], settings=_SETTINGS)
    refusal = find_refusal(judgement, swap.name)
    assert refusal is not None
    assert refusal.startswith("veraPDF says that what Ghostscript made is not PDF/A-3B")
    (tmp_path / "other.pdf").write_bytes(made.changed(pdfa, made.add_movie))
    with pytest.raises(RenditionError, match="is not PDF/A: it contains annotations"):
        _convert(source, swap)


def test_a_converter_without_end_is_stopped(tmp_path: Path, page: bytes) -> None:
    settings = Settings().with_flags("render", seconds=2)
    with pytest.raises(RenditionError, match="did not end within its time limit"):
        _convert(page, _pretend(tmp_path, "sleep 60"), settings=settings)


def test_the_converter_sees_a_copy_and_no_name(tmp_path: Path) -> None:
    secret = tmp_path / "the name of a witness.pdf"
    secret.write_bytes(made.plain_pdf())
    spy = _pretend(tmp_path, 'echo "$PWD $@ $(env)" > ' + str(tmp_path / "seen") + "; exit 1")
    with pytest.raises(RenditionError):
        _convert(os.fsencode(secret), spy)
    assert "witness" not in (tmp_path / "seen").read_text()
    assert secret.read_bytes() == made.plain_pdf()
