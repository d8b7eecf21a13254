"""Language tags against the examples of RFC 5646, appendix A, and the registry; directions and their controls."""

from __future__ import annotations

import pytest

from archive.formats.language import check_language, direction_of, unbalanced_control

RFC_5646_VALID = [
    "de",
    "fr",
    "ja",
    "i-enochian",
    "zh-Hant",
    "zh-Hans",
    "sr-Cyrl",
    "sr-Latn",
    "zh-cmn-Hans-CN",
    "cmn-Hans-CN",
    "zh-yue-HK",
    "yue-HK",
    "zh-Hans-CN",
    "sr-Latn-RS",
    "sl-rozaj",
    "sl-rozaj-biske",
    "sl-nedis",
    "de-CH-1901",
    "sl-IT-nedis",
    "hy-Latn-IT-arevela",
    "de-DE",
    "en-US",
    "es-419",
    "de-CH-x-phonebk",
    "az-Arab-x-AZE-derbend",
    "x-whatever",
    "qaa-Qaaa-QM-x-southern",
    "de-Qaaa",
    "sr-Latn-QM",
    "sr-Qaaa-RS",
    "en-US-u-islamcal",
    "zh-CN-a-myext-x-private",
    "en-a-myext-b-another",
]
RFC_5646_INVALID = ["de-419-DE", "a-DE", "ar-a-aaa-b-bbb-a-ccc"]


@pytest.mark.parametrize("tag", RFC_5646_VALID)
def test_the_examples_of_the_standard_are_valid(tag: str) -> None:
    assert check_language(tag).problem is None


@pytest.mark.parametrize("tag", [*RFC_5646_INVALID, "", "xx", "eng", "english", "en_US", "en-", "-en", "en--US",
                                 "de-1996-1996",
                                 "en-Xxxx", "en-QA1", "ar-XQ-toolongsubtag", "العربية", "en US", "ar\n"])  # fmt: skip
def test_what_is_no_tag(tag: str) -> None:
    assert check_language(tag).problem


@pytest.mark.parametrize(
    ("tag", "preferred"),
    [
        ("EN-us", "en-US"),
        ("iw", "he"),
        ("en-BU", "en-MM"),
        ("i-klingon", "tlh"),
        ("zh-yue", "yue"),
        ("AR-latn", "ar-Latn"),
    ],
)
def test_the_form_that_the_registry_prefers(tag: str, preferred: str) -> None:
    checked = check_language(tag)
    assert checked.valid
    assert checked.preferred == preferred


@pytest.mark.parametrize("tag", ["en", "ar", "ar-SY", "mul", "und", "zh-Hant", "fa-AF", "ckb", "x-whatever"])
def test_a_tag_in_its_form_is_left_alone(tag: str) -> None:
    assert check_language(tag).preferred is None


@pytest.mark.parametrize(
    ("text", "language", "direction"),
    [
        ("Statement", "en", "ltr"),
        ("بيان", "ar", "rtl"),
        ("123 بيان (OPCW)", None, "rtl"),
        ("2118 (2013)", "ar", "rtl"),
        ("2118 (2013)", "ar-Latn", "ltr"),
        ("2118 (2013)", "az-Arab", "rtl"),
        ("2118", None, None),
        ("OPCW تقرير", "ar", "ltr"),
    ],
)
def test_the_direction_of_a_text(text: str, language: str | None, direction: str | None) -> None:
    assert direction_of(text, language) == direction


@pytest.mark.parametrize(
    ("text", "control"),
    [
        ("plain", None),
        ("\u2067بيان\u2069 ok", None),
        ("\u202bبيان\u202c", None),
        ("\u2067\u202bx\u202c\u2069", None),
        ("\u202ebad", "U+202E"),
        ("\u2066open", "U+2066"),
        ("closes\u202c", "U+202C"),
        ("\u2067x\u202c", "U+202C"),
        ("\u202bone\nparagraph\u202c", "U+202B"),
        ("\u200eتجربة\u200f", None),
    ],
)
def test_directional_controls_are_closed_in_their_paragraph(text: str, control: str | None) -> None:
    assert unbalanced_control(text) == control
