"""Texts, dates, numbers and sizes in the language of the person who reads them.

The catalogues are gettext files in `metadata/translations`: `findings` (text, remedy and explanation of every finding),
`report` (the HTML report and the cover sheet) and `desk` (the web application). English is the language of the sources
and needs no catalogue. Dates and numbers follow the Unicode CLDR, through Babel. JSON output is never translated.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache, lru_cache

LANGUAGES: Mapping[str, str] = {"en": "English", "ar": "العربية"}
"""The languages that the program speaks, each with its own name."""

DOMAINS = ("findings", "report", "desk")
"""The catalogues of each language, by file name."""

_RIGHT_TO_LEFT = frozenset({"ar"})
_UNITS = ("kilobyte", "megabyte", "gigabyte", "terabyte")


@dataclass(frozen=True, slots=True)
class Translator:
    """One language: its texts and its forms of dates, numbers and sizes."""

    language: str
    catalogue: gettext.NullTranslations = field(repr=False, compare=False)

    @property
    def direction(self) -> str:
        """The direction of writing: `ltr` or `rtl`, as HTML's `dir` attribute has it."""
        return "rtl" if self.language in _RIGHT_TO_LEFT else "ltr"

    def gettext(self, text: str) -> str:
        """`text` in this language; unchanged where the catalogues do not have it."""
        return self.catalogue.gettext(text) if text else ""

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The form for `count` things, by the plural rules of the language."""
        return self.catalogue.ngettext(singular, plural, count)

    def number(self, value: float) -> str:
        """A number with the language's digits and separators."""
        return _number(self.language, value)

    def size(self, count: int) -> str:
        """An amount of bytes in decimal units (1 kB is 1,000 bytes), with at most one decimal place."""
        from babel.units import format_unit

        if abs(count) < 1000:
            return format_unit(count, "byte", "long", locale=self.language)
        value, unit = float(count), ""
        for name in _UNITS:
            value, unit = value / 1000, name
            if abs(value) < 999.95:
                break
        return format_unit(value, unit, "short", format="#,##0.#", locale=self.language)

    def duration(self, seconds: float) -> str:
        """A length of time in its largest unit, such as 3 minutes."""
        from babel.dates import format_timedelta

        return format_timedelta(max(round(seconds), 1), threshold=1.5, locale=self.language)

    def age(self, text: str) -> str:
        """An age as settings have it, such as 90d, in words: 90 days. Raises `UsageError`."""
        from babel.units import format_unit

        from archive.formats.amounts import age_parts

        number, unit = age_parts(text)
        return format_unit(float(number), f"duration-{unit}", "long", locale=self.language)

    def language_name(self, tag: str) -> str:
        """The name of a language by its BCP 47 tag, such as Arabic (Syria); the tag where there is no name."""
        from babel.core import Locale, UnknownLocaleError

        known = Locale(self.language).languages
        try:
            return str(known.get(tag) or Locale.parse(tag, sep="-").get_display_name(self.language) or tag)
        except (UnknownLocaleError, ValueError):
            return tag

    def day(self, when: date) -> str:
        """A date as people write it, such as 30 November 2026."""
        return _date(self.language, "d MMMM y", when)

    def month(self, when: date) -> str:
        """A month in short, such as Nov 2026."""
        return _date(self.language, "LLL y", when)

    def percent(self, share: float) -> str:
        """A share of a whole, with one decimal place."""
        from babel.numbers import format_percent

        return format_percent(share, "#,##0.0 %", locale=self.language)

    def listed(self, parts: Sequence[str]) -> str:
        """Several parts of a sentence as one: A, B and C."""
        from babel.lists import format_list

        return format_list(parts, locale=self.language) if parts else ""

    def moment(self, when: datetime) -> str:
        """A date and time of day to the minute, in UTC, such as 30 November 2026, 14:05 UTC."""
        from babel.dates import format_datetime

        return format_datetime(when.astimezone(UTC), "d MMMM y, HH:mm 'UTC'", tzinfo=UTC, locale=self.language)


@cache
def translator(language: str) -> Translator:
    """The translator for a language code of `LANGUAGES`; English for any other."""
    if language == "en" or language not in LANGUAGES:
        return Translator("en", gettext.NullTranslations())
    from archive.resources import metadata_path

    folder = str(metadata_path("translations"))
    first, *rest = (gettext.translation(domain, folder, [language]) for domain in DOMAINS)
    for one in rest:
        first.add_fallback(one)
    return Translator(language, first)


def language_from_environment(environ: Mapping[str, str]) -> str:
    """The first language in LANGUAGE, LC_ALL, LC_MESSAGES or LANG that the program speaks, as gettext reads them.

    `LANGUAGE` counts only where the locale is not C, as the GNU gettext manual says (section 2.3.2).
    """
    locale = next((environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "C")
    if locale.partition(".")[0] in ("C", "POSIX"):
        return "en"
    wanted = [*environ.get("LANGUAGE", "").split(":"), locale]
    return next((code for code in map(_code_of, wanted) if code in LANGUAGES), "en")


def language_from_header(header: str) -> str:
    """The best of muniment's languages for an `Accept-Language` header (RFC 9110, 12.5.4); English where none fits."""
    weighed: list[tuple[float, int, str]] = []
    for position, part in enumerate(header.split(",")[:20]):
        tag, _, weight = part.partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=")) if weight.strip() else 1.0
        except ValueError:
            continue
        weighed.append((-quality, position, _code_of(tag.strip())))
    return next((code for quality, _position, code in sorted(weighed) if quality < 0 and code in LANGUAGES), "en")


@lru_cache(10_000)
def _number(language: str, value: float) -> str:
    """A report has the same few numbers and days many thousand times."""
    from babel.numbers import format_decimal

    return format_decimal(value, locale=language)


@lru_cache(10_000)
def _date(language: str, pattern: str, when: date) -> str:
    from babel.dates import format_date

    return format_date(when, pattern, locale=language)


def _code_of(tag: str) -> str:
    return re.split("[-_.@]", tag, maxsplit=1)[0].lower()
