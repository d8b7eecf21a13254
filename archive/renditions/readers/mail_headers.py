"""The headers of a message (RFC 5322), their encoded words (RFC 2047) decoded by every charset label that is known."""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import quopri
import re
from email.message import Message

from archive.formats.encodings import codec_of
from archive.renditions.readers.accounting import Account

_SHOWN = (
    "From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
    "Resent-From", "Resent-To", "Resent-Cc", "Resent-Date",
)  # fmt: skip
_STRUCTURE = frozenset({
    "content-type", "content-transfer-encoding", "mime-version", "content-length", "content-disposition", "lines",
})  # fmt: skip
_WORD = re.compile(r"=\?([^?*\s]{1,60})(?:\*[^?\s]*)?\?([BbQq])\?([^?]*)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_FOLD = re.compile(r"\r?\n[ \t]*|\r[ \t]*")


def parse_message(content: bytes) -> Message:
    """The message in `content`, as lenient as the standard library is."""
    return email.message_from_bytes(content, policy=email.policy.compat32)


def split_headers(
    message: Message, account: Account, encoding: str | None
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The headers that people read, in a fixed order, and the others; those of MIME's structure are in neither."""
    every = [(name, read_header(name, str(value), account, encoding)) for name, value in message.raw_items()]
    shown = {name.lower(): place for place, name in enumerate(_SHOWN)}
    first = sorted((shown[name.lower()], number) for number, (name, _) in enumerate(every) if name.lower() in shown)
    rest = [pair for pair in every if pair[0].lower() not in shown and pair[0].lower() not in _STRUCTURE]
    for name, text in [*(every[number] for _, number in first), *rest]:
        account.meet(name + text)
    return [(_SHOWN[place], every[number][1]) for place, number in first], rest


def read_header(name: str, raw: str, account: Account, encoding: str | None) -> str:
    """The text of a header. Bytes above 127 are UTF-8 (RFC 6532) or in the stated encoding; else they are named."""
    unfolded = _FOLD.sub(" ", raw)
    text = _decode_bytes(name, unfolded, account, encoding)
    return " ".join(decode_words(text, name, account, encoding).split())


def decode_words(text: str, name: str, account: Account, encoding: str | None) -> str:
    """`text` with its encoded words decoded; neighbours in one charset are put together first, as many programs cut
    inside of a character.
    """
    pieces: list[str] = []
    waiting: list[bytes] = []
    label = ""
    at = 0
    joined = _BETWEEN.sub(r"\1", text)
    for found in _WORD.finditer(joined):
        between = joined[at : found.start()]
        if waiting and (between or found[1].lower() != label.lower()):
            pieces.append(_decode_word(b"".join(waiting), label, name, account, encoding))
            waiting = []
        pieces.append(between)
        label = found[1]
        waiting.append(_unpack(found[3], found[2]))
        at = found.end()
    if waiting:
        pieces.append(_decode_word(b"".join(waiting), label, name, account, encoding))
    return "".join(pieces) + joined[at:]


def _unpack(word: str, form: str) -> bytes:
    raw = word.encode("ascii", "replace")
    if form in "qQ":
        return quopri.decodestring(raw.replace(b"_", b"=20"))
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error:
        return raw


def _decode_word(raw: bytes, label: str, name: str, account: Account, encoding: str | None) -> str:
    for said in (label, encoding, "utf-8"):
        codec = codec_of(said) if said else None
        if codec is not None:
            try:
                return raw.decode(codec)
            except ValueError:
                continue
    account.leave_out(f"letters of the header {name}, which are not in the charset {label[:40]} that they name")
    return raw.decode("ascii", "replace")


def _decode_bytes(name: str, text: str, account: Account, encoding: str | None) -> str:
    raw = text.encode("utf-8", "surrogateescape")
    for codec in ("utf-8", codec_of(encoding) if encoding else None):
        if codec is not None:
            try:
                return raw.decode(codec)
            except ValueError:
                continue
    account.leave_out(f"letters of the header {name}, which are neither encoded nor UTF-8")
    return raw.decode("utf-8", "replace")


def subject_of(headers: list[tuple[str, str]]) -> str | None:
    """The subject among the headers."""
    return next((value for key, value in headers if key == "Subject" and value), None)
