"""Labels of encodings, as files and mail programs write them."""

from __future__ import annotations

import pytest

from archive.formats.encodings import codec_of, is_encoding, is_seven_bit, is_visual


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("UTF-8", "utf-8"), ("iso-8859-8-i", "iso8859-8"), ("ISO-8859-6-E", "iso8859-6"), ("windows-874", "cp874"),
        ("x-sjis", "cp932"), ("Shift_JIS", "cp932"), ("x-gbk", "gb18030"), ("gb2312", "gb18030"), ("dos-720", "cp720"),
        ("ibm864", "cp864"), ("x-mac-arabic", "mac-arabic"), ("unicode-1-1-utf-7", "utf-7"), ("x-cp1251", "cp1251"),
        ("CP-1256", "cp1256"), ("windows_1256", "cp1256"), ("ms1252", "cp1252"), ("ks_c_5601-1987", "cp949"),
        ("big5", "big5hkscs"), ("koi8-ru", "koi8-u"), ("unicodeFFFE", "utf-16-be"), ("  'latin1' ", "iso8859-1"),
        ("x-mac-cyrillic", "mac-cyrillic"), ("hz-gb-2312", "hz"), ("asmo-708", "iso8859-6"),
    ],
)  # fmt: skip
def test_a_label_has_its_codec(label: str, codec: str) -> None:
    assert codec_of(label) == codec


@pytest.mark.parametrize("label", ["", "klingon", "base64", "rot13", "zlib", "idna", "idna\x00", "x" * 500, "hex"])
def test_what_is_not_an_encoding_of_text_has_none(label: str) -> None:
    assert codec_of(label) is None
    assert not is_encoding(label)


def test_every_label_of_the_table_has_a_codec() -> None:
    from archive.formats.encodings import _CODECS

    for labels in _CODECS.values():
        for label in labels.split():
            assert codec_of(label) is not None, label


def test_order_and_width_are_known_by_the_label() -> None:
    assert is_visual("ISO-8859-8")
    assert not is_visual("iso-8859-8-i")
    assert is_seven_bit("iso-2022-jp")
    assert is_seven_bit("utf-7")
    assert not is_seven_bit("windows-1256")
