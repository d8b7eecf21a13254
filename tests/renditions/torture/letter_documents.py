"""Messages whose two forms differ, whose parts cannot be told apart, and mailboxes with lines that look like others."""

from __future__ import annotations

from tests.renditions.torture.cases import Case

_HEAD = b"From: a@example.org\nTo: b@example.org\nSubject: S\nMIME-Version: 1.0\n"
_DIFFERS = "The HTML form of this message, which differs from its plain text"


def _letter(
    name: str, content: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()
) -> Case:
    return Case(f"letter {name}", "message/rfc822", content, drawn, omitted, absent)


def _both(plain: str, page: str) -> bytes:
    return (
        _HEAD + b"Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-8\n\n"
        + plain.encode() + b"\n--B\nContent-Type: text/html; charset=utf-8\n\n" + page.encode() + b"\n--B--\n"
    )  # fmt: skip


def _mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--B\n" + part + b"\n" for part in parts)
    return _HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n" + body + b"--B--\n"


def _box(name: str, content: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"mailbox {name}", "application/mbox", content, drawn, omitted, absent)


_FROM = b"From a@example.org Wed Jan  1 00:00:00 2020\n"

CASES = (
    _letter("one word more in HTML", _both("The accused is guilty", "<p>The accused is not guilty"), _DIFFERS,
            "The accused is not guilty"),
    _letter("struck in HTML", _both("GUILTY innocent", "<p><s>GUILTY</s> innocent"), _DIFFERS, "~GUILTY~"),
    _letter("powers in HTML", _both("106", "<p>10<sup>6</sup>"), _DIFFERS, "10^6^"),
    _letter("another number in HTML", _both("Pay 100 today", "<p>Pay 1000 today"), _DIFFERS, "Pay 1000"),
    _letter("another order in HTML", _both("A beat B", "<p>B beat A"), _DIFFERS, "B beat A"),
    _letter("a list in HTML", _both("one two", "<ol start=4><li>one<li>two</ol>"), _DIFFERS, "4. one"),
    _letter("a minus in HTML", _both("profit 5", "<p>profit -5"), _DIFFERS, "profit -5"),
    _letter("the same in both", _both("Hello friends (https://example.org/)",
            '<p>Hello <a href="https://example.org/">friends</a>'), "Hello friends", absent=(_DIFFERS,)),
    _letter("a link in HTML only", _both("Hello friends", '<p>Hello <a href="https://example.org/">friends</a>'),
            "Hello friends", omitted=("link https://example.org/ of the HTML form",)),
    _letter("two plain forms", _HEAD + b"Content-Type: multipart/alternative; boundary=B\n\n--B\nContent-Type: text/plain\n\n"
            b"one\n--B\nContent-Type: text/plain\n\nTWO\n--B--\n", "one", "TWO"),
    _letter("text of another kind", _mixed(b"Content-Type: text/enriched\n\n<bold>ENRICHED</bold>"), "ENRICHED"),
    _letter("text with a name", _mixed(b"Content-Type: text/plain; name=body.txt\n\nBODYTEXT"), "BODYTEXT", "body.txt"),
    _letter("flowed", _HEAD + b"Content-Type: text/plain; format=flowed; delsp=yes\n\na long li \nne that flows\n> quo \n> ted\n"
            b"-- \nsig", "a long line that flows", "> quoted", "-- \nsig"),
    _letter("flowed with spaces", _HEAD + b"Content-Type: text/plain; format=flowed\n\none \ntwo\n\nthree", "one two\n"),
    _letter("no boundary", _HEAD + b"Content-Type: multipart/mixed\n\n--B\nContent-Type: text/plain\n\nLOSTWORDS\n--B--\n",
            "LOSTWORDS", omitted=("NoBoundaryInMultipartDefect",)),
    _letter("wrong boundary", _HEAD + b"Content-Type: multipart/mixed; boundary=X\n\n--B\n\nLOSTWORDS\n--B--\n", "LOSTWORDS",
            omitted=("StartBoundaryNotFoundDefect",)),
    _letter("digest", _HEAD + b"Content-Type: multipart/digest; boundary=B\n\n--B\n\nFrom: q@example.org\nSubject: D1\n\n"
            b"DIGESTBODY\n--B--\n", "D1", "DIGESTBODY"),
    _letter("name in pieces", _mixed(b"Content-Type: text/plain\n\none", b"Content-Type: application/pdf\nContent-Disposition: "
            b"attachment; filename*0*=utf-8''%D8%B3%D9%84; filename*1*=%D8%A7%D9%85.pdf\n\nxx"), "سلام.pdf | application/pdf"),
    _letter("word cut in a letter", _HEAD.replace(b"Subject: S", b"Subject: =?utf-8?B?2LPZ?=\n =?utf-8?B?hNin2YU=?=") + b"\nx",
            "Subject | سلام"),
    _letter("header without a colon", b"From: a@example.org\nThis is not a header\nSubject: later\n\nbody",
            "This is not a header", "Subject: later", omitted=("MissingHeaderBodySeparatorDefect",)),
    _box("a line that begins with From", _FROM + b"Subject: one\n\nHello\n\nFrom here on we walk\nsecond\n\n" + _FROM
         + b"Subject: two\n\n>From quoted\n", "From here on we walk", "Message 2 of 2: two", ">From quoted"),
    _box("its own line", _FROM + b"Subject: one\n\nHello\n", "From line of the mailbox | a@example.org Wed Jan 1"),
)  # fmt: skip
