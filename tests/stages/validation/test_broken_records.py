"""A record that is broken makes its bag invalid, with findings; the subjects named after it are judged all the same."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from archive.cli.app import run
from archive.errors import ArchiveError
from archive.model.codes import bag, pdf, premis, profile
from archive.model.finding import Finding
from archive.model.validation import Answer, Depth, Kind, ValidationReport
from archive.stages.validation import validate, validate_each

PREMIS = "metadata/preservation/premis.xml"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One text as a bag, once as a folder and once in a zip and a tar."""
    place = tmp_path_factory.mktemp("made")
    (place / "source").mkdir()
    (place / "source" / "a.txt").write_text("A letter\n")
    for form in ("folder", "zip", "tar"):
        more = () if form == "folder" else ("--serialize", form)
        assert not run(["create", str(place / "source"), "--to", str(place / form), "--pdfa", "none", "-q", *more])
    return place


@pytest.mark.parametrize(
    "content",
    [b"", b"<", b"<premis:premis/>", b"<a><b></a>", b"\xff\xfe<", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"],
)
def test_a_malformed_record_in_a_folder_gives_findings(made: Path, tmp_path: Path, content: bytes) -> None:
    for name in (PREMIS, "metadata/descriptive/dc.xml", "metadata/descriptive/statements.json"):
        path = made / "folder" / "source" / name
        whole = path.read_bytes()
        try:
            path.write_bytes(content)
            report = validate(str(made / "folder" / "source"))
        finally:
            path.write_bytes(whole)
        assert not report.ok
        assert any(finding.subject == name and finding.code[:3] in ("XML", "DC-") for finding in report.errors), name


def test_an_archive_broken_within_a_record_does_not_stop_the_rest(made: Path, tmp_path: Path) -> None:
    whole = (made / "zip" / "source.zip").read_bytes()
    with zipfile.ZipFile(made / "zip" / "source.zip") as archive:
        member = next(one for one in archive.infolist() if one.filename.endswith("premis.xml"))
    subjects = []
    for number, at in enumerate((0, 30 + len(member.filename) + member.compress_size // 2)):
        changed = bytearray(whole)
        changed[member.header_offset + at] ^= 0x55
        subjects.append(str(tmp_path / f"{number}.zip"))
        Path(subjects[-1]).write_bytes(changed)
    tar = (made / "tar" / "source.tar").read_bytes()
    subjects.append(str(tmp_path / "cut.tar"))
    Path(subjects[-1]).write_bytes(tar[: tar.index(b"<premis:premis") + 500])
    good = str(made / "folder" / "source")
    answers = dict(validate_each([*subjects, str(tmp_path / "missing"), good]))
    for subject in subjects:
        report = answers[subject]
        assert isinstance(report, ValidationReport)
        assert report.errors
    assert isinstance(answers[str(tmp_path / "missing")], ArchiveError)
    last = answers[good]
    assert isinstance(last, ValidationReport)
    assert last.verdict == "valid"


@pytest.mark.parametrize(
    ("kind", "findings", "answer"),
    [
        (Kind.XML, (premis.DANGLING_LINK.at("x", element="a", target="b"),), Answer.INVALID),
        (Kind.XML, (premis.ONE_WAY_LINK.at("x", source="a", target="b", element="c"),), Answer.INTACT),
        (Kind.PDF, (pdf.NO_CLAIM.at("x"),), Answer.NOT_PDFA),
        (Kind.PDF, (pdf.NO_CLAIM.at("x"), pdf.ENCRYPTED.at("x")), Answer.NOT_PDFA),
        (Kind.PDF, (pdf.UNREADABLE.at("x", reason="cut"),), Answer.INVALID),
        (Kind.BAG, (profile.PROFILE_TAG_MISSING.at("x", label="a"),), Answer.PROFILE_NOT_MET),
        (Kind.BAG, (bag.LISTED_TWICE.at("x", path="data/a"),), Answer.INVALID),
        (Kind.BAG, (premis.DANGLING_LINK.at("x", element="a", target="b"),), Answer.INVALID),
        (Kind.BAG, (bag.LISTED_TWICE.at("x", path="data/a"), bag.MISSING_FILE.at("data/a")), Answer.DAMAGED),
    ],
)
def test_the_gravest_word_is_kept_for_the_gravest_case(
    kind: Kind, findings: tuple[Finding, ...], answer: Answer
) -> None:
    assert ValidationReport("x", kind, "", findings).answer is answer


def test_a_bag_that_was_not_read_in_full_is_not_called_intact() -> None:
    assert ValidationReport("x", Kind.BAG, "", (), Depth.QUICK).answer is Answer.NOT_VALIDATED
    assert ValidationReport("x", Kind.BAG, "", (), Depth.COMPLETE).answer is Answer.COMPLETE
