"""Readers: the bytes of a document become blocks. One module a format; each loads what it needs when it is called."""

from __future__ import annotations

from archive.model.blocks import Document

_BY_ENDING = {
    ".txt": "text/plain", ".text": "text/plain", ".log": "text/plain", ".md": "text/markdown",
    ".markdown": "text/markdown", ".html": "text/html", ".htm": "text/html", ".xhtml": "text/html",
    ".eml": "message/rfc822", ".csv": "text/csv", ".tsv": "text/csv", ".png": "image/png", ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".bmp": "image/bmp",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}  # fmt: skip
_SAME = {
    "text/x-markdown": "text/markdown", "application/xhtml+xml": "text/html", "text/tab-separated-values": "text/csv",
    "application/csv": "text/csv", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/x-png": "image/png",
    "image/x-ms-bmp": "image/bmp",
}  # fmt: skip
DOCX = _BY_ENDING[".docx"]
# What a reader of plain text may be refined to by the file's name: identification by content cannot tell these apart.
_PLAIN_KINDS = frozenset({"text/markdown", "text/csv", "message/rfc822", "text/html"})


def media_type_of(identified: str | None, name: str) -> str | None:
    """The media type to read by: what identification says, refined by the name's ending; None when neither knows."""
    by_name = _BY_ENDING.get("." + name.rpartition(".")[2].lower()) if "." in name else None
    if identified is None:
        return by_name
    plain = identified.partition(";")[0].strip().lower()
    plain = _SAME.get(plain, plain)
    return by_name if plain == "text/plain" and by_name in _PLAIN_KINDS else plain


def read_document(
    content: bytes,
    media_type: str,
    *,
    name: str,
    language: str | None = None,
    encoding: str | None = None,
    alternative: str | None = None,
) -> Document | None:
    """The document in `content`, or None when there is no reader for `media_type`.

    `language` is a BCP 47 tag for the whole, `encoding` a declared one, `alternative` describes a picture. Raises
    `RenditionError` when the content is damaged, too large to draw, or not in its encoding.
    """
    kind = media_type_of(media_type, name)
    if kind == "text/plain":
        from archive.renditions.readers.plain import read_plain

        return read_plain(content, name=name, language=language, encoding=encoding)
    if kind == "text/markdown":
        from archive.renditions.readers.markdown import read_markdown

        return read_markdown(content, name=name, language=language, encoding=encoding)
    if kind == "text/html":
        from archive.renditions.readers.html import read_html

        return read_html(content, name=name, language=language, encoding=encoding)
    if kind == "message/rfc822":
        from archive.renditions.readers.mail import read_mail

        return read_mail(content, name=name, language=language, encoding=encoding)
    if kind == "text/csv":
        from archive.renditions.readers.tables import read_csv

        return read_csv(content, name=name, language=language, encoding=encoding)
    if kind == DOCX:
        from archive.renditions.readers.docx import read_docx

        return read_docx(content, name=name, language=language)
    if kind is not None and kind.startswith("image/"):
        from archive.renditions.readers.pictures import PICTURES, read_picture

        if kind not in PICTURES:
            return None
        return read_picture(content, kind, name=name, language=language, alternative=alternative)
    return None
