"""Values of PREMIS that must fit each other or a vocabulary: terms, digests, identifiers, rights and their terms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.formats.premis_reading import read_identifier
from archive.formats.xml_elements import child_text, children, line_of, text_of
from archive.model.codes import premis as codes
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.values import (
    digest_problem,
    is_date,
    is_known_algorithm,
    normal_algorithm,
    vocabulary,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_LOC_NAMES = frozenset({
    "eventType", "agentType", "relationshipType", "relationshipSubType", "rightsBasis", "eventOutcome",
    "cryptographicHashFunctions", "PREMIS", "premis",
})  # fmt: skip
_OUTCOMES = frozenset({"success", "fail", "warning"})
_UUID = re.compile(r"(?:urn:uuid:)?\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)
_PRONOM_KEY = re.compile(r"(?:info:pronom/)?(?:x-)?(?:fmt|sfw|chr)/\d+")
_BASES = {
    "copyright": "copyrightInformation", "license": "licenseInformation", "statute": "statuteInformation",
    "other": "otherRightsInformation",
}  # fmt: skip
_DERIVATION = frozenset({"has source", "is source of"})
TERMS = {
    "eventType": ("premis-event-types", codes.UNKNOWN_EVENT_TYPE),
    "agentType": ("premis-agent-types", codes.UNKNOWN_TERM),
    "relationshipType": ("premis-relationship-types", codes.UNKNOWN_TERM),
    "relationshipSubType": ("premis-relationship-subtypes", codes.UNKNOWN_TERM),
    "rightsBasis": ("premis-rights-basis", codes.UNKNOWN_TERM),
}


def check_word(element: _Element, name: str, text: str, version: str, notes: Notes) -> None:
    """A term of a controlled vocabulary: the Library of Congress's, or one that is named or known."""
    vocabulary_name, kind = TERMS[name]
    known = vocabulary(vocabulary_name, name)
    uri = element.get("valueURI") or (text if text.startswith("http") else None)
    line = line_of(element)
    if uri is not None and uri.startswith(known.scheme) and known.codes:
        if uri.rpartition("/")[2] not in known.codes:
            notes.add(kind, line, element=name, found=uri, terms=known.scheme)
        return
    authority = element.get("authorityURI") or element.get("authority") or ""
    foreign = is_foreign(element, known.scheme)
    if known.knows(text) or (name == "relationshipSubType" and uri is None and version == "1"):
        return
    if foreign or (uri is not None and not uri.startswith(known.scheme)):
        notes.add(codes.LOCAL_TERM, line, element=name, found=text, authority=authority or str(uri))
        return
    system = known.elsewhere.get(text.lower())
    if system is None and version in ("1", "2") and name != "eventType":
        system = "a system of PREMIS 2 or before"
    if system is not None and not authority:
        notes.add(codes.LOCAL_TERM, line, element=name, found=text, authority=system)
    else:
        notes.add(kind, line, element=name, found=text, terms=", ".join(sorted(known.terms)[:12]))


def check_fixity(element: _Element, notes: Notes) -> None:
    """A digest: its algorithm is known, its form and length are those of the algorithm."""
    algorithm = child_text(element, "messageDigestAlgorithm")
    digest = child_text(element, "messageDigest")
    if algorithm is None or digest is None:
        return
    if not is_known_algorithm(algorithm):
        named = next(children(element, "messageDigestAlgorithm"))
        foreign = is_foreign(named, vocabulary("premis-event-types").scheme)
        kind = codes.LOCAL_ALGORITHM if foreign else codes.UNKNOWN_ALGORITHM
        notes.add(kind, line_of(element), found=algorithm)
    problem = digest_problem(algorithm, digest)
    if problem is not None:
        notes.add(codes.BAD_DIGEST, line_of(element), algorithm=algorithm, problem=problem)


def check_digests(element: _Element, notes: Notes) -> None:
    """The digests of one object: no two of one algorithm differ."""
    seen: dict[str, str] = {}
    for fixity in children(element, "fixity"):
        algorithm = child_text(fixity, "messageDigestAlgorithm") or ""
        digest = (child_text(fixity, "messageDigest") or "").lower()
        if seen.setdefault(normal_algorithm(algorithm), digest) != digest:
            notes.add(codes.TWO_DIGESTS, line_of(fixity), algorithm=algorithm)


def check_identifier(element: _Element, notes: Notes) -> None:
    """An identifier that says it is a UUID is one."""
    found = read_identifier(element)
    if found.type.strip().upper() == "UUID" and found.value and not _UUID.fullmatch(found.value):
        notes.add(codes.BAD_UUID, line_of(element), found=found.value)


def check_group(element: _Element, name: str, notes: Notes) -> None:
    """What two values of one element must have to do with each other."""
    line = line_of(element)
    if name == "formatRegistry":
        key = child_text(element, "formatRegistryKey")
        pronom = (child_text(element, "formatRegistryName") or "").strip().upper() == "PRONOM"
        if pronom and key is not None and not _PRONOM_KEY.fullmatch(key):
            notes.add(codes.BAD_FORMAT_KEY, line, found=key)
    elif name == "rightsStatement":
        basis = (child_text(element, "rightsBasis") or "").lower()
        wanted = _BASES.get(basis)
        if wanted is not None and next(children(element, wanted), None) is None:
            notes.add(codes.BASIS_UNEXPLAINED, line, basis=basis, element=wanted)
    elif name == "relationship":
        kind = (child_text(element, "relationshipType") or "").lower()
        subtype = (child_text(element, "relationshipSubType") or "").lower()
        known = vocabulary("premis-relationship-types").knows(kind)
        paired = subtype in vocabulary("premis-relationship-subtypes").inverses
        if known and paired and (kind == "derivation") != (subtype in _DERIVATION):
            notes.add(codes.MISMATCHED_RELATIONSHIP, line, subtype=subtype, found=kind)
    elif name == "eventOutcomeInformation":
        for outcome in children(element, "eventOutcome"):
            text = (text_of(outcome) or "").lower()
            if text and outcome.get("authority") == "eventOutcome" and text not in _OUTCOMES:
                terms = ", ".join(sorted(_OUTCOMES))
                notes.add(codes.UNKNOWN_TERM, line, element="eventOutcome", found=text, terms=terms)


def check_term(element: _Element, notes: Notes) -> None:
    """A term of time: it does not end before it begins."""
    start, end = child_text(element, "startDate"), child_text(element, "endDate")
    if start and end and start[:4].isdigit() and end[:4].isdigit() and is_date(start) and is_date(end):
        shared = min(len(start), len(end), 10)
        if end[:shared] < start[:shared]:
            notes.add(codes.BAD_TERM, line_of(element), start=start, end=end)


def is_foreign(element: _Element, scheme: str) -> bool:
    """True when a term names a vocabulary of its own, not one of the Library of Congress (whose `scheme` is given)."""
    authority = element.get("authorityURI") or element.get("authority") or ""
    home = scheme.rpartition("/")[0]
    return bool(authority) and not authority.startswith(home) and authority not in _LOC_NAMES
