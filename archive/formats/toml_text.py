"""TOML as Python reads it, but for keys whose parts are so many that its reader takes the square of their number."""

from __future__ import annotations

import json
import re
from typing import Any

_JOINERS = "\u200c\u200d"
_ENDLESS_KEY = re.compile(r"(?<![^\s.=\[\]{},])[^\s.=\[\]{},]++(?:[ \t]*+\.[ \t]*+[^\s.=\[\]{},]++){200}")


def load_toml(text: str) -> dict[str, Any]:
    """The tables in `text`. Raises `tomllib.TOMLDecodeError`, and RecursionError for what is nested too deeply."""
    import tomllib  # takes 10 ms to load, and most folders have no settings file

    if _ENDLESS_KEY.search(text) is not None:
        raise RecursionError("a key has more than 200 parts")
    return tomllib.loads(text)


def quote_toml(text: str) -> str:
    """A basic string. JSON's escapes are TOML's; what a screen would not show is escaped, too."""
    written = json.dumps(text, ensure_ascii=False)
    if written.isascii() and written.isprintable():
        return written
    return "".join(one if one.isprintable() or one in _JOINERS else _escape(one) for one in written)


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
