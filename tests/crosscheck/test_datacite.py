"""DataCite's JSON and XML schemas judge our records, and the package datacite writes the same XML from our JSON."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from archive.formats.datacite import left_out, make_record, write_xml
from archive.model.description import Statement
from archive.settings import Settings
from archive.stages.exporting.exporting import export
from tests.support.exporting import SEEDS, seed_bag, tree_of
from tests.support.making import CLOCK, make, plant
from tests.support.needing import need

_JUDGE = """
import json, sys
from datacite import schema45

for line in sys.stdin:
    record = json.loads(line)
    print(json.dumps(schema45.tostring(record) if schema45.validate(record) else None))
"""
XSD = "http://www.w3.org/2001/XMLSchema"
FULL = [
    Statement("title", "Letters & <notes>", "en"), Statement("title", "رسائل", "ar"),
    Statement("alternative", 'The "blue" folder'), Statement("creator", "R. Visitor"),
    Statement("creator", "ليلى", "ar"),
    Statement("contributor", "An archive"), Statement("rightsHolder", "A holder"), Statement("publisher", "A press"),
    Statement("identifier", "https://doi.org/10.5072/Example"), Statement("identifier", "2026/117"),
    Statement("identifier", "https://example.org/a"), Statement("identifier", "urn:x:y"),
    Statement("issued", "2019-10"), Statement("created", "2019-10-18"), Statement("date", "ca. 1950"),
    Statement("language", "ar"), Statement("language", "en"), Statement("type", "StillImage"),
    Statement("subject", "schools", "en"), Statement("subject", "schools", "en"), Statement("format", "text/plain"),
    Statement("extent", "7 files"), Statement("rights", "No reuse", "en"), Statement("tableOfContents", "1. One"),
    Statement("license", "https://creativecommons.org/licenses/by/4.0/"), Statement("spatial", "Hebron"),
]  # fmt: skip


def record_of(statements: list[Statement]) -> dict[str, Any]:
    return make_record(statements, title="A bag", publisher=None, published="2023-11-14")


def ask(*records: dict[str, Any]) -> list[str | None]:
    """The XML that datacite writes of each record; None of one that is not valid."""
    ran = subprocess.run(
        [os.path.join(need("datacite"), "python"), "-c", _JUDGE], capture_output=True, text=True, check=True,
        input="".join(f"{json.dumps(one)}\n" for one in records),
    )  # fmt: skip
    return [json.loads(line) for line in ran.stdout.splitlines()]


@cache
def xml_schema() -> etree.XMLSchema:
    """DataCite's XML schema. The package that brings it demands rights as well, which DataCite does not."""
    schema = etree.parse(need("datacite-xsd"), etree.XMLParser(no_network=True))
    for element in schema.iter(f"{{{XSD}}}element"):
        if element.get("name") in ("rightsList", "rights"):
            element.set("minOccurs", "0")
    return etree.XMLSchema(schema)


def is_valid_xml(xml: bytes) -> bool:
    """Whether DataCite's XML schema accepts the record."""
    return xml_schema().validate(etree.fromstring(xml))


def as_set(xml: bytes) -> set[Any]:
    """Each element of the record with what is in it, whatever the order and the white space between."""

    def said(element: Any) -> Any:
        text = (element.text or "").strip()
        return element.tag, tuple(sorted(element.attrib.items())), text, tuple(map(said, element))

    return {said(one) for one in etree.fromstring(xml) if one.text != "(:tba)"}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_records_of_the_seeds_are_valid_and_agree(seed: str, tmp_path: Path) -> None:
    bag = seed_bag(seed, tmp_path / "bags")
    report = export(str(bag), "datacite", str(tmp_path / "out"), settings=Settings(), clock=CLOCK)
    tree = tree_of(report)
    assert set(tree) == {"datacite.json", "datacite.xml"}
    (written,) = ask(json.loads(tree["datacite.json"]))
    assert written is not None
    assert as_set(tree["datacite.xml"]) == as_set(written.encode())
    assert is_valid_xml(tree["datacite.xml"])
    assert [one.kept for one in report.lost] == [None] * len(report.lost)


def test_every_member_is_valid_and_agrees() -> None:
    record = record_of(FULL)
    (written,) = ask(record)
    assert written is not None
    xml = write_xml(record)
    assert as_set(xml) == as_set(written.encode())
    assert is_valid_xml(xml)
    assert (record["doi"], record["publicationYear"], record["language"]) == ("10.5072/Example", "2019", "ar")
    assert [one["alternateIdentifierType"] for one in record["alternateIdentifiers"]] == ["Local", "URL", "URN"]
    assert len(record["subjects"]) == 1
    assert [one.value for one in left_out(FULL)] == ["ca. 1950", "en", "Hebron"]


def test_what_nothing_states_is_said_to_be_unknown(tmp_path: Path) -> None:
    make(plant(tmp_path / "src", {"a.txt": b"a"}), tmp_path / "bags")
    bag = tmp_path / "bags" / "src"
    tree = tree_of(export(str(bag), "datacite", str(tmp_path / "out"), settings=Settings(), clock=CLOCK))
    record = json.loads(tree["datacite.json"])
    assert (record["creators"], record["publisher"]) == ([{"name": "(:unkn)"}], {"name": "(:unkn)"})
    assert record["titles"] == [{"title": "src"}]
    assert record["publicationYear"] == "2023"
    assert ask(record) != [None]
    assert is_valid_xml(tree["datacite.xml"])


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"Image"', b'"Painting"'), (b"titles>", b"titels>"), (b"2019</pub", b"now</pub"), (b"creators>", b"")],
)
def test_the_xml_schema_refuses_a_spoilt_record(old: bytes, new: bytes) -> None:
    xml = write_xml(record_of(FULL))
    assert old in xml
    if not new:
        old = xml[xml.index(b"<" + old) : xml.index(b"</" + old) + len(b"</" + old)]
    assert not is_valid_xml(xml.replace(old, new))


def test_the_json_schema_refuses_a_spoilt_record() -> None:
    changes: list[dict[str, Any]] = [{"creators": []}, {"doi": "none"}, {"what": "x"}]
    assert ask(*({**record_of(FULL), **one} for one in changes)) == [None] * 3
