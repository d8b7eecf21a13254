"""Renditions for a bag: every format to its end, judged by veraPDF in one batch, and no problem stops the bag."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest
from pypdf import PdfReader

from archive.errors import RenditionError
from archive.model.build import FileRecord, Identification, RenditionResult, RenditionStatus, Tool
from archive.model.codes import all_kinds
from archive.model.description import ALTERNATIVE_TEXT, Description, Statement
from archive.renditions.inspection.examining import Inspection
from archive.renditions.originals import Draft
from archive.settings import Settings
from archive.stages.creation.renditions import render_all
from archive.storage.clock import Clock
from tests.support import pdf_samples as made
from tests.support.documents import ARABIC, picture, samples
from tests.support.verapdf import need_verapdf, without_verapdf

_CLOCK = Clock(1_700_000_000)


class _Folder:
    """A bag under construction in a plain folder: what is added stands there and is listed."""

    name, algorithms = "bag", ("sha256",)

    def __init__(self, root: Path, originals: dict[str, bytes]) -> None:
        self.root = root
        self.tags: list[str] = []
        self.listed: list[FileRecord] = []
        for name, content in originals.items():
            self.add_payload(f"data/original/{name}", (content,))

    def records(self) -> Iterator[FileRecord]:
        return iter(tuple(self.listed))

    def open(self, path: str) -> BinaryIO:
        return open(self.locate(path), "rb")

    def locate(self, path: str) -> bytes:
        return os.fsencode(self.root / path)

    def add_payload(self, path: str, chunks: Iterable[bytes]) -> FileRecord:
        content = self._write(path, chunks)
        record = FileRecord(path, len(content), (hashlib.sha256(content).hexdigest(),), 1_600_000_000.0)
        self.listed.append(record)
        return record

    def add_tag(self, path: str, chunks: Iterable[bytes]) -> None:
        self._write(path, chunks)
        self.tags.append(path)

    def _write(self, path: str, chunks: Iterable[bytes]) -> bytes:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        content = b"".join(chunks)
        with open(place, "xb") as file:
            file.write(content)
        return content


class _Unknown:
    """Nobody identified anything: formats go by name."""

    def of(self, path: str) -> Identification | None:
        del path
        return None


def _render(
    build: _Folder, description: Description | None = None, settings: Settings | None = None
) -> dict[str, RenditionResult]:
    results = render_all(build, _Unknown(), description, settings or Settings(), _CLOCK)
    return {result.source.removeprefix("data/original/"): result for result in results}


def _codes(result: RenditionResult) -> set[str]:
    return {finding.code for finding in result.findings}


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[_Folder, dict[str, RenditionResult]]:
    """Every sample and every sort of PDF in one bag: two calls of veraPDF for all tests."""
    need_verapdf()
    folder = tmp_path_factory.mktemp("rendered")
    pdfa = made.read_pdfa(2)
    originals = {
        **samples(),
        "valid.pdf": pdfa,
        "plain.pdf": made.plain_pdf(),
        "false.pdf": made.changed(pdfa, made.spoil_intent),
        "attached.pdf": made.plain_pdf(change=made.add_attachment),
        "many attached.pdf": made.plain_pdf(change=made.add_many_attachments),
        "portfolio.pdf": made.plain_pdf(change=made.make_portfolio),
        "on a page.pdf": made.plain_pdf(change=made.hang_attachment_on_page),
        "lost.pdf": made.plain_pdf(change=made.lose_attachment),
        "form.pdf": made.plain_pdf(change=made.add_form),
        "signed.pdf": made.plain_pdf(change=made.add_signature),
        "scripted.pdf": made.plain_pdf(change=made.add_script),
        "locked.pdf": made.encrypted(pdfa, "secret"),
        "hostile.pdf": made.hostile_pdfs()["cut in half"],
        "unknown.bin": b"\x00\x01",
        "wrong.txt": ARABIC.encode("windows-1256"),
        "emoji.txt": "\U0001f600".encode(),
        "broken.docx": b"PK",
        "plain.txt.pdf/inner.txt": b"in a folder called like a rendition",
        "long-" + "n" * 236 + ".txt": b"a long name",
        "dropping.html": b"<script>x()</script><p>words</p>",
    }
    build = _Folder(folder / "bag", originals)
    statements = (
        Statement("title", "The package"),
        Statement("creator", "Somebody"),
        Statement("language", "en"),
        Statement("language", "ar", about="data/original/plain-ar.txt"),
        Statement("title", TITLE, about="data/original/plain-ar.txt"),
        Statement(ALTERNATIVE_TEXT, "A street", about="data/original/photo.png"),
    )
    return build, _render(build, Description(statements))


TITLE = "بيان"


@pytest.mark.verapdf
def test_every_document_is_level_a_and_accessible_by_verapdf(
    rendered: tuple[_Folder, dict[str, RenditionResult]],
) -> None:
    _, results = rendered
    undescribed = {"photo.jpg", "scan.tif"}
    for name in samples():
        result = results[name]
        assert result.status is RenditionStatus.MADE, (name, result.reason)
        assert result.validated is True, (name, result.findings)
        assert result.claims == (("PDF/A-3b",) if name in undescribed else ("PDF/A-3a", "PDF/UA-1")), name
        assert ("REN-104" in _codes(result)) == (name in undescribed)
        assert result.validator is not None
        assert result.maker is not None
        assert result.maker.name == "muniment"


@pytest.mark.verapdf
def test_the_source_is_inside_byte_for_byte(rendered: tuple[_Folder, dict[str, RenditionResult]]) -> None:
    build, results = rendered
    for name, content in samples().items():
        path = results[name].path
        assert path == f"data/preservation/{name}.pdf" or name == "plain.txt"
        assert path is not None
        with build.open(path) as file:
            attached = PdfReader(io.BytesIO(file.read())).attachments
        assert list(attached.values()) == [[content]], name


@pytest.mark.verapdf
def test_existing_pdfs_are_kept_converted_or_left_alone(rendered: tuple[_Folder, dict[str, RenditionResult]]) -> None:
    _, results = rendered
    assert (results["valid.pdf"].status, results["valid.pdf"].validated) == (RenditionStatus.KEPT, True)
    assert _codes(results["valid.pdf"]) == {"REN-107"}
    for name in ("plain.pdf", "false.pdf"):
        result = results[name]
        assert (result.status, result.claims, result.validated) == (RenditionStatus.MADE, ("PDF/A-3b",), True), name
        assert "REN-110" in _codes(result)
        assert result.maker is not None
        assert result.maker.name == "Ghostscript"
    for name, word in (
        ("form", "a form"),
        ("signed", "signed"),
        ("scripted", "scripted"),
        ("locked", "encrypted"),
    ):
        result = results[f"{name}.pdf"]
        assert result.status is RenditionStatus.NONE
        assert word in (result.reason or "")
        assert _codes(result) == {"REN-105"}


@pytest.mark.verapdf
def test_attached_files_come_along_or_the_pdf_is_left_alone(
    rendered: tuple[_Folder, dict[str, RenditionResult]],
) -> None:
    build, results = rendered
    for name, count in (("attached.pdf", 1), ("many attached.pdf", 30)):
        result = results[name]
        assert (result.status, result.validated) == (RenditionStatus.MADE, True), (name, result.reason)
        (told,) = (finding for finding in result.findings if finding.code == "REN-113")
        assert told.facts["count"] == count
        with build.open(f"data/original/{name}") as before, build.open(result.path or "") as after:
            first, second = (PdfReader(io.BytesIO(file.read())) for file in (before, after))
        assert dict(first.attachments) == dict(second.attachments)
        associated = second.trailer["/Root"]["/AF"]  # type: ignore[index]
        assert {one.get_object()["/AFRelationship"] for one in associated} == {"/Unspecified"}
        assert len(associated) == count
    for name, word in (("portfolio", "portfolio"), ("on a page", "belong to a page"), ("lost", "is not in it")):
        result = results[f"{name}.pdf"]
        assert result.status is RenditionStatus.NONE
        assert word in (result.reason or "")
        assert _codes(result) == {"REN-114"}


def test_pdfa_2_holds_no_attached_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = without_verapdf(monkeypatch, str(tmp_path)).with_flags("render", pdfa="2a")
    build = _Folder(tmp_path / "bag", {"a.pdf": made.plain_pdf(change=made.add_attachment)})
    result = _render(build, settings=settings)["a.pdf"]
    assert (result.status, _codes(result)) == (RenditionStatus.NONE, {"REN-114"})
    assert "PDF/A-2" in (result.reason or "")


@pytest.mark.verapdf
def test_what_cannot_be_rendered_has_a_reason(rendered: tuple[_Folder, dict[str, RenditionResult]]) -> None:
    _, results = rendered
    for name, code in (
        ("hostile.pdf", "REN-102"), ("unknown.bin", "REN-101"), ("wrong.txt", "REN-115"),
        ("broken.docx", "REN-102"),
    ):  # fmt: skip
        result = results[name]
        assert (result.status, result.path) == (RenditionStatus.NONE, None), name
        assert result.reason
        assert _codes(result) == {code}
    assert results["emoji.txt"].status is RenditionStatus.MADE, "a missing glyph never costs the rendition"
    assert _codes(results["dropping.html"]) == {"REN-103"}


@pytest.mark.verapdf
def test_names_do_not_collide(rendered: tuple[_Folder, dict[str, RenditionResult]]) -> None:
    _, results = rendered
    paths = [result.path for result in results.values() if result.path is not None]
    assert len(set(paths)) == len(paths)
    assert results["plain.txt"].path == "data/preservation/plain.txt~2.pdf"
    assert results["plain.txt.pdf/inner.txt"].path == "data/preservation/plain.txt.pdf/inner.txt.pdf"
    assert max(len(path.rpartition("/")[2].encode()) for path in paths) <= 255


@pytest.mark.verapdf
def test_the_judge_s_reports_are_in_the_bag(rendered: tuple[_Folder, dict[str, RenditionResult]]) -> None:
    build, results = rendered
    assert results["valid.pdf"].reports == ("metadata/preservation/reports/valid.pdf.verapdf.json",)
    for result in results.values():
        assert bool(result.reports) == (result.validated is not None), result.source
        for path in result.reports:
            assert path in build.tags
            content = (build.root / path).read_bytes()
            assert json.loads(content)["job"]["validationResult"][0]["compliant"] is True
            assert os.fsencode(build.root) not in content


@pytest.mark.verapdf
def test_titles_creators_and_languages_come_from_the_description(
    rendered: tuple[_Folder, dict[str, RenditionResult]],
) -> None:
    build, results = rendered

    def describe(name: str) -> tuple[str | None, str | None, str]:
        with build.open(results[name].path or "") as file:
            reader = PdfReader(io.BytesIO(file.read()))
        assert reader.metadata is not None
        return reader.metadata.title, reader.metadata.author, str(reader.trailer["/Root"]["/Lang"])

    assert describe("plain-ar.txt") == (TITLE, "Somebody", "ar")
    assert describe("table.csv") == ("table.csv", "Somebody", "en")
    assert describe("notes.md") == ("Findings", "Somebody", "en")


def test_without_a_judge_the_word_is_claimed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pdfa = made.read_pdfa(2)
    settings = without_verapdf(monkeypatch, str(tmp_path))
    build = _Folder(tmp_path / "bag", {"a.txt": b"words", "claiming.pdf": pdfa, "plain.pdf": made.plain_pdf()})
    results = _render(build, settings=settings.with_flags("render", converter="none"))
    assert (results["a.txt"].validated, results["a.txt"].validator) == (None, None)
    assert _codes(results["a.txt"]) == {"REN-108"}
    assert results["claiming.pdf"].status is RenditionStatus.NONE
    assert "not validated" in (results["claiming.pdf"].reason or "")
    assert _codes(results["plain.pdf"]) == {"REN-106"}
    assert build.tags == []


def test_a_judge_that_refutes_is_heard(tmp_path: Path) -> None:
    judge = tmp_path / "verapdf"
    rule = '{"specification":"ISO 19005-3:2012","clause":"6.1","testNumber":1,"status":"failed","description":"wrong"}'
    verdict = '{"profileName":"PDF/A-3A","compliant":false,"details":{"ruleSummaries":[' + rule + "]}}"
    judge.write_text(
        "#!/bin/sh\nfor file; do :; done\n"
        'printf \'{"report":{"buildInformation":{"releaseDetails":[{"version":"9"}]},"jobs":[{"itemDetails":'
        '{"name":"%s","size":1},"validationResult":[' + verdict + ']}]}}\' "$file"\n'
    )
    judge.chmod(0o755)
    settings = Settings().with_flags("tools", verapdf=str(judge))
    result = _render(_Folder(tmp_path / "bag", {"a.txt": b"words"}), settings=settings)["a.txt"]
    assert (result.status, result.validated) == (RenditionStatus.MADE, False)
    assert "REN-109" in _codes(result)


def test_a_missing_glyph_is_a_box_where_that_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = without_verapdf(monkeypatch, str(tmp_path)).with_flags("render", system_fonts="none")
    result = _render(_Folder(tmp_path / "bag", {"a.txt": "\U0001f600".encode()}), settings=settings)["a.txt"]
    assert result.status is RenditionStatus.MADE
    assert "REN-111" in _codes(result)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", b""), ("a.txt", b"\n \n"), ("a.html", b"<p>&nbsp;</p>"), ("a.html", b""), ("a.md", b""), ("a.csv", b"")],
)
def test_an_empty_page_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: bytes) -> None:
    settings = without_verapdf(monkeypatch, str(tmp_path))
    result = _render(_Folder(tmp_path / "bag", {name: content}), settings=settings)[name]
    assert result.status is RenditionStatus.MADE
    assert "REN-112" in _codes(result)
    assert "REN-112" not in _codes(_render(_Folder(tmp_path / "b", {"x.png": picture()}), settings=settings)["x.png"])


@pytest.mark.parametrize("most_bytes", [1 << 28, 2500, 1])
def test_results_stand_in_the_order_of_the_originals_over_many_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int
) -> None:
    monkeypatch.setattr("archive.renditions.renderer._MOST_BYTES", most_bytes)
    settings = without_verapdf(monkeypatch, str(tmp_path)).with_flags("render", pdfa="2a", converter="none")
    kinds = {"txt": b"words", "pdf": made.plain_pdf(), "bin": b"\0"}
    names = [f"{number:03}.{list(kinds)[number % 3]}" for number in range(140)]
    build = _Folder(tmp_path / "bag", {name: kinds[name[4:]] if name != "003.txt" else b"\xff" for name in names})
    monkeypatch.setattr("archive.renditions.from_pdfs.inspect_pdf", lambda *_, **__: Inspection(pages=1))
    assert list(_render(build, settings=settings)) == names
    made_of = [record.path for record in build.records() if record.path.startswith("data/preservation/")]
    assert made_of == [f"data/preservation/{name}.pdf" for name in names if name.endswith("txt") and name != "003.txt"]


def test_an_interruption_ends_what_runs_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Ctrl-C while a converter hangs: nobody waits for its time limit."""
    converter = tmp_path / "gs"
    converter.write_text('#!/bin/sh\n[ "$1" = --version ] && echo 10.0 && exit\ntouch "$0.runs"; sleep 100\n')
    converter.chmod(0o755)
    settings = without_verapdf(monkeypatch, str(tmp_path)).with_flags("tools", ghostscript=str(converter))

    def interrupt(*_: object, **__: object) -> Draft:
        deadline = time.monotonic() + 30
        while not (tmp_path / "gs.runs").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)
        raise RenditionError("interrupted")

    monkeypatch.setattr("archive.renditions.renderer.draw_confined", interrupt)
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        _render(_Folder(tmp_path / "bag", {"a.pdf": made.plain_pdf(), "b.txt": b"words"}), settings=settings)
    assert (tmp_path / "gs.runs").exists()
    assert time.monotonic() - begun < 30


def test_two_runs_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = without_verapdf(monkeypatch, str(tmp_path))
    trees = []
    for run in ("one", "two"):
        build = _Folder(tmp_path / run, {**samples(), "plain.pdf": made.plain_pdf()})
        _render(build, settings=settings)
        trees.append({record.path: record.digests for record in build.records()})
    assert trees[0] == trees[1]


def test_identification_is_believed_before_the_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Formats:
        def of(self, path: str) -> Identification:
            del path
            return Identification("Markdown", None, "fmt/1149", "text/markdown", "", Tool("t", "1"))

    settings = without_verapdf(monkeypatch, str(tmp_path)).with_flags("render", pdfa="2a")
    build = _Folder(tmp_path / "bag", {"a.bin": b"# Head\n"})
    (result,) = render_all(build, Formats(), None, settings, _CLOCK)
    assert result.claims == ("PDF/A-2a", "PDF/UA-1")
    with build.open(result.path or "") as file:
        reader = PdfReader(io.BytesIO(file.read()))
    assert not reader.attachments
    assert reader.metadata is not None
    assert reader.metadata.title == "Head"


def test_none_is_asked_and_none_is_made(tmp_path: Path) -> None:
    build = _Folder(tmp_path / "bag", {"a.txt": b"words"})
    assert _render(build, settings=Settings().with_flags("render", pdfa="none")) == {}
    assert len(build.listed) == 1


def test_every_rendition_code_is_declared_once() -> None:
    assert len([code for code in all_kinds() if code.startswith("REN-")]) == 19
