"""Whatever a description holds that we accept, the records drawn from it pass every rule of our own judge."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from hypothesis import example, given, settings
from hypothesis import strategies as st

from archive.cli.app import run
from archive.errors import FormatError
from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.model.archival import ARCHIVAL, CODES, LEVELS
from archive.model.description import DATES, TERMS, Certainty, Origin, Statement
from archive.model.finding import Severity
from archive.settings import Settings
from archive.stages.creation.workflow import create
from archive.stages.validation import validate
from archive.storage.clock import Clock

_ODD = st.sampled_from([
    "REF:12", "doi:10.1000/182", "10.1000/182", "http://example.org/a[b]c", "https://example.org/ملف",
    "urn:isbn:0306406152", "mailto:a@example.org", "x:y", "http://[::1]/",
    "https://user@example.org:80/?q=#f", "about:blank", "a:b c", "tag:x,2020:y", "image/png",
    "text/plain; charset=utf-8", "Text", "Still Image", "2 pages", "  spaces  within  ", "line\nbreak",
    "tab\there", "/home/someone/file", "C:\\Users\\x", "0", "-1", "true", "<b>&amp;</b>", "]]>",
    "\u2067\u0628\u064a\u0627\u0646\u2069", "\u200f(2013)", "\U0001f4dc scroll", "é", "\ufb01",
    "\xa0nbsp\xa0", "\ufffd", "\u0600", "\ue000", "x" * 3000, "\u202fnarrow", "\x85next", "\u2028line",
    "open", "restricted", "embargoed", "closed", "application/pdf", "ISO 19005-3:2012", "data/original/a.txt",
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


_AUTHORITIES = st.sampled_from(
    ["https://isni.org/isni/0000000121032683", "0000 0001 2103 2683", "https://orcid.org/0000-0002-1825-0097",
     "viaf:113230702", "Q42", "https://example.org/a?b&c='d'"]
)  # fmt: skip


@st.composite
def _statements(draw: st.DrawFn) -> Statement:
    term = draw(
        st.sampled_from(
            [*TERMS, *ARCHIVAL.values(), "rights.reason", "rights.note", "rights.jurisdiction", "rights.citation"]
        )
    )
    if term == "accessRights":
        value = draw(st.sampled_from(["open", "restricted", "embargoed", "closed", "by arrangement"]))
    elif term in DATES or term == ARCHIVAL["description_date"]:
        value = draw(_DATES)
    elif term == ARCHIVAL["level"]:
        value = draw(st.sampled_from(LEVELS))
    elif term == ARCHIVAL["creator_authority"]:
        value = draw(_AUTHORITIES)
    elif term == ARCHIVAL["supplied_title"]:
        value = draw(st.sampled_from(["true", "false"]))
    elif term == "language":
        value = draw(_LANGUAGES.filter(bool)) or ""
    else:
        value = draw(_ODD)
    return Statement(
        term,
        value,
        None if term in DATES or term == "language" or term in CODES else draw(_LANGUAGES),
        draw(st.sampled_from(list(Certainty))),
        draw(st.sampled_from(list(Origin))),
        about=draw(st.sampled_from([None, None, None, "a.txt", "sub/رسالة 1%.md"])),
        authority=draw(st.none() | _AUTHORITIES) if term in ("creator", "contributor", "subject") else None,
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
        said = [one for one in statements if one.asserted and one.value.strip()]
        has_ead = os.path.exists(os.path.join(report.bag, "metadata/descriptive/ead.xml"))
        assert has_ead is any(one.property.startswith("archival.") or bool(one.authority) for one in said)


_WHOLE = """# A description
[defaults]
language = "en"
by = "A. Archivist"

[rights]
access = "embargoed"
until = "2030-01-01"
statement = "In copyright"
basis = "statute"
jurisdiction = "us"
citation = "17 USC 108"

[archival]
level = "item"
creator_authority = ["viaf:113230702", "Q42"]
supplied_title = true

[files."a.txt"]
title = { en = "A", ar = "بيان" }
created = 2023-11-15
encoding = "utf-8"
[files."a.txt".rights]
access = "closed"
"""
_FRAGMENTS = [
    'title = "T"', 'title = [{ value = "T", certainty = "inferred" }]', 'creator = ["A", "B"]', "created = 1999-02-30",
    'created = "1999-02-30"', "language = 5", 'type = "Txt"', "[private]", 'name = "N. N."', "[rights]", "[files]",
    '[files."none.txt"]', 'access = "open"', 'until = "2001-01-01"', 'until = "soon"', 'level = "box"', "= 3",
    '"" = "x"', 'title = ""', "title = true", 'title.en = "x"', 'rights = "https://creativecommons.org/licenses/by/9.0/"',
    'identifier = "isbn:1"', "note = '''x", 'encoding = "klingon"', '"\u202e" = "x"', 'title = "\u2067x"', "\x00",
    "[[files]]",
]  # fmt: skip


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(_FRAGMENTS), st.booleans()), max_size=3))
@example([(6, 'until = "2001-01-01"', True)])
@settings(max_examples=300 if os.environ.get("ARCHIVE_LONG_TESTS") else 15, deadline=None)
def test_a_check_and_a_creation_agree_on_every_description(changes: list[tuple[int, str, bool]]) -> None:
    lines = _WHOLE.splitlines()
    for at, fragment, in_place in changes:
        lines[at % len(lines) : at % len(lines) + in_place] = [fragment]
    with tempfile.TemporaryDirectory() as place:
        source = Path(place, "source")
        source.mkdir()
        (source / "a.txt").write_text("A heading\n\nText\n")
        described = source / "description.toml"
        described.write_text("\n".join(lines), "utf-8")
        passed = run(["describe", "--check", str(described)]) == 0
        chosen = Settings().with_flags("render", pdfa="none")
        try:
            report = create([str(source)], place, name="bag", settings=chosen, clock=Clock(1_700_000_000))
        except FormatError:
            assert not passed
            return
        assert passed
        assert report.created
        assert validate(report.bag).verdict == "valid"
        _see_that_the_records_agree(Path(report.bag))


def _see_that_the_records_agree(bag: Path) -> None:
    """Dublin Core in both forms, the finding aid, PREMIS and the statements say the same, read by other code."""
    said = json.loads((bag / "metadata/descriptive/statements.json").read_text("utf-8"))["statements"]
    package = [one for one in said if "about" not in one and one["certainty"] != "suggested"]
    texts = {
        name: [" ".join((one.text or "").split()) for one in ElementTree.parse(bag / "metadata" / place).iter()]
        for name, place in (("dc", "descriptive/dc.xml"), ("dcterms", "descriptive/dcterms.xml"))
    }
    for one in package:
        value = " ".join(one["value"].split())
        if one["property"] in TERMS:
            assert value in texts["dcterms"], one
        if one["property"] in ("title", "creator", "language", "rights"):
            assert value in texts["dc"], one
    premis = (bag / "metadata/preservation/premis.xml").read_text("utf-8")
    access = {one["value"] for one in package if one["property"] == "accessRights"}
    for word, coar in (("embargoed", "embargo"), ("closed", "closed"), ("restricted", "restricted")):
        if word in access:
            assert f">{coar}</restriction>" in premis
    ead = bag / "metadata/descriptive/ead.xml"
    if ead.exists():
        written = [" ".join((one.text or "").split()) for one in ElementTree.parse(ead).iter()]
        for one in package:
            if one["property"] in ("title", "creator"):
                assert " ".join(one["value"].split()) in written, one
