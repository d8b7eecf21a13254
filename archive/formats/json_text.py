"""JSON as it leaves the program: nothing in it can drive a terminal, mislead a reader's eye or break a line.

JSON may hold most characters as they are. Escaping those that are not seen changes nothing of what it means.
"""

from __future__ import annotations

import unicodedata
from typing import Any

_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_INVISIBLE = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip
"""Characters of other categories that show nothing: fillers, joiners and variation selectors."""


def json_text(document: Any, *, indent: int | None = None, sort_keys: bool = False) -> str:
    """`document` as JSON in which control, bidirectional and other invisible characters are \\u escapes."""
    import json

    text = json.dumps(document, ensure_ascii=False, indent=indent, sort_keys=sort_keys)
    return text.translate(_ESCAPES) if not text.isascii() or "\x7f" in text else text


class _Escapes(dict[int, str]):
    """What each character becomes, worked out when it is first met. Outside of strings JSON has only ASCII."""

    def __missing__(self, code: int) -> str:
        import json

        written = chr(code)
        if code >= 0x7F and (
            unicodedata.category(written) in _CATEGORIES or any(low <= code <= high for low, high in _INVISIBLE)
        ):
            written = json.dumps(written)[1:-1] if code != 0x7F else "\\u007f"
        self[code] = written
        return written


_ESCAPES = _Escapes()
