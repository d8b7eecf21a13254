"""Word documents (ISO/IEC 29500): all that their parts say is drawn, or named as left out."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, BulletList, Document, Heading, ListItem, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_body import BodyReader
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.docx_names import W14, W, texts_of_part
from archive.renditions.readers.docx_note_numbers import number_notes
from archive.renditions.readers.docx_notes import link_back, read_replies, who_said
from archive.renditions.readers.docx_numbering import Numbering
from archive.renditions.readers.docx_runs import Shared
from archive.renditions.readers.docx_styles import Styles
from archive.renditions.readers.languages import choose_language, tidy_tag
from archive.renditions.readers.packages import check_package, read_member, transitional
from archive.renditions.readers.source import Source

_NOTES = (("footnote", "Footnotes"), ("endnote", "Endnotes"), ("comment", "Comments"))
_KNOWN = re.compile(
    r"\[Content_Types\]\.xml|.*\.rels|docProps/(?:app|core)\.xml|docProps/thumbnail\..*|word/(?:document|styles|"
    r"stylesWithEffects|numbering|settings|webSettings|fontTable|footnotes|endnotes|comments\w*|people|header\d*|footer\d*)"
    r"\.xml|word/theme/.*|word/media/.*|word/charts/.*|word/diagrams/.*|word/fonts/.*|word/_rels/.*|.*/",
    re.IGNORECASE,
)
_TEXT = re.compile(rb">[^<>]*[^<>\s]")
_NAMED = (
    (re.compile(r"word/vba.*", re.IGNORECASE), "macros"),
    (re.compile(r"word/embeddings/.*", re.IGNORECASE), "embedded objects"),
    (re.compile(r"docProps/custom\.xml", re.IGNORECASE), "the document's own properties"),
    (re.compile(r"customXml/.*", re.IGNORECASE), "data for content controls"),
    (re.compile(r"word/glossary/.*", re.IGNORECASE), "building blocks for further text"),
    (re.compile(r"_xmlsignatures/.*", re.IGNORECASE), "digital signatures"),
)


def read_docx(source: Source) -> Document:
    """The document in a .docx: its body, then its notes, comments, page headers and footers and who changed it.

    Raises `RenditionError` when it is damaged, locked with a password, or unpacks to more than it may.
    """
    import docx

    names = check_package(source.content, source.name, "Word")
    source = replace(source, content=transitional(source.content, names))
    document = _open(docx, source)
    part = document.part
    account = Account()
    root = document.element
    body = document.element.body
    targets = frozenset(
        link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink") if link.get(f"{W}anchor") is not None
    )
    shared = Shared(source.name, account, Styles(_root_of(part, "styles")), targets)
    shared.notes.numbers = number_notes(body, _root_of(part, "settings"), account)
    numbering = Numbering(_root_of(part, "numbering"), account)
    for text in texts_of_part(body):
        account.meet(text)
    blocks = BodyReader(part, shared, numbering).read(body)
    blocks += _read_notes(part, shared, numbering)
    blocks += _read_margins(document, shared, numbering)
    blocks += _list_changes(shared)
    for member in names:
        _name_part(member, source.content, account)
    properties = document.core_properties
    for key in ("subject", "keywords", "category"):
        said = getattr(properties, key, "")
        if said:
            account.leave_out(f"the {key} among the properties of the file", account.own(str(said)))
    title = " ".join((properties.title or "").split())
    author = " ".join((properties.author or "").split())
    made = Document(
        tuple(blocks),
        title=title or None,
        dropped=account.settle(blocks),
        creators=(author,) if author and author != "python-docx" else (),
    )
    return Document(
        made.blocks,
        language=source.language or choose_language(made, _languages_of(document)),
        title=made.title,
        dropped=made.dropped,
        creators=made.creators,
    )


def _open(docx: Any, source: Source) -> Any:
    try:
        return docx.Document(io.BytesIO(source.content))
    except Exception as error:
        said = " ".join(str(error).split())[:160]
        raise RenditionError(f"not readable as a Word document: {said}", subject=source.name) from error


def _root_of(part: Any, name: str) -> Any:
    """The root of a part that the main document has a relation of the type `name` to, or None."""
    return next((root for _, root in _related(part, name)), None)


def _related(part: Any, name: str) -> Iterator[tuple[Any, Any]]:
    for relation in part.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            other = relation.target_part
            element = getattr(other, "element", None)
            yield other, element if element is not None else parse_part(other.blob)


def _read_notes(part: Any, shared: Shared, numbering: Numbering) -> list[Block]:
    """Footnotes, endnotes and comments, each kind under a heading, each note with the mark it has in the text."""
    blocks: list[Block] = []
    extended = next((root for kind in ("commentsExtended",) for _, root in _related(part, kind)), None)
    replies = read_replies(extended)
    for kind, heading in _NOTES:
        items: list[tuple[int, ListItem]] = []
        for other, root in _related(part, f"{kind}s"):
            marks = {
                paragraph.get(f"{W14}paraId") or "": mark.text
                for note in root.iterfind(f"{W}{kind}")
                if (mark := shared.notes.find(kind, note.get(f"{W}id") or "")) is not None
                for paragraph in note.iter(f"{W}p")
            }
            for note in root.iterfind(f"{W}{kind}"):
                if note.get(f"{W}type") in ("separator", "continuationSeparator", "continuationNotice"):
                    continue
                for text in texts_of_part(note):
                    shared.account.meet(text)
                inner = BodyReader(other, shared, numbering).read(note)
                said = tuple(who_said(note, replies, marks))
                for span in said:
                    shared.account.own(span.text)
                inner = [*([Paragraph(said)] if said else []), *inner]
                mark = shared.notes.find(kind, note.get(f"{W}id") or "")
                if mark is None and inner:
                    shared.account.leave_out(f"the place of a {kind}: nothing in the text refers to it")
                if inner:
                    items.append((mark.order if mark else len(items) + 10_000, link_back(inner, mark)))
        if items:
            blocks += [
                _heading(heading, shared),
                BulletList(tuple(item for _, item in sorted(items, key=lambda i: i[0])), 1),
            ]
    return blocks


def _read_margins(document: Any, shared: Shared, numbering: Numbering) -> list[Block]:
    """Each page header and footer once, where it says something."""
    blocks: list[Block] = []
    for kind, heading in (("header", "Page headers"), ("footer", "Page footers")):
        made: list[Block] = []
        for other, root in _related(document.part, kind):
            for text in texts_of_part(root):
                shared.account.meet(text)
            inner = BodyReader(other, shared, numbering).read(root)
            if inner in [made[-len(inner) :], []]:
                for text in texts_of_part(root):
                    shared.account.place(text)
                continue
            made += inner
        if made:
            blocks += [_heading(heading, shared), *made]
    return blocks


def _list_changes(shared: Shared) -> list[Block]:
    """Who changed the text and when; in the text itself, what was deleted is struck, what was inserted underlined."""
    items = [
        ListItem((Paragraph((Span(shared.account.own(_change_line(*key, count)), language="en"),), "en"),))
        for key, count in shared.changes.items()
    ]
    if not items:
        return []
    words = "In the text above, what was deleted is struck through, and what was inserted is underlined."
    return [
        _heading("Tracked changes", shared),
        Paragraph((Span(shared.account.own(words), language="en"),), "en"),
        BulletList(tuple(items)),
    ]


def _change_line(kind: str, author: str, date: str, count: int) -> str:
    times = "" if count == 1 else f", {count} times"
    return f"{kind}{f' by {author}' if author else ''}{f', {date}' if date else ''}{times}"


def _heading(words: str, shared: Shared) -> Heading:
    return Heading(2, (Span(shared.account.own(words), language="en"),), "en", "ltr", added=True)


def _name_part(member: str, content: bytes, account: Account) -> None:
    for pattern, word in _NAMED:
        if pattern.fullmatch(member):
            # Word writes an empty list of sources and a part of settings of it into most documents.
            empty = member.startswith("customXml/") and _TEXT.search(read_member(content, member) or b"") is None
            if not empty and not member.endswith(".rels") and word not in account.omitted:
                account.leave_out(word)
            return
    if not _KNOWN.fullmatch(member):
        account.leave_out(f"a part that is not known here: {member}")


def _languages_of(document: Any) -> tuple[str, ...]:
    """The languages that the document's default style names: of the Latin script, and of scripts from right to left."""
    for element in document.styles.element.iter(f"{W}lang"):
        return tuple(said for key in ("val", "bidi", "eastAsia") if (said := tidy_tag(element.get(f"{W}{key}"))))
    return ()
