"""The documents of SWORDv2 (Profile 2.0): service document, deposit receipt, statement, and the entry to send.

Clause: SWORD 2.0 Profile 6.1, 6.3.2, 10, 11; RFC 4287; RFC 5023.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from archive.formats.dublin_core_reading import PREFIXES, TERMS, XML_LANG, is_statement
from archive.formats.xml_elements import escape_text, local_name, namespace_of, text_of
from archive.formats.xml_safety import parse_xml

_APP, _ATOM = "{http://www.w3.org/2007/app}", "{http://www.w3.org/2005/Atom}"
_TERMS = "http://purl.org/net/sword/terms/"
_SWORD = f"{{{_TERMS}}}"
_HERITAGE = "{https://www.softwareheritage.org/schema/2018/deposit}"
_RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_FEED = "application/atom+xml"


@dataclass(frozen=True, slots=True)
class Collection:
    """A place for deposits, from the service document. `multipart` says that it declares multipart deposits."""

    address: str
    title: str
    multipart: bool


@dataclass(frozen=True, slots=True)
class DepositReceipt:
    """The addresses of a deposit as its receipt tells them, "" where it does not, and the server's words on it.

    `media` gives the content, in whatever packaging; `original` the package as it was deposited. `status` is what
    Software Heritage tells; its `statement` is then the link `alternate`.
    """

    edit: str = ""
    add: str = ""
    media: str = ""
    original: str = ""
    statement: str = ""
    page: str = ""
    treatment: str = ""
    status: str = ""

    def __bool__(self) -> bool:
        return any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class Statement:
    """What a repository says of a deposit: the name of its state as it is written there, words, original packages."""

    state: str
    words: str
    originals: tuple[str, ...]

    @property
    def short_state(self) -> str:
        """The last part of the state's name, in small letters; "" where it tells none."""
        return self.state.rstrip("/").rpartition("/")[2].rpartition("#")[2].lower()


def read_service(content: bytes) -> tuple[Collection, ...]:
    """The collections of a service document, in order. Raises `FormatError`."""
    return tuple(
        Collection(
            one.get("href", ""),
            one.findtext(f"{_ATOM}title") or "",
            any(accept.get("alternate") == "multipart-related" for accept in one.iter(f"{_APP}accept")),
        )
        for one in _tree(content).iter(f"{_APP}collection")
    )


def read_receipt(content: bytes) -> DepositReceipt:
    """A deposit receipt; one without anything where the server sent none. Raises `FormatError`."""
    if not content.strip():
        return DepositReceipt()
    tree = _tree(content)
    links: dict[str, str] = {}
    statements = []
    for link in tree.iter(f"{_ATOM}link"):
        rel, href, kind = link.get("rel", ""), link.get("href", ""), link.get("type", "")
        if rel == _TERMS + "statement":
            statements.append((not kind.startswith(_FEED), href))
        elif href and not (rel == "edit-media" and kind.startswith(_FEED)):
            links.setdefault(rel, href)
    inside = tree.find(f"{_ATOM}content")
    status = (tree.findtext(f"{_HERITAGE}deposit_status") or "").strip()
    statement = min(statements)[1] if statements else links.get("alternate", "") if status else ""
    return DepositReceipt(
        edit=links.get("edit", ""),
        add=links.get(_TERMS + "add", ""),
        media=links.get("edit-media") or (inside.get("src", "") if inside is not None else ""),
        original=links.get(_TERMS + "originalDeposit", ""),
        statement=statement,
        page=links.get("alternate", ""),
        treatment=(tree.findtext(f"{_SWORD}treatment") or "").strip(),
        status=status,
    )


def read_statement(content: bytes) -> Statement:
    """A statement, as an Atom feed or as OAI-ORE in RDF/XML. Raises `FormatError`.

    The state is in `sword:state`, in a category of that scheme (as servers of the drafts and of DSpace write it),
    or in Software Heritage's `deposit_status`.
    """
    tree = _tree(content)
    originals = []
    for element in tree.iter(f"{_SWORD}originalDeposit", f"{_ATOM}entry"):
        if local_name(element) == "originalDeposit":
            originals.append(element.get(_RDF_RESOURCE) or element.get("href") or "")
        elif any(one.get("term") == _TERMS + "originalDeposit" for one in element.iter(f"{_ATOM}category")):
            inside = element.find(f"{_ATOM}content")
            originals.append(inside.get("src", "") if inside is not None else "")
    state, words = _state_of(tree)
    return Statement(state.strip(), " ".join(words.split()), tuple(dict.fromkeys(filter(None, originals))))


def _state_of(tree: Any) -> tuple[str, str]:
    told = " ".join(filter(None, map(text_of, tree.iter(f"{_SWORD}stateDescription"))))
    for element in tree.iter(f"{_SWORD}state"):
        return element.get("href") or element.get(_RDF_RESOURCE) or "", told
    for category in tree.iter(f"{_ATOM}category"):
        if category.get("scheme") == _TERMS + "state":
            return category.get("term", ""), category.text or told
    return tree.findtext(f"{_HERITAGE}deposit_status") or "", tree.findtext(f"{_HERITAGE}deposit_status_detail") or told


def write_entry(record: bytes | None, *, title: str, identifier: str, updated: str) -> bytes:
    """The Atom entry of a multipart deposit: what RFC 4287 4.1.2 demands, and the record's Dublin Core as dcterms.

    The terms are direct children of the entry (Profile 6.3.2), each with its language; elements of the older namespace
    go as the terms of the same name. `title` is used where the record gives none; `updated` is an xs:dateTime. Raises
    `FormatError` when the record is not XML.
    """
    statements = tuple(_read_terms(record)) if record is not None else ()
    first = {name: value for name, value, _ in reversed(statements)}
    if not any(name == "identifier" and value == identifier for name, value, _ in statements):
        statements = (*statements, ("identifier", identifier, None))
    authors = [value for name, value, _ in statements if name == "creator"] or ["unknown"]
    summary = first.get("abstract") or first.get("description")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<entry xmlns="http://www.w3.org/2005/Atom" xmlns:dcterms="http://purl.org/dc/terms/">',
        f"  <title>{escape_text(first.get('title', title))}</title>",
        f"  <id>{escape_text(identifier)}</id>",
        f"  <updated>{escape_text(updated)}</updated>",
        *(f"  <author><name>{escape_text(one)}</name></author>" for one in authors),
        *([f'  <summary type="text">{escape_text(summary)}</summary>'] if summary else []),
    ]
    for name, value, language in statements:
        tag = f' xml:lang="{language}"' if language else ""
        lines.append(f"  <dcterms:{name}{tag}>{escape_text(value)}</dcterms:{name}>")
    return ("\n".join(lines) + "\n</entry>\n").encode("utf-8")


def _read_terms(record: bytes) -> Iterator[tuple[str, str, str | None]]:
    """Term, value and language of every statement that is not empty."""
    for element in _tree(record).iter():
        if isinstance(element.tag, str) and namespace_of(element) in PREFIXES and is_statement(element):
            name, value, language = local_name(element), text_of(element), element.get(XML_LANG)
            if value and name in TERMS:
                yield name, value, language if language and language.replace("-", "").isalnum() else None


def _tree(content: bytes) -> Any:
    return parse_xml(content).getroot()
