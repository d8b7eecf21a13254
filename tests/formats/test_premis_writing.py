"""PREMIS as we write it, against the schema and the reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lxml import etree

from archive.formats.premis_reading import read_agent, read_event, read_object, read_rights
from archive.formats.premis_writing import exact_path, write_premis
from archive.formats.xml_elements import escape_text
from archive.model.premis import (
    Agent,
    EntityObject,
    Event,
    FileObject,
    Format,
    Grant,
    Link,
    PremisRecord,
    Relationship,
    RightsStatement,
)
from archive.storage.clock import Clock, Identifiers, package_identifiers
from tests.support.described import PREMIS, schema

IDS: Identifiers = package_identifiers(Clock(0), b"")
NASTY = 'a & <b> "c" ]]> \x00 \ud800 \u202e بيان'


def bare(identifier: str) -> str:
    """An identifier as PREMIS has it."""
    return identifier.removeprefix("urn:uuid:")


def file(path: str = "data/original/x.txt", **more: object) -> FileObject:
    fields: dict[str, object] = {
        "id": IDS.make("file", path), "path": path, "original_name": path.rpartition("/")[2], "size": 3,
        "fixity": (("SHA-256", "ab" * 32),), "format": Format("Text", "1.0", "x-fmt/111", "basis: bytes"),
        "part_of": IDS.make("r"), "events": (IDS.make("e"),),
    }  # fmt: skip
    return FileObject(**{**fields, **more})  # type: ignore[arg-type]


def record(*files: FileObject, rights: tuple[RightsStatement, ...] = (), text: str = "text") -> etree._Element:
    def links() -> Iterator[Link]:
        for one in files:
            yield Link(one.id, "source")

    whole = IDS.make("w")
    made = PremisRecord(
        (
            EntityObject(
                whole,
                text,
                relationships=(Relationship("structural", "is represented by", lambda: iter((IDS.make("r"),))),),
                rights=tuple(one.id for one in rights),
            ),
            EntityObject(IDS.make("r"), "original", level=("bit-level", "full")),
        ),
        lambda: iter(files),
        (Event(IDS.make("e"), "ingestion", "2024-01-01T00:00:00Z", text, "success", text,
               (Link(IDS.make("a"), "executing program"),), links),),
        (Agent(IDS.make("a"), text, "software", "1", text),),
        rights,
    )  # fmt: skip
    root = etree.fromstring(b"".join(write_premis(made)))
    schema("premis.xsd").assertValid(root)
    return root


def test_a_whole_record_is_valid_and_reads_back() -> None:
    one = file(
        derivations=(("is source of", IDS.make("t"), IDS.make("e")),),
        application=("muniment", "1"),
        rights=(IDS.make("x"),),
    )
    root = record(one)
    view = read_object(root.findall("p:object", PREMIS)[2])
    assert (view.category, view.original_name, view.size) == ("file", "x.txt", 3)
    assert view.fixity[0].digest == "ab" * 32
    assert (view.formats[0].name, view.formats[0].version, view.formats[0].key) == ("Text", "1.0", "x-fmt/111")
    assert [(r.type, r.subtype) for r in view.relationships] == [
        ("structural", "is part of"),
        ("derivation", "is source of"),
    ]
    assert view.relationships[1].events[0].value == bare(IDS.make("e"))
    assert view.events[0].value == bare(IDS.make("e"))
    assert view.rights[0].value == bare(IDS.make("x"))
    event = read_event(root.find("p:event", PREMIS))
    assert (event.type, event.outcomes, event.objects[0].value) == ("ingestion", ("success",), bare(one.id))
    assert read_agent(root.find("p:agent", PREMIS)).version == "1"


def test_the_types_of_objects_carry_the_prefix_letter_by_letter() -> None:
    text = etree.tostring(record(file())).decode()
    assert text.count('xsi:type="premis:') == 3
    assert "<premis:premis " in text
    assert "<premis:object" not in text, "a sixth of the record would be prefixes"


def test_what_comes_from_outside_cannot_break_the_record() -> None:
    root = record(file(original_name=NASTY, format=Format(NASTY, NASTY, None, NASTY)), text=NASTY)
    clean = NASTY.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert read_object(root.findall("p:object", PREMIS)[2]).original_name == clean
    assert root.findtext(".//p:agentName", None, PREMIS) == clean


def test_a_path_that_xml_cannot_hold_is_kept_to_the_byte() -> None:
    assert exact_path("data/original/x y.txt") == ("bag path", "data/original/x y.txt")
    assert exact_path("data/caf\udce9") == ("bag path, base64", "ZGF0YS9jYWbp")
    assert exact_path("data/a\x01") == ("bag path, base64", "ZGF0YS9hAQ==")
    view = read_object(record(file("data/original/caf\udce9")).findall("p:object", PREMIS)[2])
    assert view.locations[0].type == "bag path, base64"


@pytest.mark.parametrize(
    "statement",
    [
        RightsStatement("x", "copyright", (), (), status="unknown", jurisdiction="sy", notes=("n",)),
        RightsStatement("x", "copyright", (), (), status="copyrighted", jurisdiction="sy", document="http://e/"),
        RightsStatement("x", "license", (), (), terms="CC BY 4.0", document="https://e/"),
        RightsStatement("x", "license", (), (), notes=("as described",)),
        RightsStatement("x", "statute", (), (), citation="Law 1", jurisdiction="gb", document="https://e/"),
        RightsStatement("x", "other", (Grant("disseminate", "closed", "2024-01-01", None, ("why",)),), ()),
        RightsStatement("x", "other", (Grant("disseminate", "embargo", "2024-01-01", "2030-01-01"),), ()),
        RightsStatement("x", "other", (Grant("disseminate"),), ()),
    ],
)
def test_rights_of_every_basis_are_valid(statement: RightsStatement) -> None:
    made = RightsStatement(
        IDS.make("x"), statement.basis, statement.grants, (IDS.make("w"),), (Link(IDS.make("a"), "rightsholder"),),
        statement.status, statement.jurisdiction, statement.terms, statement.citation, statement.other,
        statement.document, statement.notes,
    )  # fmt: skip
    root = record(file(), rights=(made,))
    [view] = read_rights(root.find("p:rights", PREMIS))
    assert view.basis == statement.basis
    assert [grant.restrictions for grant in view.grants] == [
        (grant.restriction,) if grant.restriction else () for grant in statement.grants
    ]


def test_a_long_record_comes_in_pieces_and_lists_are_walked_afresh() -> None:
    walks = []

    def files() -> Iterator[FileObject]:
        walks.append(1)
        return (file(f"data/original/{number}") for number in range(2000))

    made = PremisRecord((EntityObject(IDS.make("w"), "t"),), files, (), ())
    pieces = list(write_premis(made))
    assert len(walks) == 1
    assert len(pieces) > 20
    assert max(map(len, pieces)) < 1 << 17
    assert len(etree.fromstring(b"".join(pieces))) == 2001


def test_escaping() -> None:
    assert escape_text("a&<>\r") == "a&amp;&lt;&gt;&#13;"
    assert escape_text("\ufffe\x0b") == "\ufffd\ufffd"
