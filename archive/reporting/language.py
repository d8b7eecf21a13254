"""The language of text reports: English, unless the command line sets another one. JSON never asks for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.translation import Translator

_ENGLISH = "en"
_choices: list[Callable[[], str]] = []


def set_language(choose: Callable[[], str]) -> None:
    """Write text reports in the language whose code `choose` returns; it is called when the first text is needed."""
    _choices[:] = [choose]
    spoken.cache_clear()


@cache
def spoken() -> Translator | None:
    """The translator of text reports; None for English, which needs no catalogue."""
    language = _choices[0]() if _choices else _ENGLISH
    if language == _ENGLISH:
        return None
    from archive.translation import translator

    return translator(language)


def gettext(text: str) -> str:
    """`text` in the language of text reports, ready to be shown; unchanged in English."""
    language = spoken()
    return text if language is None else _arrange(language.gettext(text), language)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for `count` things, as `gettext`."""
    language = spoken()
    if language is None:
        return singular if count == 1 else plural
    return _arrange(language.ngettext(singular, plural, count), language)


def _arrange(text: str, language: Translator) -> str:
    if language.direction == "ltr":
        return text
    from archive.reporting.isolation import isolate_pieces

    return isolate_pieces(text)
