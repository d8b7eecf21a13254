"""Markdown (CommonMark 0.31 with pipe tables and strike-through): made into HTML and read as such.

In this way HTML inside of the text means what it means in a browser, also where it spans several paragraphs.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from archive.formats.naming import count_of
from archive.model.blocks import Document, Heading
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.front_matter import cut_front_matter
from archive.renditions.readers.html import read_page
from archive.renditions.readers.source import Source

_NOTE = re.compile(r"^( {0,3})\[\^([^\]\s]+)\]:")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


_REFERENCE = re.compile(r"\[\^([^\]\s]+)\]")
_NOTE_AT_FRONT = re.compile(r"\[\^([^\]\s]+)\]:")
_FOLDED = re.compile(r"xn--[a-z0-9-]+", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{1,32};|\\[a-zA-Z]")


def read_markdown(source: Source) -> Document:
    """The document in a Markdown file. Raises `RenditionError` when its bytes are not in the encoding."""
    from markdown_it import MarkdownIt

    text = decode_text(source.content, name=source.name, encoding=source.encoding)
    matter, body = cut_front_matter(text)
    parser = MarkdownIt("commonmark", {"html": True, "store_labels": True}).enable(["table", "strikethrough"])
    found: dict[str, Any] = {}
    tokens = parser.parse(_part_notes(body), found)
    account = Account()
    named = ""
    _link_notes(tokens)
    _keep_numbers(tokens)
    for token in tokens:
        if token.type == "ordered_list_open" and token.markup != ".":
            token.attrSet("data-label-end", token.markup)
        elif token.type == "list_item_open":
            named += token.info
        elif token.type == "fence" and len(token.info.split(maxsplit=1)) > 1:
            account.leave_out("what is said of a piece of code", token.info.split(maxsplit=1)[1])
            named += token.info.split(maxsplit=1)[1]
    page = parser.renderer.render(tokens, parser.options, found)
    for label, reference in found.get("references", {}).items():
        if str(reference.get("href")) not in page:
            said = f"{reference.get('href')} {reference.get('title') or ''}".strip()
            account.leave_out(f"link {label}, which the text does not use: {said[:200]}")
            named += said
    for reference in found.get("duplicate_refs", ()):
        said = f"{reference.get('label')}: {reference.get('href')} {reference.get('title') or ''}".strip()
        account.leave_out(f"an address that the text gives once more: {said[:200]}")
        named += said
    lost = Counter(_letters(_ENTITY.sub("", body)))
    lost.subtract(Counter(_letters("".join([*_said_in(tokens), named, *found.get("references", {})]))))
    number = sum(count for count in lost.values() if count > 0)
    if number:
        account.leave_out(f"{count_of(number, 'character')} of cells beyond a table's columns or nested too deeply")
    document = read_page(page, source, account)
    if matter is None:
        return document
    first = document.blocks[:1]
    repeated = bool(first) and isinstance(first[0], Heading) and _words(first[0]) == (matter.title or "").split()
    before, after = (first, document.blocks[1:]) if repeated else ((), document.blocks)
    return replace(
        document,
        blocks=(*before, *matter.blocks, *after),
        title=matter.title or document.title,
        creators=matter.creators or document.creators,
        language=source.language or matter.language or document.language,
    )


def _keep_numbers(tokens: list[Any]) -> None:
    """Give the items of a list the numbers that they have in the text, but where all of them have the same one: that is
    how people write who leave the counting to the program.
    """
    lists: list[list[Any]] = []
    for token in tokens:
        if token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append([])
        elif token.type == "list_item_open" and lists:
            lists[-1].append(token)
        elif token.type in ("ordered_list_close", "bullet_list_close") and lists:
            items = lists.pop()
            if token.type == "ordered_list_close" and len({item.info for item in items}) > 1:
                for item in items:
                    item.attrSet("value", item.info)


def _part_notes(body: str) -> str:
    """`body` with each note in a paragraph of its own. "[^1]: word" is a note to all who write it, and the address of a
    link to CommonMark, which would hide it.
    """
    lines: list[str] = []
    fence = ""
    for line in body.split("\n"):
        found = _FENCE.match(line)
        if found is not None and (not fence or (found[1].startswith(fence) and not line.strip(" `~"))):
            fence = "" if fence else found[1]
        lines.append(line if fence else _NOTE.sub(r"\n\1\\[^\2]:", line))
    return "\n".join(lines)


def _link_notes(tokens: list[Any]) -> None:
    """Link each [^1] with its note and back; the signs are kept as they are written."""
    from markdown_it.token import Token

    defined = {
        found[1]
        for token in tokens
        if token.type == "inline" and token.children
        for found in (_NOTE_AT_FRONT.match(token.content.replace("\\", "")),)
        if found is not None
    }
    for token in tokens:
        if token.type != "inline" or not token.children or not defined:
            continue
        made: list[Any] = []
        for number, child in enumerate(token.children):
            if child.type != "text":
                made.append(child)
                continue
            at = 0
            for found in _REFERENCE.finditer(child.content):
                if found[1] not in defined:
                    continue
                name = html.escape(found[1], quote=True)
                is_note = not number and not found.start() and child.content[found.end() :].startswith(":")
                own, other = ("note", "reference") if is_note else ("reference", "note")
                made += [
                    Token("text", "", 0, content=child.content[at : found.start()]),
                    Token("html_inline", "", 0, content=f'<a id="{own}-{name}" href="#{other}-{name}">'),
                    Token("text", "", 0, content=found[0]),
                    Token("html_inline", "", 0, content="</a>"),
                ]
                at = found.end()
            made.append(Token("text", "", 0, content=child.content[at:]))
        token.children = made


def _said_in(tokens: list[Any]) -> Iterator[str]:
    """Every text of the tokens: words, code, markup as it is written, addresses, and labels of addresses."""
    waiting = list(tokens)
    while waiting:
        token = waiting.pop()
        if token.children:
            waiting += token.children
        elif token.type != "inline":
            yield token.content
        if token.type in ("fence", "code_block"):
            yield token.info
        for key in ("href", "src", "title"):
            said = str(token.attrs.get(key) or "")
            yield said
            if "%" in said:
                yield unquote(said)
            yield from (_unfold(label) for label in _FOLDED.findall(said))
        yield str(token.meta.get("label") or "")


def _unfold(label: str) -> str:
    """A part of a host's name in its own letters (RFC 5890)."""
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return ""


def _words(heading: Heading) -> list[str]:
    return "".join(span.text for span in heading.spans).split()


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.upper()))
