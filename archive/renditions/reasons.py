"""Why a document could not be read, in words for a person: from what a library raised."""

from __future__ import annotations

from archive.errors import RenditionError

_LONGEST = 160
_OF_PROGRAMS = (ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError, TypeError)
"""Errors whose text names parts of a program, and tells nothing about the document."""


class WrongEncodingError(RenditionError):
    """A text is not in the encoding that was stated, or not in UTF-8 where none was: stating the right one helps."""


def reason_of(error: BaseException) -> str:
    """The reason in `error`, without the name of its class; a general one where its text tells nothing."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    said = "" if isinstance(error, _OF_PROGRAMS) else " ".join(str(error).split())[:_LONGEST]
    return said or "its structure is malformed"
