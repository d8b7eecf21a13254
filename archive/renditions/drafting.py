"""From one original to the bytes of its rendition: read it, choose the level, draw it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import version

from archive.config import Settings
from archive.errors import RenditionError
from archive.formats.language import direction_of
from archive.model.blocks import Block, BulletList, Document, Image, Quote, Table
from archive.model.codes import rendition as codes
from archive.model.finding import Finding
from archive.model.package import Tool
from archive.renditions.drawing import DrawOptions, Level, PdfProperties, SourceAttachment, draw
from archive.renditions.readers import DOCX, media_type_of, read_document
from archive.renditions.typesetting.blocks import texts_of
from archive.storage.clock import Clock

PDF = "application/pdf"
_MIB = 1 << 20
_MOST_BYTES = {
    "text/plain": 8 * _MIB, "text/markdown": 8 * _MIB, "text/html": 16 * _MIB, "text/csv": 8 * _MIB,
    "message/rfc822": 64 * _MIB, "image/png": 128 * _MIB, "image/jpeg": 128 * _MIB, "image/tiff": 256 * _MIB,
    "image/gif": 128 * _MIB, "image/webp": 128 * _MIB, "image/bmp": 384 * _MIB,
    DOCX: 128 * _MIB,
}  # fmt: skip
_NAMED = 12


@dataclass(frozen=True, slots=True)
class Original:
    """One file to make a rendition of.

    `subject` is its name in findings and results, `location` its path in the file system, `kind` the media type that
    identification gives (None: by the name's ending). `title` None takes the document's own, else the file's name.
    """

    subject: str
    location: bytes
    size: int
    kind: str | None = None
    title: str | None = None
    creators: tuple[str, ...] = ()
    language: str | None = None
    encoding: str | None = None
    alternative: str | None = None
    modified: datetime | None = None

    @property
    def name(self) -> str:
        return self.subject.rpartition("/")[2]

    @property
    def media_type(self) -> str | None:
        return media_type_of(self.kind, self.name)


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendition that nobody has judged yet."""

    content: bytes
    claims: tuple[str, ...]
    pages: int
    maker: Tool
    findings: tuple[Finding, ...] = ()


def can_draw(original: Original) -> bool:
    """Whether there is a reader for the original's format."""
    return original.media_type in _MOST_BYTES


@cache
def maker() -> Tool:
    """The agent of our own renditions, with the libraries that do the work."""
    from archive import __version__

    parts = ", ".join(f"{name} {version(name)}" for name in ("reportlab", "uharfbuzz", "pypdf", "lxml"))
    return Tool("muniment", __version__, parts)


def draft_rendition(original: Original, content: bytes, *, settings: Settings, clock: Clock) -> Draft:
    """Draw the original whose bytes are `content`, at the level `render.pdfa` or, with undescribed pictures, level b.

    Raises `RenditionError` when it cannot be read or drawn, with the reason.
    """
    kind = original.media_type or ""
    document = read_document(
        content,
        kind,
        name=original.name,
        language=original.language,
        encoding=original.encoding,
        alternative=original.alternative,
    )
    if document is None:
        raise RenditionError(f"there is no reader for {kind or 'its format'}", subject=original.subject)
    document = _with_direction(document)
    part = settings.render.pdfa[0]
    undescribed = sum(1 for image in _pictures(document.blocks) if not (image.alternative or "").strip())
    level: Level = ("3b" if undescribed else "3a") if part == "3" else ("2b" if undescribed else "2a")
    drawn = draw(
        document,
        source=SourceAttachment(_writable(original.name), kind, content, original.modified) if part == "3" else None,
        properties=PdfProperties(
            title=_writable(_title(original, document)),
            created=clock.now(),
            creators=tuple(_writable(creator) for creator in original.creators),
            language=document.language or "und",
        ),
        options=DrawOptions(
            level,
            "letter" if settings.render.page == "letter" else "a4",
            settings.render.fonts,
            "box" if settings.render.missing_glyphs == "box" else "refuse",
        ),
    )
    return Draft(
        drawn.content,
        tuple(_spell(claim) for claim in drawn.claims),
        drawn.pages,
        maker(),
        tuple(_say(original.subject, document, drawn.missing, undescribed)),
    )


def _with_direction(document: Document) -> Document:
    """A document of no known language runs as its first strong character does (UAX 9, P2): tables and lists too."""
    if document.direction != "auto" or document.language:
        return document
    for text in texts_of(document.blocks):
        found = direction_of(text)
        if found is not None:
            return replace(document, direction="rtl" if found == "rtl" else "ltr")
    return document


def limit_of(original: Original) -> int:
    """The most bytes of the original's format that are read to be drawn."""
    return _MOST_BYTES.get(original.media_type or "", 0)


def _say(subject: str, document: Document, missing: tuple[str, ...], undescribed: int) -> Iterator[Finding]:
    if not any(text.strip() for text in texts_of(document.blocks)) and not any(_pictures(document.blocks)):
        yield codes.EMPTY.at(subject)
    if document.dropped:
        yield codes.LEFT_OUT.at(subject, what=shorten(document.dropped))
    if missing:
        yield codes.BOXED.at(subject, characters=shorten(missing))
    if undescribed:
        yield codes.LEVEL_B.at(subject, reason=f"{undescribed} of its pictures have no alternative text")


def shorten(names: tuple[str, ...]) -> tuple[str, ...]:
    """The first of the names, and how many more there are."""
    more = len(names) - _NAMED
    return names if more <= 0 else (*names[:_NAMED], f"and {more} more")


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
    """`text` without what no XMP can hold: bytes that are no UTF-8, and control characters (XML 1.0, Char)."""
    clean = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(c if c >= " " and c not in "\ufffe\uffff" else " " for c in clean).strip() or "?"


def _spell(claim: str) -> str:
    """The long form of a claim: "3a" is PDF/A-3a, "ua1" is PDF/UA-1."""
    return f"PDF/UA-{claim[2:]}" if claim.startswith("ua") else f"PDF/A-{claim}"
