"""The XMP packet: Dublin Core, the claims to PDF/A and PDF/UA, and what Info says too (ISO 19005-3, 6.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML = "http://www.w3.org/XML/1998/namespace"
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
    "pdfaExtension": "http://www.aiim.org/pdfa/ns/extension/",
    "pdfaSchema": "http://www.aiim.org/pdfa/ns/schema#",
    "pdfaProperty": "http://www.aiim.org/pdfa/ns/property#",
}
_BEGIN = b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
_END = b'\n<?xpacket end="w"?>'


def write_xmp(
    *,
    title: str,
    creators: Sequence[str],
    language: str,
    subject: str,
    identifier: str,
    created: datetime,
    tool: str,
    part: int,
    conformance: str,
    accessible: bool,
) -> bytes:
    """The packet in UTF-8. `accessible` adds the claim to PDF/UA-1 and the schema that describes it."""
    from lxml import etree

    root = etree.Element("{adobe:ns:meta/}xmpmeta", nsmap={"x": "adobe:ns:meta/"})
    rdf = etree.SubElement(root, f"{{{_RDF}}}RDF", nsmap={"rdf": _RDF})
    about = etree.SubElement(rdf, f"{{{_RDF}}}Description", {f"{{{_RDF}}}about": ""}, nsmap=_SPACES)
    listed: list[tuple[str, str, Sequence[str]]] = [("dc:title", "Alt", (title,))]
    listed += [("dc:creator", "Seq", creators)] if creators else []
    listed += [("dc:description", "Alt", (subject,))] if subject else []
    listed += [("dc:language", "Bag", (language,))] if language else []
    for name, kind, values in listed:
        holder = etree.SubElement(etree.SubElement(about, _name(name)), f"{{{_RDF}}}{kind}")
        for value in values:
            item = etree.SubElement(holder, f"{{{_RDF}}}li")
            item.text = _legal(value)
            if kind == "Alt":
                item.set(f"{{{_XML}}}lang", "x-default")
    instant = created.isoformat(timespec="seconds")
    simple = {
        "dc:format": "application/pdf",
        **({"dc:identifier": identifier} if identifier else {}),
        "xmp:CreateDate": instant,
        "xmp:ModifyDate": instant,
        "xmp:MetadataDate": instant,
        "xmp:CreatorTool": tool,
        "pdf:Producer": tool,
        "pdfaid:part": str(part),
        "pdfaid:conformance": conformance,
        **({"pdfuaid:part": "1"} if accessible else {}),
    }
    for name, value in simple.items():
        etree.SubElement(about, _name(name)).text = _legal(value)
    if accessible:
        _describe_pdfuaid(about)
    return _BEGIN + bytes(etree.tostring(root, encoding="UTF-8", pretty_print=True)).strip() + _END


def _describe_pdfuaid(about: Any) -> None:
    """PDF/A knows no pdfuaid: its schema is described in an extension block (ISO 19005-3, 6.6.2.3)."""
    from lxml import etree

    bag = etree.SubElement(etree.SubElement(about, _name("pdfaExtension:schemas")), f"{{{_RDF}}}Bag")
    schema = etree.SubElement(bag, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})
    _fill(
        schema,
        {
            "pdfaSchema:schema": "PDF/UA Universal Accessibility Schema",
            "pdfaSchema:namespaceURI": _SPACES["pdfuaid"],
            "pdfaSchema:prefix": "pdfuaid",
        },
    )
    sequence = etree.SubElement(etree.SubElement(schema, _name("pdfaSchema:property")), f"{{{_RDF}}}Seq")
    item = etree.SubElement(sequence, f"{{{_RDF}}}li", {f"{{{_RDF}}}parseType": "Resource"})
    _fill(
        item,
        {
            "pdfaProperty:name": "part",
            "pdfaProperty:valueType": "Integer",
            "pdfaProperty:category": "internal",
            "pdfaProperty:description": "Indicates which part of ISO 14289 the document conforms to",
        },
    )


def _fill(element: Any, values: Mapping[str, str]) -> None:
    from lxml import etree

    for name, value in values.items():
        etree.SubElement(element, _name(name)).text = value


def _name(prefixed: str) -> str:
    prefix, _, local = prefixed.partition(":")
    return f"{{{_SPACES[prefix]}}}{local}"


def _legal(text: str) -> str:
    """Without the characters that XML 1.0 has no room for."""
    return "".join(
        c for c in text if c in "\t\n\r" or (" " <= c <= "\ud7ff") or ("\ue000" <= c <= "\ufffd") or c > "\uffff"
    )
