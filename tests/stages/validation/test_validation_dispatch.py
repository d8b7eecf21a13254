"""What is judged as what, how deeply, and with which word."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from archive.errors import NotABagError, NotFoundError, UsageError
from archive.model.finding import Outcome
from archive.model.validation import Depth, Kind
from archive.stages.validation import validate
from tests.support.bag_drafts import draft, edit, write_folder, write_tar


def test_nothing_there_is_never_a_success(tmp_path: Path) -> None:
    for name in ("nothing", "nothing/inside", "a.zip", "b.xml"):
        with pytest.raises(NotFoundError):
            validate(str(tmp_path / name))
    for name in ("", "a\x00b"):
        with pytest.raises(UsageError):
            validate(name)


def test_what_is_of_no_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("only a note")
    os.mkfifo(tmp_path / "pipe")
    for subject in (tmp_path / "note.txt", tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(UsageError):
            validate(str(subject))


def test_an_empty_folder_is_neither_a_bag_nor_an_ocfl_object(tmp_path: Path) -> None:
    with pytest.raises(NotABagError, match="neither a bag nor an OCFL object") as caught:
        validate(str(tmp_path))
    assert caught.value.exit_code == 10


def test_a_folder_that_is_not_a_bag_is_not_walked(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    os.mkfifo(tmp_path / "deep/pipe")
    (tmp_path / "link").symlink_to("/")
    with pytest.raises(NotABagError):
        validate(str(tmp_path))


@pytest.mark.parametrize("name", ["data", "bag-info.txt", "metadata", "fetch.txt", "manifest.txt", "bagit"])
def test_a_folder_with_one_name_of_a_bag_is_not_a_bag(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(NotABagError):
        validate(str(tmp_path))


def test_the_bags_in_a_folder_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("two words", "one"):
        write_folder(draft(), tmp_path / "bags" / name)
    (tmp_path / "bags/other").mkdir()
    with pytest.raises(NotABagError, match="it holds 2 bags") as caught:
        validate("bags")
    assert caught.value.remedy == "Run: archive validate bags/one 'bags/two words'"


def test_the_bag_around_a_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_folder(draft(), tmp_path / "bags/one")
    with pytest.raises(NotABagError, match="a part of one") as caught:
        validate("bags/one/data")
    assert caught.value.remedy == "Run: archive validate bags/one"


def test_an_xml_record_goes_to_its_own_judge(checkout: Path) -> None:
    report = validate(str(checkout / "tests/samples/premis.xml"))
    assert report.kind is Kind.XML


def test_a_pdf_goes_to_its_own_judge(tmp_path: Path) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7\nnothing else")
    report = validate(str(path))
    assert report.kind is Kind.PDF
    assert report.verdict != "valid"


def test_an_ocfl_root_goes_to_its_own_judge(tmp_path: Path) -> None:
    (tmp_path / "0=ocfl_1.1").write_text("ocfl_1.1\n")
    assert validate(str(tmp_path)).kind is Kind.OCFL


def test_a_profile_is_for_bags(checkout: Path) -> None:
    with pytest.raises(UsageError):
        validate(str(checkout / "tests/samples/premis.xml"), profile="muniment")


def test_the_named_bag_may_be_a_link_but_nothing_inside(tmp_path: Path) -> None:
    bag = write_folder(draft(), tmp_path / "bag")
    (tmp_path / "link").symlink_to(bag)
    assert validate(str(tmp_path / "link")).verdict == "valid"
    packed = write_tar(draft(), tmp_path / "bag.tar")
    (tmp_path / "link.tar").symlink_to(packed)
    assert validate(str(tmp_path / "link.tar")).outcome is Outcome.INTACT


@pytest.mark.parametrize(
    ("depth", "verdict"),
    [(Depth.QUICK, "Payload-Oxum agrees, not validated"), (Depth.COMPLETE, "complete"), (Depth.FULL, "valid")],
)
def test_only_full_depth_says_valid(depth: Depth, verdict: str, tmp_path: Path) -> None:
    for bag in (write_folder(draft(), tmp_path / "bag"), write_tar(draft(), tmp_path / "bag.tar.gz", compression="gz")):
        report = validate(str(bag), depth=depth)
        assert (report.verdict, report.depth) == (verdict, depth)


def test_a_change_of_bytes_is_seen_at_full_depth_only(tmp_path: Path) -> None:
    bag = write_folder({**draft(), b"data/a.txt": b"FIRST\n"}, tmp_path / "bag")
    verdicts = {depth: validate(str(bag), depth=depth).outcome for depth in Depth}
    assert verdicts == {Depth.QUICK: Outcome.INTACT, Depth.COMPLETE: Outcome.INTACT, Depth.FULL: Outcome.DAMAGED}


def test_a_change_of_size_is_seen_at_every_depth(tmp_path: Path) -> None:
    bag = write_folder({**draft(), b"data/a.txt": b"longer than before"}, tmp_path / "bag")
    for depth in Depth:
        assert "BAG-404" in {f.code for f in validate(str(bag), depth=depth).findings}


def test_a_missing_file_is_seen_at_complete_depth(tmp_path: Path) -> None:
    files = draft()
    files[b"data/other"] = files.pop(b"data/a.txt")
    report = validate(str(write_folder(files, tmp_path / "bag")), depth=Depth.COMPLETE)
    assert {f.code for f in report.findings} == {"BAG-201", "BAG-202"}


def test_a_quick_look_needs_a_payload_oxum(tmp_path: Path) -> None:
    bag = write_folder(edit(b"bag-info.txt", lambda _: b"X: y\n"), tmp_path / "bag")
    report = validate(str(bag), depth=Depth.QUICK)
    assert (report.verdict, {f.code for f in report.findings}) == ("not checked", {"BAG-703"})
    assert validate(str(bag)).verdict == "valid"


def test_a_mismatch_names_both_digests_and_the_algorithm(tmp_path: Path) -> None:
    bag = write_folder({**draft(), b"data/a.txt": b"FIRST\n"}, tmp_path / "bag")
    first, *_ = validate(str(bag)).findings
    assert first.code == "BAG-301"
    assert set(first.facts) == {"algorithm", "expected", "found"}
    assert str(first.facts["expected"]) in first.message


def test_findings_come_gravest_first_and_each_once(tmp_path: Path) -> None:
    files = draft()
    files[b"data/new"] = b"x"
    files[b"notes.txt"] = b"x"
    bag = write_folder(files, tmp_path / "bag")
    (bag / "data/empty").mkdir()
    report = validate(str(bag))
    ranks = ["error", "unchecked", "warning", "note"]
    order = [ranks.index(f.severity.value) for f in report.findings]
    assert order == sorted(order)
    assert len({(f.code, f.subject, f.line) for f in report.findings}) == len(report.findings)


def test_a_bag_without_tag_manifests_is_valid_with_a_note(tmp_path: Path) -> None:
    report = validate(str(write_folder(draft(tag_manifests=False), tmp_path / "bag")))
    assert (report.verdict, [f.code for f in report.findings]) == ("valid", ["BAG-116"])


def test_a_bag_named_by_its_bytes(tmp_path: Path) -> None:
    bag = tmp_path / os.fsdecode(b"caf\xe9 \x1b[31m")
    write_folder(draft(), bag)
    assert validate(str(bag)).verdict == "valid"
    shutil.rmtree(bag)
