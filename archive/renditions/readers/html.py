"""HTML: its text, structure and own pictures; nothing is run, nothing is fetched, and what is left out is listed."""

from __future__ import annotations

import codecs
import re
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Direction, Document
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.html_tree import TreeReader

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]{1,40})")
_HEAD = 4096


def read_html(content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
    """The document in an HTML page. The encoding is the declared one, else the page's own word for it, else UTF-8.

    Scripts, frames, players and pictures that are not in the page itself stand in `dropped`. Raises `RenditionError`
    when the bytes are not in the encoding.
    """
    text = decode_text(content, name=name, encoding=encoding or _own_word(content))
    tree = parse_page(text, name)
    if tree is None:
        return Document((), language=language)
    reader = TreeReader(name)
    body = tree.find("body")
    blocks = reader.read(tree if body is None else body)
    reader.note_head(tree)
    title = " ".join((tree.findtext("head/title") or "").split())
    own = tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")
    direction: Direction = "auto"
    for holder in (tree, body):
        said = (holder.get("dir") or "").lower() if holder is not None else ""
        direction = "rtl" if said == "rtl" else "ltr" if said == "ltr" else direction
    return Document(
        tuple(blocks),
        language=language or own or None,
        direction=direction,
        title=title or None,
        dropped=tuple(dict.fromkeys(reader.dropped)),
    )


def parse_page(text: str, name: str) -> Any:
    """The tree of a page or a fragment of one; None where there is nothing in it. Raises `RenditionError`."""
    import lxml.html
    from lxml import etree

    if not text.strip():
        return None
    # Without huge_tree the parser stops at depth 256 and the rest of the page is lost without a word.
    parser = lxml.html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True
    )
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise RenditionError(f"it is no readable HTML: {str(error)[:200]}", subject=name) from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise RenditionError("its elements are nested too deeply to be read to the end", subject=name)
    return tree


def _own_word(content: bytes) -> str | None:
    """The encoding the page names: a mark at its front, else its XML declaration or meta element."""
    if content.startswith(codecs.BOM_UTF8):
        return None
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return encoding
    found = _XML.search(content[:_HEAD]) or _META.search(content[:_HEAD])
    if found is None:
        return None
    word = found[1].decode("ascii")
    # A page whose bytes let us read "utf-16" as ASCII is not in UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if word.lower().startswith("utf-16") else word
