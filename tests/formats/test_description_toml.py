"""description.toml: nothing lost on the way in, every mistake named with its line, and back out again."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.formats.description_toml import read_description
from archive.formats.description_writing import write_description
from archive.model.codes import description as codes
from archive.model.description import TERMS, Access, Certainty, Description, Origin, Statement
from archive.model.finding import Finding, FindingKind, Severity
from archive.stages.description.recorded_rights import read_accesses


def read(text: str) -> tuple[Description, list[Finding]]:
    return read_description(text.encode())


def only(text: str) -> Finding:
    found = read(text)[1]
    assert len(found) == 1, [one.message for one in found]
    return found[0]


def test_the_forms_of_a_value() -> None:
    told, findings = read(
        'title = "One"\n'
        'alternative = { en = "Two", ar = ["ثلاثة", "أربعة"] }\n'
        'subject = ["a", { value = "b", language = "en", certainty = "uncertain", source = "document",'
        ' by = "page 2", note = "n" }]\n'
        "issued = 2024-03-14\ncreated = 2024\n"
    )
    assert findings == []
    assert told.statements == (
        Statement("title", "One"),
        Statement("alternative", "Two", "en"),
        Statement("alternative", "ثلاثة", "ar"),
        Statement("alternative", "أربعة", "ar"),
        Statement("subject", "a"),
        Statement("subject", "b", "en", Certainty.UNCERTAIN, Origin.DOCUMENT, "page 2", "n"),
        Statement("issued", "2024-03-14"),
        Statement("created", "2024"),
    )


def test_defaults_hold_for_texts_and_not_for_names_dates_and_codes() -> None:
    told, findings = read(
        'title = "T"\ncreator = "C"\nissued = "2024"\nlanguage = "ar"\nsubject = { ar = "س" }\n'
        '[defaults]\nlanguage = "en"\nby = "A. Archivist"\ncertainty = "inferred"\nsource = "document"\n'
    )
    assert findings == []
    assert [(s.property, s.language) for s in told.statements] == [
        ("title", "en"), ("creator", None), ("issued", None), ("language", None), ("subject", "ar"),
    ]  # fmt: skip
    assert {(s.by, s.certainty, s.source) for s in told.statements} == {
        ("A. Archivist", Certainty.INFERRED, Origin.DOCUMENT)
    }


def test_rights_files_and_private_fields() -> None:
    told, findings = read(
        '[rights]\naccess = "embargoed"\nuntil = 2030-01-01\nreason = "r"\nholder = "H"\n'
        '[files."a b.png"]\nalternative_text = { en = "A house" }\n'
        '[files."a b.png".rights]\naccess = "closed"\n[files."a b.png".private]\nwho = "Somebody else"\n'
        '[private]\nwitness = "A witness"\n'
    )
    assert findings == []
    assert told.access() is Access.EMBARGOED
    assert told.until() == "2030-01-01"
    assert told.access("a b.png") is Access.CLOSED
    assert told.alternative_text("a b.png") == "A house"
    assert told.has_private
    assert [s.value for s in told.statements if s.private] == ["Somebody else", "A witness"]
    assert all(not s.private for s in told.public)


def test_the_title_is_given_in_the_language_of_the_content() -> None:
    both = 'title = { en = "English", ar = "عربي" }\n'
    assert read(both + 'language = "ar-SY"\n')[0].title_text() == "عربي"
    assert read(both + 'language = "fr"\n')[0].title_text() == "English"
    assert read('language = "ar"\n')[0].title_text() is None


def test_private_and_suggested_values_are_not_asserted() -> None:
    told, _ = read(
        'title = { value = "Secret title", private = true }\n'
        'creator = [{ value = "Maybe", certainty = "suggested" }, "Sure"]\n'
    )
    assert told.title_text() is None
    assert told.creators() == ("Sure",)


MISTAKES: list[tuple[str, FindingKind, int | None]] = [
    ('title = "x\n', codes.MALFORMED, 1),
    ('title = "a"\ntitle = "b"\n', codes.MALFORMED, 2),
    ('titel = "x"\n', codes.UNKNOWN_KEY, 1),
    ('a = 1\n', codes.UNKNOWN_KEY, 1),
    ('[rights]\naccess = "open"\nuntill = "2030-01-01"\n', codes.UNKNOWN_KEY, 3),
    ('[defaults]\nlang = "en"\n', codes.UNKNOWN_KEY, 2),
    ('title = { value = "x", lang = "en" }\n', codes.UNKNOWN_KEY, 1),
    ('[files."x"]\nalt = "x"\n', codes.UNKNOWN_KEY, 2),
    ("title = true\n", codes.WRONG_TYPE, 1),
    ("title = 1.5\n", codes.WRONG_TYPE, 1),
    ('title = [["x"]]\n', codes.WRONG_TYPE, 1),
    ("title = {}\n", codes.WRONG_TYPE, 1),
    ('title = { value = "x", certainty = "sure" }\n', codes.WRONG_TYPE, 1),
    ('title = { value = "x", source = "rumour" }\n', codes.WRONG_TYPE, 1),
    ('title = { value = "x", note = 1 }\n', codes.WRONG_TYPE, 1),
    ('files = "x"\n', codes.WRONG_TYPE, 1),
    ('[files]\n"x" = "y"\n', codes.WRONG_TYPE, 2),
    ("defaults = 1\n", codes.WRONG_TYPE, 1),
    ('title = ""\n', codes.EMPTY_VALUE, 1),
    ('subject = ["a", "  "]\n', codes.EMPTY_VALUE, 1),
    ('\nissued = "12 May 2023"\n', codes.BAD_DATE, 2),
    ('issued = "2023-02-30"\n', codes.BAD_DATE, 1),
    ('title = { en_US = "x" }\n', codes.BAD_LANGUAGE, 1),
    ('language = "english"\n', codes.BAD_LANGUAGE, 1),
    ('[defaults]\nlanguage = "eng"\n', codes.BAD_LANGUAGE, 2),
    ('language = "EN"\n', codes.LANGUAGE_FORM, 1),
    ('type = "text"\n', codes.UNKNOWN_TYPE, 1),
    ('[rights]\nlicense = "https://creativecommons.org/licenses/by/9.0/"\n', codes.BAD_RIGHTS_URI, 2),
    ('[rights]\nstatement = "http://rightsstatements.org/vocab/XYZ/1.0/"\n', codes.BAD_RIGHTS_URI, 2),
    ('identifier = "ISBN 978-3-16-148410-1"\n', codes.BAD_IDENTIFIER, 1),
    ('title = "a\\u202eb"\n', codes.UNBALANCED_BIDI, 1),
    ('title = "a\\u0000b"\n', codes.FORBIDDEN_CHARACTER, 1),
    ('[rights]\naccess = "secret"\n', codes.BAD_ACCESS, 2),
    ('[rights]\nbasis = "rumour"\n', codes.BAD_ACCESS, 2),
    ('[rights]\naccess = "embargoed"\n', codes.NO_END, 2),
    ('[rights]\naccess = "embargoed"\nuntil = "2030-01"\n', codes.BAD_UNTIL, 2),
    ('[rights]\naccess = "open"\nuntil = "2030-01-01"\n', codes.UNTIL_WITHOUT_EMBARGO, 2),
    ('creator = "Abu Example and others"\n[private]\nwitness = "Abu Example"\n', codes.PRIVATE_ELSEWHERE, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "line"), MISTAKES)
def test_every_mistake_is_named_with_its_line(text: str, kind: FindingKind, line: int | None) -> None:
    found = only(text)
    assert found.kind is kind
    assert found.line == line
    assert found.message


def test_all_mistakes_are_named_not_only_the_first() -> None:
    findings = read('titel = "x"\nissued = "soon"\nlanguage = "english"\n')[1]
    assert [one.code for one in findings] == ["DSC-102", "DSC-110", "DSC-112"]
    assert findings[0].message.endswith("did you mean title?")


@pytest.mark.parametrize(
    "content", [b"\xff\xfe", b'title = "\xe9"', b"\x00", b"title = " + b"[" * 5000, b"[" * 100, b"= = =", b'"' * 999]
)
def test_rubbish_is_a_finding(content: bytes) -> None:
    findings = read_description(content)[1]
    assert findings
    assert findings[0].severity is Severity.ERROR


def test_windows_line_ends_and_a_byte_order_mark_are_read() -> None:
    told, findings = read_description(b'\xef\xbb\xbftitle = "x"\r\nissued = "2024"\r\n')
    assert findings == []
    assert told.title_text() == "x"


def test_a_finding_never_repeats_a_private_value() -> None:
    secret = "12 Secret Street"
    text = "".join(f'{key} = {{ value = "{secret}", private = true }}\n' for key in ("issued", "type", "language"))
    text += f'[rights]\naccess = {{ value = "{secret}", private = true }}\n'
    findings = read(text)[1]
    assert len(findings) == 4
    assert not any(secret in finding.message for finding in findings)


_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=30
).filter(lambda text: bool(text.strip()))
_STATEMENTS = st.builds(
    Statement,
    st.sampled_from([*TERMS, "rights.reason", "rights.note", "private.some key", "alternativeText"]),
    _TEXT,
    st.sampled_from([None, "en", "ar", "mul"]),
    st.sampled_from(list(Certainty)),
    st.sampled_from(list(Origin)),
    st.none() | _TEXT,
    st.none() | _TEXT,
    st.none() | st.sampled_from(["a b.txt", "رسالة.txt", 'odd "name" \\ %.md']),
    st.booleans(),
)


@given(st.lists(_STATEMENTS, max_size=8))
@settings(max_examples=150, deadline=None)
def test_what_is_written_reads_back_as_the_same_statements(statements: list[Statement]) -> None:
    kept = []
    for one in statements:
        if one.property == "alternativeText" and one.about is None:
            continue
        private = one.private or one.property.startswith("private.")
        kept.append(Statement(one.property, one.value, one.language, one.certainty, one.source, one.by, one.note,
                              one.about, private))  # fmt: skip
    told = read_description(write_description(kept, "two\nlines").encode())[0]
    assert sorted(map(repr, told.statements)) == sorted(map(repr, kept))


def test_what_a_screen_would_not_show_is_written_escaped() -> None:
    written = write_description([Statement("title", "a\u202eb\u200cc", "ar")])
    assert "\u202e" not in written
    assert "\\u202E" in written
    assert read(written)[0].title_text() == "a\u202eb\u200cc"


HOSTILE = {
    "unknown keys": b"".join(b'k%d = "x"\n' % number for number in range(100_000)),
    "one long key": b"k" * 5_000_000 + b' = "x"\n',
    "a key of many parts": b"a" + b".a" * 100_000 + b" = 1\n",
    "a quoted key of many parts": b'"a"' + b' . "a"' * 100_000 + b" = 1\n",
    "a table of many parts": b"[a" + b".a" * 100_000 + b"]\n",
    "a key of many parts in a table": b"a = {b" + b".b" * 100_000 + b" = 1}\n",
    "tables in tables": b"a = {" * 100_000,
    "lists in lists": b"a = " + b"[" * 100_000,
    "a long number": b"a = " + b"9" * 1_000_000,
    "dots": b"title = '" + b"." * 5_000_000 + b"'\n",
}


@pytest.mark.parametrize("which", HOSTILE)
def test_a_hostile_description_is_read_in_linear_time(which: str) -> None:
    since = time.process_time()
    _description, findings = read_description(HOSTILE[which])
    assert findings or which == "dots"
    assert time.process_time() - since < 10
    assert read_accesses("metadata/descriptive/description.toml", iter([HOSTILE[which]])) == []
