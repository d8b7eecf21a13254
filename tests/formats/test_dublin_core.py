"""Dublin Core as we write it: valid, with languages, and typed only where the value is of that type."""

from __future__ import annotations

import pytest
from lxml import etree

from archive.formats.dublin_core import ELEMENT_OF, write_dc, write_dcterms
from archive.formats.dublin_core_reading import read_statements
from archive.model.description import ELEMENTS, TERMS, Certainty, Statement
from tests.support.described import schema

XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def dcterms(*statements: Statement) -> etree._Element:
    root = etree.fromstring(b"".join(write_dcterms(statements)))
    schema("qualifieddc.xsd").assertValid(root)
    return root


def dc(*statements: Statement) -> etree._Element:
    root = etree.fromstring(b"".join(write_dc(statements)))
    schema("oai_dc.xsd").assertValid(root)
    return root


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_written_and_valid(term: str) -> None:
    value = "2024" if term in ("date", "created", "issued", "modified", "valid", "available") else "value & <more>"
    statement = Statement(term, value if not term.startswith("date") else "2024", "en")
    root = dcterms(statement)
    assert [(one.name, one.value, one.language) for one in read_statements(root)] == [
        (f"dcterms:{term}", statement.value, "en")
    ]
    expected = ELEMENT_OF.get(term, term)
    found = [one.name for one in read_statements(dc(statement))]
    assert found == ([f"dc:{expected}"] if expected in ELEMENTS else [])


@pytest.mark.parametrize(
    ("term", "value", "scheme"),
    [
        ("issued", "2024-03-14", "W3CDTF"),
        ("issued", "2024-03", "W3CDTF"),
        ("issued", "2023-11-15~", None),
        ("issued", "0000", None),
        ("issued", "2024-05-20T10:00:00+01:00", "W3CDTF"),
        ("issued", "2024-05-20T24:00:00Z", None),
        ("temporal", "2024-05-20T10:00Z", None),
        ("temporal", "2024-05-20T10:00:00+14:30", None),
        ("issued", "2011/2013", None),
        ("temporal", "2013", "W3CDTF"),
        ("temporal", "the war", None),
        ("type", "Text", "DCMIType"),
        ("type", "text", None),
        ("language", "ar", "RFC4646"),
        ("language", "x-none", "RFC4646"),
        ("format", "application/pdf", "IMT"),
        ("format", "paper", None),
        ("identifier", "urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c9a10", "URI"),
        ("identifier", "REF 12", None),
        ("license", "https://creativecommons.org/licenses/by/4.0/", "URI"),
        ("rights", "Ask us", None),
        ("title", "https://example.org/", None),
    ],
)
def test_a_value_is_typed_only_when_it_is_of_that_type(term: str, value: str, scheme: str | None) -> None:
    [element] = dcterms(Statement(term, value))
    assert element.get(XSI_TYPE) == (f"dcterms:{scheme}" if scheme else None)


def test_languages_stand_on_every_text_that_has_one() -> None:
    root = dcterms(
        Statement("title", "بيان", "ar"), Statement("title", "Both بيان", "mul"), Statement("title", "x", "eng")
    )
    assert [one.get(XML_LANG) for one in root] == ["ar", "mul", None]


def test_what_is_private_suggested_or_no_date_is_not_written() -> None:
    hidden = (
        Statement("title", "secret", private=True),
        Statement("creator", "maybe", certainty=Certainty.SUGGESTED),
        Statement("issued", "12 May"),
        Statement("rights.reason", "why"),
        Statement("private.x", "secret", private=True),
    )
    assert len(dcterms(*hidden)) == 0
    assert len(dc(*hidden)) == 0


def test_a_value_is_written_once() -> None:
    twice = (
        Statement("coverage", "Douma", "en"),
        Statement("spatial", "Douma", "en"),
        Statement("spatial", "Douma", "en"),
    )
    assert len(dc(*twice)) == 1
    assert len(dcterms(*twice)) == 2


def test_characters_that_xml_cannot_hold_do_not_break_the_record() -> None:
    assert dc(Statement("title", "a\x00b\ud800c\r\n]]>&<"))[0].text == "a\ufffdb\ufffdc\r\n]]>&<"
