"""Whatever a description holds that we accept, the records drawn from it pass every rule of our own judge."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.config import Settings
from archive.errors import FormatError
from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.model.description import DATES, TERMS, Certainty, Source, Statement
from archive.model.finding import Severity
from archive.stages.creation import create
from archive.storage.clock import Clock

_ODD = st.sampled_from([
    "REF:12", "doi:10.1000/182", "10.1000/182", "http://example.org/a[b]c", "https://example.org/ملف",
    "urn:isbn:0306406152", "mailto:a@example.org", "x:y", "http://[::1]/",
    "https://user@example.org:80/?q=#f", "about:blank", "a:b c", "tag:x,2020:y", "image/png",
    "text/plain; charset=utf-8", "Text", "Still Image", "2 pages", "  spaces  within  ", "line\nbreak",
    "tab\there", "/home/someone/file", "C:\\Users\\x", "0", "-1", "true", "<b>&amp;</b>", "]]>",
    "\u2067\u0628\u064a\u0627\u0646\u2069", "\u200f(2013)", "\U0001f4dc scroll", "é", "\ufb01",
    "\xa0nbsp\xa0", "\ufffd", "\u0600", "\ue000", "x" * 3000, "\u202fnarrow", "\x85next", "\u2028line",
    "open", "closed", "application/pdf", "ISO 19005-3:2012", "data/original/a.txt",
])  # fmt: skip
_DATES = st.sampled_from(
    ["2024", "2024-02", "2024-02-29", "2023-11-15~", "2011/2013", "2011/..", "202X", "-1985", "2001-21", "Y170000002",
     "2024-05-20T10:00:00Z", "2024-05-20T10:00:00", "2024-05-20T24:00:00Z", "1984?/2004%", "0000", "../1985"]
)  # fmt: skip
_LANGUAGES = st.sampled_from(
    [
        None,
        "en",
        "ar",
        "ar-SY",
        "mul",
        "und",
        "zh-Hant",
        "EN-us",
        "x-private",
        "i-klingon",
        "qaa-Qaaa-QM",
        "iw",
        "sl-rozaj",
    ]
)


@st.composite
def _statements(draw: st.DrawFn) -> Statement:
    term = draw(st.sampled_from([*TERMS, "rights.reason", "rights.note", "rights.jurisdiction", "rights.citation"]))
    if term in DATES:
        value = draw(_DATES)
    elif term == "language":
        value = draw(_LANGUAGES.filter(bool)) or ""
    else:
        value = draw(_ODD)
    return Statement(
        term,
        value,
        None if term in DATES or term == "language" else draw(_LANGUAGES),
        draw(st.sampled_from(list(Certainty))),
        draw(st.sampled_from(list(Source))),
        about=draw(st.sampled_from([None, None, None, "a.txt", "sub/رسالة 1%.md"])),
    )


@given(st.lists(_statements(), max_size=12))
@example([Statement("rights", "http://rightsstatements.org/vocab/InC/1.0/"), Statement("rightsHolder", "H", "en")])
@settings(max_examples=400 if os.environ.get("ARCHIVE_LONG_TESTS") else 20, deadline=None)
def test_the_judge_finds_nothing_wrong(statements: list[Statement]) -> None:
    text = write_description(statements).encode()
    refused = any(finding.severity is Severity.ERROR for finding in read_description(text)[1])
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "source")
        (source / "sub").mkdir(parents=True)
        (source / "a.txt").write_text("A heading\n\nText\n")
        (source / "sub" / "رسالة 1%.md").write_text("# عنوان\n")
        (source / "description.toml").write_bytes(text)
        chosen = Settings().with_flags("render", pdfa="none")
        try:
            report = create([str(source)], place, name="bag", settings=chosen, clock=Clock(1_700_000_000))
        except FormatError:
            assert refused
            return
        assert not refused
        assert report.validation is not None
        wrong = [f for f in report.validation.findings if f.severity in (Severity.ERROR, Severity.UNCHECKED)]
        assert wrong == [], [finding.message for finding in wrong]
        assert report.created
