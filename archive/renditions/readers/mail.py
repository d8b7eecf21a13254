"""E-mail (RFC 5322, MIME): its headers as a table, its text, the messages in it, and a list of what is attached.

Attachments stay where they are, in the message in the payload; they are named with type and size.
"""

from __future__ import annotations

from email.message import Message

from archive.errors import RenditionError
from archive.model.blocks import Block, Cell, Document, Heading, Paragraph, Span, Table
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.decoding import decode_text, mark_of
from archive.renditions.readers.html_table import plain_cell
from archive.renditions.readers.mail_headers import parse_message, split_headers, subject_of
from archive.renditions.readers.mail_parts import PartReader
from archive.renditions.readers.source import Source

_DEEPEST = 12
_MOST_PARTS = 5_000


def read_mail(source: Source) -> Document:
    """The document in a message. The stated encoding holds where a part declares none, or one that is not known.

    Raises `RenditionError` when the message is malformed, or when its only text is not in the encoding it declares.
    """
    account = Account()
    reader = MessageReader(source, account)
    blocks, title = reader.read(parse_message(_without_mark(source)))
    if not reader.has_headers:
        raise RenditionError("not an e-mail message: it has none of the headers of one", subject=source.name)
    if reader.refused is not None and not reader.drawn:
        raise reader.refused
    return Document(tuple(blocks), language=source.language, title=title, dropped=account.settle(blocks))


def _without_mark(source: Source) -> bytes:
    """A message that was saved as a text with a byte order mark, as the UTF-8 that it stands for."""
    if mark_of(source.content) is None:
        return source.content
    return decode_text(source.content, name=source.name, encoding=None, keep_line_ends=True).encode("utf-8")


class MessageReader:
    """Reads messages, each with those that it forwards. `refused` is why the last unreadable text part could not be
    read, `drawn` counts those that were.
    """

    def __init__(self, source: Source, account: Account) -> None:
        self.source, self.account = source, account
        self.has_headers = False
        self.drawn = 0
        self.refused: RenditionError | None = None
        self._left = _MOST_PARTS

    def read(self, message: Message, depth: int = 0, envelope: str = "") -> tuple[list[Block], str | None]:
        """The blocks of a message, and its subject. `envelope` is what a mailbox says of it: its sender and time."""
        shown, others = split_headers(message, self.account, self.source.encoding)
        self.has_headers = self.has_headers or bool(shown)
        blocks: list[Block] = []
        if shown:
            blocks.append(_table(shown))
        parts = PartReader(self.source, self.account, self._left, lambda inner: self._read_inner(inner, depth))
        blocks += parts.read(message)
        self._left = parts.left
        self.drawn += parts.drawn
        self.refused = parts.refused or self.refused
        if parts.attached:
            blocks += self._list_attachments(parts.attached)
        if envelope:
            self.account.meet(envelope)
            others = [(self.account.own("From line of the mailbox"), envelope), *others]
        if others:
            blocks += [self._heading("Other headers"), _table(others)]
        return blocks, subject_of(shown)

    def _read_inner(self, message: Message, depth: int) -> list[Block]:
        if depth >= _DEEPEST:
            self.account.leave_out(f"a message that is forwarded more than {_DEEPEST} times over")
            return []
        blocks, _ = self.read(message, depth + 1)
        end = Paragraph((self._word("End of the message in this message"),), "en")
        return [self._heading("Message in this message"), *blocks, end]

    def _list_attachments(self, rows: list[tuple[str, str, str]]) -> list[Block]:
        """What is attached, as a table under a heading; these words are not the message's and are in English."""
        head = tuple(Cell((Paragraph((self._word(word),), "en"),), header=True) for word in ("Name", "Type", "Bytes"))
        body = tuple(tuple(plain_cell(value) for value in row) for row in rows)
        return [self._heading("Attachments"), Table((head, *body))]

    def _heading(self, words: str) -> Heading:
        return Heading(2, (self._word(words),), language="en", added=True)

    def _word(self, word: str) -> Span:
        return Span(self.account.own(word), language="en")


def _table(headers: list[tuple[str, str]]) -> Table:
    return Table(tuple((plain_cell(key, header=True), plain_cell(value)) for key, value in headers))
