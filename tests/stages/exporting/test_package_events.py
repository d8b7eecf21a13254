"""Each export leaves an event: in the ledger, and in the PREMIS record or the graph of formats that have one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree

from archive.settings import Settings
from archive.stages.exporting.exporting import export
from archive.stages.exporting.formats import FORMATS
from archive.stages.exporting.source import PREMIS
from archive.stages.importing.importing import import_package
from archive.stages.validation import validate
from tests.support.audit_projects import Project
from tests.support.exporting import seed_bag, tree_of, with_tag_file
from tests.support.making import CLOCK, make, plant

NAMES = {"p": "http://www.loc.gov/premis/v3"}
EARK = ("eark-sip", "eark-aip")


def plain_bag(tmp_path: Path, **files: bytes) -> Path:
    make(plant(tmp_path / "src", files or {"a.txt": b"alpha"}), tmp_path / "bags")
    return tmp_path / "bags" / "src"


def package_of(bag: Path, kind: str, to: Path) -> Path:
    report = export(str(bag), kind, str(to), settings=Settings(), clock=CLOCK)
    assert report.placed, report.findings
    return Path(report.package)


def told(record: Path) -> list[tuple[str, str]]:
    """Type and date of each event."""
    events = etree.parse(record).getroot().iterfind("p:event", NAMES)
    return [(one.findtext("p:eventType", "", NAMES), one.findtext("p:eventDateTime", "", NAMES)) for one in events]


@pytest.mark.parametrize("kind", EARK)
def test_an_eark_package_continues_the_record_of_the_bag(kind: str, tmp_path: Path) -> None:
    bag = seed_bag("mixed-folder", tmp_path / "bags")
    record = package_of(bag, kind, tmp_path / "out") / PREMIS
    own = ("information package creation", "2023-11-14/..")
    assert told(record) == [*told(bag / PREMIS), own]
    judged = validate(str(record))
    assert (judged.verdict, judged.findings) == ("valid", ())
    assert f"Exported as an E-ARK {kind[-3:].upper()} 2.2.0 from the bag urn:uuid:" in record.read_text("utf-8")


FOREIGN = b"""<p:premis xmlns:p="http://www.loc.gov/premis/v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 version="3.0"><p:object xsi:type="p:intellectualEntity"><p:objectIdentifier>
<p:objectIdentifierType>local</p:objectIdentifierType><p:objectIdentifierValue>1</p:objectIdentifierValue>
</p:objectIdentifier></p:object></p:premis>"""


@pytest.mark.parametrize("foreign", [None, FOREIGN])
def test_an_eark_package_of_a_bag_without_a_record_of_ours(foreign: bytes | None, tmp_path: Path) -> None:
    bag = plain_bag(tmp_path)
    if foreign is not None:
        with_tag_file(bag, PREMIS, foreign)
    package = package_of(bag, "eark-aip", tmp_path / "out")
    assert [kind for kind, _ in told(package / PREMIS)] == ["information package creation"]
    judged = validate(str(package / PREMIS))
    assert (judged.verdict, judged.findings) == ("valid", ())
    assert validate(str(package)).ok
    if foreign is not None:
        assert (package / "documentation" / "bag" / PREMIS).read_bytes() == foreign


def test_the_event_of_the_export_is_kept_where_a_new_bag_is_made(tmp_path: Path) -> None:
    bag = seed_bag("press-release", tmp_path / "bags")
    with_tag_file(bag, "metadata/restricted/fields.toml", b"a = 1\n")
    package = package_of(bag, "eark-sip", tmp_path / "out")
    settings = Settings().with_flags("render", pdfa="none")
    report = import_package(str(package), str(tmp_path / "back"), settings=settings, clock=CLOCK)
    assert (report.placed, report.rebuilt) == (True, False), report.findings
    assert ("information package creation", "2023-11-14/..") in told(Path(report.bag) / PREMIS)


def test_a_transfer_has_the_events_of_each_original(tmp_path: Path) -> None:
    bag = seed_bag("mixed-folder", tmp_path / "bags")
    record = package_of(bag, "archivematica", tmp_path / "out") / "metadata" / "premis.xml"
    judged = validate(str(record))
    assert (judged.verdict, judged.findings) == ("valid", ())
    root = etree.parse(record).getroot()
    names = [one.text for one in root.iterfind("p:object/p:originalName", NAMES)]
    assert sorted(names) == sorted(
        f"objects/{one.name}" for one in (bag / "data" / "original").iterdir()
    )  # fmt: skip
    # Archivematica fails at an event of more than two files, and takes none without an agent.
    for event in root.iterfind("p:event", NAMES):
        assert len(event.findall("p:linkingObjectIdentifier", NAMES)) == 1
        assert len(event.findall("p:linkingAgentIdentifier", NAMES)) >= 1
    assert {kind for kind, _ in told(record)} == {"message digest calculation", "format identification"}
    assert set(told(record)) <= set(told(bag / PREMIS))


def test_a_transfer_without_events_or_with_names_that_xml_cannot_hold(tmp_path: Path) -> None:
    bag = plain_bag(tmp_path)
    assert not (package_of(bag, "archivematica", tmp_path / "out") / "metadata" / "premis.xml").exists()
    make(plant(tmp_path / "odd", {"a\x01.txt": b"a", "b.txt": b"b"}), tmp_path / "bags", plain=False)
    report = export(
        str(tmp_path / "bags" / "odd"), "archivematica", str(tmp_path / "out"), settings=Settings(), clock=CLOCK
    )
    tree = tree_of(report)
    assert b"objects/b.txt" in tree["metadata/premis.xml"]
    assert [one.count for one in report.lost if "PREMIS cannot name" in one.what] == [1]
    assert validate(str(Path(report.package) / "metadata" / "premis.xml")).ok


def test_a_crate_says_that_it_was_made_from_the_bag(tmp_path: Path) -> None:
    crate = package_of(plain_bag(tmp_path), "rocrate", tmp_path / "out")
    graph = {one["@id"]: one for one in json.loads((crate / "ro-crate-metadata.json").read_bytes())["@graph"]}
    assert graph["./"]["mentions"] == {"@id": "#export"}
    assert graph["#export"]["object"]["@id"] in graph
    assert graph[graph["#export"]["instrument"]["@id"]]["name"] == "muniment"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    started = Project(folder, monkeypatch).start()
    plant(folder / "letters", {"a.txt": b"alpha"})
    code, out, err = started.run("create", "letters", "--to", "bags", "--pdfa", "none", "--hold", "-q")
    assert code == 0, out + err
    return started


@pytest.mark.parametrize("kind", FORMATS)
def test_the_ledger_has_each_export_of_a_holding(kind: str, project: Project) -> None:
    def exports() -> list[dict[str, object]]:
        events = project.json("events", "bags/letters")[1]["events"]
        return [one for one in events if one["type"] == "dissemination"]

    assert project.run("export", "bags/letters", "--as", kind, "--to", "out", "--dry-run")[0] == 0
    assert exports() == []
    _, report = project.json("export", "bags/letters", "--as", kind, "--to", "out")
    assert report["placed"], report
    (event,) = exports()
    assert (event["outcome"], event["type"]) == ("success", "dissemination")
    assert event["note"] == f"bytes {report['bytes']}; files {report['files']}; format {kind}"


def test_an_export_of_a_bag_that_is_no_holding_is_in_the_ledger_too(project: Project) -> None:
    project.run("create", "letters", "--to", "apart", "--pdfa", "none", "-q")
    _, report = project.json("export", "apart/letters", "--as", "bag", "--to", "out")
    assert (report["placed"], report["findings"]) == (True, [])
    from archive.ledger.book import open_ledger

    ledger = open_ledger(str(project.folder / "ledger.sqlite3"))
    try:
        rows = ledger.backend.query("SELECT detail FROM events WHERE kind = 'dissemination'", ())
    finally:
        ledger.close()
    (detail,) = [json.loads(row[0]) for row in rows]
    assert (detail["format"], detail["package"], detail["files"]) == ("bag", "letters", report["files"])
    assert detail["bag"].startswith("urn:uuid:")


def test_a_ledger_that_takes_no_event_does_not_undo_the_export(project: Project) -> None:
    (project.folder / "ledger.sqlite3").write_bytes(b"not a database, but long enough to be taken for one" * 40)
    code, report = project.json("export", "bags/letters", "--as", "bag", "--to", "out")
    assert (code, report["placed"]) == (0, True)
    assert [one["code"] for one in report["findings"]] == ["PKG-303"]
