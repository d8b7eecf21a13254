"""The parts of a message, in their order: each is drawn, or listed as an attachment, or left out by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from email.message import Message

from archive.errors import RenditionError
from archive.formats.encodings import codec_of, is_visual
from archive.model.blocks import Block, Heading, Image, Preformatted, Span, texts_in_order
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.decoding import decode_text
from archive.renditions.readers.html import read_html
from archive.renditions.readers.mail_forms import join_flowed, links_beyond, says_more
from archive.renditions.readers.mail_headers import parse_message, read_header
from archive.renditions.readers.outlook_items import write_message
from archive.renditions.readers.pictures import PICTURES, draw_picture, kind_of
from archive.renditions.readers.plain import split_paragraphs
from archive.renditions.readers.rtf import read_rtf
from archive.renditions.readers.source import Source
from archive.renditions.readers.tnef import read_tnef

_DEEPEST = 30
_TEXTS = frozenset({
    "text/plain", "text/calendar", "text/csv", "text/markdown", "text/vcard", "text/x-vcard", "text/rfc822-headers",
    "message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/x-amp-html",
})  # fmt: skip
_TITLES = {
    "text/calendar": "Calendar entry", "text/vcard": "Address card", "text/x-vcard": "Address card",
    "text/rfc822-headers": "Headers of another message",
    "text/x-transport-headers": "Headers as they came with the message",
    "message/delivery-status": "Report on delivery",
}  # fmt: skip
_RTF = frozenset({"text/rtf", "application/rtf", "application/x-rtf", "text/richtext"})
_FORMS = {"text/html": "HTML", "multipart/related": "HTML", **dict.fromkeys(_RTF, "RTF")}
_ELSEWHERE = ("message/external-body", "message/partial")
_TNEF = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_USUAL_PREAMBLE = re.compile(
    r"\s*(?:this is a (?:cryptographically signed |digitally signed )?(?:multi-?part|mime)[^\n]*\s*"
    r"|[^\n]{0,80}mime[^\n]{0,80}\s*){0,3}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _CidPictures:
    """The pictures of a message by their content identifiers (RFC 2392), and what was asked for."""

    parts: Mapping[str, bytes]
    used: set[str]

    def read(self, reference: str) -> bytes | None:
        """The bytes of the part that a cid: address names."""
        key = reference[4:] if reference.lower().startswith("cid:") else reference
        if key in self.parts:
            self.used.add(key)
        return self.parts.get(key)


class PartReader:
    """Reads one message's parts. `attached` are name, type and bytes of what is listed."""

    def __init__(
        self, source: Source, account: Account, left: int, read_inner: Callable[[Message], list[Block]]
    ) -> None:
        self.source, self.account = source, account
        self.attached: list[tuple[str, str, str]] = []
        self.drawn = 0
        self.refused: RenditionError | None = None
        self.left = left
        self._read_inner = read_inner

    def read(self, part: Message, depth: int = 0) -> list[Block]:
        """The blocks of a part and of those in it."""
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            self.account.leave_out("parts of the message: there are too many, or they are nested too deeply")
            return []
        if not part.is_multipart():
            # Decoding it finds what is wrong with its transfer encoding.
            part.get_payload(decode=True)
        for defect in part.defects:
            self.account.leave_out(f"a part of the message is malformed: {type(defect).__name__}")
        kind = part.get_content_type()
        if not part.is_multipart() and kind.startswith("multipart/"):
            # Its boundary is missing or wrong (RFC 2046 5.1): nothing can be told apart, so all of it is drawn.
            return self._read_text(part, lambda content, charset: self._read_plain(content, charset, kind))
        if part.is_multipart() and kind.startswith("message/") and kind != "message/rfc822":
            return self._read_fields(part, kind)
        if part.is_multipart() and kind != "message/rfc822":
            return self._read_multipart(part, kind, depth)
        if kind == "message/rfc822":
            return self._read_message(part)
        if kind in _TNEF or self._name(part).lower() == "winmail.dat":
            return self._read_tnef(part, kind)
        if part.get_content_disposition() == "attachment":
            self._list(part, kind)
            return []
        return self._read_leaf(part, kind)

    def _read_multipart(self, part: Message, kind: str, depth: int) -> list[Block]:
        children = [child for child in part.get_payload() if isinstance(child, Message)]
        blocks = self._between(part.preamble, "text before the first part of the message")
        if kind == "multipart/alternative":
            blocks += self._read_alternatives(children, depth)
        elif kind == "multipart/related":
            blocks += self._read_related(children, depth)
        elif kind == "multipart/encrypted":
            self.account.leave_out(f"an encrypted part of the message ({part.get_param('protocol') or 'unknown'})")
            for child in children:
                self._list(child, child.get_content_type())
        else:
            for number, child in enumerate(children):
                if kind == "multipart/signed" and number == len(children) - 1 and number:
                    self._list(child, child.get_content_type())
                    continue
                blocks += self.read(child, depth + 1)
        return [*blocks, *self._between(part.epilogue, "text after the last part of the message")]

    def _read_fields(self, part: Message, kind: str) -> list[Block]:
        """Groups of fields, such as a report on delivery (RFC 3464): the parser makes a message of each group."""
        groups = [child for child in part.get_payload() if isinstance(child, Message)]
        if kind in _ELSEWHERE:
            said = ", ".join(f"{key} {value}" for key, value in part.get_params([])[1:])
            self.account.leave_out(f"a part of the message that is not in it ({kind}): {said}")
        text = "\n".join(group.as_string() for group in groups)
        text = text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        self.account.meet(text)
        self.drawn += 1
        return [self._heading(_TITLES.get(kind, kind)), Preformatted(text)]

    def _between(self, text: object, what: str) -> list[Block]:
        """Text outside of all parts: programs do not show it."""
        said = str(text or "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        if said.strip() and not _USUAL_PREAMBLE.fullmatch(said):
            self.account.meet(said)
            self.account.leave_out(what, said)
        return []

    def _read_alternatives(self, children: list[Message], depth: int) -> list[Block]:
        """The plain text; then each other form that says more or something else, and what is not a form of the text."""
        plain: list[Block] = []
        rich: list[tuple[str, list[Block]]] = []
        rest: list[Block] = []
        for child in children:
            kind = child.get_content_type()
            if kind == "text/plain" and not plain:
                plain = self.read(child, depth + 1)
            elif kind in _FORMS or kind in ("multipart/mixed", "multipart/alternative"):
                rich.append((_FORMS.get(kind, "rich"), self.read(child, depth + 1)))
            else:
                rest += self.read(child, depth + 1)
        if not any(text.strip() for text in texts_in_order(plain)):
            plain = rich.pop(0)[1] if rich else []
        shown = plain
        for word, form in rich:
            if says_more(form, plain):
                words = f"The {word} form of this message, which differs from its plain text"
                shown = [*shown, self._heading(words), *form]
                continue
            for text in texts_in_order(form):
                self.account.place(text)
            for link in links_beyond(form, plain):
                self.account.leave_out(f"link {link[:200]} of the {word} form of the message")
            shown = [*shown, *(block for block in form if isinstance(block, Image))]
        return [*shown, *rest]

    def _read_related(self, children: list[Message], depth: int) -> list[Block]:
        """The first part with the pictures that it shows; the others are listed or drawn after it."""
        pictures: dict[str, bytes] = {}
        for child in children[1:]:
            key = str(child.get("Content-ID") or "").strip().strip("<>")
            content = child.get_payload(decode=True)
            if key and isinstance(content, bytes):
                pictures[key] = content
            place = str(child.get("Content-Location") or "").strip()
            if place and isinstance(content, bytes):
                pictures[place] = content
        if not children:
            return []
        used: set[str] = set()
        outer = self.source
        self.source = replace(outer, neighbours=_CidPictures(pictures, used))
        try:
            blocks = self.read(children[0], depth + 1)
        finally:
            self.source = outer
        for child in children[1:]:
            key = str(child.get("Content-ID") or "").strip().strip("<>")
            if key not in used and str(child.get("Content-Location") or "").strip() not in used:
                blocks += self.read(child, depth + 1)
        return blocks

    def _read_message(self, part: Message) -> list[Block]:
        payload = part.get_payload()
        inner = payload[0] if isinstance(payload, list) and payload else None
        if not isinstance(inner, Message):
            self._list(part, part.get_content_type())
            self.account.leave_out("a message in the message, which cannot be read")
            return []
        if str(part.get("Content-Transfer-Encoding") or "").strip().lower() in ("base64", "quoted-printable"):
            # RFC 2046 5.2.1 forbids it, and programs do it: the message in base64, which no parser unpacks by itself.
            packed = Message()
            packed["Content-Transfer-Encoding"] = str(part["Content-Transfer-Encoding"])
            packed.set_payload(str(inner.get_payload()) if not inner.keys() else inner.as_string())
            content = packed.get_payload(decode=True)
            inner = parse_message(content) if isinstance(content, bytes) else inner
        self.drawn += 1
        return self._read_inner(inner)

    def _read_leaf(self, part: Message, kind: str) -> list[Block]:
        if kind == "text/html":
            return self._read_text(part, self._read_html)
        if kind in _RTF:
            return self._read_text(part, self._read_rtf)
        if kind in _TEXTS or kind.startswith("text/"):
            blocks = self._read_text(part, lambda content, charset: self._read_plain(content, charset, kind, part))
            if part.get_filename() is not None and blocks and kind == "text/plain":
                self._list(part, kind)
            return [self._heading(_TITLES[kind]), *blocks] if blocks and kind in _TITLES else blocks
        if kind.startswith("image/"):
            return self._read_picture(part, kind)
        self._list(part, kind)
        if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime"):
            word = "a signed" if str(part.get_param("smime-type") or "") == "signed-data" else "an encrypted"
            self.account.leave_out(f"{word} part of the message (S/MIME), with the text in it")
        return []

    def _read_text(self, part: Message, read: Callable[[bytes, str | None], list[Block]]) -> list[Block]:
        """The blocks of a text part; one that cannot be decoded is listed and named, and does not cost the others."""
        payload = part.get_payload(decode=True)
        content = payload if isinstance(payload, bytes) else b""
        charset = self._charset(part)
        try:
            try:
                blocks = read(content, charset)
            except RenditionError:
                if self.source.encoding is None or charset == self.source.encoding:
                    raise
                blocks = read(content, self.source.encoding)
        except RenditionError as error:
            self.refused = error
            self.account.leave_out(f"a text of the message: {error.problem}")
            self._list(part, part.get_content_type())
            return []
        self.drawn += 1
        return blocks

    def _charset(self, part: Message) -> str | None:
        """The charset that a part declares; `us-ascii` means that none was stated (RFC 2045 5.2)."""
        declared = part.get_content_charset()
        if declared is None or codec_of(declared) == "ascii":
            return self.source.encoding
        if is_visual(declared):
            self.account.leave_out(
                f"the order of reading of Hebrew words: the charset {declared} holds them as they are seen"
            )
        return declared if codec_of(declared) is not None or self.source.encoding is None else self.source.encoding

    def _read_tnef(self, part: Message, kind: str) -> list[Block]:
        """What Outlook has packed into winmail.dat (MS-OXTNEF), as a message in the message."""
        self._list(part, kind)
        payload = part.get_payload(decode=True)
        try:
            item = read_tnef(payload if isinstance(payload, bytes) else b"")
        except ValueError:
            self.account.leave_out("winmail.dat, into which Outlook has packed text or attachments")
            return []
        message = write_message(item, self.account, self.source.encoding)
        names = [self._name(one) for one in message.walk() if one.get_content_disposition() == "attachment"]
        if names:
            said = ", ".join(name or "without a name" for name in names)
            self.account.leave_out(f"the content of what is packed in winmail.dat ({len(names)}): {said}")
        self.drawn += 1
        return self._read_inner(message)

    def _read_rtf(self, content: bytes, _charset: str | None) -> list[Block]:
        document = read_rtf(replace(self.source, content=content))
        for name in document.dropped:
            self.account.leave_out(name)
        for text in texts_in_order(document.blocks):
            self.account.meet(text)
        return list(document.blocks)

    def _read_html(self, content: bytes, charset: str | None) -> list[Block]:
        document = read_html(replace(self.source, content=content, encoding=charset))
        for name in document.dropped:
            self.account.leave_out(name)
        for text in texts_in_order(document.blocks):
            self.account.meet(text)
        return list(document.blocks)

    def _read_plain(self, content: bytes, charset: str | None, kind: str, part: Message | None = None) -> list[Block]:
        text = decode_text(content, name=self.source.name, encoding=charset)
        if part is not None and str(part.get_param("format") or "").lower() == "flowed":
            text = join_flowed(text, delete_space=str(part.get_param("delsp") or "").lower() == "yes")
        self.account.meet(text)
        if kind == "text/plain":
            return list(split_paragraphs(text))
        return [Preformatted(text)] if text.strip() else []

    def _read_picture(self, part: Message, kind: str) -> list[Block]:
        payload = part.get_payload(decode=True)
        self._list(part, kind)
        if kind not in PICTURES or not isinstance(payload, bytes):
            return []
        try:
            shown = draw_picture(payload, kind_of(payload), name=self.source.name, alternative=None)
        except RenditionError as error:
            self.account.leave_out(f"the picture {self._name(part)}: {error.problem}")
            return []
        for what in shown.dropped:
            self.account.leave_out(f"of a picture: {what}")
        return list(shown.blocks)

    def _list(self, part: Message, kind: str) -> None:
        payload = part.get_payload(decode=True) if not part.is_multipart() else None
        row = (self._name(part), kind, f"{len(payload):,}" if isinstance(payload, bytes) else "")
        self.account.meet("".join(row))
        self.attached.append(row)

    def _name(self, part: Message) -> str:
        try:
            named = part.get_filename() or ""
        except (ValueError, LookupError, TypeError, AttributeError):
            named = str(part.get_param("name") or "")
        return read_header("Content-Disposition", str(named), self.account, self.source.encoding)

    def _heading(self, words: str) -> Heading:
        return Heading(2, (Span(self.account.own(words), language="en"),), language="en", added=True)
