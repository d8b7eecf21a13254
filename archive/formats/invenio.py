"""InvenioRDM metadata made from the bag's Dublin Core, by the crosswalk in `metadata/crosswalks/`.

Personal and corporate names are not told apart in Dublin Core: every name goes as an organizational one, which keeps
it unchanged. Descriptions are HTML there, so their text is escaped; languages go by their codes of ISO 639-3.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from typing import Any

from archive.formats.xml_safety import parse_xml

_EDTF = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?(/\d{4}(-\d{2}(-\d{2})?)?)?")
_WEB = re.compile(r"https?://\S+\Z")
_NAMESPACES = ("http://purl.org/dc/elements/1.1/", "http://purl.org/dc/terms/")


def read_elements(record: bytes) -> list[tuple[str, str, str | None]]:
    """Element, value and language of every statement in a dc.xml or dcterms.xml. Raises `FormatError`."""
    found = []
    for element in parse_xml(record).iter():
        tag: Any = element.tag
        if not isinstance(tag, str):
            continue
        namespace, _, name = tag[1:].partition("}")
        text = (element.text or "").strip()
        if namespace in _NAMESPACES and text:
            found.append((name, text, element.get("{http://www.w3.org/XML/1998/namespace}lang")))
    return found


def make_metadata(
    record: bytes | None, crosswalk: Mapping[str, Any], *, title: str, identifier: str, today: str
) -> dict[str, Any]:
    """The `metadata` of a draft. `title`, and `today` as the date, are used where the record gives none.

    Raises `FormatError` when the record is not XML.
    """
    metadata: dict[str, Any] = {}
    for name, value, _language in read_elements(record) if record is not None else ():
        if name == "type":
            sort = re.sub(r"[^a-z]", "", value.lower())
            metadata.setdefault("resource_type", {"id": crosswalk["resource_types"].get(sort, "other")})
            continue
        rule = crosswalk["elements"].get(name)
        if rule is not None:
            _place(metadata, rule, _say(rule["to"], value, crosswalk["languages"]))
    metadata.setdefault("title", title)
    metadata.setdefault("resource_type", {"id": crosswalk["default_resource_type"]})
    metadata.setdefault("publication_date", today)
    metadata.setdefault("creators", [_name(crosswalk["default_creator"])])
    identifiers = metadata.setdefault("identifiers", [])
    if not any(one["identifier"] == identifier for one in identifiers):
        identifiers.append({"identifier": identifier, "scheme": "other"})
    return metadata


def _place(metadata: dict[str, Any], rule: Mapping[str, Any], value: str) -> None:
    field = rule["to"]
    if field == "publication_date" and not _EDTF.fullmatch(value):
        field = "dates"
    if field in ("title", "description", "publication_date", "publisher"):
        if field not in metadata:
            metadata[field] = value
            return
        if "rest" not in rule:
            return
        field = rule["rest"]
    made: dict[str, Any] | str | None = {
        "additional_titles": {"title": value, "type": {"id": "other"}},
        "additional_descriptions": {"description": value, "type": {"id": "other"}},
        "creators": _name(value),
        "contributors": {**_name(value), "role": {"id": rule.get("role", "other")}},
        "subjects": {"subject": value},
        "identifiers": {"identifier": value, "scheme": "other"},
        "rights": {"title": {"en": value}, **({"link": value} if _WEB.match(value) else {})},
        "dates": {"date": value, "type": {"id": rule.get("type", "other")}} if _EDTF.fullmatch(value) else None,
        "languages": {"id": value} if re.fullmatch(r"[a-z]{3}", value) else None,
        "formats": value,
        "sizes": value,
    }.get(field)
    if field == "locations":
        places = metadata.setdefault(field, {"features": []})["features"]
        if {"place": value} not in places:
            places.append({"place": value})
    elif made is not None and made not in metadata.setdefault(field, []):
        metadata[field].append(made)
    if not metadata.get(field):
        metadata.pop(field, None)


def _say(field: str, value: str, languages: Mapping[str, str]) -> str:
    """A value in the form that the field requires."""
    if field == "description":
        return escape(value, quote=False)
    if field == "languages":
        first = value.partition("-")[0].lower()
        return languages.get(first, first)
    return value


def _name(value: str) -> dict[str, Any]:
    return {"person_or_org": {"type": "organizational", "name": value}}
