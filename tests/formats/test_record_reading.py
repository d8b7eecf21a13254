"""What records of every kind say, read whole: nothing is lost, whatever its place."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from archive.errors import FormatError
from archive.model.record import GrantView, Identifier, RecordField, RecordKind
from archive.resources import metadata_path
from archive.stages.showing.records import read_record, record_fields
from tests.support import foreign_records as foreign
from tests.support.record_cases import UUID, sample

ALL = {
    "premis": sample("premis"), "mets": sample("mets"), "dc": sample("dc"), "dcterms": sample("dcterms"),
    "premis2": foreign.PREMIS_2, "archivematica": foreign.archivematica_mets(), "dspace": foreign.DSPACE_METS,
    "roda": foreign.RODA_EVENT, "oai": foreign.OAI_ANSWER, "srw": foreign.SRW_DC, "rdf": foreign.RDF,
    "dspace dc": foreign.DSPACE_DC, "other": "<note><to a='1'>x</to></note>",
}  # fmt: skip


def test_premis_3_is_read_whole() -> None:
    view = read_record(sample("premis").encode())
    assert (view.kind, view.version, view.wrapped_in) == (RecordKind.PREMIS, "3.0", None)
    assert [one.category for one in view.objects] == [
        "intellectualEntity", "representation", "representation", "file", "file",
    ]  # fmt: skip
    file = view.objects[3]
    assert file.original_name == "بيان صحفي.pdf"
    assert (file.size, [one.algorithm for one in file.fixity]) == (15, ["SHA-256", "SHA-512", "MD5"])
    assert (file.formats[0].key, file.formats[0].registry) == ("fmt/276", "PRONOM")
    assert file.locations == (Identifier("bag path", "data/original/بيان صحفي.pdf"),)
    assert [(one.type, one.subtype) for one in file.relationships] == [
        ("structural", "is part of"), ("derivation", "is source of"),
    ]  # fmt: skip
    assert file.relationships[1].events == (Identifier("UUID", f"{UUID}9b06"),)
    assert len(file.events) == 4
    assert {one.name for one in file.others} == {"compositionLevel", "creatingApplication"}
    event = view.events[0]
    assert (event.type, event.date, event.details) == (
        "ingestion",
        "2024-06-01T10:00:00Z",
        ("Received from depositor",),
    )
    assert (event.outcomes, event.outcome_notes) == (("success",), ("1 file",))
    assert event.agents[0] == Identifier("UUID", f"{UUID}9c04", ("implementer",))
    assert [(one.names, one.version) for one in view.agents][:2] == [
        (("archive",), "0.1.0"),
        (("Ghostscript",), "10.05.1"),
    ]
    (rights,) = view.rights
    assert rights.basis == "copyright"
    assert rights.grants == (
        GrantView(
            "disseminate", ("embargo",), None, ("2024-06-01", "2030-01-01"), ("release after witness review",)
        ),
    )  # fmt: skip
    assert rights.others[0].name == "copyrightInformation"
    assert rights.others[0].children[1] == RecordField("copyrightJurisdiction", "gb")


def test_older_premis_is_read_under_its_own_names() -> None:
    view = read_record(foreign.PREMIS_2.encode())
    assert (view.version, view.objects[0].category, view.events[0].details) == ("2.2", "file", ('program="Clam AV"',))
    view = read_record(foreign.DSPACE_METS.encode())
    assert view.objects[0].category == "file"
    assert view.objects[0].identifiers[0].value == "http://repository.invalid/bitstream/1"


def test_mets_gives_files_agents_and_what_is_embedded() -> None:
    view = read_record(sample("mets").encode())
    assert (view.kind, view.identifier) == (RecordKind.METS, f"{UUID}9a10")
    assert view.agents[0].names == ("archive",)
    assert (view.agents[0].role, view.agents[0].type) == ("CREATOR", "SOFTWARE")
    assert [one.metadata_type for one in view.files][:2] == ["DC", "PREMIS"]
    assert view.files[4].use == "Representations/original"
    assert view.files[4].size == 15
    embedded = read_record(foreign.archivematica_mets().encode())
    assert [one.value for one in embedded.statements] == ["Letters", "1914/1918"]
    assert embedded.events[0].type == "name cleanup"
    assert embedded.files[0].href == "objects/a.jpg"
    assert {one.name for one in embedded.objects[0].others} == {"compositionLevel", "objectCharacteristicsExtension"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (foreign.OAI_ANSWER, [("dc:title", "بيان", "ar"), ("dc:date", "2004", None)]),
        (foreign.SRW_DC, [("dc:title", "A", None), ("dc:date", "1999-05", None)]),
        (foreign.RDF, [("dc:title", "A", None), ("dc:relation", "urn:x:2", None)]),
        (foreign.DSPACE_DC, [("dc.title", "A thesis", "en"), ("dc.date.issued", "2012", None)]),
        (
            '<dc xml:lang="ar"><title>بيان</title><x xml:lang="">y</x></dc>',
            [("dc:title", "بيان", "ar"), ("x", "y", None)],
        ),
    ],
)
def test_dublin_core_is_read_in_every_container(text: str, expected: list[tuple[str, str, str | None]]) -> None:
    view = read_record(text.encode())
    assert view.kind is RecordKind.DUBLIN_CORE
    assert [(one.name, one.value, one.language) for one in view.statements] == expected


def test_dcterms_keeps_languages_and_schemes() -> None:
    view = read_record(sample("dcterms").encode())
    titles = [(one.value, one.language) for one in view.statements if one.name == "dcterms:title"]
    assert titles[1] == ("بيان بشأن طلب إصدار أوامر القبض", "ar")
    assert {one.scheme for one in view.statements if one.name == "dcterms:issued"} == {"dcterms:W3CDTF"}


def test_premis_inside_something_else() -> None:
    inner = sample("premis").split("?>", 1)[1]
    view = read_record(f"<wrapper><part>{inner}</part></wrapper>".encode())
    assert (view.kind, view.wrapped_in, len(view.events)) == (RecordKind.PREMIS, "wrapper", 8)


def test_other_xml_is_shown_as_it_stands() -> None:
    view = read_record(ALL["other"].encode())
    assert view.kind is RecordKind.OTHER
    assert view.others == (RecordField("to", "x", (("a", "1"),)),)


def test_every_text_of_a_record_is_somewhere_in_its_view() -> None:
    from lxml import etree

    for name in ("premis", "premis2", "dc", "dcterms", "roda"):
        shown = json.dumps(record_fields(read_record(ALL[name].encode())), ensure_ascii=False)
        for element in etree.fromstring(ALL[name].encode()).iter("*"):
            text = (element.text or "").strip()
            assert json.dumps(text, ensure_ascii=False)[1:-1] in shown, (name, element.tag)


@pytest.mark.parametrize("name", sorted(ALL))
def test_the_json_follows_its_schema(name: str) -> None:
    schema = json.loads(Path(metadata_path("reports", "archive.record-1.json")).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    fields = json.loads(json.dumps(record_fields(read_record(ALL[name].encode()))))
    assert next(iter(fields)) == "schema"
    jsonschema.Draft202012Validator(schema).validate(fields)


def test_what_is_unsafe_is_not_read() -> None:
    with pytest.raises(FormatError):
        read_record(b"<!DOCTYPE a><a/>")
