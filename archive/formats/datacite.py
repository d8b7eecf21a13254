"""A DataCite record of version 4.5: its JSON members from statements, and the same record as XML.

Clause: DataCite Metadata Schema 4.5. What a record must have and nothing states is one of the codes of its appendix 3:
"(:unkn)", not known, and "(:tba)", to be assigned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.edtf import is_w3cdtf
from archive.formats.rights_uris import check_rights_uri
from archive.formats.xml_elements import attribute_text, escape_text
from archive.model.description import Statement

UNKNOWN, TO_BE_ASSIGNED = "(:unkn)", "(:tba)"
SCHEMA = "http://datacite.org/schema/kernel-4"
DATES = {
    "date": "Other", "created": "Created", "issued": "Issued", "modified": "Updated", "valid": "Valid",
    "available": "Available", "dateAccepted": "Accepted", "dateCopyrighted": "Copyrighted",
    "dateSubmitted": "Submitted",
}  # fmt: skip
DESCRIPTIONS = {"description": "Abstract", "abstract": "Abstract", "tableOfContents": "TableOfContents"}
_TYPES = {
    "collection": "Collection", "dataset": "Dataset", "event": "Event", "image": "Image", "stillimage": "Image",
    "movingimage": "Audiovisual", "interactiveresource": "InteractiveResource", "physicalobject": "PhysicalObject",
    "service": "Service", "software": "Software", "sound": "Sound", "text": "Text",
}  # fmt: skip
_DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S+)", re.IGNORECASE)
_YEAR = re.compile(r"[0-9]{4}(?:-|$)")
_WEB = re.compile(r"https?://[^\s<>\"{}|\\^`]+")
_WRITTEN = frozenset([
    "title", "alternative", "creator", "contributor", "rightsHolder", "publisher", "subject", "type", "format",
    "extent", "identifier", "language", "license", "rights", "accessRights", *DATES, *DESCRIPTIONS,
])  # fmt: skip

Record = dict[str, Any]


def make_record(statements: Iterable[Statement], *, title: str, publisher: str | None, published: str) -> Record:
    """The record of a package as JSON members. `title` and `publisher` are used where no statement has one.

    `published` is the year of publication unless a statement says when it was issued.
    """
    own = list(statements)
    doi, others = _identifiers(own)
    issued = [one.value[:4] for one in own if one.property == "issued" and _YEAR.match(one.value)]
    names = [one for one in own if one.property == "publisher"]
    record: Record = {
        "schemaVersion": SCHEMA, "doi": doi, "alternateIdentifiers": others,
        "creators": [_party(one) for one in own if one.property == "creator"] or [{"name": UNKNOWN}],
        "titles": _titles(own, title),
        "publisher": {"name": names[0].value if names else publisher or UNKNOWN},
        "publicationYear": issued[0] if issued else published[:4],
        "types": _types(own),
        "subjects": [_text(one, "subject") for one in own if one.property == "subject"],
        "contributors": [
            {**_party(one), "contributorType": "RightsHolder" if one.property == "rightsHolder" else "Other"}
            for one in own
            if one.property in ("contributor", "rightsHolder")
        ],
        "dates": [
            {"date": one.value, "dateType": DATES[one.property]}
            for one in own
            if one.property in DATES and is_w3cdtf(one.value)
        ],
        "language": next((one.value for one in own if one.property == "language"), None),
        "sizes": [one.value for one in own if one.property == "extent"],
        "formats": [one.value for one in own if one.property == "format"],
        "rightsList": [_rights(one) for one in own if one.property in ("license", "rights", "accessRights")],
        "descriptions": [
            {**_text(one, "description"), "descriptionType": DESCRIPTIONS[one.property]}
            for one in own
            if one.property in DESCRIPTIONS
        ],
    }  # fmt: skip
    return {name: _once(value) for name, value in record.items() if value}


def left_out(statements: Iterable[Statement]) -> list[Statement]:
    """The statements of a package that its record does not hold."""
    seen: dict[str, int] = {}
    found = []
    for one in statements:
        number = seen[one.property] = seen.get(one.property, 0) + 1
        single = one.property in ("publisher", "language", "type") and number > 1
        unknown = one.property not in _WRITTEN
        if single or unknown or (one.property in DATES and not is_w3cdtf(one.value)):
            found.append(one)
    return found


def _identifiers(own: list[Statement]) -> tuple[str | None, list[Record]]:
    doi, others = None, []
    for value in dict.fromkeys(one.value for one in own if one.property == "identifier"):
        found = _DOI.fullmatch(value)
        if found is not None and doi is None:
            doi = found[1]
            continue
        kind = "URN" if value.lower().startswith("urn:") else "URL" if _WEB.fullmatch(value) else "Local"
        others.append({"alternateIdentifier": value, "alternateIdentifierType": kind})
    return doi, others


def _titles(own: list[Statement], title: str) -> list[Record]:
    named = [one for one in own if one.property == "title"] or [Statement("title", title)]
    first, *rest = named
    made = [_text(first, "title")]
    for one in (*rest, *(one for one in own if one.property == "alternative")):
        translated = one.property == "title" and one.language and first.language and one.language != first.language
        made.append({**_text(one, "title"), "titleType": "TranslatedTitle" if translated else "AlternativeTitle"})
    return made


def _types(own: list[Statement]) -> Record:
    stated = next((one.value for one in own if one.property == "type"), None)
    general = _TYPES.get(re.sub(r"[^a-z]", "", (stated or "").lower()), "Other")
    return {"resourceTypeGeneral": general, "resourceType": stated or UNKNOWN}


def _party(statement: Statement) -> Record:
    return {"name": statement.value, **({"lang": statement.language} if statement.language else {})}


def _text(statement: Statement, name: str) -> Record:
    return {name: statement.value, **({"lang": statement.language} if statement.language else {})}


def _rights(statement: Statement) -> Record:
    if not _WEB.fullmatch(statement.value):
        return _text(statement, "rights")
    known = check_rights_uri(statement.value)
    label = known.label if known is not None and known.label else statement.value
    return {"rights": label, "rightsUri": statement.value}


def _once(value: Any) -> Any:
    return [one for number, one in enumerate(value) if one not in value[:number]] if isinstance(value, list) else value


_LISTS = {
    "alternateIdentifiers": ("alternateIdentifier", "alternateIdentifier"), "titles": ("title", "title"),
    "subjects": ("subject", "subject"), "dates": ("date", "date"), "rightsList": ("rights", "rights"),
    "descriptions": ("description", "description"),
}  # fmt: skip
"""The members that are lists of elements with text and attributes: the element's name, and the member of its text."""

_ATTRIBUTES = {"lang": "xml:lang", "rightsUri": "rightsURI"}


def write_xml(record: Record) -> bytes:
    """The record as XML in UTF-8. Without a DOI, which XML demands, the identifier is to be assigned."""
    return "\n".join(_lines(record)).encode() + b"\n"


def _lines(record: Record) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield (
        f'<resource xmlns="{SCHEMA}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{SCHEMA} http://schema.datacite.org/meta/kernel-4.5/metadata.xsd">'
    )
    yield _element("identifier", record.get("doi", TO_BE_ASSIGNED), {"identifierType": "DOI"}, "  ")
    for name, value in record.items():
        if name in _LISTS:
            element, text = _LISTS[name]
            yield f"  <{name}>"
            yield from (_element(element, one[text], {k: v for k, v in one.items() if k != text}) for one in value)
            yield f"  </{name}>"
        elif name in ("creators", "contributors"):
            yield from _parties(name, value)
        elif name in ("sizes", "formats"):
            yield f"  <{name}>"
            yield from (_element(name[:-1], one, {}) for one in value)
            yield f"  </{name}>"
        elif name == "publisher":
            yield _element(name, value["name"], {}, "  ")
        elif name == "types":
            general = {"resourceTypeGeneral": value["resourceTypeGeneral"]}
            yield _element("resourceType", value["resourceType"], general, "  ")
        elif name in ("publicationYear", "language"):
            yield _element(name, value, {}, "  ")
    yield "</resource>"


def _parties(name: str, parties: list[Record]) -> Iterator[str]:
    element = name[:-1]
    yield f"  <{name}>"
    for one in parties:
        kind = f' contributorType="{one["contributorType"]}"' if "contributorType" in one else ""
        yield f"    <{element}{kind}>"
        yield _element(f"{element}Name", one["name"], {"lang": one["lang"]} if "lang" in one else {}, " " * 6)
        yield f"    </{element}>"
    yield f"  </{name}>"


def _element(name: str, text: str, attributes: dict[str, str], indent: str = "    ") -> str:
    written = "".join(f' {_ATTRIBUTES.get(key, key)}="{attribute_text(value)}"' for key, value in attributes.items())
    return f"{indent}<{name}{written}>{escape_text(text)}</{name}>"
