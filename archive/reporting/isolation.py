"""Left-to-right pieces in right-to-left text: paths, options, dates, placeholders (Unicode Standard Annex 9, 2.4).

Without isolation, the leading hyphens of an option, the slash that ends a folder and the parts of a date move to the
wrong side of the piece.
"""

from __future__ import annotations

import re

_FIRST, _LAST = "\u2068", "\u2069"
"""FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE."""

_PIECE = re.compile(
    r"""
    (?:archive|convmv|pdfdetach|pdfsig|pip|qpdf)\ [ -~]*[!-~]  # a command, to the end of the Latin text
    | --[a-z-]+(?:\ [a-z]+|\ '?\{[^}]*\}[!-~]*)?               # an option and its value
    | [a-z.]+\ =\ "[^"]*"                                     # a setting and its value
    | '[^']+'
    | [!-~]+
    """,
    re.VERBOSE,
)
"""What belongs together in a text: ASCII between spaces or Arabic letters, or several such words."""

_PLAIN = re.compile("[A-Za-z](?:[^{}]*[A-Za-z0-9])?")
"""What shows right without isolation: it begins with a letter and ends with one or a digit, and has no placeholder."""

_BEFORE, _AFTER = "(", ".,:;)"
"""Punctuation of the sentence around a piece."""


def isolate_pieces(template: str) -> str:
    """`template` of a right-to-left language with its left-to-right pieces isolated, placeholders in braces included.

    Commands stay free of isolates inside, so that they can be copied and run.
    """
    return _PIECE.sub(_isolate, template)


def _isolate(match: re.Match[str]) -> str:
    text = match.group()
    piece = text.lstrip(_BEFORE).rstrip(_AFTER)
    if not piece or _PLAIN.fullmatch(piece):
        return text
    before, _piece, after = text.partition(piece)
    return f"{before}{_FIRST}{piece}{_LAST}{after}"
