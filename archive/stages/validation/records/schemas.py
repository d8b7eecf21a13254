"""The shipped XML schemas, compiled once, offline; and their verdicts as findings.

A schema location written in a record is never followed: only what is in metadata/schemas is used.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from archive.formats import dublin_core_reading, mets_reading, premis_reading
from archive.model.codes import xml as codes
from archive.resources import metadata_path
from archive.stages.validation.records.many_faults import find_many_faults
from archive.stages.validation.records.notes import Notes

if TYPE_CHECKING:
    from lxml.etree import _Element

PREMIS = "premis.xsd"
METS = "all.xsd"
OAI_DC = "oai_dc.xsd"
QUALIFIED_DC = "qualifieddc.xsd"
EAD_2002 = "ead2002.xsd"
EAD_3 = "ead3.xsd"

_PREFIXES = {
    premis_reading.PREMIS_3: "premis:", premis_reading.PREMIS_2: "premis2:", mets_reading.METS: "mets:",
    mets_reading.XLINK: "xlink:", dublin_core_reading.DC: "dc:", dublin_core_reading.DCTERMS: "dcterms:",
    dublin_core_reading.OAI_DC: "oai_dc:", "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
    "http://www.w3.org/XML/1998/namespace": "xml:", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS": "csip:",
    "https://DILCIS.eu/XML/METS/SIPExtensionMETS": "sip:", "http://www.w3.org/2001/XMLSchema": "xs:",
}  # fmt: skip
_NAMESPACE = re.compile(r"\{([^{}]*)\}")
_ABSENT = "The type definition is absent."
_UNRESOLVED = re.compile(r"The QName value '\{([^{}]*)\}.*does not resolve to a type definition")


@cache
def _schema(name: str) -> Any:
    from lxml import etree

    parser = etree.XMLParser(no_network=True, resolve_entities=False)
    return etree.XMLSchema(etree.parse(str(metadata_path("schemas", name)), parser))


def check_schema(name: str, element: _Element, notes: Notes, *, open_values: re.Pattern[str] | None = None) -> bool:
    """Check `element`, as the root it is or as if it were one, against a shipped schema; True when it is valid.

    Types of namespaces that no schema is shipped for cannot be resolved and are passed over (lax, as METS has it).
    An error whose sentence has `open_values` in it is a warning.
    """
    schema = _schema(name)
    if (faults := find_many_faults(schema, element)) is not None:
        for line, problem in faults.listed:
            notes.add(codes.SCHEMA, line, problem=_readable(problem))
        notes.count(codes.SCHEMA, faults.count - len(faults.listed))
        return False
    if schema.validate(element):
        return True
    valid, passed_over = True, set()
    for error in schema.error_log:
        unresolved = _UNRESOLVED.search(error.message)
        if unresolved and (unresolved.group(1) not in _PREFIXES or unresolved.group(1) == premis_reading.PREMIS_2):
            passed_over.add(error.line)
        elif not (error.line in passed_over and error.message.endswith(_ABSENT)):
            is_open = open_values is not None and open_values.search(error.message) is not None
            valid = valid and is_open
            notes.add(codes.OPEN_VALUE if is_open else codes.SCHEMA, error.line, problem=_readable(error.message))
    return valid


def _readable(message: str) -> str:
    """The schema processor's sentence with prefixes for namespaces."""
    return _NAMESPACE.sub(lambda found: _PREFIXES.get(found.group(1), found.group(0)), message).rstrip(" .")
