"""Judging EAD: the schema of EAD 2002 or EAD3, unique identifiers, references, and what every finding aid says.

Clause: EAD 2002 (April 2008 schema) and EAD3 1.1.1. EAD 2002 by its DTD has no namespace; it is checked against the
schema, once its names and links are written as the schema has them.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from archive.formats.mets_reading import XLINK
from archive.formats.xml_elements import children, line_of, local_name, namespace_of, text_of
from archive.model.codes import ead as codes
from archive.model.codes import xml as xml_codes
from archive.stages.validation.records import schemas as record_schemas
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.values import check_language_tag, check_text

if TYPE_CHECKING:
    from lxml.etree import _Element

EAD_2002 = "urn:isbn:1-931666-22-9"
EAD_3 = "http://ead3.archivists.org/schema/"
_NAMESPACES = frozenset({"", EAD_2002, EAD_3, EAD_3 + "undeprecated/"})
_SCHEMAS = {EAD_2002: record_schemas.EAD_2002, EAD_3: record_schemas.EAD_3}
_STANDARDS = {"": "EAD 2002 by its DTD", EAD_3 + "undeprecated/": "EAD3 with undeprecated elements"}
_OPEN = re.compile(
    r"attribute '(?:normal|langcode|scriptcode|countrycode|repositorycode|mainagencycode)': .*(?:facet|atomic type)"
)
"""An error over the value of an attribute that the DTD declares as any text or token."""
_EXTENDED = frozenset({"arc", "daoloc", "extptrloc", "extrefloc", "ptrloc", "refloc", "resource"})
_LINKING = _EXTENDED | {
    "archref", "bibref", "dao", "daogrp", "extptr", "extref", "linkgrp", "ptr", "ref", "title",
}  # fmt: skip
_ENDS = frozenset({"label", "from", "to"})
_LINKS = _ENDS | {"linktype", "href", "role", "arcrole", "title", "show", "actuate"}
_XLINK_NAMES = {"linktype": "type"}
_WORDED = frozenset({"show", "actuate"})
_XLINK_WORDS = {
    "showother": "other", "shownone": "none", "onload": "onLoad", "onrequest": "onRequest", "actuateother": "other",
    "actuatenone": "none",
}  # fmt: skip
"""What the DTD calls otherwise than XLink."""
_REFERENCES = ("target", "parent", "parents")
_COMPONENTS = frozenset({"archdesc", "c", *(f"c{number:02}" for number in range(1, 13))})


def is_ead(element: _Element) -> bool:
    """True for the root of an EAD 2002 or EAD3 document."""
    return local_name(element) == "ead" and namespace_of(element) in _NAMESPACES


def judge_ead(root: _Element, notes: Notes) -> None:
    """Judge one finding aid by itself."""
    namespace = namespace_of(root)
    schema = _SCHEMAS.get(namespace)
    if namespace == "":
        how = "it was checked against the schema of EAD 2002"
        notes.add(xml_codes.OTHER_SCHEMA, None, standard=_STANDARDS[namespace], instead=how)
        record_schemas.check_schema(record_schemas.EAD_2002, _as_the_schema_has_it(root), notes, open_values=_OPEN)
    elif schema is None:
        notes.add(xml_codes.NO_SCHEMA, None, standard=_STANDARDS[namespace])
        _check_structure(root, notes)
    else:
        record_schemas.check_schema(schema, root, notes)
    _check_references(root, notes)
    for element in root.iter():
        if not local_name(element) or namespace_of(element) != namespace:
            continue
        check_language_tag(element, notes)
        if text := (element.text or "").strip():
            check_text(text, line_of(element), notes)
        if local_name(element) in _COMPONENTS:
            _check_component(element, notes)
    _check_identity(root, notes)


def _as_the_schema_has_it(root: _Element) -> _Element:
    """A copy of an EAD 2002 by its DTD, in the namespace of the schema and with its links by XLink; the lines stay."""
    top = copy.deepcopy(root)
    for element in top.iter():
        name = local_name(element)
        if not name or namespace_of(element):
            continue
        element.tag = f"{{{EAD_2002}}}{name}"
        for attribute in _LINKS & set(map(str, element.attrib)) if name in _LINKING else ():
            if attribute not in _ENDS or name in _EXTENDED:
                value = str(element.attrib.pop(attribute))
                qualified = f"{{{XLINK}}}{_XLINK_NAMES.get(attribute, attribute)}"
                element.set(qualified, _XLINK_WORDS.get(value, value) if attribute in _WORDED else value)
    return top


def _check_structure(root: _Element, notes: Notes) -> None:
    """What the DTD demands of the root and the description, where no schema can."""
    heads = ("eadheader",) if namespace_of(root) == "" else ("eadheader", "control")
    for names in (heads, ("archdesc",)):
        count = sum(1 for _ in children(root, *names))
        if count != 1:
            notes.add(codes.STRUCTURE, line_of(root), parent="ead", child=" or ".join(names), count=count)
    for described in children(root, "archdesc"):
        if next(children(described, "did"), None) is None:
            notes.add(codes.STRUCTURE, line_of(described), parent="archdesc", child="did", count=0)
        if not described.get("level"):
            notes.add(codes.NO_LEVEL, line_of(described))


def _check_references(root: _Element, notes: Notes) -> None:
    ids: dict[str, int] = {}
    for element in root.iter():
        value = element.get("id")
        if value is None:
            continue
        if value in ids:
            notes.add(xml_codes.DUPLICATE_ID, line_of(element), id=value, first=ids[value])
        ids.setdefault(value, line_of(element))
    for element in root.iter():
        for attribute in _REFERENCES:
            for value in (element.get(attribute) or "").split():
                if value not in ids:
                    notes.add(xml_codes.BROKEN_IDREF, line_of(element), attribute=attribute, id=value)


def _check_component(element: _Element, notes: Notes) -> None:
    """A described unit has a title or a date, or it cannot be found."""
    for identification in children(element, "did"):
        named = any(text_of(one) for one in children(identification, "unittitle", "unitdate", "unitdatestructured"))
        if not named and next(children(identification, "unitdatestructured"), None) is None:
            notes.add(codes.NO_TITLE, line_of(element), element=local_name(element))


def _check_identity(root: _Element, notes: Notes) -> None:
    """The finding aid's own identifier: eadid, or recordid in EAD3."""
    for head in children(root, "eadheader", "control"):
        if not any(text_of(one) for one in children(head, "eadid", "recordid")):
            notes.add(codes.NO_IDENTIFIER, line_of(head))
