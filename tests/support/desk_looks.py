"""How the desk's pages look in a real browser: accessible, without errors, nothing fetched from elsewhere, no overflow.

`look_at_pages` is all that most areas need. A page that only a click leads to is looked at with `Look.here`.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.support.desks import Visitor, open_browser
from tests.support.needing import need

LANGUAGES = ("en", "ar")
SCHEMES = ("light", "dark")
WIDTHS = (375, 1280)
NARROWEST = 320
"""In CSS pixels, at which a page may not scroll sideways either (WCAG 2.2, 1.4.10)."""
RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules of axe: all of WCAG 2.2 AA, and those that another colour scheme can break."""


class Look:
    """A tab of a browser that has the visitor's session, and everything that it has seen.

    `pictures` is a folder for screenshots, or None.
    """

    def __init__(self, tab: Any, visitor: Visitor, pictures: Path | None) -> None:
        self.tab = tab
        self.problems: list[str] = []
        self._visitor = visitor
        self._pictures = pictures
        self._axe = (Path(need("axe-core")) / "axe-core" / "axe.min.js").read_text("utf-8")
        tab.on("console", self._hear)
        tab.on("pageerror", lambda error: self.problems.append(f"{tab.url}: {error}"))
        tab.on("request", self._ask)

    def speak(self, language: str) -> None:
        """Have pages in this language from now on."""
        self.tab.context.add_cookies(
            [{"name": "muniment-language", "value": language, "url": self._visitor.desk.origin}]
        )

    def go(self, path: str, status: int = 200) -> None:
        """Open a page of the desk, which must answer with this status."""
        answer = self.tab.goto(self._visitor.desk.origin + path, wait_until="load")
        assert answer.status == status, (path, answer.status)

    def everywhere(self, path: str, status: int = 200) -> None:
        """Look at a page in both languages, both schemes, and both widths."""
        for language in LANGUAGES:
            self.speak(language)
            self.go(path, status)
            direction = self.tab.evaluate("[document.documentElement.lang, document.documentElement.dir]")
            assert direction == [language, {"en": "ltr", "ar": "rtl"}[language]], (path, direction)
            self.here(f"{path} {language}")

    def here(self, label: str) -> None:
        """Look at the page that is open now, folded parts too, in both schemes and widths. `label` names it."""
        for width in WIDTHS:
            self.tab.set_viewport_size({"width": width, "height": 900})
            for scheme in SCHEMES:
                self.tab.emulate_media(color_scheme=scheme)
                where = f"{label} {width} px {scheme}"
                if self._pictures is not None:
                    name = re.sub(r"[^\w.-]+", "-", where).strip("-")[:120]
                    self.tab.screenshot(path=str(self._pictures / f"{name}.png"), full_page=True)
                self._unfold()
                self._run_axe(where, RULES if scheme == SCHEMES[0] else COLOURS)
            self._measure(f"{label} {width} px")
        self.tab.set_viewport_size({"width": NARROWEST, "height": 900})
        self._measure(f"{label} {NARROWEST} px")

    def close(self) -> None:
        """Fail with everything that was found."""
        assert not self.problems, "\n".join(self.problems)

    def _unfold(self) -> None:
        self.tab.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    def _run_axe(self, where: str, only: Mapping[str, Any]) -> None:
        self.tab.evaluate(self._axe)
        found = self.tab.evaluate("(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
        assert found["passes"], where
        for violation in found["violations"]:
            nodes = "; ".join(f"{node['html'][:200]} ({node['failureSummary']})" for node in violation["nodes"][:3])
            self.problems.append(f"{where}: {violation['id']}: {nodes}")

    def _measure(self, where: str) -> None:
        wide = self.tab.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth ?"
            " [...document.querySelectorAll('body *')].filter((one) => !one.closest('.skip') && (one"
            ".getBoundingClientRect().right > innerWidth + 1 || one.getBoundingClientRect().left < -1))"
            ".slice(0, 5).map((one) => one.outerHTML.slice(0, 200)) : null"
        )
        if wide is not None:
            self.problems.append(f"{where}: scrolls sideways: {wide}")

    def _hear(self, message: Any) -> None:
        own_status = "Failed to load resource" in message.text and message.location.get("url") == self.tab.url
        if message.type in ("error", "warning") and not own_status:  # `go` has compared the page's own status
            self.problems.append(f"{self.tab.url}: console: {message.text}")

    def _ask(self, request: Any) -> None:
        own = (f"{self._visitor.desk.origin}/", "data:", "blob:", "chrome://", "chrome-extension://")  # its PDF viewer
        if not request.url.startswith(own):
            self.problems.append(f"{self.tab.url}: asks for {request.url}")


@contextlib.contextmanager
def looking(visitor: Visitor, profile: Path, pictures: Path | None = None, **context: Any) -> Iterator[Look]:
    """A look at the visitor's desk; what it finds fails the test at the end. `context` are Playwright's options."""
    with open_browser(profile, bypass_csp=True, **context) as browser:
        browser.add_cookies(
            [{"name": one.name, "value": one.value, "url": visitor.desk.origin} for one in visitor.client.cookies.jar]
        )
        look = Look(browser.new_page(), visitor, pictures)
        yield look
        look.close()


def look_at_pages(visitor: Visitor, profile: Path, paths: Sequence[str], pictures: Path | None = None) -> None:
    """Look at each path in both languages, schemes and widths, and fail with all that is wrong there.

    `profile` is an empty folder for the browser. With `pictures` a screenshot of each is stored in that folder.
    """
    with looking(visitor, profile, pictures) as look:
        for path in paths:
            look.everywhere(path)
