"""Outlook messages (.msg; MS-OXMSG): read as the message that their properties say they are."""

from __future__ import annotations

from archive.model.blocks import Document
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.mail import MessageReader
from archive.renditions.readers.outlook_items import write_message
from archive.renditions.readers.outlook_storage import read_storage
from archive.renditions.readers.source import Source


def read_outlook_message(source: Source) -> Document:
    """The document of an Outlook message: its headers, its text, the messages in it, and a list of what is attached.

    The stated encoding holds for strings of one byte a letter whose code page is not known. Raises `RenditionError`
    when it is damaged, or not an Outlook message.
    """
    account = Account()
    reader = MessageReader(source, account)
    message = write_message(read_storage(source.content, source.name), account, source.encoding)
    blocks, title = reader.read(message)
    return Document(tuple(blocks), language=source.language, title=title, dropped=account.settle(blocks))
