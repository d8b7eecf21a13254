"""TOML as Python reads it, but for keys whose parts are so many that its reader takes the square of their number."""

from __future__ import annotations

import re
from typing import Any

_ENDLESS_KEY = re.compile(r"(?<![^\s.=\[\]{},])[^\s.=\[\]{},]++(?:[ \t]*+\.[ \t]*+[^\s.=\[\]{},]++){200}")


def load_toml(text: str) -> dict[str, Any]:
    """The tables in `text`. Raises `tomllib.TOMLDecodeError`, and RecursionError for what is nested too deeply."""
    import tomllib  # takes 10 ms to load, and most folders have no settings file

    if _ENDLESS_KEY.search(text) is not None:
        raise RecursionError("a key has more than 200 parts")
    return tomllib.loads(text)
