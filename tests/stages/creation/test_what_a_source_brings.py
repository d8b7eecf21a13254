"""What a source brings besides its bytes: times, permissions, junk, layouts, and other spellings of names."""

from __future__ import annotations

import os
import stat
import tarfile
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from archive.model.finding import Severity
from archive.settings import Settings
from archive.stages.description.rights import check_release
from archive.stages.showing.contents import read_contents
from archive.storage.clock import Clock
from tests.support.making import codes, make, plant

QUICK = Settings().with_flags("render", pdfa="none")
PREMIS = {"p": "http://www.loc.gov/premis/v3"}
ODD = 1_234_567_891


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def described(source: Path, to: Path, **options: object):  # type: ignore[no-untyped-def]
    return make(source, to, plain=False, settings=options.pop("settings", QUICK), **options)  # type: ignore[arg-type]


def titles(bag: Path) -> str:
    return "".join(path.read_text() for path in (bag / "metadata").rglob("*") if path.suffix in (".xml", ".json"))


def test_the_time_of_every_original_is_kept_everywhere(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a.txt": b"a", "sub/b.txt": b"b"})
    os.utime(src / "sub" / "b.txt", (ODD, ODD))
    bag = Path(described(src, tmp_path / "out").bag)
    shown = {one.path: one.modified for one in read_contents(str(bag)).files}
    assert shown == {"data/original/a.txt": "2020-09-13T12:26:40Z", "data/original/sub/b.txt": "2009-02-13T23:31:31Z"}
    assert (bag / "data/original/sub/b.txt").stat().st_mtime == ODD
    packed = described(src, tmp_path / "zip", serialize="zip").bag
    with zipfile.ZipFile(packed) as archive:
        assert archive.getinfo("src/data/original/sub/b.txt").date_time == (2009, 2, 13, 23, 31, 30)
        assert archive.getinfo("src/bagit.txt").date_time[:3] == (2023, 11, 14)
        assert ODD.to_bytes(4, "little") in archive.getinfo("src/data/original/sub/b.txt").extra
    packed = make(src, tmp_path / "tar", serialize="tar").bag
    with tarfile.open(packed) as archive:
        assert archive.getmember("src/data/sub/b.txt").mtime == ODD


@pytest.mark.parametrize("serialize", ["zip", "tar"])
def test_the_same_source_gives_the_same_bytes_and_another_time_others(tmp_path: Path, serialize: str) -> None:
    made = []
    for number in range(3):
        src = plant(tmp_path / str(number) / "src", {"a.txt": b"a"})
        if number == 2:
            os.utime(src / "a.txt", (ODD, ODD))
        made.append(Path(described(src, tmp_path / str(number) / "out", serialize=serialize).bag).read_bytes())
    assert made[0] == made[1]
    assert made[0] != made[2]


@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_private_metadata_is_for_its_owner_alone(tmp_path: Path, umask: int) -> None:
    src = plant(
        tmp_path / "src", {"a.txt": b"a", "description.toml": b'title = "T"\n[private]\nwitness = "Nomen Nescio"\n'}
    )
    before = os.umask(umask)
    try:
        bag = Path(described(src, tmp_path / "out").bag)
        packed = Path(described(src, tmp_path / "zip", serialize="zip").bag)
    finally:
        os.umask(before)
    assert mode(bag / "metadata/restricted") == 0o700
    assert [mode(path) for path in (bag / "metadata/restricted").iterdir()] == [0o600]
    assert mode(packed) == 0o600
    with zipfile.ZipFile(packed) as archive:
        modes = {one.filename: one.external_attr >> 16 & 0o777 for one in archive.infolist()}
    assert modes["src/metadata/restricted/description.toml"] == 0o600
    assert modes["src/bagit.txt"] == 0o644
    readable = [path for path in bag.rglob("*") if path.is_file() and "restricted" not in path.parts]
    assert not [path for path in readable if b"Nomen Nescio" in path.read_bytes()]


def test_a_copy_is_never_more_open_than_its_source(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"open.txt": b"a", "closed.txt": b"b", "inner/c.txt": b"c", "big": bytes(3 << 20)})
    for name in ("closed.txt", "big"):
        (src / name).chmod(0o600)
    (src / "inner").chmod(0o700)
    bag = Path(make(src, tmp_path / "out").bag)
    assert not mode(bag / "data/closed.txt") & 0o077
    assert not mode(bag / "data/big") & 0o077
    assert not mode(bag / "data/inner") & 0o077
    assert mode(bag / "data/open.txt") & 0o044
    assert mode(bag) & 0o055
    src.chmod(0o700)
    assert mode(Path(make(src, tmp_path / "two").bag)) == 0o700
    assert mode(Path(make(src, tmp_path / "three", serialize="tar").bag)) == 0o600


@pytest.mark.parametrize("access", ["restricted", "closed", "embargoed"])
def test_a_bag_that_is_not_open_is_for_its_owner(tmp_path: Path, access: str) -> None:
    text = f'title = "T"\n[rights]\naccess = "{access}"\nuntil = "2090-01-01"\n'
    report = described(plant(tmp_path / "src", {"a": b"a", "description.toml": text.encode()}), tmp_path / "out")
    assert mode(Path(report.bag)) == 0o700


JUNK = [
    "Thumbs.db",
    "thumbs.DB",
    ".DS_Store",
    "desktop.ini",
    "Desktop.INI",
    "~$report.docx",
    "._a.txt",
    ".~lock.a.odt#",
]
KEPT = ["my Thumbs.db", "~file", "_a.txt", ".htaccess", "report~$.docx", "desktop.ini.txt", "._"]


def test_junk_is_left_out_and_named_unless_kept(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {f"sub/{name}": b"x" for name in (*JUNK, *KEPT)})
    report = make(src, tmp_path / "out")
    assert report.files == len(KEPT)
    left = [one for one in report.findings if one.code == "SRC-123"]
    assert sorted(one.subject.rpartition("/")[2] for one in left) == sorted(JUNK)
    assert {one.severity for one in left} == {Severity.WARNING}
    kept = make(src, tmp_path / "two", settings=Settings().with_flags("create", junk="keep"))
    assert kept.files == len(KEPT) + len(JUNK)
    assert make(src, tmp_path, in_place=True).files == len(KEPT) + len(JUNK)


def test_a_dry_run_tells_what_the_real_run_would(tmp_path: Path) -> None:
    files = {
        "letter.txt": b"hello\n",
        "Thumbs.db": b"x",
        "old.txt": "\u0634\u0647\u0627\u062f\u0629\r\n".encode("cp1256"),
        "CON.txt": b"x\n",
        "description.toml": b'title = "T"\n[files."gone.txt"]\ntitle = "G"\n',
    }
    src = plant(tmp_path / "src", files)
    report = make(src, tmp_path / "out", plain=False, settings=Settings(), dry_run=True)
    assert not (tmp_path / "out").exists()
    found = codes(report)
    real = make(src, tmp_path / "out", plain=False, settings=Settings())
    judged = {"REN-108", "REN-109", "BAG-507"}
    assert found - judged == codes(real) - judged
    assert {"SRC-123", "SRC-122", "REN-115", "DSC-106", "SRC-124"} <= found
    assert sum(number for _, number in report.formats) == report.files == 3
    assert report.seconds is not None
    assert report.seconds > 0


def test_a_dry_run_names_the_fields_that_a_profile_lacks(tmp_path: Path) -> None:
    src = plant(tmp_path / "src", {"a": b"a"})
    report = make(src, tmp_path / "out", plain=False, settings=QUICK, profile="aptrust", dry_run=True)
    assert "SRC-116" in codes(report)


@pytest.mark.parametrize("kind", ["csv", "toml"])
@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_in_another_normalisation_finds_its_file(tmp_path: Path, kind: str, forms: tuple[str, str]) -> None:
    typed, stored = (unicodedata.normalize(form, "Montr\u00e9al.txt") for form in forms)
    texts = {
        "csv": ("metadata.csv", f"filename,dc.title\nobjects,Whole\nobjects/{typed},WANTED\n"),
        "toml": ("description.toml", f'title = "Whole"\n[files."{typed}"]\ntitle = "WANTED"\n'),
    }
    name, text = texts[kind]
    report = described(plant(tmp_path / "src", {stored: b"a", name: text.encode()}), tmp_path / "out")
    assert "WANTED" in (Path(report.bag) / "metadata/descriptive/files/0001.xml").read_text()
    assert "DSC-108" in codes(report)
    assert "DSC-106" not in codes(report)


def test_where_two_files_fit_none_is_taken(tmp_path: Path) -> None:
    names = [unicodedata.normalize(form, "\u1e69.txt") for form in ("NFC", "NFD")]
    other = "s\u0307\u0323.txt"
    text = f'title = "Whole"\n[files."{other}"]\ntitle = "WANTED"\n'
    files = {**dict.fromkeys(names, b"a"), "description.toml": text.encode()}
    report = described(plant(tmp_path / "src", files), tmp_path / "out")
    assert "DSC-106" in codes(report)


@pytest.mark.parametrize("explicit", [False, True])
@pytest.mark.parametrize("place", ["metadata/metadata.csv", "metadata.csv"])
def test_a_transfer_is_described_by_its_table(tmp_path: Path, explicit: bool, place: str) -> None:
    files = {
        "objects/letter.txt": b"A letter\n",
        "objects/sub/two.txt": b"two\n",
        "metadata/submissionDocumentation/agreement.txt": b"signed\n",
        place: (
            b"filename,dc.title,dc.creator\nobjects/letter.txt,WANTED ONE,R\n"
            b"objects/sub/two.txt,WANTED TWO,R\nobjects,Whole,R\n"
        ),
    }
    src = plant(tmp_path / "am", files)
    options = {"description": str(src / place)} if explicit else {}
    report = described(src, tmp_path / "out", **options)
    assert "DSC-106" not in codes(report)
    bag = Path(report.bag)
    assert (bag / "data/original/metadata/submissionDocumentation/agreement.txt").exists()
    assert not (bag / "data/original" / place).exists()
    assert (bag / "metadata/descriptive/metadata.csv").exists()
    assert all(word in titles(bag) for word in ("WANTED ONE", "WANTED TWO"))


def test_a_table_of_another_kind_stays_payload(tmp_path: Path) -> None:
    files = {"objects/a.txt": b"a", "metadata/metadata.csv": b"id;colour\n1;red\n"}
    report = described(plant(tmp_path / "am", files), tmp_path / "out")
    assert (Path(report.bag) / "data/original/metadata/metadata.csv").exists()


def test_an_empty_source_makes_a_valid_bag_with_a_warning(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name, plain in (("one", False), ("two", True)):
        report = make(tmp_path / "empty", tmp_path / "out", name=name, plain=plain, settings=QUICK)
        assert report.created
        assert "SRC-120" in codes(report)


def test_events_have_times_of_their_own(tmp_path: Path) -> None:
    seconds = iter(range(1_700_000_000, 1_700_001_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("archive.storage.clock.time.time", lambda: next(seconds))
        report = described(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "out", clock=Clock())
    record = etree.parse(f"{report.bag}/metadata/preservation/premis.xml")
    times = [one.text or "" for one in record.iterfind(".//p:eventDateTime", PREMIS)]
    assert times == sorted(times)
    assert len(set(times)) > 3


def test_the_rights_of_a_transfer_are_recorded_and_keep_it_from_being_given_out(tmp_path: Path) -> None:
    files = {
        "objects/a.txt": b"a",
        "objects/b.txt": b"b",
        "metadata/rights.csv": b"file,basis,grant_act,grant_restriction\nobjects/b.txt,other,disseminate,Disallow\n",
    }
    report = described(plant(tmp_path / "am", files), tmp_path / "out")
    bag = Path(report.bag)
    statements = (bag / "metadata/descriptive/statements.json").read_bytes()
    assert [one.code for one in check_release(statements, date(2026, 1, 1))] == ["DSC-141"]
    assert (bag / "data/original/metadata/rights.csv").exists()
    assert mode(bag) == 0o700


def test_an_embargo_that_ended_restricts_nothing(tmp_path: Path) -> None:
    text = b'title = "T"\n[rights]\naccess = "embargoed"\nuntil = "2020-01-01"\nreason = "donor"\n'
    report = described(plant(tmp_path / "src", {"a": b"a", "description.toml": text}), tmp_path / "out")
    assert report.created
    bag = Path(report.bag)
    assert check_release((bag / "metadata/descriptive/statements.json").read_bytes(), date(2026, 1, 1)) == []
    record = etree.parse(bag / "metadata/preservation/premis.xml")
    assert record.findtext(".//p:restriction", None, PREMIS) is None
    assert record.findtext(".//p:termOfGrant/p:startDate", None, PREMIS) == "2020-01-01"
    assert "embargoed until 2020-01-01" in [one.text for one in record.iterfind(".//p:rightsGrantedNote", PREMIS)]
