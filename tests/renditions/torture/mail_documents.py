"""Messages and mailboxes with parts of every kind."""

from __future__ import annotations

import base64

from tests.renditions.torture.cases import Case
from tests.support.documents import picture

_HEAD = (
    "From: a@example.org\nTo: b@example.org\nSubject: Case\nDate: Mon, 28 Sep 2020 10:00:00 +0200\nMIME-Version: 1.0\n"
)
_PNG = base64.encodebytes(picture()).decode()
_IN_HTML = '<p>see <img alt="A street" src="cid:p1"></p>'


def _parts(kind: str, *parts: str) -> str:
    inner = "".join(f"--M\n{part}\n" for part in parts)
    return f'{_HEAD}Content-Type: {kind}; boundary="M"\n\n{inner}--M--\n'


def _mail(
    name: str, text: str | bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()
) -> Case:
    content = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
    return Case(f"mail {name}", "message/rfc822", content, drawn, omitted, absent)


_PLAIN = "Content-Type: text/plain; charset=utf-8\n\nFIRST\n"
_SECOND = "Content-Type: text/plain; charset=utf-8\n\nSECOND\n"
_INNER = "Content-Type: message/rfc822\n\nFrom: inner@example.org\nSubject: Inner\n\nINNERWORDS\n"
_PACKED = base64.b64encode(b"From: inner@example.org\nSubject: Inner\n\nINNERWORDS\n").decode()

CASES = (
    _mail("with two texts", _parts("multipart/mixed", _PLAIN, _SECOND), "FIRST", "SECOND"),
    _mail("with a picture between", _parts(
        "multipart/mixed", _PLAIN, f"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n{_PNG}", _SECOND),
        "FIRST", "<None>", "SECOND"),
    _mail("forwarded", _parts("multipart/mixed", _PLAIN, _INNER), "FIRST", "Message in this message", "INNERWORDS"),
    _mail("forwarded in base64", _parts(
        "multipart/mixed", f"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{_PACKED}"), "INNERWORDS"),
    _mail("forwarded as an attachment", _parts("multipart/mixed", _PLAIN, _INNER.replace(
        "message/rfc822\n", "message/rfc822\nContent-Disposition: attachment\n")), "INNERWORDS"),
    _mail("the same twice", _parts("multipart/alternative", _PLAIN, "Content-Type: text/html\n\n<p>FIRST</p>"), "FIRST",
          absent=("HTML form",)),
    _mail("html that says more", _parts("multipart/alternative", _PLAIN,
          "Content-Type: text/html\n\n<p>FIRST and much more than the plain text says"), "The HTML form", "much more"),
    _mail("empty plain text", _parts("multipart/alternative", "Content-Type: text/plain\n\n \n",
          "Content-Type: text/html\n\n<p>ONLY HERE"), "ONLY HERE"),
    _mail("picture in html", _parts("multipart/related", f"Content-Type: text/html\n\n{_IN_HTML}",
          f"Content-Type: image/png\nContent-ID: <p1>\nContent-Transfer-Encoding: base64\n\n{_PNG}"), "<A street>"),
    _mail("calendar", _parts("multipart/mixed", _PLAIN,
          "Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nSUMMARY:HEARING\nEND:VCALENDAR\n"), "Calendar entry", "HEARING"),
    _mail("winmail", _parts("multipart/mixed", _PLAIN,
          'Content-Type: application/ms-tnef; name="winmail.dat"\n\nx'), "winmail.dat", omitted=("winmail.dat",)),
    _mail("encrypted", _parts('multipart/encrypted; protocol="application/pgp-encrypted"',
          "Content-Type: application/pgp-encrypted\n\nVersion: 1", "Content-Type: application/octet-stream\n\nx"),
          "application/pgp-encrypted", omitted=("an encrypted part",)),
    _mail("signed", _parts("multipart/signed", _PLAIN, "Content-Type: application/pgp-signature\n\nx"), "FIRST",
          "application/pgp-signature"),
    _mail("s/mime", f"{_HEAD}Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx\n",
          omitted=("an encrypted part of the message (S/MIME)",)),
    _mail("report", _parts("multipart/report", _PLAIN, "Content-Type: message/delivery-status\n\nStatus: 5.1.1\n"),
          "FIRST", "5.1.1", omitted=()),
    _mail("preamble", _parts("multipart/mixed", _PLAIN).replace("\n\n--M", "\n\nHIDDEN WORDS\n--M", 1), "FIRST",
          omitted=("before the first part of the message: HIDDEN WORDS",)),
    _mail("after the end", _parts("multipart/mixed", _PLAIN) + "MORE WORDS\n", "FIRST",
          omitted=("after the last part of the message: MORE WORDS",)),
    _mail("cut off", _parts("multipart/mixed", _PLAIN).removesuffix("--M--\n"), "FIRST", omitted=("malformed",)),
    _mail("one part unreadable", (_parts("multipart/mixed", _PLAIN, "Content-Type: text/plain; charset=utf-8\n"
          "Content-Transfer-Encoding: quoted-printable\n\n=FF=FE=FA bad\n")), "FIRST", omitted=("a text of the message",)),
    _mail("other headers", f"Received: from there\nX-Note: REMARK\n{_HEAD}\nx\n", "Other headers", "X-Note | REMARK"),
    _mail("cut words in a header", "Subject: =?utf-8?B?2LTZhw==?= =?utf-8?B?2KfYrw==?=\n =?x-sjis?B?k/qWew==?=\n\nx\n",
          "Subject | شهاد日本"),
    _mail("impossible date", "Subject: x\nDate: Mon, 1 Jan 99999999999 00:00:00 +99999999999\n\nwords\n", "99999999999",
          "words"),
    _mail("csv in line", _parts("multipart/mixed", _PLAIN, "Content-Type: text/csv\n\na,b\n"), "a,b"),
    _mail("malformed base64", f"{_HEAD}Content-Transfer-Encoding: base64\n\nd29y!!ZHM\n", "wor", omitted=("malformed",)),
    _mail("saved as UTF-16", ("\ufeff" + _HEAD + "\nشهادة\n").encode("utf-16-le"), "Subject | Case", "شهادة"),
    Case("mailbox", "application/mbox",
         b"From a Mon Sep 28 10:00:00 2020\nSubject: One\n\nFIRST\nFrom the start\n\n"
         b"From b Mon Sep 28 10:00:00 2020\nSubject: Two\n\nSECOND\n",
         ("# Message 1 of 2: One", "FIRST\nFrom the start", "=====", "# Message 2 of 2: Two", "SECOND")),
)  # fmt: skip
