"""E-mail (RFC 5322, MIME): its headers as a table, its text, and a list of what is attached.

Attachments stay where they are, in the message in the payload; they are named with type and size.
"""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage

from archive.errors import RenditionError
from archive.model.blocks import Block, Cell, Document, Heading, Paragraph, Span, Table
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.html import read_html
from archive.renditions.readers.html_table import plain_cell
from archive.renditions.readers.plain import split_paragraphs

_HEADERS = (
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Resent-From", "Resent-To", "Resent-Date",
)  # fmt: skip
_HEADERS_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_MALFORMED = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError)
_MOST_PARTS = 1_000


def read_mail(content: bytes, *, name: str, language: str | None, encoding: str | None) -> Document:
    """The document in a message. `encoding` holds where a part declares none.

    Raises `RenditionError` when the message is malformed or a part's bytes are not in the encoding it declares.
    """
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        headers = _read_headers(content, name)
        body = message.get_body(("plain", "html"))
        attached = _list_attachments(message, body)
    except _MALFORMED as error:
        raise RenditionError(f"it is no readable message: {str(error)[:200]}", subject=name) from error
    if not headers:
        raise RenditionError("it is no message: it has none of the headers of one", subject=name)
    blocks: list[Block] = [Table(tuple((plain_cell(key, header=True), plain_cell(value)) for key, value in headers))]
    dropped: tuple[str, ...] = ()
    if isinstance(body, EmailMessage):
        text, dropped = _read_body(body, name, language, encoding)
        blocks += text
    if attached:
        blocks += _draw_attachments(attached)
    title = next((value for key, value in headers if key == "Subject"), None)
    return Document(tuple(blocks), language=language, title=title or None, dropped=dropped)


def _read_headers(content: bytes, name: str) -> list[tuple[str, str]]:
    """The headers shown, in our order. Bytes above 127 in them are UTF-8 (RFC 6532) or nothing that we know."""
    try:
        text = _HEADERS_END.split(content, 1)[0].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RenditionError("a header is neither encoded nor UTF-8", subject=name) from error
    message = email.message_from_string(f"{text}\n\n", policy=email.policy.default)
    return [
        (key, " ".join(str(value).encode("utf-8", "replace").decode("utf-8").split()))
        for key in _HEADERS
        for value in message.get_all(key, ())
    ]


def _read_body(
    part: EmailMessage, name: str, language: str | None, encoding: str | None
) -> tuple[list[Block], tuple[str, ...]]:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    declared = part.get_content_charset()
    # us-ascii is the word for "nothing was said" (RFC 2045 5.2); strict UTF-8 holds it too.
    charset = encoding if declared in (None, "us-ascii", "ascii") else declared
    if part.get_content_type() == "text/html":
        document = read_html(content, name=name, language=language, encoding=charset)
        return list(document.blocks), document.dropped
    return list(split_paragraphs(decode_text(content, name=name, encoding=charset))), ()


def _list_attachments(message: EmailMessage, body: object) -> list[tuple[str, str, str]]:
    """Name, type and bytes of each part but containers, the text shown, and that text in another form."""
    rows = []
    for number, part in enumerate(message.walk()):
        if number > _MOST_PARTS:
            rows.append(("and more", "", ""))
            break
        if part is body or (part.is_multipart() and part.get_content_type() != "message/rfc822"):
            continue
        kind, named = part.get_content_type(), part.get_filename()
        if named is None and not part.is_attachment() and kind in ("text/plain", "text/html") and body is not None:
            continue
        payload = part.get_payload(decode=True)
        size = str(len(payload)) if isinstance(payload, bytes) else ""
        shown = " ".join(str(named or "").encode("utf-8", "replace").decode("utf-8").split())
        rows.append((shown, kind, size))
    return rows


def _draw_attachments(rows: list[tuple[str, str, str]]) -> list[Block]:
    """What is attached, as a table under a heading; these words are ours and in English."""
    head = tuple(Cell((Paragraph((_ours(word),), "en"),), header=True) for word in ("Name", "Type", "Bytes"))
    body = tuple(tuple(plain_cell(value) for value in row) for row in rows)
    return [Heading(2, (_ours("Attachments"),), language="en"), Table((head, *body))]


def _ours(word: str) -> Span:
    return Span(word, language="en")
