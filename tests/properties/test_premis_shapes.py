"""Judging PREMIS by shape finds what judging each object finds: on thousands of records that were changed at random."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from archive.formats.premis_reading import PREMIS_3
from archive.formats.xml_safety import XmlRefusedError
from archive.model.build import FileRecord
from archive.model.finding import Finding
from archive.stages.validation.records import premis_stream
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.payload import PayloadComparison
from archive.stages.validation.records.premis_shapes import Shape
from archive.stages.validation.records.premis_stream import stream_premis

FILES = 9
ROUNDS = int(os.environ.get("SHAPE_MUTATIONS", "2000"))


def uuid(number: int) -> str:
    return f"urn:uuid:00000000-0000-4000-8000-{number:012x}"


def identifier(name: str, number: int) -> str:
    return (
        f"<premis:{name}><premis:{name}Type>UUID</premis:{name}Type>"
        f"<premis:{name}Value>{uuid(number)}</premis:{name}Value></premis:{name}>"
    )


def relationship(kind: str, subtype: str, *targets: int) -> str:
    related = "".join(f"\n   {identifier('relatedObjectIdentifier', target)}" for target in targets)
    return (
        f"\n  <premis:relationship>\n   <premis:relationshipType>{kind}</premis:relationshipType>"
        f"\n   <premis:relationshipSubType>{subtype}</premis:relationshipSubType>{related}\n  </premis:relationship>"
    )


def digest(number: int) -> str:
    return sha256(b"%d" % number).hexdigest()


def file_object(number: int) -> str:
    note = f"<premis:formatNote>basis: byte match at {number}</premis:formatNote>" if number % 2 else ""
    links = "".join(f"\n  {identifier('linkingEventIdentifier', 500 + event)}" for event in range(2))
    return f"""
 <premis:object xsi:type="premis:file">
  {identifier("objectIdentifier", number)}
  <premis:objectCharacteristics>
   <premis:compositionLevel>0</premis:compositionLevel>
   <premis:fixity><premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm>\
<premis:messageDigest>{digest(number)}</premis:messageDigest></premis:fixity>
   <premis:size>{number}</premis:size>
   <premis:format><premis:formatDesignation><premis:formatName>Text</premis:formatName></premis:formatDesignation>\
{note}</premis:format>
   <premis:creatingApplication><premis:dateCreatedByApplication>2024-05-{number:02}</premis:dateCreatedByApplication>\
</premis:creatingApplication>
  </premis:objectCharacteristics>
  <premis:originalName>letter {number}.txt</premis:originalName>
  <premis:storage><premis:contentLocation><premis:contentLocationType>bag path</premis:contentLocationType>\
<premis:contentLocationValue>data/original/بيان {number}.txt</premis:contentLocationValue></premis:contentLocation>\
</premis:storage>{relationship("structural", "is part of", 900)}{links}
 </premis:object>"""


def event(number: int) -> str:
    links = "".join(f"\n  {identifier('linkingObjectIdentifier', target)}" for target in range(1, FILES + 1))
    return f"""
 <premis:event>
  {identifier("eventIdentifier", 500 + number)}
  <premis:eventType>ingestion</premis:eventType>
  <premis:eventDateTime>2024-06-01T10:00:0{number}Z</premis:eventDateTime>
  {identifier("linkingAgentIdentifier", 700)}{links}
 </premis:event>"""


def record() -> str:
    whole = f"""
 <premis:object xsi:type="premis:representation">
  {identifier("objectIdentifier", 900)}{relationship("structural", "has part", *range(1, FILES + 1))}
 </premis:object>"""
    agent = (
        f"\n <premis:agent>{identifier('agentIdentifier', 700)}<premis:agentName>A</premis:agentName></premis:agent>"
    )
    files = "".join(map(file_object, range(1, FILES + 1)))
    events = "".join(map(event, range(2)))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<premis:premis xmlns:premis="http://www.loc.gov/premis/v3"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">{whole}{files}{events}{agent}\n'
        "</premis:premis>\n"
    )


class View:
    """A bag with the files of the record."""

    algorithms = ("sha256",)

    def has(self, path: str) -> bool:
        return path.startswith("metadata/")

    def tag_bytes(self, path: str) -> bytes | None:
        del path
        return None

    def payload(self) -> Iterator[FileRecord]:
        for number in range(1, FILES + 1):
            yield FileRecord(f"data/original/بيان {number}.txt", number, (digest(number),))


def shown(findings: list[Finding]) -> list[tuple[str, str, int | None, str]]:
    return sorted((one.code, one.subject, one.line, one.message) for one in findings)


def judge(content: bytes, size: int, *, by_shape: bool) -> list[tuple[str, str, int | None, str]]:
    """Every finding, also of the comparison with the files, in an order that does not depend on how they came."""
    notes, objects = Notes("x"), PayloadComparison(View(), "x", ours=True)
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    try:
        stream_premis(pieces, PREMIS_3, notes, objects, by_shape=by_shape, again=lambda: iter(pieces))
    except XmlRefusedError as refused:
        # What was found before the place where the reading ends depends on how far it had come.
        return [("refused", refused.finding.code, None, "")]
    return shown([*notes.all(), *objects.finish()])


_VALUE = re.compile(r">([^<>\n]+)<")
_VALUES = (
    "", " ", "x", "-1", "15 bytes", uuid(3), uuid(77), uuid(900), uuid(500), "urn:uuid:zz", "http://example.org/1",
    "UUID",
    "local", "&amp;", "&lt;", "&nothing;", "/home/someone/file", "C:\\x", "2024-13-01", "2024", digest(2),
    digest(2)[:-1],
    digest(3).upper(), "SHA-512", "MD5", "data/original/letter 1.txt", "data/original/بيان 2.txt", "has part",
    "is part of",
    "is source of", "structural", "premis:bitstream", "\u202e", "\ufffd", " بيان ", "a\tb", "]]",
    "99999999999999999999", "٣",
)  # fmt: skip
_PIECES = (
    "<!-- x -->", "<!-- </premis:object> -->", "<![CDATA[x]]>", "<![CDATA[</premis:object>]]>", "<?x y?>", "text",
    "\n\n", "&#10;",
    "<premis:originalName>x</premis:originalName>", ' xmlID="a"', ' authority="x"', ' xml:lang="en"',
    ' RelObjectXmlID="a"',
    '<x:y xmlns:x="urn:x"/>', "<premis:object/>", "</premis:object>", "</premis:premis>", " ", "\r\n",
    ' simpleLink="x"',
    "<premis:objectCharacteristicsExtension><x xmlns=''/></premis:objectCharacteristicsExtension>",
    ' xmlns:premis="urn:x"',
)  # fmt: skip


def _change_value(text: str, chance: random.Random) -> str:
    found = chance.choice(list(_VALUE.finditer(text)))
    return text[: found.start(1)] + chance.choice(_VALUES) + text[found.end(1) :]


def _change_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    at, other = chance.randrange(2, len(lines)), chance.randrange(2, len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines[at], lines[other] = lines[other], lines[at]
        case _:
            lines.insert(at, lines[other])
    return "".join(lines)


def _insert(text: str, chance: random.Random) -> str:
    piece = chance.choice(_PIECES)
    spots = [found.end() for found in re.finditer(r"<premis:\w+" if piece.startswith(" ") else ">|\n *", text)]
    at = chance.choice(spots)
    return text[:at] + piece + text[at:]


def _change_entity(text: str, chance: random.Random) -> str:
    entities = list(re.finditer(r"\n <premis:(object|event|agent).*?</premis:\1>", text, re.DOTALL))
    one, other = chance.choice(entities), chance.choice(entities)
    if chance.randrange(3):
        return text[: one.start()] + other[0] + text[one.end() :]
    return text[: one.start()] + other[0] + text[one.start() :]


def _rename(text: str, chance: random.Random) -> str:
    """One entity with another prefix for the same namespace, or the elements of one kind with a blank in the tag."""
    if chance.randrange(2):
        return re.sub(r"</premis:object>", "</premis:object >", text, count=chance.randrange(1, 5))
    found = chance.choice(list(re.finditer(r"\n <premis:object.*?</premis:object>", text, re.DOTALL)))
    entity = (
        found[0]
        .replace("premis:", "p:")
        .replace('"p:', '"premis:')
        .replace("<p:object", f'<p:object xmlns:p="{PREMIS_3}"', 1)
    )
    return text[: found.start()] + entity + text[found.end() :]


def _damage(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice("<>&\"'/ x\x01é") + text[at + chance.randrange(2) :]


_CHANGES = (
    _change_value,
    _change_value,
    _change_value,
    _change_line,
    _insert,
    _insert,
    _change_entity,
    _rename,
    _damage,
)


def test_the_record_itself_is_right_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    content = record().encode()
    taken: list[bool] = []
    take = Shape.take

    def count(*arguments: Any) -> bool:
        taken.append(take(*arguments))
        return taken[-1]

    monkeypatch.setattr(Shape, "take", count)
    assert judge(content, 1 << 16, by_shape=True) == judge(content, 1 << 16, by_shape=False) == []
    assert taken.count(True) >= FILES - 2, "all but the first file of each shape"


@pytest.mark.parametrize("large", [1 << 16, 700], ids=["whole entities", "entities too large to wait for"])
def test_by_shape_and_object_by_object_find_the_same(large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(premis_stream, "_LARGE", large)
    original = record()
    kinds: set[str] = set()
    for seed in range(ROUNDS // 2):
        chance = random.Random(seed)
        text = original
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            text = chance.choice(_CHANGES)(text, chance)
        content = text.encode()
        size = chance.choice((1 << 16, 4096, 997))
        plain = judge(content, size, by_shape=False)
        assert judge(content, size, by_shape=True) == plain, (seed, large)
        kinds.update(code for code, _subject, _line, _message in plain)
    assert len(kinds) > 20, kinds
