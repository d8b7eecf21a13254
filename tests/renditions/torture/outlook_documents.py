"""Messages of Outlook, as .msg and as winmail.dat: every property is drawn, listed or named."""

from __future__ import annotations

import base64
import struct

from tests.renditions.torture.cases import Case
from tests.support.compound_file import Outlook, file_time, outlook_message, winmail
from tests.support.documents import picture

_S, _A, _B, _T, _I = 0x1F, 0x1E, 0x102, 0x40, 0x03
_SUBJECT, _BODY, _HTML, _RTF, _PAGE, _HTML_PAGE = 0x37, 0x1000, 0x1013, 0x1009, 0x3FFD, 0x3FDE
_MSG = "application/vnd.ms-outlook"
Properties = dict[tuple[int, int], object]


def _msg(name: str, message: Outlook, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"msg {name}", _MSG, outlook_message(message), drawn, omitted, absent)


def _stored(rtf: bytes) -> bytes:
    """RTF as Outlook stores it, not compressed (MS-OXRTFCP 2.1.3.1.1)."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def _mail(body: Properties) -> Properties:
    return {
        (0x1A, _S): "IPM.Note", (_SUBJECT, _S): "Case 7", (0x0C1A, _S): "Alice", (0x5D01, _S): "alice@example.org",
        (0x39, _T): file_time(2020, 9, 28, 10, 0, 0), **body,
    }  # fmt: skip


def _nested(depth: int) -> Outlook:
    inner: Outlook | None = None
    for level in range(depth, 0, -1):
        held: list[Properties] = [{(0x3705, _I): 5, (0x3701, 0x0D): inner}] if inner is not None else []
        inner = Outlook(_mail({(_BODY, _S): f"WORDS OF LEVEL {level}"}), attachments=held)
    assert inner is not None
    return inner


def _tnef(name: str, content: bytes, *drawn: str, omitted: tuple[str, ...]) -> Case:
    packed = base64.encodebytes(content).decode()
    mail = (
        'From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="M"\n\n--M\n\nFIRST\n--M\n'
        f"Content-Type: application/ms-tnef\nContent-Disposition: attachment; filename=winmail.dat\n"
        f"Content-Transfer-Encoding: base64\n\n{packed}\n--M--\n"
    )
    return Case(f"winmail {name}", "message/rfc822", mail.encode(), ("FIRST", "winmail.dat", *drawn), omitted)


_PAGE_IN_RTF = (
    rb"{\rtf1\ansi\ansicpg1256\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset178 x;}}"
    rb"{\*\htmltag19 <html>}{\*\htmltag84 <p>}\htmlrtf {\htmlrtf0 The accused is {\*\htmltag84 <s>}\htmlrtf {\strike "
    rb"\htmlrtf0 guilty{\*\htmltag92 </s>}\htmlrtf }\htmlrtf0  innocent 1 {\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0  2 "
    rb"\f1\'d4\'e5\'c7\'cf\'c9{\*\htmltag92 </p>}\htmlrtf\par}\htmlrtf0}"
)
_NATIVE = rb"{\rtf1\ansi\ansicpg1252 The accused is {\strike guilty} innocent.{\v hidden}\par}"
_PDF: Properties = {(0x3707, _S): "report of May.pdf", (0x370E, _S): "application/pdf", (0x3701, _B): b"%PDF-" * 1_000}

CASES = (
    _msg("plain", Outlook(_mail({(_BODY, _S): "Plain words.\r\n\r\nMore."}), [
        {(0x3001, _S): "Bob", (0x39FE, _S): "bob@example.org", (0x0C15, _I): 1},
        {(0x3001, _S): "Carol", (0x0C15, _I): 2}, {(0x3001, _S): "Dan", (0x0C15, _I): 3}]),
        "From | Alice <alice@example.org>", "To | Bob <bob@example.org>", "Cc | Carol", "Bcc | Dan", "Subject | Case 7",
        "Date | 2020-09-28 10:00:00Z", "Plain words."),
    _msg("without recipients of its own", Outlook(_mail({(_BODY, _S): "x", (0x0E04, _S): "Bob; Carol"})), "To | Bob; Carol"),
    _msg("displayed to others than it went to", Outlook(_mail({(_BODY, _S): "x", (0x0E04, _S): "Somebody else"}),
         [{(0x3001, _S): "Bob", (0x0C15, _I): 1}]), "To | Bob", "Displayed recipients | Somebody else"),
    _msg("html that says more", Outlook(_mail({(_BODY, _S): "The accused is guilty innocent.",
         (_HTML, _B): b"<p>The accused is <s>guilty</s> innocent.", (_HTML_PAGE, _I): 65001})),
         "The HTML form of this message, which differs", "~guilty~"),
    _msg("html that says the same", Outlook(_mail({(_BODY, _S): "FIRST", (_HTML, _B): b"<p>FIRST", (_HTML_PAGE, _I): 65001})),
         "FIRST", absent=("HTML form",)),
    _msg("html alone in windows-1256", Outlook(_mail({(_HTML, _B): "<p>شهادة".encode("cp1256"), (_HTML_PAGE, _I): 1256})),
         "شهادة"),
    _msg("html in rtf", Outlook(_mail({(_RTF, _B): _stored(_PAGE_IN_RTF)})), "The accused is ~guilty~ innocent 1 < 2 شهادة"),
    _msg("rtf alone", Outlook(_mail({(_RTF, _B): _stored(_NATIVE)})), "The accused is ~guilty~ innocent.",
         omitted=("hidden text: hidden",)),
    _msg("rtf that says more", Outlook(_mail({(_BODY, _S): "The accused is guilty innocent.", (_RTF, _B): _stored(_NATIVE)})),
         "The RTF form of this message, which differs", "~guilty~", omitted=("hidden text: hidden",)),
    _msg("rtf cut off", Outlook(_mail({(_BODY, _S): "FIRST", (_RTF, _B): _stored(_NATIVE)[:40]})), "FIRST",
         omitted=("the RTF form of the message: its compressed text is cut off",)),
    _msg("strings of one byte", Outlook({(0x1A, _A): "IPM.Note", (_SUBJECT, _A): "شهادة".encode("cp1256"),
         (_BODY, _A): "نص الشهادة".encode("cp1256"), (_PAGE, _I): 1256}), "Subject | شهادة", "نص الشهادة"),
    _msg("strings of an unknown code page", Outlook({(_SUBJECT, _A): b"\xd4\xe5", (_BODY, _S): "FIRST", (_PAGE, _I): 64999}),
         "FIRST", omitted=("whose encoding is not known",)),
    _msg("attachment", Outlook(_mail({(_BODY, _S): "FIRST"}), attachments=[_PDF]), "report of May.pdf | application/pdf | 5,000"),
    _msg("attachment with a short name and no type", Outlook(_mail({(_BODY, _S): "x"}), attachments=[
        {(0x3704, _S): "A~1.DOC", (0x3701, _B): b"abc"}]), "A~1.DOC | application/octet-stream | 3"),
    _msg("attachment by reference", Outlook(_mail({(_BODY, _S): "x"}), attachments=[
        {(0x3707, _S): "far.doc", (0x3705, _I): 4, (0x370D, _S): "\\\\server\\far.doc"}]), "far.doc",
        omitted=("far.doc, which is only a reference to a file: \\\\server\\far.doc",)),
    _msg("picture in html", Outlook(_mail({(_HTML, _B): b'<p>see <img alt="A street" src="cid:p1">', (_HTML_PAGE, _I): 65001}),
         attachments=[{(0x3707, _S): "p.png", (0x370E, _S): "image/png", (0x3712, _S): "p1", (0x3701, _B): picture()}]),
         "<A street>"),
    _msg("message in a message", Outlook(_mail({(_BODY, _S): "OUTER"}), attachments=[
        {(0x3705, _I): 5, (0x3701, 0x0D): Outlook(_mail({(_BODY, _S): "INNER", (_SUBJECT, _S): "Inner subject"}))}]),
        "OUTER", "Message in this message", "Subject | Inner subject", "INNER"),
    _msg("five messages deep", _nested(5), *(f"WORDS OF LEVEL {level}" for level in range(1, 6))),
    _msg("headers of the transport", Outlook(_mail({(_BODY, _S): "x", (0x7D, _S): "Received: from there\r\nX-Note: REMARK\r\n"})),
         "Headers as they came with the message", "X-Note: REMARK"),
    _msg("named properties", Outlook(_mail({(_BODY, _S): "x", (0x8000, 0x101F): ("red", "blue"), (0x8001, _S): "Hall 3",
         (0x8002, _I): 4, (0x8003, _T): file_time(2021, 1, 2, 3, 4, 5)}),
         names={0x8000: "Keywords", 0x8001: 0x8208, 0x8002: 0x8205, 0x8003: 0x820D}),
         "Keywords | red; blue", "Place | Hall 3", "Begins | 2021-01-02 03:04:05Z", omitted=("property 0x8205",)),
    _msg("private, with a version of the program", Outlook(_mail({(_BODY, _S): "x", (0x8000, 0x0B): 1, (0x8001, 0x0B): 0,
         (0x8002, _I): 4}), names={0x8000: 0x8506, 0x8001: 0x8503, 0x8002: 0x8552}), "Private | yes", absent=("Reminder",)),
    _msg("importance and sensitivity", Outlook(_mail({(_BODY, _S): "x", (0x17, _I): 2, (0x36, _I): 3})),
         "Importance | high", "Sensitivity | confidential"),
    _msg("unknown properties", Outlook(_mail({(_BODY, _S): "x", (0x6789, _S): "SAID", (0x678A, _I): 9, (0x678B, _B): b"abc"})),
         "property 0x6789 | SAID", omitted=("property 0x678A, property 0x678B",)),
    _msg("contact", Outlook({(0x1A, _S): "IPM.Contact", (_SUBJECT, _S): "Eve", (0x3A08, _S): "+963115550199",
         (0x3A16, _S): "A company"}), "Message class | IPM.Contact", "Business telephone | +963115550199", "A company"),
    _msg("on behalf of another", Outlook(_mail({(_BODY, _S): "x", (0x42, _S): "The Board", (0x5D02, _S): "board@example.org"})),
         "From | The Board <board@example.org>", "Sender | Alice <alice@example.org>"),
    _tnef("with two attachments", winmail({(_SUBJECT, _S): "Inside", (_BODY, _S): "TNEF WORDS", (0x8001, _S): "red"}, [
        ("A~1.PDF", b"xyz", {(0x3707, _S): "a long name.pdf"}), ("b.txt", b"hello", {})]),
        "TNEF WORDS", "Subject | Inside", "Keywords | red", "a long name.pdf | application/octet-stream | 3",
        "b.txt | application/octet-stream | 5", omitted=("winmail.dat (2): a long name.pdf, b.txt",)),
    _tnef("with rtf", winmail({(_RTF, _B): _stored(_NATIVE)}, []), "The accused is ~guilty~ innocent.",
          omitted=("hidden text: hidden",)),
    _tnef("with a message", winmail({(_BODY, _S): "OUTER"}, [("Inner", b"", {(0x3701, 0x0D): bytes(16) + winmail(
        {(_BODY, _S): "INNER WORDS"}, [("deep.txt", b"1234", {})])})]), "OUTER", "INNER WORDS", "deep.txt",
        omitted=("deep.txt",)),
    _tnef("cut off", winmail({(_BODY, _S): "TNEF WORDS"}, [("b.txt", b"hello", {}), ("c.txt", b"x" * 900, {})])[:-400],
          "TNEF WORDS", "b.txt", omitted=("it is cut off or damaged", "c.txt")),
    _tnef("damaged", winmail({(_BODY, _S): "TNEF WORDS"}, [("b.txt", b"hello", {})]).replace(b"hello", b"hullo"),
          "TNEF WORDS", "b.txt", omitted=("checksum", "b.txt")),
    _tnef("of other bytes", b"x", omitted=("winmail.dat, into which Outlook has packed",)),
)  # fmt: skip
