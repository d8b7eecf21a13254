"""What the arguments of the library's functions become: paths as texts, and settings that may be relied on.

What a program hands over is judged here, before anything is done: a value that cannot mean anything raises
`UsageError`, one of a type that was never allowed `TypeError`.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence

from archive.config import load_settings
from archive.errors import UsageError
from archive.formats.naming import path_text
from archive.settings import Settings

StrPath = str | os.PathLike[str]


def path_list(paths: StrPath | Sequence[StrPath]) -> list[str]:
    """One path or several as a list of texts."""
    given = [paths] if isinstance(paths, (str, os.PathLike)) else paths
    return [path_text(path) for path in given]


def optional_path(path: StrPath | None) -> str | None:
    """`path` as a text, or None where there is none."""
    return None if path is None else path_text(path)


def plain_text(what: str, value: object) -> str:
    """`value`, the argument called `what`, as a text that can be written down: it has no lone surrogates, no NUL."""
    if not isinstance(value, str):
        raise TypeError(f"{what} is a text, not {type(value).__name__}")
    if "\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise UsageError(f"{what} has characters that no text holds", subject=value)
    return value


def optional_text(what: str, value: object) -> str | None:
    """As `plain_text`, or None where there is none."""
    return None if value is None else plain_text(what, value)


def whole_number(what: str, value: object, largest: int | None = None) -> int | None:
    """`value`, the argument called `what`, when it is a whole number or None.

    Raises `TypeError`, and `UsageError` when it is not between 0 and `largest`, where that is given.
    """
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise TypeError(f"{what} is a whole number, not {type(value).__name__}")
    if value is not None and largest is not None and not 0 <= value <= largest:
        raise UsageError(f"{what} is a number from 0 to {largest}", subject=str(value)[:40])
    return value


def rely_on(settings: Settings | None, *names: str, folder: str | None = None) -> Settings:
    """`settings`, or those of `folder`, by default the working folder, under the rules of the command line.

    What does not count in the archive.toml of a project that the user does not trust is named in a warning. Raises
    `UsageError` when one of `names`, sections or "section.key", is among it.
    """
    chosen = settings
    if chosen is not None and not isinstance(chosen, Settings):
        raise TypeError(f"settings are those of load_settings, not {type(chosen).__name__}")
    if chosen is None:
        chosen = load_settings(folder)
        for sentence in chosen.explain_refusals():
            warnings.warn(sentence, stacklevel=3)
    chosen.require(*names)
    return chosen
