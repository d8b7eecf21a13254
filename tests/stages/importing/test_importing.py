"""Packages become bags: ours the very bag, others a new one with the original names; spoilt ones nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.errors import ExistsError, NotABagError, UsageError
from archive.model.finding import Outcome
from archive.model.imported import ImportReport
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from archive.stages.importing.importing import import_package
from archive.stages.showing.contents import Contents
from archive.stages.showing.subjects import read_subject
from archive.stages.validation import validate
from tests.support.exporting import SEEDS, seed_bag, with_tag_file
from tests.support.making import CLOCK, contents, make, plant, snapshot

REVERSIBLE = ("eark-sip", "eark-aip", "rocrate", "dspace-saf")
PLAIN = Settings().with_flags("render", pdfa="none")


def run(package: Path, to: Path, **options: bool) -> ImportReport:
    return import_package(str(package), str(to), settings=PLAIN, clock=CLOCK, **options)


def export_as(bag: Path, kind: str, to: Path, *, zipped: bool = False) -> Path:
    report = export(str(bag), kind, str(to), settings=Settings(), clock=CLOCK, zipped=zipped)
    assert report.placed, report.findings
    return Path(report.package)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_bag_comes_back_byte_for_byte(seed: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags", pdfa="3a")
    for kind in REVERSIBLE:
        package = export_as(bag, kind, tmp_path / kind)
        before = snapshot(package)
        report = run(package, tmp_path / f"from-{kind}")
        assert (report.placed, report.rebuilt) == (True, True), report.findings
        assert contents(Path(report.bag)) == contents(bag)
        assert Path(report.bag).name == bag.name
        assert snapshot(package) == before
        assert validate(str(package)).ok
        packed = run(export_as(bag, kind, tmp_path / f"zip-{kind}", zipped=True), tmp_path / f"from-zip-{kind}")
        assert packed.placed, packed.findings
        assert contents(Path(packed.bag)) == contents(bag)


def test_a_plain_bag_with_odd_names_comes_back(tmp_path: Path) -> None:
    names = (
        "a+b & 'c' \"d\" <e>.txt",
        "100% #1?.txt",
        "نسخة.txt",
        "u\u0308ber.txt",
        "data/data",
        "METS.xml",
        "x\x01.txt",
    )
    make(plant(tmp_path / "src", {name: name.encode() for name in names}), tmp_path / "bags", algorithms=["sha512"])
    bag = tmp_path / "bags" / "src"
    for kind in REVERSIBLE:
        report = run(export_as(bag, kind, tmp_path / kind), tmp_path / f"from-{kind}")
        assert report.placed, report.findings
        assert contents(Path(report.bag)) == contents(bag)


def test_a_bag_with_private_fields_comes_back_as_a_new_one(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    report = run(export_as(bag, "eark-aip", tmp_path / "out"), tmp_path / "back")
    assert (report.placed, report.rebuilt) == (True, False), report.findings
    kept = Path(report.bag) / "metadata" / "imported" / "documentation" / "bag"
    assert (kept / "bag-info.txt").read_bytes() == (bag / "bag-info.txt").read_bytes()


def foreign_eark(tmp_path: Path) -> Path:
    """An E-ARK package without the bag that it was made from."""
    package = export_as(seed_bag("mixed-folder", tmp_path / "bags"), "eark-sip", tmp_path / "out")
    mets = (package / "METS.xml").read_text("utf-8")
    start, end = mets.index("    <fileGrp"), mets.index("    <fileGrp", mets.index('USE="Documentation"'))
    (package / "METS.xml").write_text(mets[:start] + mets[end:], "utf-8")
    shutil.rmtree(package / "documentation")
    return package


def foreign_crate(tmp_path: Path) -> Path:
    """A crate by hand, as a zip without a top folder."""
    content = b"1,2\n"
    graph = [
        {"@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": {"@id": "./"},
         "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}},
        {"@id": "./", "@type": "Dataset", "name": "A survey", "datePublished": "2024-05-01",
         "author": {"@id": "#ann"}, "hasPart": [{"@id": "tables/a%20b.csv"}], "keywords": ["rain", "wind"]},
        {"@id": "#ann", "@type": "Person", "name": "Ann"},
        {"@id": "tables/a%20b.csv", "@type": "File", "name": "Rain", "contentSize": str(len(content)),
         "sha256": hashlib.sha256(content).hexdigest()},
        {"@id": "https://example.org/far.csv", "@type": "File"},
    ]  # fmt: skip
    files = {
        "ro-crate-metadata.json": json.dumps({"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}),
        "tables/a b.csv": content.decode(), "notes.txt": "unlisted",
    }  # fmt: skip
    with zipfile.ZipFile(tmp_path / "survey.zip", "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return tmp_path / "survey.zip"


def foreign_item(tmp_path: Path) -> Path:
    record = (
        '<dublin_core schema="dc"><dcvalue element="title" qualifier="none" language="en">A letter</dcvalue>'
        '<dcvalue element="contributor" qualifier="author">Ann</dcvalue></dublin_core>'
    )
    return plant(
        tmp_path / "items" / "item_1",
        {
            "dublin_core.xml": record.encode(), "letter.txt": b"Dear\n", "license.txt": b"free\n",
            "contents": b"letter.txt\tdescription:The letter\nlicense.txt\tbundle:LICENSE\n\n",
        },
    )  # fmt: skip


def foreign_bag(tmp_path: Path) -> Path:
    make(plant(tmp_path / "src", {"a b.txt": b"a", "c/d.txt": b"d"}), tmp_path / "bags",
         bag_info={"External-Description": "Letters", "Source-Organization": "Elsewhere"})  # fmt: skip
    return tmp_path / "bags" / "src"


AIP = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"


def foreign_aip(tmp_path: Path) -> Path:
    """An AIP as Archivematica makes one, in little: a changed name, its original, an event and Dublin Core."""
    mets = f"""<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:premis="http://www.loc.gov/premis/v3" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<mets:dmdSec ID="dmdSec_1"><mets:mdWrap MDTYPE="DC"><mets:xmlData><dcterms:dublincore>
<dc:title>Letters</dc:title><dc:creator/></dcterms:dublincore></mets:xmlData></mets:mdWrap></mets:dmdSec>
<mets:amdSec ID="amdSec_1"><mets:techMD ID="techMD_1"><mets:mdWrap MDTYPE="PREMIS:OBJECT"><mets:xmlData>
<premis:object xsi:type="premis:file"><premis:originalName>%transferDirectory%objects/رسالة 1.txt</premis:originalName>
</premis:object></mets:xmlData></mets:mdWrap></mets:techMD><mets:digiprovMD ID="digiprovMD_1">
<mets:mdWrap MDTYPE="PREMIS:EVENT"><mets:xmlData><premis:event>
<premis:eventIdentifier><premis:eventIdentifierType>UUID</premis:eventIdentifierType>
<premis:eventIdentifierValue>{AIP}</premis:eventIdentifierValue></premis:eventIdentifier>
<premis:eventType>virus check</premis:eventType><premis:eventDateTime>2020-05-06T07:08:09+00:00</premis:eventDateTime>
<premis:eventOutcomeInformation><premis:eventOutcome>Pass</premis:eventOutcome></premis:eventOutcomeInformation>
</premis:event></mets:xmlData></mets:mdWrap></mets:digiprovMD></mets:amdSec>
<mets:fileSec><mets:fileGrp USE="original"><mets:file ID="file-1" ADMID="amdSec_1">
<mets:FLocat LOCTYPE="OTHER" xlink:href="objects/rsl_1.txt"/></mets:file></mets:fileGrp></mets:fileSec>
<mets:structMap TYPE="physical"><mets:div DMDID="dmdSec_1"/></mets:structMap></mets:mets>"""
    files = {"objects/rsl_1.txt": b"Dear\n", f"METS.{AIP}.xml": mets.encode(), "logs/x.log": b"log\n"}
    make(plant(tmp_path / f"letters-{AIP}", files), tmp_path / "bags")
    return tmp_path / "bags" / f"letters-{AIP}"


ORIGINALS: dict[Callable[[Path], Path], set[str]] = {
    foreign_eark: {"letter.eml", "README.md", "windows.png", "rooms.csv", "100% of rooms.txt", "رسالة.txt",
                   "interview notes.html"},
    foreign_crate: {"tables/a b.csv", "notes.txt"}, foreign_item: {"letter.txt"},
    foreign_bag: {"a b.txt", "c/d.txt"}, foreign_aip: {"رسالة 1.txt"},
}  # fmt: skip


@pytest.mark.parametrize("make_package", ORIGINALS)
def test_a_foreign_package_becomes_a_new_bag(make_package: Callable[[Path], Path], tmp_path: Path) -> None:
    package = make_package(tmp_path)
    report = run(package, tmp_path / "back")
    assert (report.placed, report.rebuilt) == (True, False), report.findings
    tree = contents(Path(report.bag))
    front = "data/original/"
    assert {one.removeprefix(front) for one in tree if one.startswith(front)} == ORIGINALS[make_package]
    judged = validate(report.bag)
    assert (judged.verdict, judged.warnings) == ("valid", ())
    record = tree["metadata/preservation/premis.xml"].decode()
    assert "unpacking" in record
    assert "Imported from the" in record
    again = run(package, tmp_path / "again")
    assert contents(Path(again.bag)) == tree
    if package.is_dir():
        kept = {one.removeprefix("metadata/imported/") for one in tree if one.startswith("metadata/imported/")}
        assert len(kept) + report.files == len(contents(package))


def test_what_a_package_says_is_in_the_description_and_the_record(tmp_path: Path) -> None:
    report = run(foreign_crate(tmp_path), tmp_path / "back")
    assert {one.code for one in report.findings} >= {"PKG-105", "PKG-202", "PKG-302"}
    statements = json.loads((Path(report.bag) / "metadata/descriptive/statements.json").read_bytes())["statements"]
    said = {(one["property"], one["value"], one.get("about")) for one in statements}
    assert {("title", "A survey", None), ("creator", "Ann", None), ("subject", "wind", None)} <= said
    assert ("title", "Rain", "data/original/tables/a b.csv") in said
    report = run(foreign_aip(tmp_path), tmp_path / "aip")
    record = (Path(report.bag) / "metadata/preservation/premis.xml").read_text("utf-8")
    assert "2020-05-06T07:08:09+00:00" in record
    assert record.index(">virus check<") < record.index(">ingestion<")
    assert Path(report.bag).name == "letters"


@pytest.mark.parametrize("make_package", ORIGINALS)
def test_packages_are_shown(make_package: Callable[[Path], Path], tmp_path: Path) -> None:
    shown = read_subject(str(make_package(tmp_path)))
    assert isinstance(shown, Contents)
    assert shown.files
    if make_package is foreign_bag:
        assert ("External-Description", "Letters") in shown.bag_info
    else:
        assert shown.package
        assert any(one.property == "title" for one in shown.statements)


def test_nothing_is_written_by_a_dry_run_or_over_something(tmp_path: Path) -> None:
    package = foreign_item(tmp_path)
    report = run(package, tmp_path / "back", dry_run=True)
    assert (report.placed, report.outcome) == (False, Outcome.INTACT)
    assert not (tmp_path / "back").exists()
    (tmp_path / "back" / "item_1").mkdir(parents=True)
    with pytest.raises(ExistsError):
        run(package, tmp_path / "back")


def test_what_is_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotABagError):
        run(plant(tmp_path / "folder", {"a.txt": b"a"}), tmp_path / "back")
    with pytest.raises(UsageError, match="nothing to import"):
        run(seed_bag("press-release", tmp_path / "bags"), tmp_path / "back")
    shutil.copytree(foreign_item(tmp_path), tmp_path / "items" / "item_2")
    with pytest.raises(UsageError, match="2 items"):
        run(tmp_path / "items", tmp_path / "back")


def _change(package: Path) -> None:
    next(package.rglob("rooms.csv")).write_bytes(b"changed")


def _change_alike(package: Path) -> None:
    path = next(package.rglob("rooms.csv"))
    path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:])


def _lose(package: Path) -> None:
    next(package.rglob("rooms.csv")).unlink()


def _add(package: Path) -> None:
    (next(package.rglob("rooms.csv")).parent / "more.txt").write_bytes(b"more")


def _link(package: Path) -> None:
    path = next(package.rglob("rooms.csv"))
    path.unlink()
    path.symlink_to("/etc/hostname")


def _break(package: Path) -> None:
    for name in ("METS.xml", "ro-crate-metadata.json", "contents"):
        for path in package.rglob(name):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@pytest.mark.parametrize("kind", REVERSIBLE)
@pytest.mark.parametrize("spoil", [_change, _change_alike, _lose, _add, _link, _break])
def test_a_spoilt_package_is_damaged_and_not_imported(kind: str, spoil: Callable[[Path], None], tmp_path: Path) -> None:
    package = export_as(seed_bag("mixed-folder", tmp_path / "bags"), kind, tmp_path / "out")
    spoil(package)
    judged = validate(str(package))
    assert judged.outcome is not Outcome.INTACT
    report = run(package, tmp_path / "back")
    assert not report.placed
    assert report.outcome is not Outcome.INTACT, report.findings
    assert not (tmp_path / "back").exists()


@pytest.mark.parametrize("path", ["../../../outside.txt", "/etc/hostname", "%2e%2e/%2e%2e/%2e%2e/outside.txt", "a%00b"])
def test_a_path_that_leads_out_is_never_followed(path: str, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("secret")
    eark = foreign_eark(tmp_path)
    place = eark / "representations" / "original" / "METS.xml"
    place.write_text(place.read_text("utf-8").replace("data/rooms.csv", path), "utf-8")
    item = foreign_item(tmp_path)
    (item / "contents").write_text(f"{path.replace('%2e', '.').replace('%00', chr(0))}\n")
    for package in (eark, item):
        judged = validate(str(package))
        assert "PKG-203" in {one.code for one in judged.findings}
        assert judged.outcome is Outcome.DAMAGED
        report = run(package, tmp_path / "back")
        assert not report.placed
        assert not (tmp_path / "back").exists()


def again(package: Path, to: Path) -> ImportReport:
    before = snapshot(to)
    report = run(package, to)
    assert snapshot(to) == before
    return report


@pytest.mark.parametrize("kind", REVERSIBLE)
def test_a_rebuilt_bag_is_not_imported_twice(kind: str, tmp_path: Path) -> None:
    package = export_as(seed_bag("press-release", tmp_path / "bags"), kind, tmp_path / "out")
    assert not run(package, tmp_path / "back").already
    second = again(package, tmp_path / "back")
    assert (second.placed, second.already, second.outcome) == (True, True, Outcome.INTACT)


@pytest.mark.parametrize("kind", REVERSIBLE)
def test_a_valid_bag_that_differs_is_never_taken_for_the_imported_one(kind: str, tmp_path: Path) -> None:
    package = export_as(seed_bag("press-release", tmp_path / "bags"), kind, tmp_path / "out")
    bag = Path(run(package, tmp_path / "back").bag)
    with_tag_file(bag, "metadata/descriptive/files/more.txt", b"more")
    assert validate(str(bag)).ok
    with pytest.raises(ExistsError):
        run(package, tmp_path / "back")


def test_a_new_bag_is_not_made_twice(tmp_path: Path) -> None:
    package = foreign_item(tmp_path)
    first = run(package, tmp_path / "back")
    assert first.placed, first.findings
    second = again(package, tmp_path / "back")
    assert (second.placed, second.already, second.bag) == (True, True, first.bag)
    original = next(path for path in (Path(first.bag) / "data").rglob("*") if path.is_file())
    content = original.read_bytes()
    original.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(ExistsError):
        run(package, tmp_path / "back")
    original.write_bytes(content)
    assert again(package, tmp_path / "back").already


def test_a_package_that_changed_is_not_the_imported_one(tmp_path: Path) -> None:
    package = foreign_item(tmp_path)
    assert run(package, tmp_path / "back").placed
    listed = next(package.rglob("dublin_core.xml"))
    listed.write_bytes(listed.read_bytes().replace(b"</dcvalue>", b" again</dcvalue>", 1))
    with pytest.raises(ExistsError):
        run(package, tmp_path / "back")
