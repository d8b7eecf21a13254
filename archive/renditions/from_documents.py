"""From one original to the bytes of its rendition: read it, choose the level, draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.metadata import version

from archive.errors import RenditionError
from archive.model.blocks import Block, BulletList, Document, Image, Quote, Table, texts_in_order
from archive.model.build import Tool
from archive.model.codes import rendition as codes
from archive.model.finding import Finding
from archive.renditions.likely_language import likely_language
from archive.renditions.originals import Draft, Original, shorten
from archive.renditions.pdf.drawing import DrawOptions, Level, PdfProperties, SourceAttachment, draw
from archive.renditions.readers import read_document
from archive.renditions.readers.accounting import closing_blocks
from archive.renditions.readers.languages import choose_language
from archive.settings import Settings
from archive.storage.clock import Clock


@cache
def maker() -> Tool:
    """The agent of renditions that muniment draws, with the libraries that do the work."""
    from archive import __version__

    parts = ", ".join(f"{name} {version(name)}" for name in ("reportlab", "uharfbuzz", "lxml"))
    return Tool("muniment", __version__, parts)


def draft_rendition(
    original: Original, content: bytes, *, settings: Settings, clock: Clock, font_folders: tuple[str, ...] = ()
) -> Draft:
    """Draw the original whose bytes are `content`, at the level `render.pdfa` or, with undescribed pictures, level b.
    `font_folders` are searched for a character that no font of muniment or the settings has.

    Raises `RenditionError` when it cannot be read or drawn, with the reason.
    """
    kind = original.media_type or ""
    document = read_document(
        content,
        kind,
        name=original.name,
        language=original.language,
        encoding=original.encoding,
        fallback=settings.render.encoding or None,
        direction=original.direction,
        alternative=original.alternative,
        neighbours=original.neighbours,
        seconds=settings.render.drawing_seconds,
    )
    if document is None:
        raise RenditionError(f"there is no reader for {kind or 'its format'}", subject=original.subject)
    if document.language is None:
        document = replace(document, language=choose_language(document, original.languages))
    if document.language is None:
        document = replace(document, language=likely_language(texts_in_order(document.blocks)))
    read = document
    document = replace(document, blocks=(*document.blocks, *closing_blocks(document.dropped)))
    part = settings.render.pdfa[0]
    undescribed = sum(1 for image in _pictures(document.blocks) if not (image.alternative or "").strip())
    level: Level = ("3b" if undescribed else "3a") if part == "3" else ("2b" if undescribed else "2a")
    drawn = draw(
        document,
        source=SourceAttachment(_writable(original.name), kind, content, original.modified) if part == "3" else None,
        properties=PdfProperties(
            title=_writable(_title(original, document)),
            created=clock.now(),
            creators=tuple(_writable(creator) for creator in original.creators or document.creators),
            language=document.language or "und",
            identifier=_writable(original.identifier) if original.identifier else "",
        ),
        options=DrawOptions(
            level,
            "letter" if settings.render.page == "letter" else "a4",
            settings.render.fonts,
            "refuse" if settings.render.missing_glyphs == "refuse" else "box",
            font_folders,
        ),
    )
    return Draft(
        drawn.content,
        tuple(_spell(claim) for claim in drawn.claims),
        drawn.pages,
        maker(),
        tuple(_say(original.subject, read, drawn.missing, undescribed)),
    )


def _say(subject: str, document: Document, missing: tuple[str, ...], undescribed: int) -> Iterator[Finding]:
    if not any(text.strip() for text in texts_in_order(document.blocks)) and not any(_pictures(document.blocks)):
        yield codes.EMPTY.at(subject)
    if document.dropped:
        yield codes.LEFT_OUT.at(subject, what=shorten(document.dropped))
    if missing:
        yield codes.BOXED.at(subject, characters=shorten(missing))
    if undescribed:
        yield codes.LEVEL_B.at(subject, reason=f"{undescribed} of its pictures have no alternative text")


def _pictures(blocks: Iterable[Block]) -> Iterator[Image]:
    pending = list(blocks)
    while pending:
        block = pending.pop()
        if isinstance(block, Image):
            yield block
        elif isinstance(block, Quote):
            pending += block.blocks
        elif isinstance(block, BulletList):
            pending += [inner for item in block.items for inner in item.blocks]
        elif isinstance(block, Table):
            pending += [inner for row in block.rows for cell in row for inner in cell.blocks]


def _title(original: Original, document: Document) -> str:
    return next((t for t in (original.title, document.title) if t and t.strip()), None) or original.name


def _writable(text: str) -> str:
    """`text` without what no XMP can hold: bytes that are not UTF-8, and control characters (XML 1.0, Char)."""
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c >= " " and c not in "\ufffe\uffff" else " " for c in clean).strip() or "?"


def _spell(claim: str) -> str:
    """The long form of a claim: "3a" is PDF/A-3a, "ua1" is PDF/UA-1."""
    return f"PDF/UA-{claim[2:]}" if claim.startswith("ua") else f"PDF/A-{claim}"
