"""HTML: its text, structure and pictures; nothing is run, nothing is fetched, and what is left out is listed."""

from __future__ import annotations

import html
import re
from typing import Any

from archive.errors import RenditionError
from archive.formats.encodings import codec_of, is_visual
from archive.model.blocks import Direction, Document
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.bounds import check_cells, check_time
from archive.renditions.readers.decoding import decode_text, mark_of
from archive.renditions.readers.html_elements import language_of
from archive.renditions.readers.html_head import read_head
from archive.renditions.readers.html_tags import MARKING
from archive.renditions.readers.html_tree import TreeReader
from archive.renditions.readers.source import Source

_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_.:\-]{1,40})")
_HEAD = 4096
_ENDS_AND_RAW = re.compile(r"<!--|<(script|style|textarea|title|xmp)\b|</(?:body|html)\s*>", re.IGNORECASE)
_RAW_ENDS = {tag: re.compile(rf"</{tag}\b", re.IGNORECASE) for tag in ("script", "style", "textarea", "title", "xmp")}


def read_html(source: Source) -> Document:
    """The document in an HTML page. The encoding is the stated one, else the page's own word for it, else UTF-8.

    Scripts, frames, players and pictures that are neither in the page nor beside it are listed in `dropped`. Raises
    `RenditionError` when the bytes are not in the encoding.
    """
    account = Account()
    encoding = source.encoding or _own_word(source.content)
    if encoding is not None and is_visual(encoding):
        account.leave_out(
            f"the order of reading of Hebrew words: the encoding {encoding} may hold them as they are seen"
        )
    text = decode_text(source.content, name=source.name, encoding=encoding)
    return read_page(text, source, account)


def read_page(text: str, source: Source, account: Account) -> Document:
    """The document in a decoded page; what becomes of its parts goes into `account`. Raises `RenditionError`."""
    tree = parse_page(text, source.name)
    if tree is None:
        return Document((), language=source.language, dropped=account.omitted)
    check_cells(sum(1 for _ in tree.iter("td", "th")), source.name)
    check_time(source.name, source.seconds, runs=sum(1 for _ in tree.iter(*MARKING)))
    head = read_head(tree, account)
    reader = TreeReader(source, account, head.rules, tree)
    body = tree.find("body")
    blocks = tuple(reader.read_page(tree))
    own = language_of(tree)
    direction: Direction = "auto"
    for holder in (tree, body):
        said = (holder.get("dir") or "").lower() if holder is not None else ""
        direction = "rtl" if said == "rtl" else "ltr" if said == "ltr" else direction
    return Document(
        blocks,
        language=source.language or own or None,
        direction=direction,
        title=head.title,
        dropped=account.settle(blocks),
        creators=head.creators,
    )


def parse_page(text: str, name: str) -> Any:
    """The tree of a page or a fragment of one; None where there is nothing in it. Raises `RenditionError`."""
    from lxml import etree

    text = _open_ends(_open_sections(text))
    if not text.strip():
        return None
    # Without huge_tree the parser stops at depth 256 and the rest of the page is lost without a word.
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=False, remove_pis=False, huge_tree=True
    )
    try:
        tree = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        raise RenditionError(f"not readable as HTML: {str(error)[:200]}", subject=name) from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise RenditionError("its elements are nested too deeply to be read to the end", subject=name)
    return tree if tree is not None and isinstance(tree.tag, str) else None


def _open_ends(text: str) -> str:
    """`text` without the end tags of body and html: what follows them is in the body (HTML, 13.2.6.4.19), and the
    parser would drop it.
    """
    kept: list[str] = []
    start = at = 0
    while (found := _ENDS_AND_RAW.search(text, at)) is not None:
        at = found.end()
        if found[1] is None and found[0] != "<!--":
            kept.append(text[start : found.start()])
            start = at
            continue
        end = _RAW_ENDS.get((found[1] or "--").lower(), re.compile("-->")).search(text, at)
        if end is None:
            break
        at = end.end()
    return "".join([*kept, text[start:]]) if kept else text


def _open_sections(text: str) -> str:
    """The text of an XHTML page with its CDATA sections as text (XML 1.0, 2.7), which HTML takes for comments."""
    if "<![CDATA[" not in text or "http://www.w3.org/1999/xhtml" not in text[:_HEAD]:
        return text
    first, *rest = text.split("<![CDATA[")
    opened = [first]
    for part in rest:
        inner, end, after = part.partition("]]>")
        in_script = opened[-1].rstrip().endswith(("/*", "//")) or _in_raw(opened[-1])
        opened.append(part if in_script or not end else f"{html.escape(inner, quote=False)}{after}")
    return "".join(opened)


def _in_raw(before: str) -> bool:
    """Whether a text ends inside of a script or a style."""
    lower = before.lower()
    return any(lower.rfind(f"<{tag}") > lower.rfind(f"</{tag}") for tag in ("script", "style"))


def _own_word(content: bytes) -> str | None:
    """The encoding the page names in its XML declaration or meta element; None where a mark at its front does."""
    if mark_of(content) is not None:
        return None
    found = _XML.search(content[:_HEAD]) or _META.search(content[:_HEAD])
    if found is None:
        return None
    word = found[1].decode("ascii")
    # A page in which "utf-16" is written in ASCII is not in UTF-16 (HTML, 13.2.3.2).
    return "utf-8" if (codec_of(word) or "").startswith(("utf-16", "utf-32")) else word
