"""Texts, dates, numbers and sizes in the reader's language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from archive.translation import LANGUAGES, language_from_environment, language_from_header, translator


class TestTranslator:
    def test_english_needs_no_catalogue(self) -> None:
        english = translator("en")
        assert english.language == "en"
        assert english.direction == "ltr"
        assert english.gettext("there is no seal") == "there is no seal"

    def test_an_unknown_language_is_english(self) -> None:
        assert translator("xx").language == "en"
        assert translator("../ar").language == "en"

    def test_arabic_is_written_from_right_to_left(self) -> None:
        arabic = translator("ar")
        assert arabic.direction == "rtl"
        assert arabic.gettext("there is no seal") == "لا يوجد ختم"

    def test_a_text_that_no_catalogue_has_stays_as_it_is(self) -> None:
        assert translator("ar").gettext("no catalogue has this") == "no catalogue has this"

    def test_an_empty_text_is_not_the_catalogue_s_header(self) -> None:
        assert translator("ar").gettext("") == ""

    @pytest.mark.parametrize(
        ("count", "form"),
        [(0, "{count} ملف"), (1, "ملف واحد"), (2, "ملفان"), (3, "{count} ملفات"), (10, "{count} ملفات"),
         (11, "{count} ملفًا"), (99, "{count} ملفًا"), (100, "{count} ملف"), (103, "{count} ملفات")],
    )  # fmt: skip
    def test_arabic_has_six_forms(self, count: int, form: str) -> None:
        assert translator("ar").ngettext("{count} file", "{count} files", count) == form

    def test_english_has_two_forms(self) -> None:
        english = translator("en")
        assert [english.ngettext("one", "many", count) for count in (0, 1, 2)] == ["many", "one", "many"]

    @pytest.mark.parametrize(("value", "text"), [(0, "0"), (1234567, "1,234,567"), (2.5, "2.5")])
    def test_numbers_have_separators(self, value: float, text: str) -> None:
        assert translator("en").number(value) == text

    @pytest.mark.parametrize(
        ("count", "text"),
        [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1000, "1 kB"), (1500, "1.5 kB"), (999_949, "999.9 kB"),
         (999_950, "1 MB"), (1_000_000, "1 MB"), (2_340_000_000, "2.3 GB"), (10**15, "1,000 TB")],
    )  # fmt: skip
    def test_sizes_are_decimal(self, count: int, text: str) -> None:
        assert translator("en").size(count) == text

    def test_dates_are_written_as_people_do(self) -> None:
        day = date(2026, 11, 30)
        assert translator("en").day(day) == "30 November 2026"
        assert "نوفمبر" in translator("ar").day(day)

    def test_moments_are_in_utc(self) -> None:
        when = datetime(2026, 11, 30, 1, 5, tzinfo=timezone(timedelta(hours=3)))
        assert translator("en").moment(when) == "29 November 2026, 22:05 UTC"
        assert translator("en").moment(when.astimezone(UTC)) == "29 November 2026, 22:05 UTC"


class TestLanguageFromEnvironment:
    @pytest.mark.parametrize(
        ("environment", "language"),
        [
            ({}, "en"),
            ({"LANG": "C"}, "en"),
            ({"LANG": "C.UTF-8"}, "en"),
            ({"LANG": "POSIX"}, "en"),
            ({"LANG": "ar_SY.UTF-8"}, "ar"),
            ({"LANG": "ar"}, "ar"),
            ({"LANG": "ar@quot"}, "ar"),
            ({"LANG": "de_DE.UTF-8"}, "en"),
            ({"LC_MESSAGES": "ar_EG.UTF-8", "LANG": "en_GB.UTF-8"}, "ar"),
            ({"LC_ALL": "en_US.UTF-8", "LC_MESSAGES": "ar_EG.UTF-8"}, "en"),
            ({"LC_ALL": "", "LANG": "ar_SY.UTF-8"}, "ar"),
            ({"LANGUAGE": "ar:en", "LANG": "en_US.UTF-8"}, "ar"),
            ({"LANGUAGE": "de:ar", "LANG": "en_US.UTF-8"}, "ar"),
            ({"LANGUAGE": "en:ar", "LANG": "ar_SY.UTF-8"}, "en"),
            ({"LANGUAGE": "ar", "LANG": "C"}, "en"),
            ({"LANGUAGE": "ar"}, "en"),
            ({"LANGUAGE": "ar", "LC_ALL": "C.UTF-8", "LANG": "en_US.UTF-8"}, "en"),
        ],
    )
    def test_it_is_read_as_gettext_reads_it(self, environment: dict[str, str], language: str) -> None:
        assert language_from_environment(environment) == language


class TestLanguageFromHeader:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("", "en"),
            ("ar", "ar"),
            ("ar-SY,ar;q=0.9,en;q=0.8", "ar"),
            ("en;q=0.8, ar;q=0.9", "ar"),
            ("de,fr;q=0.7,ar;q=0.1", "ar"),
            ("ar;q=0, en;q=0.1", "en"),
            ("ar;q=zero", "en"),
            ("*", "en"),
            (";;;,,,", "en"),
            ("AR-eg", "ar"),
        ],
    )
    def test_the_best_of_the_languages_is_taken(self, header: str, language: str) -> None:
        assert language_from_header(header) == language

    def test_a_long_header_costs_little(self) -> None:
        assert language_from_header("de," * 100_000 + "ar") == "en"


def test_every_language_names_itself() -> None:
    assert LANGUAGES == {"en": "English", "ar": "العربية"}
