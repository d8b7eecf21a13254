"""Plain texts, tables, data and source code."""

from __future__ import annotations

from tests.renditions.torture.cases import Case
from tests.support.documents import ARABIC

CASES = (
    Case("text with form feeds", "text/plain", b"one\n\x0ctwo\n", ("one", "=====", "two")),
    Case("text in UTF-16", "text/plain", ("\ufeff" + ARABIC).encode("utf-16-le"), (ARABIC,)),
    Case("text in UTF-32", "text/plain", ("\ufeff" + ARABIC).encode("utf-32-be"), (ARABIC,)),
    Case("text in dos-720", "text/plain", ARABIC.replace("\u0651", "").encode("cp720"),
         (ARABIC.replace("\u0651", ""),), encoding="dos-720"),
    Case("text in x-mac-arabic", "text/plain", "شهادة".encode("mac_arabic"), ("شهادة",), encoding="x-mac-arabic"),
    Case("text in UTF-7", "text/plain", "شهادة".encode("utf-7"), ("شهادة",), encoding="unicode-1-1-utf-7"),
    Case("json", "application/json", b'{"a": [1,\n  2]}\n', ('{"a": [1,\n  2]}',)),
    Case("xml", "application/xml", '<?xml version="1.0" encoding="windows-1256"?><a>شهادة</a>'.encode("cp1256"),
         ("<a>شهادة</a>",)),
    Case("source code", "text/x-source", b"def f():\n\treturn 1\n", ("def f():\n\treturn 1",)),
    Case("subtitles", "text/x-subtitles", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", ("00:00:01,000 --> 00:00:02,000",)),
    Case("csv with a separator line", "text/csv", b"sep=;\na;b\n1;2\n", ("a | b", "1 | 2"), absent=("sep=",)),
    Case("csv with line ends in cells", "text/csv", b'a,b\n"x\ny",2\n', ("x\ny | 2",)),
    Case("tsv in UTF-16", "text/csv", "\ufeffName\tDate\r\nA\t2019\r\n".encode("utf-16-le"), ("Name | Date", "A | 2019")),
)  # fmt: skip
