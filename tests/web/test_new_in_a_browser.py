"""New bag in Chromium: a folder dropped with the mouse, the keyboard alone, in English and Arabic, and how it looks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.web.jobs import MOST_RUNNING, JobPlan, Jobs, Step
from tests.support.desk_forms import FilledForm
from tests.support.desk_looks import Look, looking
from tests.support.desks import RunningDesk, Visitor, environment_of, open_desk
from tests.support.needing import needs
from tests.web.test_new import MATERIAL, TITLE, begin, make_folder

pytestmark = needs("chromium", "axe-core")
LONGEST_JOB = 240_000
"""Milliseconds that a bag with renditions and their validation may take on a busy machine."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningDesk]:
    """One desk for the tests here; each makes a bag of its own."""
    top = tmp_path_factory.mktemp("browser")
    with open_desk(top / "project", top / "home") as running:
        yield running


@pytest.fixture(scope="module")
def visitor(desk: RunningDesk) -> Iterator[Visitor]:
    with Visitor(desk) as visiting:
        yield visiting


def drop(look: Look, *paths: Path) -> None:
    """Drag files or folders from the desktop onto the page, as the browser gets them from the window system."""
    box = look.tab.locator("#drop").bounding_box()
    session = look.tab.context.new_cdp_session(look.tab)
    data = {"items": [], "files": [str(one) for one in paths], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send(
            "Input.dispatchDragEvent",
            {"type": kind, "x": box["x"] + box["width"] / 2, "y": box["y"] + 20, "data": data},
        )


def title_of(bag: Path) -> str:
    statements = json.loads((bag / "metadata/descriptive/statements.json").read_text("utf-8"))["statements"]
    return str(next(one["value"] for one in statements if one["property"] == "title" and "about" not in one))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_dropped_folder_becomes_a_bag_by_mouse(
    desk: RunningDesk, visitor: Visitor, tmp_path: Path, language: str
) -> None:
    source = make_folder(desk, f"dropped-{language}", {**MATERIAL, "a/b/deep.txt": b"deep\n"})
    with looking(visitor, tmp_path) as look:
        tab = look.tab
        look.speak(language)
        look.go("/new")
        drop(look, source)
        tab.wait_for_url("**/new/*")
        (draft,) = (desk.state / "drafts").iterdir()
        sent = {str(one.relative_to(draft / "files")) for one in (draft / "files").rglob("*") if one.is_file()}
        assert sent == {f"dropped-{language}/{name}" for name in (*MATERIAL, "a/b/deep.txt")}
        of = (draft / "files" / f"dropped-{language}" / "README.md").stat().st_mtime
        assert abs(of - (source / "README.md").stat().st_mtime) < 0.01
        tab.wait_for_selector('#f-title input[name="accept"]')
        tab.click('#f-title input[name="accept"]')
        tab.fill('#f-creator input[name^="value."]', "R. Visitor")
        tab.click('button[value="create"]')
        tab.wait_for_selector("a.button.main", timeout=LONGEST_JOB)
        bag = desk.folder / "bags" / f"dropped-{language}"
        assert title_of(bag) == "Letters from the field"
        assert (bag / "data/original/a/b/deep.txt").read_bytes() == b"deep\n"
    assert not draft.exists()


def press_tab_to(look: Look, selector: str) -> None:
    """Move the focus with the Tab key alone, until it is on the first element that matches."""
    for _ in range(600):
        look.tab.keyboard.press("Tab")
        if look.tab.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"the focus never reaches {selector}")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_bag_is_made_by_keyboard_alone(desk: RunningDesk, visitor: Visitor, tmp_path: Path, language: str) -> None:
    make_folder(desk, f"typed/{language}")
    with looking(visitor, tmp_path) as look:
        tab = look.tab
        look.speak(language)
        look.go("/new")
        press_tab_to(look, f'a[href*="path={desk.home}"]')
        for part in ("material", "typed", language):
            tab.keyboard.press("Enter")
            tab.wait_for_selector("form.card" if part != "x" else "main")
            press_tab_to(look, f'#inside + ul a[href$="/{part}"], section a[href$="/{part}"]')
        tab.keyboard.press("Enter")
        tab.wait_for_url(f"**/{language}")
        press_tab_to(look, "form.card button.main")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/new/*")
        tab.wait_for_selector("#preview-bar", state="detached")
        press_tab_to(look, '#f-title input[name^="value."]')
        tab.keyboard.insert_text(TITLE)
        press_tab_to(look, '#f-title input[name^="language."]')
        tab.keyboard.type("ar")
        press_tab_to(look, '#f-contributor input[type="checkbox"]')
        tab.keyboard.press("Space")
        press_tab_to(look, 'button[value="create"]')
        tab.keyboard.press("Enter")
        tab.wait_for_url("**/jobs/*")
        tab.wait_for_selector("a.button.main", timeout=LONGEST_JOB)
        press_tab_to(look, "a.button.main")
        assert title_of(desk.folder / "bags" / language) == TITLE


def test_files_are_picked_and_what_is_wrong_is_told(visitor: Visitor, tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text("one\n")
    with looking(visitor, tmp_path / "browser") as look:
        look.go("/new")
        look.tab.click("#upload button.main")
        assert "no files" in look.tab.text_content("#upload-state")
        look.tab.set_input_files("#pick-files", [str(tmp_path / "one.txt")])
        look.tab.evaluate("document.getElementById('upload').dataset.largest = '3'")
        look.tab.click("#upload button.main")
        assert "At most" in look.tab.text_content("#upload-state")
        look.tab.evaluate("document.getElementById('upload').dataset.largest = '1000'")
        look.tab.evaluate("document.querySelector('#upload [name=form-token]').value = 'wrong'")
        look.tab.click("#upload button.main")
        look.tab.wait_for_selector("#upload-state:has-text('token')")
        look.problems[:] = [one for one in look.problems if "status of 403" not in one]


def test_what_is_typed_while_the_preview_is_made_is_not_lost(
    desk: RunningDesk, visitor: Visitor, tmp_path: Path
) -> None:
    (desk.folder / "arrivals").mkdir()
    jobs = Jobs(str(desk.state / "jobs"), str(desk.folder))
    endless = JobPlan("watch", "", (Step(("watch", "arrivals", "--to", "bags", "--quiet")),))
    busy = [jobs.submit(endless, environment=environment_of(desk.home)) for _ in range(MOST_RUNNING)]
    path = visitor.post("/new/choose", {"path": str(make_folder(desk, "meantime"))}).url.path
    with looking(visitor, tmp_path) as look:
        look.go(path)
        look.tab.fill('#f-title input[name^="value."]', "Typed")
        for one in busy:
            jobs.cancel(one)
        look.tab.wait_for_selector("#preview-state:has-text('ready')")
        assert look.tab.input_value('#f-title input[name^="value."]') == "Typed"


def test_the_pages_look_right(desk: RunningDesk, visitor: Visitor, tmp_path: Path) -> None:
    path, page = begin(visitor, make_folder(desk, "looks", MATERIAL), preview=True)
    form = FilledForm(page, "draft")
    form.say("title", TITLE, language="arabic")
    form.say("created", "yesterday", private=True)
    form.set("name", "..")
    with looking(visitor, tmp_path) as look:
        look.everywhere("/new")
        look.everywhere(f"/folders?path={desk.home / 'material'}")
        look.everywhere(path)
        look.tab.locator("img.thumbnail").scroll_into_view_if_needed()
        look.tab.wait_for_function("document.querySelector('img.thumbnail').naturalWidth > 0")
        form.send(visitor, path, "create")
        look.everywhere(f"{path}?refused=1")
