"""XML is read without entities, network or DTD, within limits, and in known encodings only."""

from __future__ import annotations

import pickle
import resource
import time

import pytest

from archive.formats.xml_safety import ENCODINGS, XmlLimits, XmlRefusedError, parse_xml, root_of, stream_xml


def refused(content: bytes, limits: XmlLimits | None = None) -> tuple[str, int | None]:
    with pytest.raises(XmlRefusedError) as caught:
        parse_xml(content, subject="x.xml", limits=limits or XmlLimits())
    return caught.value.finding.code, caught.value.finding.line


LAUGHS = (
    b'<!DOCTYPE l [<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    ) + b"]><l>&j;</l>"
)  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b"<!DOCTYPE a><a/>",
        b'<?xml version="1.0"?>\n<!-- x -->\n<!DOCTYPE a SYSTEM "http://x.invalid/a.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'\xef\xbb\xbf<?xml version="1.0"?><?pi x?><!DOCTYPE a><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        "<!DOCTYPE a><a/>".encode("utf-16"),
        b'<?xml version="1.0" encoding="ISO-8859-1"?>\r\n<!DOCTYPE a><a/>',
        LAUGHS,
    ],
)
def test_a_doctype_is_refused_before_it_is_read(content: bytes) -> None:
    assert refused(content)[0] == "XML-102"
    with pytest.raises(XmlRefusedError):
        list(stream_xml([content], ["a"]))
    with pytest.raises(XmlRefusedError):
        root_of(content)


def test_an_entity_without_a_doctype_is_not_well_formed() -> None:
    assert refused(b"<a>&x;</a>") == ("XML-101", 1)


def test_inclusions_are_refused_and_never_followed() -> None:
    text = b'<a xmlns:xi="http://www.w3.org/2001/XInclude">\n<xi:include href="file:///etc/passwd" parse="text"/></a>'
    assert refused(text) == ("XML-106", 2)


@pytest.mark.parametrize(
    "content", [b"", b"  \n ", b"text", b"<a>", b"<a></b>", b"<a/><b/>", b"<a b='1' b='2'/>", b"\x00<a/>"]
)
def test_what_is_not_well_formed(content: bytes) -> None:
    assert refused(content)[0] in ("XML-101", "XML-103")


@pytest.mark.parametrize(
    ("name", "codec"),
    [("UTF-8", "utf-8"), ("utf-8", "utf-8-sig"), ("UTF-16", "utf-16"), ("ISO-8859-1", "latin-1"), ("US-ASCII", "ascii"),
     ("windows-1252", "cp1252"), ("windows-1256", "cp1256"), ("ISO-8859-6", "iso-8859-6"),
     ("ISO-8859-15", "iso-8859-15"), ("Shift_JIS", "cp932"), ("EUC-JP", "euc_jp"), ("GB2312", "gb2312"),
     ("GB18030", "gb18030"), ("Big5", "big5"), ("EUC-KR", "cp949"), ("macintosh", "mac_roman"), ("IBM850", "cp850")],
)  # fmt: skip
def test_encodings(name: str, codec: str) -> None:
    words = {
        "cp1256": "بيان", "iso-8859-6": "بيان", "ascii": "plain", "cp932": "表示", "euc_jp": "表示", "gb2312": "中文",
        "gb18030": "中文", "big5": "中文", "cp949": "한글",
    }  # fmt: skip
    word = words.get(codec, "é")
    content = f'<?xml version="1.0" encoding="{name}"?>\n<a>{word}</a>'.encode(codec)
    assert parse_xml(content).getroot().text == word
    assert root_of(content) == ("a", ())


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0" encoding="UTF-7"?><a/>',
        b'<?xml version="1.0" encoding="EBCDIC-CP-US"?><a/>',
        b'<?xml version="1.0" encoding="HZ"?><a/>',
        b'<?xml version="1.0" encoding="ISO-2022-JP"?><a/>',
        b'<?xml version="1.0" encoding="IBM037"?><a/>',
        b'<?xml version="1.0" encoding="UTF-32"?><a/>',
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b'<?xml version="1.0" encoding="Shift_JIS"?><a>\x81\x20</a>',
        b'<?xml version="1.0" encoding="UTF-16"?><a/>',
        b"<a>\xff\xfe</a>",
        b'\xef\xbb\xbf<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
        b"\xff\xfe<\x00a\x00/\x00>",
    ],
)
def test_encodings_that_are_not_read(content: bytes) -> None:
    assert refused(content)[0] in ("XML-103", "XML-101")


def test_every_encoding_listed_is_read_alike_by_us_and_the_parser() -> None:
    for name, codec in ENCODINGS.items():
        content = f'<?xml version="1.0" encoding="{name}"?>\n<a>x</a>'.encode("utf-16" if codec == "utf-16" else codec)
        assert parse_xml(content).getroot().text == "x", name
        if not codec.startswith("utf-16"):
            assert [element.text for element in stream_xml([content], ["a"])] == ["x"], name


def test_limits() -> None:
    assert refused(b"<a>" * 300 + b"</a>" * 300)[0] == "XML-104"
    assert refused(b"<a>" * 100_000)[0] in ("XML-104", "XML-101")
    assert refused(b"<a " + b" ".join(b'b%d=""' % n for n in range(300)) + b"/>")[0] == "XML-104"
    assert refused(b"<a>" + b"<b/>" * 50 + b"</a>", XmlLimits(elements=20))[0] == "XML-104"
    assert refused(b"<a>" + b"x" * 100 + b"</a>", XmlLimits(size=50))[0] == "XML-105"
    assert refused(b"<!-- " + b"x" * 70_000 + b" --><a/>")[0] == "XML-104"
    assert refused(b"<?x " + b"x" * 70_000 + b" ?><a/>")[0] == "XML-104"
    assert refused(b" " * 70_000 + b"<a/>")[0] in ("XML-104", "XML-101")


def test_what_cannot_be_streamed_in_small_parts_is_refused() -> None:
    def endless() -> object:
        yield b"<a>"
        while True:
            yield b"<b/>" * 10_000

    with pytest.raises(XmlRefusedError) as caught:
        list(stream_xml(endless(), ["c"], limits=XmlLimits(part=1 << 20)))  # type: ignore[arg-type]
    assert caught.value.finding.code == "XML-105"


def test_streaming_gives_each_element_at_its_end() -> None:
    content = b"<a>" + b"".join(b"<b>%d</b>" % n for n in range(1000)) + b"</a>"
    pieces = (content[at : at + 7] for at in range(0, len(content), 7))
    assert [element.text for element in stream_xml(pieces, ["b"])] == [str(n) for n in range(1000)]
    with pytest.raises(XmlRefusedError) as caught:
        list(stream_xml([b"<a><b/>"], ["b"]))
    assert caught.value.finding.code == "XML-101"
    with pytest.raises(XmlRefusedError) as caught:
        list(stream_xml(["<a/>".encode("utf-16")], ["a"]))
    assert caught.value.finding.code == "XML-105"


def test_crafted_documents_take_neither_time_nor_memory() -> None:
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    for content in (
        LAUGHS,
        b"<a>" * 1_000_000,
        b"<!--" + b"-" * 100_000,
        b'<a b="' + b"&#65;" * 1_000_000,
        b"<" * 5_000_000,
    ):
        assert refused(content)
    assert time.process_time() - start < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10


def test_the_refusal_travels_between_processes() -> None:
    with pytest.raises(XmlRefusedError) as caught:
        parse_xml(b"<a>", subject="x.xml")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert again.finding == caught.value.finding
    assert "x.xml" in str(again)
    assert "line 1" in str(again)
