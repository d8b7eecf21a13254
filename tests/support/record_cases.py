"""Wrong XML records: each is a good one with one change, and says which findings it must give."""

from __future__ import annotations

from pathlib import Path

from archive.model.codes import all_kinds
from archive.model.finding import Severity

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
UUID = "urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c"
ABSENT = "urn:uuid:00000000-0000-4000-8000-000000000000"
DIGEST = "b5d4c2daa152f53c02621a70601b11dc5b4aecbda1cc3f5962bc5f7f491bad40"
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

Change = tuple[str, str, str, tuple[str, ...]]
"""Name of the sample, text in it, text in its place (first occurrence only), codes that must be found."""


def sample(name: str) -> str:
    """A good record as text."""
    return (SAMPLES / f"{name}.xml").read_text("utf-8")


def changed(name: str, old: str, new: str) -> str:
    """The sample with `old` replaced once; the test is wrong when there is no `old`."""
    text = sample(name)
    assert old in text, old
    return text.replace(old, new, 1)


def _element(name: str, value: str) -> str:
    return f"<premis:{name}>{value}</premis:{name}>"


def _typed(name: str, vocabulary: str, value: str) -> str:
    authority = f'authority="{vocabulary}" authorityURI="http://id.loc.gov/vocabulary/preservation/{vocabulary}"'
    return f"<premis:{name} {authority}>{value}</premis:{name}>"


def _linked_agent(identifier: str) -> str:
    return _element("linkingAgentIdentifierValue", UUID + identifier)


_AGENT_TYPE = "<premis:linkingAgentIdentifierType>"
_AGENT_END = "</premis:linkingAgentIdentifierType>\n      "
_EVENT_TYPES = "http://id.loc.gov/vocabulary/preservation/eventType"
_SM = '<structMap ID="uuid-sm" TYPE="PHYSICAL" LABEL='
_INCLUDE = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="x.xml"/>'
_PLACE = "documentation/agreement.txt"
_NAME = "<premis:originalName>x</premis:originalName>\n    "
_FIRST_LINK = (
    "    <premis:linkingEventIdentifier>\n"
    "      <premis:linkingEventIdentifierType>UUID</premis:linkingEventIdentifierType>\n"
    f"      <premis:linkingEventIdentifierValue>{UUID}9b02</premis:linkingEventIdentifierValue>\n"
    "    </premis:linkingEventIdentifier>\n"
)
_RIGHTS_OF_ENTITY = (
    "    <premis:linkingRightsStatementIdentifier>\n"
    "      <premis:linkingRightsStatementIdentifierType>UUID</premis:linkingRightsStatementIdentifierType>\n"
    f"      <premis:linkingRightsStatementIdentifierValue>{UUID}9d01</premis:linkingRightsStatementIdentifierValue>\n"
    "    </premis:linkingRightsStatementIdentifier>\n"
)
_EXTRA_AGENT = (
    "  <premis:agent>\n    <premis:agentIdentifier>\n"
    "      <premis:agentIdentifierType>UUID</premis:agentIdentifierType>\n"
    f"      <premis:agentIdentifierValue>{ABSENT}</premis:agentIdentifierValue>\n    </premis:agentIdentifier>\n"
    "    <premis:agentName>nobody</premis:agentName>\n  </premis:agent>\n"
)
_EXTRA_EVENT = (
    "  <premis:event>\n    <premis:eventIdentifier>\n"
    "      <premis:eventIdentifierType>UUID</premis:eventIdentifierType>\n"
    f"      <premis:eventIdentifierValue>{ABSENT}</premis:eventIdentifierValue>\n    </premis:eventIdentifier>\n"
    "    <premis:eventType>validation</premis:eventType>\n"
    "    <premis:eventDateTime>2024-06-01T10:00:00Z</premis:eventDateTime>\n  </premis:event>\n"
)
_IDENTIFIER_OF_14 = _element("objectIdentifierValue", f"{UUID}9a14")
_SOURCE_OF = _typed("relationshipSubType", "relationshipSubType", "is source of")
_HAS_PART = _typed("relationshipSubType", "relationshipSubType", "has part")

_TABLE: dict[str, Change] = {
    # the links of PREMIS
    "premis link to an object that is not there": (
        "premis", _element("linkingObjectIdentifierValue", f"{UUID}9a13"),
        _element("linkingObjectIdentifierValue", ABSENT), ("PRM-101",)),
    "premis link to an event that is not there": (
        "premis", _element("linkingEventIdentifierValue", f"{UUID}9b03"),
        _element("linkingEventIdentifierValue", ABSENT), ("PRM-101",)),
    "premis link to an agent that is not there": ("premis", _linked_agent("9c02"), _linked_agent("9c99"), ("PRM-101",)),
    "premis link to rights that are not there": (
        "premis", _element("linkingRightsStatementIdentifierValue", f"{UUID}9d01"),
        _element("linkingRightsStatementIdentifierValue", ABSENT), ("PRM-101",)),
    "premis relationship to an object that is not there": (
        "premis", _element("relatedObjectIdentifierValue", f"{UUID}9a14"),
        _element("relatedObjectIdentifierValue", ABSENT), ("PRM-101",)),
    "premis relationship by an event that is not there": (
        "premis", _element("relatedEventIdentifierValue", f"{UUID}9b06"),
        _element("relatedEventIdentifierValue", ABSENT), ("PRM-101",)),
    "premis link with the right value and another type": (
        "premis", f"{_AGENT_TYPE}UUID{_AGENT_END}{_linked_agent('9c02')}",
        f"{_AGENT_TYPE}local{_AGENT_END}{_linked_agent('9c02')}",
        ("PRM-101",)),
    "premis link to an entity of another kind": ("premis", _linked_agent("9c02"), _linked_agent("9b01"), ("PRM-121",)),
    "premis event link told by the event only": ("premis", _FIRST_LINK, "", ("PRM-103",)),
    "premis event link told by the object only": (
        "premis", _element("linkingObjectIdentifierValue", f"{UUID}9a13"),
        _element("linkingObjectIdentifierValue", f"{UUID}9a12"), ("PRM-103",)),
    "premis rights link told by the rights only": (
        "premis", _RIGHTS_OF_ENTITY, "", ("PRM-103",)),
    "premis agent link told by the agent only": (
        "premis", "<premis:agentVersion>10.05.1</premis:agentVersion>\n",
        f"<premis:agentVersion>10.05.1</premis:agentVersion>\n{_FIRST_LINK}", ("PRM-103",)),
    "premis derivation told one way": (
        "premis", _SOURCE_OF, _typed("relationshipSubType", "relationshipSubType", "has root"), ("PRM-104",)),
    "premis structure told one way": (
        "premis", _HAS_PART, _typed("relationshipSubType", "relationshipSubType", "has root"), ("PRM-104",)),
    "premis object derived from itself": (
        "premis", _element("relatedObjectIdentifierValue", f"{UUID}9a14"),
        _element("relatedObjectIdentifierValue", f"{UUID}9a12"), ("PRM-104",)),
    "premis relationship of an object to itself": (
        "premis", _element("relatedObjectIdentifierValue", f"{UUID}9a11"),
        _element("relatedObjectIdentifierValue", f"{UUID}9a10"), ("PRM-124",)),
    "premis orphan event": (
        "premis", "  <premis:agent>", _EXTRA_EVENT + "  <premis:agent>", ("PRM-105",)),
    "premis orphan agent": ("premis", "  <premis:agent>", _EXTRA_AGENT + "  <premis:agent>", ("PRM-106",)),
    "premis two entities with one identifier": (
        "premis", _IDENTIFIER_OF_14, _element("objectIdentifierValue", f"{UUID}9a13"), ("PRM-118",)),
    # the values of PREMIS
    "premis event type not in the vocabulary": (
        "premis", _typed("eventType", "eventType", "ingestion"), _typed("eventType", "eventType", "swallowing"),
        ("PRM-108",)),
    "premis event type of no vocabulary": (
        "premis", _typed("eventType", "eventType", "ingestion"), _element("eventType", "frobnication"), ("PRM-108",)),
    "premis event type with the address of no term": (
        "premis", _typed("eventType", "eventType", "ingestion"),
        f'<premis:eventType valueURI="{_EVENT_TYPES}/zzz">ingestion</premis:eventType>',
        ("PRM-108",)),
    "premis agent type not in the vocabulary": (
        "premis", _typed("agentType", "agentType", "person"), _typed("agentType", "agentType", "robot"), ("PRM-110",)),
    "premis relationship type not in the vocabulary": (
        "premis", _typed("relationshipType", "relationshipType", "structural"),
        _typed("relationshipType", "relationshipType", "friendly"), ("PRM-110",)),
    "premis rights basis not in the vocabulary": (
        "premis", _typed("rightsBasis", "rightsBasis", "copyright"), _typed("rightsBasis", "rightsBasis", "custom"),
        ("PRM-110",)),
    "premis month that does not exist": ("premis", "2024-06-01T10:00:00Z", "2024-13-01T10:00:00Z", ("PRM-111",)),
    "premis day that does not exist": ("premis", "2024-06-01T10:00:00Z", "2023-02-29", ("PRM-111",)),
    "premis date in words": ("premis", "2024-06-01T10:00:00Z", "1 June 2024", ("PRM-111",)),
    "premis date with a blank": ("premis", "2024-06-01T10:00:00Z", "2024-06-01 10:00:00", ("PRM-111",)),
    "premis date of the application not EDTF": (
        "premis", "2024-05-20T09:12:00+02:00", "20.05.2024", ("PRM-111",)),
    "premis term that ends before it begins": (
        "premis", _element("endDate", "2030-01-01"), _element("endDate", "2020-01-01"), ("PRM-123",)),
    "premis digest too short": ("premis", DIGEST, DIGEST[:-2], ("PRM-112",)),
    "premis digest of another algorithm's length": (
        "premis", ">SHA-256</premis:messageDigestAlgorithm>", ">SHA-384</premis:messageDigestAlgorithm>", ("PRM-112",)),
    "premis digest not hexadecimal": ("premis", DIGEST, "z" + DIGEST[1:], ("PRM-112",)),
    "premis two digests of one algorithm": (
        "premis",
        ">MD5</premis:messageDigestAlgorithm>\n        <premis:messageDigest>4802587083ef3f4ff192ec6689294057<",
        f">SHA-256</premis:messageDigestAlgorithm>\n        <premis:messageDigest>{EMPTY}<", ("PRM-114",)),
    "premis size below zero": ("premis", _element("size", "15"), _element("size", "-15"), ("PRM-115",)),
    "premis size no number": ("premis", _element("size", "15"), _element("size", "15 bytes"), ("XML-107",)),
    "premis composition level no number": (
        "premis", _element("compositionLevel", "0"), _element("compositionLevel", "none"), ("XML-107",)),
    "premis event type empty": (
        "premis", _typed("eventType", "eventType", "ingestion"), _element("eventType", ""), ("PRM-116",)),
    "premis identifier empty": (
        "premis", _element("objectIdentifierValue", f"{UUID}9a10"),
        _element("objectIdentifierValue", " "), ("PRM-101", "PRM-116")),
    "premis format name empty": (
        "premis", _element("formatName", "Acrobat PDF 1.7 - Portable Document Format"), _element("formatName", ""),
        ("PRM-116",)),
    "premis digest of an algorithm that is none": (
        "premis", ">SHA-256</premis:messageDigestAlgorithm>", ">SHA-257</premis:messageDigestAlgorithm>", ("PRM-113",)),
    "premis UUID that is none": ("premis", f"{UUID}9c07<", f"{UUID}9c0<", ("PRM-101", "PRM-127")),
    "premis PRONOM key that is none": ("premis", ">fmt/276<", ">application/pdf<", ("PRM-128",)),
    "premis rights without what they rest on": (
        "premis", _typed("rightsBasis", "rightsBasis", "copyright"), _typed("rightsBasis", "rightsBasis", "license"),
        ("PRM-129",)),
    "premis derivation called a structure": (
        "premis", _typed("relationshipType", "relationshipType", "derivation"),
        _typed("relationshipType", "relationshipType", "structural"), ("PRM-137",)),
    "premis outcome not in the vocabulary": (
        "premis", _typed("eventOutcome", "eventOutcome", "success"), _typed("eventOutcome", "eventOutcome", "great"),
        ("PRM-110",)),
    # the form of PREMIS
    "premis without a version": ("premis", ' version="3.0"', "", ("XML-107",)),
    "premis of version 3 that says 2.2": ("premis", 'version="3.0"', 'version="2.2"', ("XML-107",)),
    "premis object of no type": ("premis", ' xsi:type="premis:file"', "", ("XML-107",)),
    "premis object of an unknown type": ("premis", 'xsi:type="premis:file"', 'xsi:type="premis:folder"', ("XML-107",)),
    "premis elements in the wrong order": (
        "premis", "<premis:objectIdentifier>\n", f"{_NAME}<premis:objectIdentifier>\n",
        ("XML-107",)),
    "premis event without a date": (
        "premis", "    <premis:eventDateTime>2024-06-01T10:00:00Z</premis:eventDateTime>\n", "", ("XML-107",)),
    "premis 2 inside premis 3": (
        "premis", "<premis:originalName>original</premis:originalName>",
        '<p2:originalName xmlns:p2="info:lc/xmlns/premis-v2">original</p2:originalName>', ("PRM-119", "XML-107")),
    "premis reference to an XML ID that is not there": (
        "premis", "<premis:linkingAgentIdentifier>", '<premis:linkingAgentIdentifier LinkAgentXmlID="nobody">',
        ("XML-111",)),
    "premis XML ID given twice": (
        "premis", "  <premis:agent>", 2 * _EXTRA_AGENT.replace("agent>", 'agent xmlID="a">', 1) + "  <premis:agent>",
        ("XML-110", "PRM-118")),
    # Dublin Core
    "dc element that is none": ("dc", "<dc:publisher>Example Human Rights Organisation</dc:publisher>",
                                "<dc:editor>Example</dc:editor>", ("XML-107", "DC-103")),
    "dc element outside of the namespace": (
        "dc", "<dc:date>2024-05-20</dc:date>", "<date>2024-05-20</date>", ("XML-107",)),
    "dc with a term of dcterms": (
        "dc", "<dc:date>2024-05-20</dc:date>",
        '<x:issued xmlns:x="http://purl.org/dc/terms/">2024-05-20</x:issued>', ("XML-107",)),
    "dc date that does not exist": ("dc", "2024-05-20", "2024-05-32", ("DC-104",)),
    "dc date in words": ("dc", "2024-05-20", "20 May 2024", ("DC-104",)),
    "dc language tag with an underscore": ("dc", 'xml:lang="en"', 'xml:lang="en_GB"', ("XML-107", "XML-109")),
    "dc language tag of no language": ("dc", 'xml:lang="ar"', 'xml:lang="xq"', ("XML-109",)),
    "dc language tag in words": ("dc", 'xml:lang="en"', 'xml:lang="english"', ("XML-109",)),
    "dc empty element": ("dc", "<dc:type>Text</dc:type>", "<dc:type/>", ("DC-102",)),
    "dc element in an element": (
        "dc", "<dc:type>Text</dc:type>", "<dc:type><dc:format>Text</dc:format></dc:type>", ("XML-107", "DC-109")),
    "dcterms element that is none": (
        "dcterms", "<dcterms:extent>2 pages</dcterms:extent>", "<dcterms:pages>2</dcterms:pages>",
        ("XML-107", "DC-103")),
    "dcterms type of no such type": ("dcterms", ">Text<", ">Writing<", ("XML-107", "DC-107")),
    "dcterms date that is not W3CDTF": ("dcterms", ">2024-05-20<", ">2024-05~<", ("XML-107", "DC-105")),
    "dcterms time of day without a zone": ("dcterms", ">2024-05-20<", ">2024-05-20T10:00:00<", ("DC-105",)),
    "dcterms untyped date not EDTF": ("dcterms", ">2024-05~<", ">spring 2024<", ("DC-104",)),
    "dcterms URI with a blank": (
        "dcterms", ">https://creativecommons.org/licenses/by/4.0/<", ">https://creativecommons.org/my licence<",
        ("DC-106",)),
    "dcterms URI without a scheme": (
        "dcterms", ">https://creativecommons.org/licenses/by/4.0/<", ">creativecommons.org/licenses<", ("DC-106",)),
    "dcterms media type that is none": ("dcterms", ">application/pdf<", ">pdf file<", ("DC-107",)),
    "dcterms language that is none": ("dcterms", ">ar</dcterms:language>", ">arabic_sy</dcterms:language>",
                                      ("XML-107", "DC-107")),
    "dcterms encoding scheme that is none": ("dcterms", 'xsi:type="dcterms:IMT"', 'xsi:type="dcterms:MIME"',
                                             ("XML-107", "DC-113")),
    "dcterms UUID that is none": (
        "dcterms", ">urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c9a10<", ">urn:uuid:01927d2c-7a3b<", ("DC-115",)),
    # METS
    "mets pointer to nothing": ("mets", '<fptr FILEID="uuid-gd"/>', "<fptr/>", ("MET-118",)),
    "mets media type that is none": ("mets", 'MIMETYPE="application/pdf"', 'MIMETYPE="pdf"', ("MET-119",)),
    "mets file reference to nothing": ("mets", 'FILEID="uuid-g1"', 'FILEID="uuid-g9"', ("XML-111",)),
    "mets description reference to nothing": ("mets", 'DMDID="uuid-d1"', 'DMDID="uuid-d9"', ("XML-111",)),
    "mets administrative reference to nothing": ("mets", 'ADMID="uuid-p1"', 'ADMID="uuid-p9"', ("XML-111",)),
    "mets description reference to a file": ("mets", 'DMDID="uuid-d1"', 'DMDID="file-1"', ("MET-101",)),
    "mets file reference to metadata": ("mets", 'FILEID="uuid-g1"', 'FILEID="uuid-d1"', ("MET-101",)),
    "mets ID given twice": ("mets", 'ID="file-2"', 'ID="file-1"', ("XML-110",)),
    "mets checksum too short": ("mets", f'CHECKSUM="{EMPTY}"', f'CHECKSUM="{EMPTY[:-1]}"', ("MET-102",)),
    "mets checksum of another algorithm": ("mets", 'CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="MD5"', ("MET-102",)),
    "mets checksum without an algorithm": ("mets", ' CHECKSUMTYPE="SHA-256"', "", ("MET-103",)),
    "mets algorithm that is none": ("mets", 'CHECKSUMTYPE="SHA-256"', 'CHECKSUMTYPE="SHA-999"', ("XML-107",)),
    "mets size below zero": ("mets", 'SIZE="15"', 'SIZE="-15"', ("MET-114",)),
    "mets file without a place": (
        "mets", ' xlink:href="documentation/agreement.txt"', "", ("MET-108",)),
    "mets place on a drive": ("mets", _PLACE, "C:/agreement.txt", ("MET-122",)),
    "mets place on a server": ("mets", _PLACE, "//server/share/agreement.txt", ("MET-122",)),
    "mets place above, with backslashes": ("mets", _PLACE, "..\\..\\agreement.txt", ("MET-122",)),
    "xml with letters that its encoding does not have": ("dc", 'encoding="UTF-8"', 'encoding="US-ASCII"', ("XML-103",)),
    "mets place with a line break": ("mets", _PLACE, "documentation/my&#10;agreement.txt", ("MET-122",)),
    "mets place outside of the package": ("mets", _PLACE, "../../../agreement.txt", ("MET-107",)),
    "mets place one folder above": ("mets", _PLACE, "../agreement.txt", ("MET-122",)),
    "mets place on some computer": ("mets", _PLACE, "file:///home/a/agreement.txt", ("MET-122",)),
    "mets agent of another role unnamed": ("mets", 'ROLE="CREATOR"', 'ROLE="OTHER"', ("MET-109",)),
    "mets metadata type unnamed": ("mets", 'MDTYPE="DC"', 'MDTYPE="OTHER"', ("MET-109",)),
    "mets date that is none": ("mets", 'CREATEDATE="2024-06-01T10:00:08Z"', 'CREATEDATE="yesterday"', ("XML-107",)),
    "mets without a structural map": (
        "mets", f'{_SM}"CSIP">', f'{_SM}"X">', ("MET-115",)),
    "mets of the profile without an object id": (
        "mets", ' OBJID="urn:uuid:01927d2c-7a3b-7c11-9f00-3f5b6f0c9a10"', "", ("MET-115",)),
    # any XML
    "xml cut off": ("dc", "</oai_dc:dc>", "", ("XML-101",)),
    "xml with a stray ampersand": ("dc", "Press release", "Press & release", ("XML-101",)),
    "xml with a document type": ("dc", "<oai_dc:dc", "<!DOCTYPE dc>\n<oai_dc:dc", ("XML-102",)),
    "xml that includes another document": (
        "premis", "  <premis:agent>", f"  {_INCLUDE}\n  <premis:agent>", ("XML-106",)),
    "xml in an encoding that is not read": ("dc", 'encoding="UTF-8"', 'encoding="UTF-7"', ("XML-103",)),
}  # fmt: skip

ADVISED_CODES = frozenset(code for code, kind in all_kinds().items() if kind.severity is Severity.WARNING)
"""Codes of advice: no schema demands it, so that the record is valid with warnings."""

ADVISED = {name: case for name, case in _TABLE.items() if ADVISED_CODES.issuperset(case[3])}
WRONG = {
    name: (*case[:3], tuple(code for code in case[3] if code not in ADVISED_CODES))
    for name, case in _TABLE.items()
    if name not in ADVISED
}

RIGHT: dict[str, tuple[str, str, str]] = {
    "premis time with fractions of a second": ("premis", "2024-06-01T10:00:00Z", "2024-06-01T10:00:00.123456+02:00"),
    "premis date that is approximate": ("premis", ">2024-05-20T09:12:00+02:00<", ">2024-05~<"),
    "premis date unspecified": ("premis", ">2024-05-20T09:12:00+02:00<", ">202X<"),
    "premis term without an end": ("premis", "          <premis:endDate>2030-01-01</premis:endDate>\n", ""),
    "premis digest in capitals": ("premis", DIGEST, DIGEST.upper()),
    "premis algorithm in another spelling": (
        "premis", ">SHA-256</premis:messageDigestAlgorithm>", ">sha256</premis:messageDigestAlgorithm>"),
    "premis event type without its authority": (
        "premis", _typed("eventType", "eventType", "ingestion"), _element("eventType", "ingestion")),
    "premis event type by its address": (
        "premis", _typed("eventType", "eventType", "ingestion"),
        f'<premis:eventType valueURI="{_EVENT_TYPES}/ing">ingestion</premis:eventType>'),
    "premis agent with two names": (
        "premis", "<premis:agentName>archive</premis:agentName>",
        "<premis:agentName>archive</premis:agentName><premis:agentName>muniment</premis:agentName>"),
    "premis size of nothing": ("premis", _element("size", "15"), _element("size", "0")),
    "premis with a comment and an instruction": ("premis", "  <premis:agent>", "  <!-- x --><?x y?><premis:agent>"),
    "dc span of years": ("dc", "2024-05-20", "2023/2024"),
    "dc season": ("dc", "2024-05-20", "2024-21"),
    "dc language with a script": ("dc", 'xml:lang="ar"', 'xml:lang="ar-Latn-SY"'),
    "dc language three letters long": ("dc", 'xml:lang="ar"', 'xml:lang="apc"'),
    "dcterms address in Arabic": (
        "dcterms", ">https://creativecommons.org/licenses/by/4.0/<", ">https://example.org/بيان<"),
    "dcterms year typed": ("dcterms", ">2024-05-20<", ">2024<"),
    "dcterms time typed": ("dcterms", ">2024-05-20<", ">2024-05-20T10:00:00Z<"),
    "mets place outside by its address": ("mets", _PLACE, "https://example.org/agreement.txt"),
    "mets place encoded": ("mets", _PLACE, "documentation/my%20agreement.txt"),
}  # fmt: skip
