"""Findings in a right-to-left language: translated, filled and isolated; hostile values stay escaped."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from archive.model.codes import all_kinds
from archive.reporting.finding import finding_line, more_line, remedy_text, rules_line
from archive.reporting.isolation import isolate_pieces
from archive.reporting.language import gettext, ngettext, set_language, spoken

KINDS = all_kinds()


@pytest.fixture
def arabic() -> Iterator[None]:
    set_language(lambda: "ar")
    yield
    set_language(lambda: "en")


def _visible(text: str) -> str:
    """Isolates as brackets."""
    return text.replace("\u2068", "⟨").replace("\u2069", "⟩")


@pytest.mark.usefixtures("arabic")
class TestArabic:
    def test_a_line_is_in_arabic_and_its_pieces_are_isolated(self) -> None:
        finding = KINDS["BAG-204"].at("manifest-md5.txt", line=3, why="it is short")
        shown = _visible(finding_line(finding))
        assert shown == "خطأ: ⟨manifest-md5.txt⟩، السطر ⟨3⟩: صيغة سطر في البيان خاطئة: ⟨it is short⟩ [BAG-204]"

    def test_a_subject_that_the_message_names_is_there_once(self) -> None:
        assert _visible(finding_line(KINDS["OCFL-E090"].at("v1/x"))) == "خطأ: ⟨v1/x⟩ رابط [OCFL-E090]"

    def test_a_word_is_not_said_twice(self) -> None:
        shown = _visible(finding_line(KINDS["AUD-112"].at("bag", reason="timed out")))
        assert shown == "لم يُفحص: ⟨bag⟩ (⟨timed out⟩) [AUD-112]"

    def test_hostile_values_are_escaped_and_cannot_end_an_isolate(self) -> None:
        shown = finding_line(KINDS["OCFL-E090"].at("a\u2069\u202e\x1bb"))
        assert "a\\u2069\\u202e\\x1bb" in shown
        assert shown.count("\u2068") == shown.count("\u2069") == 1

    def test_braces_in_values_are_not_filled(self) -> None:
        assert "{subject} {0}" in finding_line(KINDS["OCFL-E090"].at("{subject} {0}"))

    def test_numbers_and_quoted_values_keep_their_form(self) -> None:
        finding = KINDS["AUD-110"].at("disk", reason="gone", holdings=12345)
        assert "⟨12,345⟩" in _visible(finding_line(finding))
        assert "⟨'x y'⟩" in _visible(finding_line(KINDS["DSC-121"].at("d.toml", found="x y")))

    def test_a_remedy_ends_with_a_command_that_can_be_copied(self) -> None:
        remedy = remedy_text(KINDS["BAG-201"].at("data/a"))
        assert remedy == "استعد الملف من نسخة: archive repair BAG --from COPY"

    def test_a_command_with_facts_has_isolates_around_it_and_none_inside(self) -> None:
        finding = KINDS["AUD-128"].at("checkpoints/0001")
        assert _visible(remedy_text(finding)) == "نفّذ: ⟨archive verify checkpoints/0001 --trust DIR⟩"

    def test_the_lines_around_findings_are_in_arabic(self) -> None:
        assert _visible(rules_line(["BAG-201"])) == "لمعرفة القاعدة وراء كل منها: ⟨archive explain BAG-201⟩"
        assert "1,234" in more_line(1234, "BAG-201")
        assert "أخرى" in more_line(1234, "BAG-201")

    @pytest.mark.parametrize("code", sorted(KINDS))
    def test_every_text_can_be_filled(self, code: str) -> None:
        facts = _Facts(KINDS[code])
        finding = KINDS[code].at("data/a", **facts)
        assert "data/a" in finding_line(finding)
        assert remedy_text(finding)


class _Facts(dict[str, str | int]):
    """A value for each fact that the texts of a kind name."""

    def __init__(self, kind: object) -> None:
        from string import Formatter

        super().__init__()
        for text in (getattr(kind, "title", ""), getattr(kind, "remedy", "")):
            for _, name, form, _ in Formatter().parse(text):
                if name and name != "subject":
                    self[name] = 7 if form else name


def test_english_is_not_looked_up() -> None:
    set_language(lambda: "en")
    assert spoken() is None
    assert gettext("there is no seal") == "there is no seal"
    assert [ngettext("one", "many", count) for count in (1, 2)] == ["one", "many"]


def test_the_language_is_asked_for_once_and_only_when_needed() -> None:
    asked = []

    def choose() -> str:
        asked.append(1)
        return "ar"

    set_language(choose)
    assert not asked
    assert gettext("error") == gettext("error") == "خطأ"
    assert len(asked) == 1
    set_language(lambda: "en")
    assert gettext("error") == "error"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("نفّذ: archive audit --retry-failed", "نفّذ: archive audit --retry-failed"),
        ("استعمل --links follow هنا", "استعمل ⟨--links follow⟩ هنا"),
        ("أضف --bag-info '{tag}=VALUE'، ثم", "أضف ⟨--bag-info '{tag}=VALUE'⟩، ثم"),
        ("ليس تحت data/.", "ليس تحت ⟨data/⟩."),
        ("اكتب 2024-05~، ثم", "اكتب ⟨2024-05~⟩، ثم"),
        ("في ({reason}): {found!r}", "في (⟨{reason}⟩): ⟨{found!r}⟩"),
        ("ملف bagit.txt. و UTF-8", "ملف bagit.txt. و UTF-8"),
        ("الاسم .{extension} هنا", "الاسم ⟨.{extension}⟩ هنا"),
        ("", ""),
    ],
)
def test_what_would_be_shown_in_the_wrong_order_is_isolated(text: str, shown: str) -> None:
    assert _visible(isolate_pieces(text)) == shown
