"""A mailbox (RFC 4155 and its older kin): every message in it, one after the other, each under its subject."""

from __future__ import annotations

import re

from archive.errors import RenditionError
from archive.model.blocks import Block, Document, Heading, PageBreak, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.mail import MessageReader
from archive.renditions.readers.mail_headers import parse_message
from archive.renditions.readers.source import Source

_FROM = re.compile(
    rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*(?:\r?\n)(?=[!-9;-~]+:|>From )"
    rb"|(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\r\n]*\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}\s+"
    rb"\d\d:\d\d[^\r\n]*(?:\r?\n)"
)
"""The line before a message: headers follow it, or it has a date as RFC 4155 has it. Other lines are text."""
_MOST_MESSAGES = 5_000


def read_mailbox(source: Source) -> Document:
    """The document of a mailbox. Raises `RenditionError` when it holds no message, or more than are drawn."""
    content = source.content.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    starts = [found.span() for found in _FROM.finditer(content)]
    if not starts or starts[0][0] != 0:
        raise RenditionError("not a mailbox: it does not begin with a From line", subject=source.name)
    if len(starts) > _MOST_MESSAGES:
        raise RenditionError(
            f"it has {len(starts):,} messages, and at most {_MOST_MESSAGES:,} are drawn", subject=source.name
        )
    account = Account()
    reader = MessageReader(source, account)
    blocks: list[Block] = []
    ends = [*(first for first, _ in starts[1:]), len(content)]
    for number, ((start, first), end) in enumerate(zip(starts, ends, strict=True), 1):
        line = content[start + len(b"From ") : first].decode("utf-8", "replace")
        message, subject = reader.read(parse_message(content[first:end]), envelope=" ".join(line.split()))
        words = f"Message {number} of {len(starts)}" + (f": {subject}" if subject else "")
        if blocks:
            blocks.append(PageBreak())
        blocks += [Heading(1, (Span(account.own(words)),), added=True), *message]
    return Document(tuple(blocks), language=source.language, dropped=account.settle(blocks))
