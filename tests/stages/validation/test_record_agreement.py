"""A bag's PREMIS, Dublin Core, statements, manifests and files tell the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from archive.model.build import FileRecord
from archive.model.finding import Finding
from archive.stages.validation.records import agreement as records_agreement
from archive.stages.validation.records.record import check_bag_metadata
from tests.support.record_cases import sample

PREMIS = "metadata/preservation/premis.xml"
DC = "metadata/descriptive/dc.xml"
DCTERMS = "metadata/descriptive/dcterms.xml"
STATEMENTS = "metadata/descriptive/statements.json"
ORIGINAL = "data/original/بيان صحفي.pdf"
RENDITION = "data/preservation/بيان صحفي.pdf"


def digests(path: str) -> tuple[str, str]:
    """The SHA-256 and MD5 that the sample record gives for this path."""
    text = sample("premis")
    start = text.rindex("<premis:objectCharacteristics>", 0, text.index(f">{path}<"))
    values = text[start:].split("<premis:messageDigest>")[1:4]
    return values[0][:64], values[2][:32]


@dataclass
class Bag:
    """A bag as the judge sees it."""

    tags: dict[str, bytes]
    files: list[FileRecord] = field(
        default_factory=lambda: [
            FileRecord(ORIGINAL, 15, digests(ORIGINAL)),
            FileRecord(RENDITION, 20, digests(RENDITION)),
        ]
    )
    algorithms: tuple[str, ...] = ("sha256", "md5")

    def has(self, path: str) -> bool:
        return path in self.tags

    def tag_bytes(self, path: str) -> bytes | None:
        return self.tags.get(path)

    def payload(self) -> Iterator[FileRecord]:
        return iter(self.files)


class StreamedBag(Bag):
    """A bag that gives its tag files piece by piece."""

    def tag_chunks(self, path: str) -> Iterator[bytes] | None:
        content = self.tags[path]
        return (content[at : at + 4096] for at in range(0, len(content), 4096))


def errors(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(one.code, one.subject) for one in findings if one.severity.value == "error"]


def bag(old: str = "", new: str = "", kind: type[Bag] = Bag) -> Bag:
    text = sample("premis")
    assert old in text
    return kind({PREMIS: text.replace(old, new, 1).encode()})


@pytest.mark.parametrize("kind", [Bag, StreamedBag])
@pytest.mark.parametrize("streamed", [False, True])
def test_an_agreeing_bag_has_no_errors(kind: type[Bag], streamed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if streamed:
        monkeypatch.setattr(records_agreement, "STREAMED_FROM", 10)
    assert errors(check_bag_metadata(bag(kind=kind))) == []


@pytest.mark.parametrize("streamed", [False, True])
def test_each_disagreement_is_found(streamed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if streamed:
        monkeypatch.setattr(records_agreement, "STREAMED_FROM", 10)
    extra = bag()
    extra.files.append(FileRecord("data/original/new.txt", 1, ("0" * 64, "0" * 32)))
    assert errors(check_bag_metadata(extra)) == [("PRM-131", "data/original/new.txt")]
    gone = bag()
    del gone.files[0]
    assert errors(check_bag_metadata(gone)) == [("PRM-130", ORIGINAL)]
    other = bag()
    other.files[0] = FileRecord(ORIGINAL, 15, ("0" * 64, digests(ORIGINAL)[1]))
    assert errors(check_bag_metadata(other)) == [("PRM-132", ORIGINAL)]
    longer = bag()
    longer.files[0] = FileRecord(ORIGINAL, 16, digests(ORIGINAL))
    assert errors(check_bag_metadata(longer)) == [("PRM-133", ORIGINAL)]
    more = bag()
    more.algorithms = ("sha256", "md5", "sha1")
    more.files = [FileRecord(one.path, one.size, (*one.digests, "0" * 40)) for one in more.files]
    assert errors(check_bag_metadata(more)) == [("PRM-134", ORIGINAL), ("PRM-134", RENDITION)]
    twice = bag(f">{RENDITION}<", f">{ORIGINAL}<")
    assert ("PRM-135", ORIGINAL) in errors(check_bag_metadata(twice))


def test_a_digest_that_a_manifest_does_not_give_is_left_to_the_manifests() -> None:
    partial = bag()
    partial.files[0] = FileRecord(ORIGINAL, 15, (digests(ORIGINAL)[0], ""))
    assert errors(check_bag_metadata(partial)) == []


def test_an_object_without_a_place_is_an_error_in_our_own_bags() -> None:
    placeless = bag("<premis:contentLocationType>bag path<", "<premis:contentLocationType>shelf<")
    text = placeless.tags[PREMIS].decode().replace(f"Value>{ORIGINAL}<", "Value>A 12<", 1)
    placeless.tags = {PREMIS: text.encode(), STATEMENTS: statements()}
    found = errors(check_bag_metadata(placeless))
    assert ("PRM-136", PREMIS) in found
    assert ("PRM-131", ORIGINAL) in found


def test_a_record_without_places_of_another_program_is_judged_alone() -> None:
    foreign = sample("premis").replace("bag path", "shelf").replace(">data/", ">A/")
    assert errors(check_bag_metadata(Bag({PREMIS: foreign.encode()}))) == []


def test_a_path_that_xml_cannot_hold_is_written_in_base64() -> None:
    text = sample("premis").replace(
        f"bag path</premis:contentLocationType>\n        <premis:contentLocationValue>{ORIGINAL}<",
        "bag path, base64</premis:contentLocationType>\n        <premis:contentLocationValue>ZGF0YS9hAWI=<",
    )
    held = Bag({PREMIS: text.encode()})
    held.files[0] = FileRecord("data/a\x01b", 15, digests(ORIGINAL))
    assert errors(check_bag_metadata(held)) == []


def test_a_broken_record_is_told_once() -> None:
    assert errors(check_bag_metadata(Bag({PREMIS: b"<premis"}))) == [("XML-101", PREMIS)]


def statements(extra: str = "") -> bytes:
    return (
        '{"schema": "archive.statements/1", "identifier": "urn:uuid:x", "restricted": false, "statements": ['
        '{"property": "title", "value": "بيان  صحفي", "language": "ar", "certainty": "certain", "source": "person"},'
        '{"property": "title", "value": "Draft", "certainty": "suggested", "source": "program"},'
        f'{{"property": "type", "value": "Text", "certainty": "certain", "source": "person"}}{extra}]}}'
    ).encode()


def described(title: str = "بيان صحفي", language: str = "ar") -> dict[str, bytes]:
    return {
        STATEMENTS: statements(),
        DCTERMS: (
            '<qualifieddc xmlns:dcterms="http://purl.org/dc/terms/">'
            f'<dcterms:title xml:lang="{language}">{title}</dcterms:title>'
            "<dcterms:type>Text</dcterms:type></qualifieddc>"
        ).encode(),
        DC: (
            '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
            f' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></oai_dc:dc>'
        ).encode(),
    }


def test_statements_and_dublin_core_agree() -> None:
    assert errors(check_bag_metadata(Bag(described()))) == []
    assert ("DC-120", DC) in errors(check_bag_metadata(Bag(described(title="بيان آخر"))))
    assert ("DC-120", DCTERMS) in errors(check_bag_metadata(Bag(described(language="fa"))))
    lost = described()
    lost[STATEMENTS] = statements(', {"property": "subject", "value": "x", "certainty": "certain", "source": "person"}')
    assert errors(check_bag_metadata(Bag(lost))) == [("DC-120", DCTERMS)]
    assert errors(check_bag_metadata(Bag({STATEMENTS: b"{"}))) == [("DC-120", STATEMENTS)]


OBJECT = (
    '<premis:object xsi:type="premis:file"><premis:objectIdentifier>'
    "<premis:objectIdentifierType>n</premis:objectIdentifierType>"
    "<premis:objectIdentifierValue>{number}</premis:objectIdentifierValue></premis:objectIdentifier>"
    "<premis:objectCharacteristics><premis:fixity>"
    "<premis:messageDigestAlgorithm>SHA-256</premis:messageDigestAlgorithm>"
    "<premis:messageDigest>{digest}</premis:messageDigest></premis:fixity><premis:size>0</premis:size><premis:format>"
    "<premis:formatDesignation><premis:formatName>x</premis:formatName></premis:formatDesignation></premis:format>"
    "</premis:objectCharacteristics><premis:storage><premis:contentLocation>"
    "<premis:contentLocationType>bag path</premis:contentLocationType>"
    "<premis:contentLocationValue>data/{number}</premis:contentLocationValue>"
    "</premis:contentLocation></premis:storage></premis:object>"
)
ROOT = (
    '<premis:premis xmlns:premis="http://www.loc.gov/premis/v3"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" version="3.0">{}</premis:premis>'
)


def test_one_wrong_file_among_many_is_found_in_a_streamed_record() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    record = ROOT.format("".join(OBJECT.format(number=number, digest=digest) for number in range(6000)))
    held = Bag({PREMIS: record.encode()}, algorithms=("sha256",))
    held.files = [FileRecord(f"data/{number}", 0, (digest,)) for number in range(6000)]
    assert len(held.tags[PREMIS]) > records_agreement.STREAMED_FROM
    assert errors(check_bag_metadata(held)) == []
    held.files[4321] = FileRecord("data/4321", 0, ("0" * 64,))
    assert errors(check_bag_metadata(held)) == [("PRM-132", "data/4321")]
