"""Names from outside never steer a terminal or a page."""

from __future__ import annotations

import pytest

from archive.formats.naming import escape, path_fields


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain name.txt", "plain name.txt"),
        ("بيان صحفي.pdf", "بيان صحفي.pdf"),
        ("a\x1b[31mred", "a\\x1b[31mred"),
        ("a\nb\tc\x7f\x9b", "a\\x0ab\\x09c\\x7f\\x9b"),
        ("evil\u202egpj.exe", "evil\\u202egpj.exe"),
        ("line\u2028sep", "line\\u2028sep"),
        ("latin\udce9", "latin\\xe9"),
        ("a\U000e0001", "a\\U000e0001"),
        ("نامه\u200cها", "نامه\u200cها"),
    ],
)
def test_escape(text: str, shown: str) -> None:
    assert escape(text) == shown


def test_a_path_that_is_not_utf8_keeps_its_exact_bytes() -> None:
    assert path_fields("data/x") == {"path": "data/x"}
    assert path_fields("data/\udce9", "subject") == {"subject": "data/\ufffd", "subject_b64": "ZGF0YS/p"}
