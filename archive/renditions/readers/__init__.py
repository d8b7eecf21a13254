"""Readers: the bytes of a document become blocks. One module a format; each loads what it needs when it is called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec

from archive.errors import RenditionError
from archive.formats.encodings import is_seven_bit
from archive.model.blocks import Direction, Document
from archive.renditions.readers.bounds import check_bounds
from archive.renditions.readers.decoding import is_utf8
from archive.renditions.readers.languages import settle_direction, settle_title
from archive.renditions.readers.plugins import has_plugin, read_by_plugin, type_by_plugin
from archive.renditions.readers.source import Neighbours, Source
from archive.renditions.reasons import reason_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
ODT = "application/vnd.oasis.opendocument.text"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
ODP = "application/vnd.oasis.opendocument.presentation"
SVG = "image/svg+xml"
MSG = "application/vnd.ms-outlook"
RTF = "application/rtf"
_CODE = (
    "py", "pyi", "js", "mjs", "ts", "c", "h", "cc", "cpp", "hpp", "cs", "java", "go", "rs", "rb", "php", "pl", "r",
    "sql", "sh", "bash", "bat", "ps1", "css", "scss", "lua", "swift", "kt", "scala", "tex", "bib", "ini", "cfg", "conf",
    "toml", "yaml", "yml", "properties", "diff", "patch", "rst", "adoc", "org",
)  # fmt: skip
_BY_ENDING = {
    ".txt": "text/plain", ".text": "text/plain", ".log": "text/plain", ".md": "text/markdown",
    ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
    ".eml": "message/rfc822", ".mht": "message/rfc822", ".mhtml": "message/rfc822", ".msg": MSG, ".rtf": RTF,
    ".mbox": "application/mbox", ".mbx": "application/mbox",
    ".csv": "text/csv", ".tsv": "text/csv", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".bmp": "image/bmp",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".pdf": "application/pdf", ".docx": DOCX,
    ".json": "application/json", ".geojson": "application/json", ".jsonl": "application/json",
    ".xml": "application/xml",
    ".srt": "text/x-subtitles", ".vtt": "text/x-subtitles", ".xlsx": XLSX, ".odt": ODT,
    ".pptx": PPTX, ".ods": ODS, ".odp": ODP, ".svg": SVG, ".svgz": SVG, ".jp2": "image/jp2", ".j2k": "image/jp2",
    ".jpx": "image/jp2", ".jpf": "image/jp2", ".avif": "image/avif", ".heic": "image/heic", ".heif": "image/heic",
    **{f".{ending}": "text/x-source" for ending in _CODE},
}  # fmt: skip
_SAME = {
    "text/x-markdown": "text/markdown", "application/xhtml+xml": "text/html", "text/tab-separated-values": "text/csv",
    "application/csv": "text/csv", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp", "image/jpx": "image/jp2", "image/x-jp2-codestream": "image/jp2",
    "image/heif": "image/heic", "image/heic-sequence": "image/heic",
    "text/rtf": RTF, "text/richtext": RTF, "application/x-rtf": RTF, "application/x-msg": MSG,
    "text/xml": "application/xml", "text/json": "application/json",
    "application/x-subrip": "text/x-subtitles", "text/vtt": "text/x-subtitles",
    "application/x-subtitle": "text/x-subtitles",
    "application/geo+json": "application/json", "application/ld+json": "application/json",
    "application/x-ndjson": "application/json", "text/javascript": "text/x-source", "text/css": "text/x-source",
    "application/javascript": "text/x-source", "application/x-sh": "text/x-source", "application/toml": "text/x-source",
    "application/yaml": "text/x-source", "text/yaml": "text/x-source", "application/sql": "text/x-source",
    "application/x-python-code": "text/x-source",
    # A saved web page is a message in form (RFC 2557).
    "multipart/related": "message/rfc822", "application/x-mimearchive": "message/rfc822",
}  # fmt: skip
# What a reader of plain text may be refined to by the file's name: identification by content cannot tell these apart.
_PLAIN_KINDS = frozenset({
    "text/markdown", "text/csv", "message/rfc822", "application/mbox", "text/html", "application/json",
    "application/xml", "text/x-subtitles", "text/x-source",
})  # fmt: skip
_UNSURE = frozenset({
    "", "application/octet-stream", "application/zip", "application/x-zip-compressed", "binary",
    "application/x-ole-storage", "application/cdfv2", "application/x-cfb",
})  # fmt: skip
_READERS = {
    "text/plain": ("plain", "read_plain", "text"),
    "text/x-source": ("plain", "read_lines", "text"),
    "text/x-subtitles": ("plain", "read_lines", "text"),
    "application/json": ("plain", "read_lines", "text"),
    "application/xml": ("plain", "read_xml_text", "text"),
    "text/markdown": ("markdown", "read_markdown", "Markdown"),
    "text/html": ("html", "read_html", "HTML"),
    "message/rfc822": ("mail", "read_mail", "message"),
    "application/mbox": ("mbox", "read_mailbox", "mailbox"),
    MSG: ("outlook", "read_outlook_message", "Outlook message"),
    RTF: ("rtf", "read_rtf", "RTF document"),
    "text/csv": ("tables", "read_csv", "CSV"),
    DOCX: ("docx", "read_docx", "Word document"),
    XLSX: ("sheets", "read_workbook", "workbook"),
    PPTX: ("slides", "read_presentation", "presentation"),
    ODT: ("opendocument", "read_text_document", "OpenDocument text"),
    ODS: ("opendocument", "read_spreadsheet", "OpenDocument spreadsheet"),
    ODP: ("opendocument", "read_slides", "OpenDocument presentation"),
    SVG: ("drawings", "read_drawing", "drawing"),
    **dict.fromkeys(
        (f"image/{kind}" for kind in ("png", "jpeg", "tiff", "gif", "webp", "bmp", "jp2", "avif", "heic")),
        ("pictures", "read_picture", "picture"),
    ),
}  # fmt: skip
"""For each media type the module and the function that read it, and the word for what it reads."""

_OWN_TYPES = frozenset({*_READERS, *_BY_ENDING.values()})


def endings_of(media_type: str | None) -> list[str]:
    """The endings of names, such as ".txt", that mean a media type."""
    return [ending for ending, meant in _BY_ENDING.items() if meant == media_type]


def can_read(media_type: str | None) -> bool:
    """Whether there is a reader for a media type."""
    return (media_type in _READERS and _is_at_hand(media_type)) or has_plugin(media_type)


def _is_at_hand(media_type: str | None) -> bool:
    """Whether the library is here that a reader needs beyond those of the program."""
    return media_type != "image/heic" or find_spec("pillow_heif") is not None


def media_type_of(identified: str | None, name: str) -> str | None:
    """The media type to read by: what identification says, refined by the name's ending; None when neither knows.

    Where no reader of the program knows the type or the ending, a plugin may know it.
    """
    own = _own_type_of(identified, name)
    ending = "." + name.rpartition(".")[2].lower() if "." in name else ""
    known = own is not None and (own in _OWN_TYPES or own.startswith(("image/", "audio/", "video/")))
    if not ending or ending in _BY_ENDING or has_plugin(own) or (known and own != "text/plain"):
        return own
    return type_by_plugin(ending) or own


def _own_type_of(identified: str | None, name: str) -> str | None:
    by_name = _BY_ENDING.get("." + name.rpartition(".")[2].lower()) if "." in name else None
    if identified is None:
        return by_name
    plain = identified.partition(";")[0].strip().lower()
    if plain in _UNSURE:
        return by_name or plain or None
    known = _SAME.get(plain, plain)
    if by_name == SVG and known in ("text/plain", "application/xml", "image/svg"):
        return SVG
    if (by_name, known) in (("text/html", "application/xml"), ("text/x-source", "text/html")):
        return by_name  # a page written as XML, and a program with pieces of pages in it, as PHP's
    if known == "text/plain":
        return by_name if by_name in _PLAIN_KINDS else known
    if known in _READERS or known.startswith(("image/", "application/pdf", "audio/", "video/")):
        return known
    return by_name if plain.startswith("text/") and by_name in (*_PLAIN_KINDS, "text/plain") else known


def read_document(
    content: bytes,
    media_type: str,
    *,
    name: str,
    language: str | None = None,
    encoding: str | None = None,
    fallback: str | None = None,
    direction: Direction = "auto",
    alternative: str | None = None,
    neighbours: Neighbours | None = None,
    seconds: int | None = None,
) -> Document | None:
    """The document in `content`, or None when there is no reader for `media_type`.

    `language` is a BCP 47 tag for the whole, `encoding` and `direction` are what a person stated of it, `fallback` is
    the encoding of all texts that are not UTF-8 and do not name theirs, `alternative` describes a picture, `neighbours`
    are files that the document may show, `seconds` is the processor time that drawing it may take. Raises
    `RenditionError`, and no other exception, when the content is damaged, too large to draw, or not in its encoding.
    """
    kind = media_type_of(media_type, name)
    if kind not in _READERS or not _is_at_hand(kind):
        if not has_plugin(kind) or kind is None:
            return None
        return read_by_plugin(
            content, kind, name=name, language=language, encoding=encoding or fallback,
            finish=lambda document: _finished(document, name, direction, language, seconds),
        )  # fmt: skip
    module, function, word = _READERS[kind]
    if encoding is None and fallback and (not is_utf8(content) or is_seven_bit(fallback)):
        encoding = fallback
    source = Source(content, name, language, encoding, direction, alternative, neighbours, seconds)
    try:
        read: Callable[[Source], Document] = getattr(import_module(f"archive.renditions.readers.{module}"), function)
        return _finished(read(source), name, direction, language, seconds)
    except RenditionError:
        raise
    except (ImportError, AssertionError):
        raise
    except Exception as error:
        raise RenditionError(
            f"the {word} cannot be read: {reason_of(error)}",
            subject=name,
            remedy="The file may be damaged; compare it with another copy",
        ) from error


def _finished(
    document: Document, name: str, direction: Direction, language: str | None, seconds: int | None
) -> Document:
    document = settle_title(settle_direction(document, direction))
    check_bounds(document.blocks, name, seconds)
    return replace(document, language=document.language or language)
