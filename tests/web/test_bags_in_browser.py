"""The pages of bags in a real browser: how they look, and the whole job of a newcomer by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.desk_looks import Look, looking
from tests.support.desks import PATIENCE, RunningDesk, Visitor
from tests.support.held_bags import damage, file_page, make_bag, make_foreign_bag, read_page

Press = Callable[[str], None]
WORDS = {
    "en": {
        "check": "Check now", "result": "Show the result", "damaged": "This bag is damaged", "repair": "Repair",
        "plan": "Show what would be replaced", "replace": "Replace these files now", "whole": "All files are intact",
        "copy": "Give a copy", "make": "Make the copy", "here": "The copy is here", "look": "Look at it",
    },
    "ar": {
        "check": "افحص الآن", "result": "اعرض النتيجة", "damaged": "هذه الحزمة تالفة", "repair": "إصلاح",
        "plan": "اعرض ما سيُستبدل", "replace": "استبدل هذه الملفات الآن", "whole": "كل الملفات سليمة",
        "copy": "إعطاء نسخة", "make": "أنشئ النسخة", "here": "النسخة هنا", "look": "اعرضها",
    },
}  # fmt: skip


def test_every_page_is_accessible_and_fits(desk: RunningDesk, visitor: Visitor, tmp_path: Path) -> None:
    bag = make_bag(desk, "letters", private=True, hostile=True, renditions=True)
    make_foreign_bag(desk, "far", {b"a.txt": b"a"})
    damage(bag)
    visitor.finish(visitor.post("/bags/1/check"))
    for number in (1, 3):
        read_page(visitor, f"/bags/{number}")
    tried = visitor.post("/bags/1/repair", {"copy": "holding-2"})
    visitor.finish(tried)
    verdict = visitor.post("/check", {"path": str(bag)})
    visitor.finish(verdict)
    pages = [
        "/bags", "/bags?state=retired", "/bags/1", "/bags/3", "/bags/1/history", "/bags/1/restricted", "/bags/1/repair",
        "/bags/1/update", "/bags/1/seal", "/bags/1/copy", "/bags/1/export", "/bags/1/deposit", "/bags/1/retire",
        "/bags/3/repair", f"/bags/1/result/{tried.url.path.rpartition('/')[2]}", "/check", "/bags/add",
        f"/check?folder={desk.folder}/bags", f"/check/{verdict.url.path.rpartition('/')[2]}",
        file_page(visitor, 1, "letter.txt"), file_page(visitor, 1, "data/preservation"),
    ]  # fmt: skip
    (tmp_path / "profile").mkdir()
    with looking(visitor, tmp_path / "profile") as look:
        for path in pages:
            look.everywhere(path)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_a_newcomer_checks_repairs_and_gives_a_copy(
    desk: RunningDesk, visitor: Visitor, tmp_path: Path, language: str, by: str
) -> None:
    bag = make_bag(desk, "letters", renditions=True)
    read_page(visitor, "/bags/1")
    (tmp_path / "profile").mkdir()
    with looking(visitor, tmp_path / "profile") as look:
        look.speak(language)
        _do_the_job(look, bag, language, _mouse(look.tab) if by == "mouse" else _keyboard(look.tab))
    assert len(list((desk.folder / "copies").iterdir())) == 1


def _do_the_job(look: Look, bag: Path, language: str, press: Press) -> None:
    tab, words = look.tab, WORDS[language]
    look.go("/bags")
    press("th a[href='/bags/1']")
    assert tab.locator("h1 span[lang=ar]").inner_text() == "رسائل من المدرسة"
    press(f"a:has-text('{words['look']}')")
    assert tab.locator("iframe.document").get_attribute("src").partition("?")[0].endswith("/content")
    tab.go_back()
    press(f"button:has-text('{words['check']}')")
    _follow_result(tab, words, press)
    tab.get_by_text(words["whole"]).wait_for()
    damage(bag)
    press(f"button:has-text('{words['check']}')")
    _follow_result(tab, words, press)
    tab.get_by_text(words["damaged"]).wait_for()
    press("#repair")
    press(f"button:has-text('{words['plan']}')")
    _follow_result(tab, words, press)
    assert tab.get_by_text("data/original/letter.txt").count() == 1
    press(f"button:has-text('{words['replace']}')")
    _follow_result(tab, words, press)
    tab.get_by_text(words["whole"]).wait_for()
    press("a[href='/bags/1/copy']")
    for field, text in (("#name", "رنا حداد"), ("#purpose", "reading room")):
        tab.locator(field).focus()
        tab.keyboard.type(text)
    press(f"button:has-text('{words['make']}')")
    _follow_result(tab, words, press)
    tab.get_by_text(words["here"]).wait_for()


def _follow_result(tab: Any, words: dict[str, str], press: Press) -> None:
    """Wait for the job whose page is open, and go on to its result."""
    tab.get_by_text(words["result"]).wait_for(timeout=PATIENCE * 1000)
    press(f"a:has-text('{words['result']}')")


def _mouse(tab: Any) -> Press:
    return lambda selector: tab.locator(selector).first.click()


def _keyboard(tab: Any) -> Press:
    """Press what has the focus after so many times of Tab; nothing is clicked."""

    def press(selector: str) -> None:
        tab.locator(selector).first.wait_for()
        here = tab.url
        for _ in range(200):
            tab.keyboard.press("Tab")
            if tab.evaluate("(one) => document.activeElement === one", tab.locator(selector).first.element_handle()):
                tab.keyboard.press("Enter")
                tab.wait_for_url(lambda url: url != here)
                tab.wait_for_load_state()
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    return press
