"""The names that files and mail programs give to encodings, and the codec of Python for each.

The labels are those of IANA and of the WHATWG Encoding Standard, and the older ones of Windows, DOS and the Macintosh.
"""

from __future__ import annotations

import codecs
import re

from archive.errors import UsageError

_CODECS = {
    "utf-8": "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf8mb4 utf-8n",
    "utf-7": "unicode-1-1-utf-7 unicode-2-0-utf-7 x-unicode-2-0-utf-7 csunicode11utf7",
    "utf-16": "unicode csunicode ucs-2 iso-10646-ucs-2 unicodefeff x-utf-16",
    "utf-16-be": "unicodefffe x-utf-16be",
    "utf-16-le": "x-utf-16le",
    "ascii": "ansi_x3.4-1968 x-ascii iso-ir-6us",
    "iso8859_6": "iso-8859-6-i iso-8859-6-e csiso88596e csiso88596i asmo-708 ecma-114",
    "iso8859_8": "iso-8859-8-i iso-8859-8-e iso8859-8-i csiso88598i csiso88598e logical visual",
    "iso8859_15": "l9 csisolatin9 iso_8859-15",
    "iso8859_16": "iso-8859-16",
    "iso8859_10": "iso8859-10 csisolatin6",
    "koi8_r": "koi koi8 cskoi8r x-koi8-r",
    "koi8_u": "koi8-ru",
    "mac_roman": "macintosh x-mac-roman csmacintosh mac",
    "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
    "mac_latin2": "x-mac-ce x-mac-centraleurroman",
    "mac_greek": "x-mac-greek",
    "mac_turkish": "x-mac-turkish",
    "mac_iceland": "x-mac-icelandic",
    "mac_croatian": "x-mac-croatian",
    "mac_romanian": "x-mac-romanian",
    "mac_arabic": "x-mac-arabic",
    "mac_farsi": "x-mac-farsi",
    "cp874": "windows-874 dos-874 x-cp874 x-windows-874 ibm874",
    "cp932": "x-sjis shift_jis shift-jis sjis ms_kanji ms932 windows-31j csshiftjis x-ms-cp932 windows-932",
    "euc_jp": "x-euc-jp x-euc cseucpkdfmtjapanese",
    "iso2022_jp_2": "iso-2022-jp csiso2022jp",
    "gb18030": (
        "x-gbk gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58 x-gb2312 x-euc-cn cp936"
        " windows-936"
    ),
    "hz": "hz-gb-2312",
    "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 x-big5 windows-950",
    "cp949": (
        "euc-kr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601 x-windows-949"
        " windows-949 x-euc-kr"
    ),
    "cp1361": "johab x-johab",
    "cp720": "dos-720 ibm720 x-cp720",
    "cp864": "dos-864 ibm-864",
    "cp862": "dos-862 ibm-862",
    "cp866": "dos-866 csibm866",
    "cp437": "dos-437 oem-us",
    "cp850": "dos-850 ibm-850",
    "cp852": "dos-852 ibm-852",
    "cp857": "dos-857",
    "cp737": "ibm737 dos-737",
    "cp775": "ibm775 dos-775",
    "tis_620": "tis620 tis-620",
}  # fmt: skip
_KNOWN = {label: codec for codec, labels in _CODECS.items() for label in labels.split()}
_WINDOWS = re.compile(r"(?:x-)?(?:cp|ms|win|windows)[-_ ]?(125[0-8]|\d{3})")
_IBM = re.compile(r"(?:x-)?(?:ibm|dos|oem)[-_ ]?0*(\d{3,4})")
_VISUAL = frozenset({"iso-8859-8", "iso-8859-8-e", "csiso88598e", "visual", "hebrew", "csisolatinhebrew"})


def codec_of(label: str) -> str | None:
    """The name of Python's codec for an encoding's label, or None when no text codec is known by that label."""
    tidy = label.strip().strip("\"'").lower()
    candidates = [_KNOWN.get(tidy), _KNOWN.get(tidy.replace("_", "-"))]
    for pattern in (_WINDOWS, _IBM):
        found = pattern.fullmatch(tidy)
        candidates.append(f"cp{found[1]}" if found is not None else None)
    candidates += [tidy, tidy.removeprefix("x-").removeprefix("cs")]
    for candidate in candidates:
        name = _look_up(candidate) if candidate else None
        if name is not None:
            return name
    return None


def is_encoding(label: str) -> bool:
    """Whether a text codec is known by this label."""
    return codec_of(label) is not None


def require_encoding(label: str | None) -> str | None:
    """`label`, where it is known or None. Raises `UsageError`, so that nothing is made under a wrong name."""
    if label is not None and not is_encoding(label):
        raise UsageError("there is no such encoding", subject=label, remedy="For example: --encoding windows-1256")
    return label


def is_seven_bit(label: str) -> bool:
    """Whether an encoding writes other scripts in ASCII bytes, so that its texts look like ASCII."""
    return codec_of(label) in ("utf-7", "hz", "iso2022_jp", "iso2022_jp_2", "iso2022_kr", "utf-16", "utf-32")


def is_visual(label: str) -> bool:
    """Whether a label says that Hebrew is stored in the order in which it is seen, not read (RFC 1556)."""
    return label.strip().lower() in _VISUAL


def _look_up(name: str) -> str | None:
    """The codec's own name, where it is one between text and bytes."""
    try:
        found = codecs.lookup(name)
        "".encode(found.name)
    except (LookupError, ValueError, TypeError):
        return None
    return found.name if found.name not in ("idna", "punycode", "undefined", "unicode_escape") else None
