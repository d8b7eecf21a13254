"""JSON that drives no terminal and hides nothing, and still means the same."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest

from archive.formats.json_text import json_text

HOSTILE = (
    "\x00\x1b\x7f\x80\x85\x9b\xad\u061c\u200b\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\ufeff\ufff9"
    "\U000e0041\u034f\u3164\ufe0f"
)


@pytest.mark.parametrize("one", HOSTILE)
def test_what_is_not_seen_is_escaped_and_means_the_same(one: str) -> None:
    document = {f"key{one}": [f"a{one}b", {"n": one}]}
    text = json_text(document, indent=2)
    assert one not in text
    assert json.loads(text) == document


@pytest.mark.parametrize("text", ["بيان صحفي", "Füße", "日本語", 'a\\b"c', "😀"])
def test_what_people_read_stays_as_it_is(text: str) -> None:
    assert json_text([text]) == json.dumps([text], ensure_ascii=False)


def test_a_lone_surrogate_can_still_be_printed() -> None:
    json_text(["\udc80"]).encode("utf-8")


def test_no_character_of_a_misleading_category_passes() -> None:
    categories = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    hidden = [chr(code) for code in range(0x7F, sys.maxunicode + 1, 7) if unicodedata.category(chr(code)) in categories]
    for start in range(0, len(hidden), 5000):
        written = json_text("".join(hidden[start : start + 5000]))
        assert written.isascii()
        assert "\x7f" not in written
