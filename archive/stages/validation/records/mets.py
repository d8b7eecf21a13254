"""Judging METS: its schema, the references inside it, what it says of files, and the records embedded in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from archive.formats import dublin_core_reading, premis_reading
from archive.formats import mets_reading as reading
from archive.formats.mets_reading import href_of, is_mets
from archive.formats.xml_elements import children, line_of, local_name, namespace_of
from archive.model.codes import mets as codes
from archive.model.codes import xml as xml_codes
from archive.stages.validation.records import schemas as record_schemas
from archive.stages.validation.records.mets_embedded import judge_embedded
from archive.stages.validation.records.notes import Notes
from archive.stages.validation.records.values import check_language_tag, digest_problem

if TYPE_CHECKING:
    from lxml.etree import _Element

_OTHERS = {
    "agent": (("ROLE", "OTHERROLE"), ("TYPE", "OTHERTYPE")),
    "mdWrap": (("MDTYPE", "OTHERMDTYPE"),),
    "mdRef": (("MDTYPE", "OTHERMDTYPE"), ("LOCTYPE", "OTHERLOCTYPE")),
    "FLocat": (("LOCTYPE", "OTHERLOCTYPE"),),
    "mptr": (("LOCTYPE", "OTHERLOCTYPE"),),
}
_FILELIKE = frozenset({"file", "mdRef", "mdWrap", "stream"})
_MIME = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9*][\w!#$&^.+*-]*(?:\s*;.*)?", re.ASCII)
_SIZE = re.compile(r"\s*\d{1,19}\s*", re.ASCII)
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_BAD_CHARACTER = re.compile(r"[ \"<>\\^`{|}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_ABSOLUTE = "is an absolute path"
_LEAVES, _NUL = "leaves the package", "contains a NUL character"
_UNSAFE = frozenset({_LEAVES, _NUL})
_SECTIONS_ELSEWHERE = frozenset({"FILEID", "DMDID", "ADMID"})
_SMLINK = (f"{{{reading.XLINK}}}from", f"{{{reading.XLINK}}}to")
_SCHEMA_OF = {
    "PREMIS": premis_reading.PREMIS_NAMESPACES, "DC": (dublin_core_reading.DC, dublin_core_reading.DCTERMS,
    dublin_core_reading.OAI_DC), "MODS": ("http://www.loc.gov/mods/v3", "http://www.loc.gov/mods/"),
    "EAD": ("urn:isbn:1-931666-22-9", "http://ead3.archivists.org/schema/"), "MARC": ("http://www.loc.gov/MARC21/slim",),
}  # fmt: skip
_STANDARDS = {reading.METS_2: "METS 2", reading.METS_ROSETTA: "Rosetta's METS"}
_UNMIXED = frozenset(namespace for namespaces in _SCHEMA_OF.values() for namespace in namespaces)


_ENTITY_NAMES = {"RIGHTS": ("premis", "rights", *premis_reading.RIGHTS_STATEMENTS)}


def judge_mets(root: _Element, notes: Notes) -> None:
    """Judge a METS document by itself; the files it names are not looked at here."""
    judged = namespace_of(root) == reading.METS
    if judged:
        record_schemas.check_schema(record_schemas.METS, root, notes)
    else:
        notes.add(xml_codes.NO_SCHEMA, None, standard=_STANDARDS.get(namespace_of(root), "this METS"))
    elements = list(_mets_elements(root))
    ids = _collect_ids(elements, notes)
    used = _check_references(elements, ids, notes)
    for element in elements:
        _check_element(element, notes)
    _check_use(elements, used, notes)
    judge_embedded(root, notes, own_schema=not judged)
    _check_profile(root, notes)


def package_places(root: _Element) -> list[_Element]:
    """Each FLocat and mdRef that names a file of the package by a sound relative path."""
    return [
        element
        for element in _mets_elements(root)
        if local_name(element) in ("FLocat", "mdRef")
        and (href := href_of(element))
        and href_problem(href) is None
        and not urlsplit(href).scheme
        and not urlsplit(href).netloc
    ]


def _mets_elements(root: _Element) -> Iterator[_Element]:
    """The elements of METS itself, not those of what is embedded."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        waiting.extend(child for child in reversed(element) if isinstance(child.tag, str) and is_mets(child))


def _collect_ids(elements: Sequence[_Element], notes: Notes) -> dict[str, _Element]:
    ids: dict[str, _Element] = {}
    for element in elements:
        check_language_tag(element, notes)
        value = element.get("ID")
        if value is None:
            continue
        first = ids.setdefault(value, element)
        if first is not element:
            notes.add(xml_codes.DUPLICATE_ID, line_of(element), id=value, first=line_of(first))
    return ids


def _check_references(elements: Sequence[_Element], ids: dict[str, _Element], notes: Notes) -> set[str]:
    """Every reference leads to an element, and to one of the right sort. Gives the IDs that something refers to."""
    used: set[str] = set()
    labels = {one.get(f"{{{reading.XLINK}}}label") for one in elements}
    sorts = {local_name(one) for one in ids.values()}
    elsewhere: dict[str, list[_Element]] = {}
    for element in elements:
        for attribute, targets in reading.REFERENCE_TARGETS.items():
            for value in (element.get(attribute) or "").split():
                used.add(value)
                target = ids.get(value)
                if target is None and attribute in _SECTIONS_ELSEWHERE and not sorts & targets:
                    elsewhere.setdefault(attribute, []).append(element)
                elif target is None:
                    notes.add(xml_codes.BROKEN_IDREF, line_of(element), attribute=attribute, id=value)
                elif local_name(target) not in targets:
                    notes.add(
                        codes.WRONG_REFERENCE, line_of(element), attribute=attribute, id=value,
                        found=local_name(target), expected=" or ".join(f"<{one}>" for one in sorted(targets)),
                    )  # fmt: skip
        if local_name(element) in ("smLink", "smArcLink"):
            for attribute in _SMLINK:
                label = element.get(attribute)
                if label and label not in labels and label.removeprefix("#") not in ids:
                    notes.add(codes.NO_LABEL, line_of(element), attribute=attribute.rpartition("}")[2], label=label)
        if local_name(element) == "area" and element.get("BETYPE") == "IDREF" and not element.get("BEGIN"):
            notes.add(xml_codes.BROKEN_IDREF, line_of(element), attribute="BEGIN", id="")
    for attribute, several in elsewhere.items():
        notes.add(codes.SECTION_ELSEWHERE, line_of(several[0]), attribute=attribute, count=len(several))
    return used


def _check_element(element: _Element, notes: Notes) -> None:
    """Judge one METS element's own attributes and content."""
    name, line = local_name(element), line_of(element)
    for attribute, other in _OTHERS.get(name, ()):
        if element.get(attribute) == "OTHER" and not element.get(other):
            notes.add(codes.OTHER_UNNAMED, line, element=name, attribute=attribute, expected=other)
    if name in _FILELIKE:
        _check_checksum(element, name, notes)
    mime = element.get("MIMETYPE")
    if mime is not None and not _MIME.fullmatch(mime.strip()):
        notes.add(codes.BAD_MIME, line, found=mime)
    if name == "fptr" and not element.get("FILEID") and next(children(element, "area", "seq", "par"), None) is None:
        notes.add(codes.EMPTY_POINTER, line)
    if name in ("FLocat", "mdRef", "mptr"):
        href = href_of(element)
        if href is None or not href.strip():
            notes.add(codes.NO_HREF, line, element=name)
        else:
            _check_href(element, href, notes)
    elif name in ("mdWrap", *reading.SECTIONS):
        _check_content(element, name, notes)


def _check_href(element: _Element, href: str, notes: Notes) -> None:
    line = line_of(element)
    problem = href_problem(href)
    if problem is None:
        if _BAD_CHARACTER.search(href):
            notes.add(codes.ODD_HREF, line, href=href)
    elif problem == _ABSOLUTE and element.get("OTHERLOCTYPE", "").upper() == "SYSTEM":
        notes.add(codes.SYSTEM_PATH, line, href=href)
    else:
        kind = codes.BAD_HREF if problem in _UNSAFE else codes.ODD_PLACE
        notes.add(kind, line, href=href, problem=problem)


def _check_checksum(element: _Element, name: str, notes: Notes) -> None:
    line = line_of(element)
    checksum, algorithm = element.get("CHECKSUM"), element.get("CHECKSUMTYPE")
    if (checksum is None) != (algorithm is None):
        names = ("CHECKSUM", "CHECKSUMTYPE")
        found, expected = names if algorithm is None else names[::-1]
        notes.add(codes.CHECKSUM_ALONE, line, element=name, found=found, expected=expected)
    if checksum is not None:
        problem = digest_problem(algorithm or "", checksum.strip())
        if problem is not None:
            notes.add(codes.BAD_CHECKSUM, line, algorithm=algorithm or "unnamed", problem=problem)
    size = element.get("SIZE")
    if size is not None and not _SIZE.fullmatch(size):
        notes.add(codes.BAD_SIZE, line, found=size)


def href_problem(href: str) -> str | None:
    """Why this is not a reference to a file: not a URI, or a path that leaves the package; None when it is one."""
    if _CONTROL.search(href):
        return "has control characters"
    if _BAD_PERCENT.search(href):
        return "has a % that begins no encoded character"
    try:
        parts = urlsplit(href)
    except ValueError:
        return "is not a URI"
    path = unquote(parts.path).replace("\\", "/")
    if _DRIVE.match(href) or (parts.netloc and not parts.scheme):
        return _ABSOLUTE
    if parts.scheme == "file" and parts.netloc in ("", "localhost") and path.startswith("/"):
        return "is a path of some computer"
    if parts.scheme:
        return None
    if path.startswith("/"):
        return _ABSOLUTE
    if _leaves(path):
        return _LEAVES
    return _NUL if "\0" in path else None


def _leaves(path: str) -> bool:
    depth = 0
    for part in path.split("/"):
        if part == "..":
            depth -= 1
        elif part not in ("", "."):
            depth += 1
        if depth < -2:
            return True
    return False


def _check_content(element: _Element, name: str, notes: Notes) -> None:
    line = line_of(element)
    if name in reading.SECTIONS:
        if not any(True for _ in children(element, "mdWrap", "mdRef")):
            notes.add(codes.EMPTY_WRAP, line, element=name, id=element.get("ID") or "")
        return
    inner = [one for data in children(element, "xmlData") for one in data if isinstance(one.tag, str)]
    if not inner and not any(True for _ in children(element, "binData")):
        notes.add(codes.EMPTY_WRAP, line, element=name, id=element.get("ID") or "")
        return
    kind = element.get("MDTYPE") or ""
    sort, _, entity = kind.partition(":")
    for one in inner:
        namespace = namespace_of(one)
        if _is_other_content(one, namespace, sort, entity):
            notes.add(codes.WRONG_CONTENT, line_of(one), expected=kind, found=local_name(one))
        version = premis_reading.version_of(namespace)
        named = element.get("MDTYPEVERSION")
        if version and named and named.strip()[:1] != version:
            notes.add(codes.WRONG_VERSION, line, expected=named, found=f"PREMIS {version}")


def _is_other_content(element: _Element, namespace: str, sort: str, entity: str) -> bool:
    """True when the element is plainly not what MDTYPE ("PREMIS:EVENT" in its two parts) says it is."""
    expected = _SCHEMA_OF.get(sort)
    if expected is None:
        return sort != "OTHER" and namespace in premis_reading.PREMIS_NAMESPACES
    if namespace not in expected:
        return namespace in _UNMIXED and not (sort == "DC" and dublin_core_reading.is_container(element))
    return (
        sort == "PREMIS"
        and bool(entity)
        and local_name(element) not in _ENTITY_NAMES.get(entity, ("premis", entity.lower()))
    )


def _check_use(elements: Sequence[_Element], used: set[str], notes: Notes) -> None:
    for element in elements:
        name, identifier = local_name(element), element.get("ID")
        if identifier is None or identifier in used:
            continue
        if name in reading.SECTIONS and not _is_used(element, used):
            notes.add(codes.UNUSED_SECTION, line_of(element), element=name, id=identifier)
        elif name == "file" and not _is_used(element, used):
            notes.add(codes.UNUSED_FILE, line_of(element), id=identifier)


def _is_used(element: _Element, used: set[str]) -> bool:
    """True when something around it is referred to, or when nothing in the METS refers to anything."""
    parent = element.getparent()
    while parent is not None:
        if parent.get("ID") in used:
            return True
        if local_name(parent) == "mets" and local_name(element) in reading.SECTIONS:
            return not used
        parent = parent.getparent()
    return False


def _package_type(header: _Element) -> bool:
    """True when the header names the type of package; CSIP 2.0 and 2.1 spell their namespace differently."""
    return any(value and str(name).endswith("CSIPExtensionMETS}OAISPACKAGETYPE") for name, value in header.items())


def _check_profile(root: _Element, notes: Notes) -> None:
    """The first demands of the E-ARK profiles, where the METS names one of them."""
    profile = root.get("PROFILE") or ""
    if "earkcsip" not in profile.lower() and "earksip" not in profile.lower() and "earkaip" not in profile.lower():
        return
    header = next(children(root, "metsHdr"), None)
    maps = list(children(root, "structMap"))
    rules = (
        ("CSIP1", "OBJID on the root", bool(root.get("OBJID"))),
        ("CSIP2", "TYPE on the root", bool(root.get("TYPE"))),
        ("CSIP117", "a metsHdr", header is not None),
        ("CSIP7", "CREATEDATE in the header", header is None or bool(header.get("CREATEDATE"))),
        ("CSIP9", "OAISPACKAGETYPE in the header", header is None or _package_type(header)),
        ("CSIP10", "an agent in the header", header is None or next(children(header, "agent"), None) is not None),
        ("CSIP82", 'a structMap with LABEL="CSIP"', any(one.get("LABEL") == "CSIP" for one in maps)),
    )
    for rule, expected, kept in rules:
        if not kept:
            notes.add(
                codes.PROFILE_RULE, line_of(root), profile=profile.rpartition("/")[2], rule=rule, expected=expected
            )
