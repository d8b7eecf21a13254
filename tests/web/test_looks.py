"""The pages of the core as a browser shows them: accessible, free of errors and of foreign requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.desk_looks import look_at_pages, looking
from tests.support.desks import Visitor
from tests.support.needing import needs


@needs("chromium", "axe-core")
def test_the_overview_and_the_jobs_look_right(visitor: Visitor, tmp_path: Path) -> None:
    visitor.finish(visitor.post("/audit"))
    job = next(iter((visitor.desk.state / "jobs").glob("[0-9]*"))).name
    look_at_pages(visitor, tmp_path / "browser", ("/", "/jobs", f"/jobs/{job}"))


@needs("chromium", "axe-core")
def test_a_page_that_says_no_looks_right(visitor: Visitor, tmp_path: Path) -> None:
    with looking(visitor, tmp_path / "browser") as look:
        look.everywhere("/jobs/00000000000001", 404)


@needs("chromium", "axe-core")
def test_a_look_finds_what_is_wrong(visitor: Visitor, tmp_path: Path) -> None:
    with looking(visitor, tmp_path / "browser") as look:
        look.go("/jobs")
        look.tab.evaluate(
            "document.querySelector('main').innerHTML = '<h1>x</h1><input><p style=\"width: 2000px\">x</p>';"
            "console.error('broken'); fetch('http://192.0.2.1/').catch(() => {})"
        )
        look.here("a bad page")
        text = "\n".join(look.problems)
        with pytest.raises(AssertionError, match="broken"):
            look.close()
        look.problems.clear()
    assert "a bad page 375 px light: label" in text
    assert "a bad page 320 px: scrolls sideways" in text
    assert "console: broken" in text
    assert "asks for http://192.0.2.1/" in text
