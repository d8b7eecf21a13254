"""veraPDF's word on what the renderer writes: compliant with every claim, for every kind of text and block."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from archive.config import load_settings
from archive.renditions.readers import read_document
from archive.renditions.verapdf import judge_files
from archive.resources import seeds_path
from tests.support.drawn import ARABIC, BLOCKS, ENGLISH, TEXTS, draw_document, text
from tests.support.needing import need
from tests.support.pdf_structure import body_text
from tests.support.verapdf import need_verapdf


@pytest.mark.slow
@pytest.mark.verapdf
def test_verapdf_finds_every_file_compliant(tmp_path: Path) -> None:
    verapdf = need_verapdf()
    wanted = {}
    documents = {name: text(*content) for name, content in TEXTS.items()}
    documents |= {name: make() for name, make in BLOCKS.items()}
    for number, (name, document) in enumerate(documents.items()):
        level = "2a" if number % 3 == 2 else "3a"
        path = tmp_path / f"{name}.pdf"
        drawn = draw_document(document, level=level)
        path.write_bytes(drawn.content)
        wanted[path] = {f"PDF/A-{level.upper()}", "PDF/UA-1"}
        if name == "hundred pages":
            assert drawn.pages >= 100
    for level in ("2b", "3b"):
        path = tmp_path / f"{level}.pdf"
        path.write_bytes(draw_document(text(ARABIC, "ar"), level=level).content)  # type: ignore[arg-type]
        wanted[path] = {f"PDF/A-{level.upper()}"}
    judged = judge_files(verapdf, [os.fsencode(path) for path in wanted], settings=load_settings())
    for (path, profiles), judgement in zip(wanted.items(), judged, strict=True):
        assert judgement.compliant, (path.name, judgement)
        assert {verdict.profile.upper() for verdict in judgement.verdicts} == profiles, path.name


@pytest.mark.verapdf
def test_verapdf_finds_the_seeds_compliant(tmp_path: Path) -> None:
    verapdf = need_verapdf()
    paths = []
    for seed in sorted(seeds_path().rglob("*.txt")):
        document = read_document(seed.read_bytes(), "text/plain", name=seed.name, language="en")
        assert document is not None
        drawn = draw_document(document, missing="refuse")
        assert body_text(drawn.content) == seed.read_bytes().decode()
        paths.append(tmp_path / f"{len(paths)}.pdf")
        paths[-1].write_bytes(drawn.content)
    assert paths
    judged = judge_files(verapdf, [os.fsencode(path) for path in paths], settings=load_settings())
    assert all(judgement.compliant for judgement in judged)


@pytest.mark.parametrize("name", ["table", "inline", "pictures", "arabic list"])
def test_qpdf_finds_nothing_wrong(tmp_path: Path, name: str) -> None:
    qpdf = need("qpdf")
    path = tmp_path / "drawn.pdf"
    path.write_bytes(draw_document(BLOCKS[name]()).content)
    checked = subprocess.run([qpdf, "--check", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_pdftotext_gives_every_english_word_in_order(tmp_path: Path) -> None:
    pdftotext = need("pdftotext")
    path = tmp_path / "drawn.pdf"
    path.write_bytes(draw_document(text((ENGLISH + "\n\n") * 10)).content)
    said = subprocess.run([pdftotext, path, "-"], capture_output=True, text=True, check=True).stdout
    body = re.sub(r"(?m)^\f?(A title|urn:x:1|\d+ of \d+)$", "", said)
    assert body.split() == (ENGLISH * 10).split()


def test_arabic_stands_joined_and_from_right_to_left(tmp_path: Path) -> None:
    """Poppler puts the words where they are seen: the first word at the right, "(HRW)" whole within the line."""
    pdftotext = need("pdftotext")
    path = tmp_path / "drawn.pdf"
    path.write_bytes(draw_document(text("قالت (HRW) في 2013 شيئا", "ar"), title="x").content)
    said = subprocess.run([pdftotext, "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    places = {}
    for line in said.splitlines():
        if "<word" in line:
            left = float(line.split('xMin="')[1].split('"')[0])
            places[line.split(">", 1)[1].split("<")[0]] = left
    hrw = next(left for word, left in places.items() if "HRW" in word)
    year = next(left for word, left in places.items() if "2013" in word)
    first = max(places.values())
    assert first > hrw > year > 300
