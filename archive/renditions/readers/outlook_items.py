"""An item of Outlook as the MIME message that it stands for, so that one reader draws both."""

from __future__ import annotations

import base64
from email.message import Message

from archive.formats.encodings import codec_of
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.compressed_rtf import unpack_rtf
from archive.renditions.readers.mapi import (
    BODY,
    BODY_CODE_PAGE,
    CODE_PAGE,
    HEADERS,
    HTML,
    MESSAGE_CLASS,
    RTF,
    SUBJECT,
    TIME,
    Item,
    Property,
    Value,
    label_of,
    time_of,
)
from archive.renditions.readers.outlook_names import (
    CHOICES,
    COPIES,
    HANDLED,
    METHODS,
    RECIPIENTS,
    SHOWN_TIMES,
    TECHNICAL,
    TECHNICAL_NAMES,
    USUAL_CLASSES,
    name_of,
)
from archive.renditions.readers.rtf_html import holds_html, unpack_html

_DATA, _METHOD = 0x3701, 0x3705
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME, _PATHS = 0x3707, 0x3704, 0x3001, (0x370D, 0x3708)
_TYPE, _CONTENT_ID, _PLACE, _HIDDEN = 0x370E, 0x3712, 0x3713, 0x7FFE
_ADDRESS, _SMTP, _ROLE, _SENT = 0x3003, 0x39FE, 0x0C15, 0x0039
_SENDER = (0x0C1A, 0x5D01, 0x0C1F)
_ON_BEHALF = (0x0042, 0x5D02, 0x0065)
_BLANK = "application/octet-stream"


def write_message(item: Item, account: Account, encoding: str | None, page: int | None = None) -> Message:
    """The message of an item, with its parts in their order. What of it is not drawn is left out of `account` by name.

    `encoding` is the one that a person stated, `page` the code page of the item around it.
    """
    return _Writer(item, account, encoding, page).write()


class _Writer:
    def __init__(self, item: Item, account: Account, encoding: str | None, page: int | None) -> None:
        self.item, self.account, self.encoding = item, account, encoding
        self._own_page = item.whole(CODE_PAGE) or page
        self._page = self._own_page or item.whole(BODY_CODE_PAGE)

    def write(self) -> Message:
        message = Message()
        message["Content-Type"] = "multipart/mixed"
        for name, text in self._headers():
            message[name] = text
        for problem in self.item.problems:
            self.account.leave_out(f"a part of the message that cannot be read: {problem}")
        parts, shown = self._bodies()
        for attachment in self.item.attachments:
            if attachment not in shown:
                parts.append(self._attachment(attachment))
        headers = self._text(self.item.find(HEADERS))
        if headers and headers.strip():
            parts.append(_part("text/x-transport-headers; charset=utf-8", headers.encode("utf-8", "replace")))
        message.set_payload([*parts])
        return message

    def _headers(self) -> list[tuple[str, str]]:
        made: list[tuple[str, str]] = []
        sender = self._person(*_SENDER, of=self.item)
        author = self._person(*_ON_BEHALF, of=self.item)
        made.append(("From", author or sender))
        if author and sender and sender != author:
            made.append(("Sender", sender))
        for role, header in RECIPIENTS.items():
            people = [
                self._person(_DISPLAY_NAME, _SMTP, _ADDRESS, of=one)
                for one in self.item.recipients
                if (one.whole(_ROLE) or 1) & 0xF == role
            ]
            made.append((header, ", ".join(one for one in people if one)))
        if self.item.recipients:
            known = sum(1 for one in self.item.recipients if (one.whole(_ROLE) or 1) & 0xF in RECIPIENTS)
            if known < len(self.item.recipients):
                self.account.leave_out(f"{len(self.item.recipients) - known} recipients of a kind that is not known")
        else:
            for number, header in ((0x0E04, "To"), (0x0E03, "Cc"), (0x0E02, "Bcc")):
                made.append((header, self._text(self.item.find(number)) or ""))
        made.append(("Subject", self._text(self.item.find(SUBJECT)) or ""))
        sent = self.item.find(_SENT)
        made.append(("Date", (time_of(sent.values[0]) or "") if sent is not None else ""))
        for number, header in ((0x1035, "Message-ID"), (0x1042, "In-Reply-To"), (0x1039, "References")):
            made.append((header, self._text(self.item.find(number)) or ""))
        said = [(name, text) for name, text in made if text.strip()]
        return [*said, *self._other_properties({text for _, text in said})]

    def _person(self, name: int, *addresses: int, of: Item) -> str:
        """A name with its address; one of an Exchange server is taken where there is no other."""
        called = (self._text(of.find(name)) or "").strip()
        address = next((said for number in addresses if (said := (self._text(of.find(number)) or "").strip())), "")
        if not address or address == called:
            return called
        return f"{called} <{address}>" if called else address

    def _other_properties(self, shown: set[str]) -> list[tuple[str, str]]:
        """What else the item says in words, times or choices, each under its name; the rest is named."""
        made: list[tuple[str, str]] = []
        unseen: list[str] = []
        for one in self.item.properties:
            if (one.number in HANDLED and not one.name) or not one.values:
                continue
            if one.number == MESSAGE_CLASS and one.values[0] in (*USUAL_CLASSES, *(c.encode() for c in USUAL_CLASSES)):
                continue
            texts = [said for value in one.values if (said := self._value(one, value)) is not None]
            if len(texts) < len(one.values):
                if one.name not in TECHNICAL_NAMES if one.name else one.number not in TECHNICAL:
                    unseen.append(name_of(one))
                continue
            text = "; ".join(said for said in texts if said.strip())
            if not text.strip() or text in shown or (one.number in TECHNICAL and not one.name):
                continue
            if one.number in COPIES and _is_said(text, shown):
                continue
            shown.add(text)
            made.append((name_of(one), text))
        if unseen:
            listed = ", ".join(dict.fromkeys(unseen))
            self.account.leave_out(f"properties that hold numbers or bytes for programs ({len(unseen)}): {listed}")
        return made

    def _value(self, one: Property, value: Value) -> str | None:
        """A value as people read it; None for what only programs do."""
        if isinstance(value, str):
            return self._checked(one, value)
        if one.kind & 0xFFF == TIME:
            return time_of(value) if one.name or one.number in SHOWN_TIMES else None
        if isinstance(value, bytes):
            return self._decoded(one, value) if one.kind & 0xFFF == 0x001E else None
        if isinstance(value, bool) and one.name:
            return "yes" if value else ""
        choices = CHOICES.get(one.number)
        return choices.get(int(value)) if choices is not None and value is not None and not one.name else None

    def _text(self, one: Property | None) -> str | None:
        value = one.values[0] if one is not None else None
        if one is None or value is None or isinstance(value, int | float):
            return None
        return self._checked(one, value) if isinstance(value, str) else self._decoded(one, value)

    def _checked(self, one: Property, text: str) -> str:
        if "\N{REPLACEMENT CHARACTER}" in text:
            self.account.leave_out(f"letters of {name_of(one)} that are not valid UTF-16")
        return text

    def _decoded(self, one: Property, content: bytes) -> str:
        for label in (label_of(self._page), self.encoding, "utf-8"):
            codec = codec_of(label) if label else None
            if codec is not None:
                try:
                    return content.decode(codec)
                except ValueError:
                    continue
        self.account.leave_out(f"letters of {name_of(one)}, whose encoding is not known")
        return content.decode("ascii", "replace")

    def _bodies(self) -> tuple[list[Message], list[Item]]:
        """The forms of the text as one part, and the pictures that the HTML form shows."""
        forms: list[Message] = []
        plain = self.item.find(BODY)
        text = self._text(plain)
        if text and text.strip():
            forms.append(_part("text/plain; charset=utf-8", text.encode("utf-8", "replace")))
        page, content = self._html()
        packed = self.item.content(RTF)
        if packed:
            try:
                rtf = unpack_rtf(packed)
            except ValueError as error:
                self.account.leave_out(f"the RTF form of the message: {error}")
            else:
                if not holds_html(rtf):
                    forms.append(_part("text/rtf", rtf))
                elif page is None:
                    page, content = "utf-8", unpack_html(rtf).encode("utf-8", "replace")
        if page is None:
            return ([_multipart("alternative", forms)] if forms else []), []
        charset = f"; charset={page}" if page else ""
        rich = _part(f"text/html{charset}", content)
        shown = [one for one in self.item.attachments if self._is_inside(one, content)]
        pictures = [self._attachment(one, inside=True) for one in shown]
        forms.append(_multipart("related", [rich, *pictures]) if pictures else rich)
        return [_multipart("alternative", forms)], shown

    def _html(self) -> tuple[str | None, bytes]:
        """The HTML form and the label of its encoding, "" where only the page itself names one; None without one."""
        found = self.item.find(HTML)
        value = found.values[0] if found is not None else None
        if isinstance(value, str):
            return "utf-8", value.encode("utf-8", "replace")
        if not isinstance(value, bytes) or not value.strip(b"\0 \r\n"):
            return None, b""
        return label_of(self.item.whole(BODY_CODE_PAGE)) or "", value.rstrip(b"\0")

    def _is_inside(self, attachment: Item, content: bytes) -> bool:
        identifier = (self._text(attachment.find(_CONTENT_ID)) or self._text(attachment.find(_PLACE)) or "").strip(
            " <>"
        )
        return bool(identifier) and attachment.inner is None and identifier.encode("utf-8", "replace") in content

    def _attachment(self, attachment: Item, *, inside: bool = False) -> Message:
        name = self._name_of(attachment)
        for problem in attachment.problems:
            self.account.leave_out(f"of the attachment {name or 'without a name'}: {problem}")
        if attachment.inner is not None:
            part = Message()
            part["Content-Type"] = "message/rfc822"
            part.set_payload([write_message(attachment.inner, self.account, self.encoding, self._page)])
            return part
        content = attachment.content(_DATA)
        kind = (self._text(attachment.find(_TYPE)) or "").strip() or _BLANK
        if "/" not in kind or not kind.isascii() or kind.lower().startswith(("multipart/", "message/")):
            kind = _BLANK
        part = _part(kind.partition(";")[0], content or b"")
        if content is None:
            method = METHODS.get(attachment.whole(_METHOD) or 0, "of a kind that is not known")
            paths = [said for number in _PATHS if (said := self._text(attachment.find(number)))]
            where = f"{method}: {paths[0]}" if paths else method
            self.account.leave_out(f"the content of the attachment {name or 'without a name'}, which is {where}")
        if inside:
            for number, header in ((_CONTENT_ID, "Content-ID"), (_PLACE, "Content-Location")):
                said = (self._text(attachment.find(number)) or "").strip()
                if said:
                    part[header] = f"<{said.strip('<>')}>" if header == "Content-ID" else said
        elif attachment.whole(_HIDDEN):
            name = f"{name} (hidden)".strip()
        part.add_header("Content-Disposition", "inline" if inside else "attachment", filename=("utf-8", "", name))
        return part

    def _name_of(self, attachment: Item) -> str:
        names = (self._text(attachment.find(number)) for number in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        return next((name.strip("\0 ") for name in names if name), "")


def _is_said(text: str, shown: set[str]) -> bool:
    """Whether all names in a list, or one text, are in what is shown already."""
    return all(any(part.strip() in other for other in shown) for part in text.split(";"))


def _part(kind: str, content: bytes) -> Message:
    part = Message()
    part["Content-Type"] = kind
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.b64encode(content).decode("ascii"))
    return part


def _multipart(kind: str, parts: list[Message]) -> Message:
    if len(parts) == 1:
        return parts[0]
    part = Message()
    part["Content-Type"] = f"multipart/{kind}"
    part.set_payload([*parts])
    return part
