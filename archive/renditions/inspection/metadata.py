"""XMP: what a PDF claims to be, and whether it agrees with the document information (ISO 16684-1, ISO 19005)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PDFA_ID = "http://www.aiim.org/pdfa/ns/id/"
PDFUA_ID = "http://www.aiim.org/pdfua/ns/id/"
DC = "http://purl.org/dc/elements/1.1/"
XMP = "http://ns.adobe.com/xap/1.0/"
PDF = "http://ns.adobe.com/pdf/1.3/"
_LEVELS = {"1": ("A", "B"), "2": ("A", "B", "U"), "3": ("A", "B", "U"), "4": ("", "E", "F")}
_MOST_BYTES = 16 << 20


@dataclass(slots=True)
class Claims:
    """What the XMP says. `pdfa` is as "PDF/A-3a", `pdfua` as "PDF/UA-1"; `unknown` are claims no standard knows."""

    pdfa: str | None = None
    pdfua: str | None = None
    part: int = 0
    level: str = ""
    unknown: list[str] = field(default_factory=list)
    broken: str | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def all(self) -> list[str]:
        return [claim for claim in (self.pdfa, self.pdfua) if claim is not None]


def read_claims(packet: bytes) -> Claims:
    """The claims in an XMP packet. Never raises: what cannot be read is listed in `broken`.

    Entities are not resolved and nothing is fetched. A property may be an element or an attribute of rdf:Description.
    """
    from lxml import etree

    claims = Claims()
    if len(packet) > _MOST_BYTES:
        claims.broken = "it is too large"
        return claims
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        tree = etree.fromstring(packet.strip(b"\x00 \t\r\n"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        claims.broken = str(error)[:200]
        if PDFA_ID.encode() in packet or re.search(rb"pdfaid:part", packet):
            claims.unknown.append("PDF/A in metadata that are not well-formed")
        return claims
    properties = _properties(tree)
    _read_pdfa(claims, properties)
    _read_pdfua(claims, properties)
    for name, key in (
        ("title", f"{{{DC}}}title"), ("creator", f"{{{DC}}}creator"), ("description", f"{{{DC}}}description"),
        ("producer", f"{{{PDF}}}Producer"), ("keywords", f"{{{PDF}}}Keywords"), ("tool", f"{{{XMP}}}CreatorTool"),
    ):  # fmt: skip
        if key in properties:
            claims.values[name] = properties[key][0]
    return claims


def _properties(tree: Any) -> dict[str, list[str]]:
    """Every property of the packet's rdf:Descriptions by its name in Clark notation, with all its values' texts."""
    found: dict[str, list[str]] = {}
    for description in tree.iter(f"{{{RDF}}}Description"):
        for name, value in description.attrib.items():
            if not name.startswith(f"{{{RDF}}}"):
                found.setdefault(name, []).append(value)
        for child in description:
            if isinstance(child.tag, str):
                items = list(child.iter(f"{{{RDF}}}li"))
                texts = ["".join(item.itertext()) for item in items] or ["".join(child.itertext())]
                found.setdefault(child.tag, []).append("; ".join(texts) if child.tag.endswith("}creator") else texts[0])
    return found


def _read_pdfa(claims: Claims, properties: dict[str, list[str]]) -> None:
    parts = properties.get(f"{{{PDFA_ID}}}part", [])
    levels = properties.get(f"{{{PDFA_ID}}}conformance", [])
    if not parts and not levels:
        return
    part, level = (parts or [""])[0].strip(), (levels or [""])[0].strip()
    if len(set(parts)) > 1 or len(set(levels)) > 1 or level not in _LEVELS.get(part, ()):
        claims.unknown.append(f"PDF/A-{'/'.join(parts)}{'/'.join(levels)}"[:60])
        return
    claims.pdfa, claims.part, claims.level = f"PDF/A-{part}{level.lower()}", int(part), level


def _read_pdfua(claims: Claims, properties: dict[str, list[str]]) -> None:
    parts = properties.get(f"{{{PDFUA_ID}}}part", [])
    if not parts:
        return
    if {part.strip() for part in parts} in ({"1"}, {"2"}):
        claims.pdfua = f"PDF/UA-{parts[0].strip()}"
    else:
        claims.unknown.append(f"PDF/UA-{'/'.join(parts)}"[:60])


def compare_with_info(claims: Claims, info: dict[str, str]) -> list[str]:
    """The names of the document information's entries that the XMP contradicts or lacks (ISO 19005-1 6.7.3)."""
    pairs = (
        ("/Title", "title"), ("/Author", "creator"), ("/Subject", "description"), ("/Keywords", "keywords"),
        ("/Creator", "tool"), ("/Producer", "producer"),
    )  # fmt: skip
    return [key for key, name in pairs if key in info and info[key] != claims.values.get(name)]
