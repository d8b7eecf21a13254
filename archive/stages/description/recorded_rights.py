"""What every record in a bag says of access: Dublin Core, PREMIS rights (also inside METS), EAD, the description and
bag-info.txt.

A bag may come from elsewhere, or have lost a record. So whether it may be given out is decided by all of them: the
strictest wins, and records that contradict each other are a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from archive.formats.dublin_core_reading import DC, DCTERMS, is_statement
from archive.formats.edtf import parse_day
from archive.formats.premis_reading import LISTED, PREMIS_3, RIGHTS_STATEMENTS, read_rights, shorten_list, version_of
from archive.formats.tagfile import parse_tags
from archive.formats.toml_text import load_toml
from archive.formats.xml_elements import let_go, local_name, namespace_of, text_of
from archive.formats.xml_safety import XmlRefusedError, parse_xml, root_of, stream_xml
from archive.model.codes import description as codes
from archive.model.description import Access
from archive.model.finding import Finding
from archive.model.record import GrantView

if TYPE_CHECKING:
    from lxml.etree import _Element

_HEAD = 1 << 16
_MARKS = (b"premis", b"purl.org/dc", b"METS", b"<ead", b":ead")
"""One of these is in the first 64 KiB of every record that says something of access; other XML is left alone."""

_STRICTNESS = (Access.OPEN, Access.RESTRICTED, Access.EMBARGOED, Access.CLOSED)

_WORDS = {
    Access.OPEN: ("open", "allow", "allowed", "none", "unrestricted", "norestriction", "norestrictions", "public"),
    Access.RESTRICTED: ("restricted", "conditional"),
    Access.EMBARGOED: ("embargoed", "embargo"),
    Access.CLOSED: ("closed", "disallow", "disallowed", "deny", "denied", "noaccess", "prohibited", "metadataonly",
                    "confidential", "nonpublic", "notpublic", "private", "sealed", "secret"),
}  # fmt: skip
_URIS = {
    "http://purl.org/coar/access_right/c_abf2": Access.OPEN,
    "http://purl.org/coar/access_right/c_16ec": Access.RESTRICTED,
    "http://purl.org/coar/access_right/c_f1cf": Access.EMBARGOED,
    "http://purl.org/coar/access_right/c_14cb": Access.CLOSED,
    "http://publications.europa.eu/resource/authority/access-right/PUBLIC": Access.OPEN,
    "http://publications.europa.eu/resource/authority/access-right/RESTRICTED": Access.RESTRICTED,
    "http://publications.europa.eu/resource/authority/access-right/SENSITIVE": Access.RESTRICTED,
    "http://publications.europa.eu/resource/authority/access-right/CONFIDENTIAL": Access.CLOSED,
    "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC": Access.CLOSED,
}
_CLOSED_IN_WORDS = re.compile(
    r"(?<!not )(?<!never )(?<!no longer )\b(closed|confidential|sealed|embargoed|restricted|withheld)\b"
    r"|\b(not|no) (access|accessible|available|open|public)\b(?! restriction)",
    re.IGNORECASE,
)
"""What a sentence about access says when the material may not be given out to everyone."""
BAG_INFO = "bag-info.txt"
_LABELS = ("access", "access-conditions", "access-restrictions", "access-rights", "accessrights", "rights")
"""Elements of bag-info.txt that depositors put an access level in."""
_KNOWN = {word: access for access, words in _WORDS.items() for word in words}
_ACCESS_TERMS = {(DCTERMS, "accessRights"), (DCTERMS, "rights"), (DC, "rights"), (DC, "accessRights")}
_GIVING_OUT = ("disseminate", "publish", "display", "discover", "use", "copy", "replicate", "access", "")


@dataclass(frozen=True, slots=True)
class RecordedAccess:
    """What one record says. `whole` is true for a record of the package only; `ends` are the days it gives."""

    record: str
    access: Access
    whole: bool = True
    ends: tuple[date | None, ...] = ()

    def in_force(self, today: date, others: Iterable[date]) -> Access:
        """The access today: what has ended is open. An embargo without an end of its own ends with the others'."""
        ends = self.ends or (tuple(others) if self.access is Access.EMBARGOED else ())
        over = bool(ends) and all(end is not None and end <= today for end in ends)
        return Access.OPEN if over else self.access


def access_word(text: str) -> Access | None:
    """The access that a value names, in the words and addresses that repositories use; None for free text."""
    value = text.strip()
    if (known := _URIS.get(value.rstrip("/").replace("https://", "http://"))) is not None:
        return known
    word = "".join(value.lower().removeprefix("info:eu-repo/semantics/").split()).replace("_", "").replace("-", "")
    return _KNOWN.get(word) or _KNOWN.get(word.removesuffix("access"))


def access_sentence(text: str) -> Access | None:
    """The access that a statement about access names, by a known word or else in a sentence; None where it allows."""
    known = access_word(text)
    if known is None and _CLOSED_IN_WORDS.search(" ".join(text.split())):
        return Access.RESTRICTED
    return known


def read_accesses(path: str, chunks: Iterator[bytes]) -> list[RecordedAccess]:
    """What the record at the bag path `path` says of access; nothing for what is not a record of a known kind.

    Raises `XmlRefusedError` when it cannot be read, and what the chunks raise.
    """
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= _HEAD:
            break
    whole = chain((head,), chunks)
    if path.endswith(".toml"):
        return _of_description(path, b"".join(whole))
    if path == BAG_INFO:
        return _of_bag_info(path, b"".join(whole))
    if not any(mark in head.replace(b"\0", b"") for mark in _MARKS):
        return []
    tag = root_of(head[:_HEAD], subject=path)[0]
    namespace = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    if namespace == PREMIS_3:
        tags = [f"{{{PREMIS_3}}}{name}" for name in ("object", "event", "agent", "rights", *LISTED)]
        found: list[RecordedAccess] = []
        for element in stream_xml(whole, tags, subject=path):
            if shorten_list(element):
                continue
            if local_name(element) == "rights":
                found += _of_premis(path, element)
            let_go(element)
        return found
    return _of_tree(path, parse_xml(b"".join(whole), subject=path).getroot())


def judge_accesses(
    found: Iterable[RecordedAccess], statements: Access | None, statements_of_whole: Access | None, today: date
) -> list[Finding]:
    """Why these records do not let the bag be given out on `today`, and where they contradict each other.

    `statements` is the strictest access of statements.json today, `statements_of_whole` that of the package; None where
    it names none.
    """
    records = list(found)
    ends = [end for one in records for end in one.ends if end is not None]
    strictest: dict[tuple[str, bool], RecordedAccess] = {}
    now: dict[tuple[str, bool], Access] = {}
    for one in records:
        key, access = (one.record, one.whole), one.in_force(today, ends)
        if key not in now or _rank(access) > _rank(now[key]):
            now[key], strictest[key] = access, one
    findings = []
    for (record, _whole), access in now.items():
        if access is Access.EMBARGOED:
            own = [end for end in strictest[record, _whole].ends if end is not None]
            until = max(own).isoformat() if own else "a day that is not recorded"
            findings.append(codes.EMBARGOED.at(record, until=until, today=today.isoformat()))
        elif access is not Access.OPEN:
            findings.append(codes.NOT_RELEASED.at(record, access=access.value))
    return findings + _contradictions(now, statements, statements_of_whole)


def _contradictions(
    now: dict[tuple[str, bool], Access], statements: Access | None, statements_of_whole: Access | None
) -> list[Finding]:
    """Records of the package must agree with each other; those that also speak of files, with the same kind."""
    of_package = {record: access for (record, whole), access in now.items() if whole}
    of_all = {record: access for (record, whole), access in now.items() if not whole}
    if statements is not None:
        of_all["metadata/descriptive/statements.json"] = statements
    if statements_of_whole is not None:
        of_package["metadata/descriptive/statements.json"] = statements_of_whole
    findings = []
    for group in (of_package, of_all):
        if len(set(group.values())) > 1:
            strict = max(group, key=lambda record: _rank(group[record]))
            other = min(group, key=lambda record: _rank(group[record]))
            findings.append(
                codes.RIGHTS_CONTRADICT.at(
                    strict, access=group[strict].value, other=other, other_access=group[other].value
                )
            )
    if not findings and of_package and of_all:
        strict = max(of_package, key=lambda record: _rank(of_package[record]))
        other = max(of_all, key=lambda record: _rank(of_all[record]))
        if _rank(of_package[strict]) > _rank(of_all[other]):
            findings.append(
                codes.RIGHTS_CONTRADICT.at(
                    strict, access=of_package[strict].value, other=other, other_access=of_all[other].value
                )
            )
    return findings


def _rank(access: Access) -> int:
    return _STRICTNESS.index(access)


def _of_tree(path: str, root: _Element) -> list[RecordedAccess]:
    """Dublin Core wherever it is in the document, and PREMIS rights as METS carries them."""
    accesses: list[Access] = []
    ends: list[date | None] = []
    found: list[RecordedAccess] = []
    in_ead = local_name(root) == "ead"
    for element in root.iter("*"):
        name, value = local_name(element), text_of(element) or ""
        if version_of(namespace_of(element)) is not None and name in RIGHTS_STATEMENTS:
            found += _of_premis(path, element)
        elif is_statement(element) and (namespace_of(element), name) in _ACCESS_TERMS:
            accesses += filter(None, [access_sentence(value) if name == "accessRights" else access_word(value)])
        elif in_ead and name == "accessrestrict":
            access = access_sentence(_without_head(element))
            parent = element.getparent()
            whole = parent is not None and local_name(parent) == "archdesc"
            found += [RecordedAccess(path, access, whole=whole)] if access is not None else []
        elif is_statement(element) and (namespace_of(element), name) == (DCTERMS, "available"):
            ends.append(parse_day(value.strip()))
    return found + [
        RecordedAccess(path, access, ends=tuple(ends) if access is Access.EMBARGOED else ()) for access in accesses
    ]


def _of_premis(path: str, element: _Element) -> list[RecordedAccess]:
    return [one for view in read_rights(element) for grant in view.grants for one in _of_grant(path, grant)]


def _of_grant(path: str, grant: GrantView) -> Iterator[RecordedAccess]:
    """A restriction of giving out. One in words of its own is a restriction all the same."""
    if (grant.act or "").strip().lower() not in _GIVING_OUT:
        return
    term = grant.restriction_term
    ends = () if term is None or not term[1] or term[1].strip().upper() == "OPEN" else (parse_day(term[1].strip()),)
    texts = [text for text in grant.restrictions if text.strip()]
    if not texts:
        yield RecordedAccess(path, Access.OPEN, whole=False)
    for text in texts:
        yield RecordedAccess(path, access_word(text) or Access.RESTRICTED, whole=False, ends=ends)


def _without_head(element: _Element) -> str:
    """An EAD element's text without its heading, which names the kind of statement."""
    heads = {text for head in element.iter("{*}head") for text in head.itertext()}
    return " ".join(str(text) for text in element.itertext() if text not in heads)


def _of_bag_info(path: str, content: bytes) -> list[RecordedAccess]:
    """The access levels in bag-info.txt. Free text does not count, for its elements have no agreed meaning."""
    tags = parse_tags(content, path)[0]
    words = [access_word(tag.value) for tag in tags if tag.label.strip().lower() in _LABELS]
    return [RecordedAccess(path, access) for access in words if access is not None]


def _of_description(path: str, content: bytes) -> list[RecordedAccess]:
    """The access in a description.toml; what cannot be read as one is ignored."""
    try:
        table = load_toml(content.decode("utf-8"))
    except (ValueError, RecursionError):
        return []
    rights: Any = table.get("rights")
    access = access_word(str(rights.get("access"))) if isinstance(rights, dict) and "access" in rights else None
    if access is None:
        return []
    until = rights.get("until")
    ends = (until if type(until) is date else parse_day(str(until)),) if until is not None else ()
    return [RecordedAccess(path, access, ends=ends)]


def unreadable(path: str, error: XmlRefusedError) -> Finding:
    """The finding for a record whose rights could not be read."""
    return codes.RIGHTS_UNREADABLE.at(path, problem=error.problem)
