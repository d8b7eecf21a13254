"""The documentation as a site: built without a warning, no dead link, nothing loaded from elsewhere."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest


class _Page(HTMLParser):
    """What a page links to and loads, its anchors, and the code in its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.codes: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag in ("pre", "code"):
            self._open.append(tag)
        if name := found.get("id") or found.get("name"):
            self.anchors.add(name)
        if tag == "a" and "href" in found:
            self.links.append(found["href"])
        elif tag == "link" and found.get("rel") != "canonical":
            self.loads.append(found["href"])
        elif "src" in found:
            self.loads.append(found["src"])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("pre", "code"):
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._open == ["code"]:
            self.codes.append(data)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", str(checkout / ".mkdocs.yml"), "-d", str(folder)],
        cwd=folder, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, _Page]:
    return {path: _Page(path.read_text("utf-8")) for path in site.rglob("*.html") if path.name != "404.html"}


def test_every_link_leads_to_a_page_and_a_heading(site: Path, pages: dict[Path, _Page]) -> None:
    faults = []
    for path, page in pages.items():
        for link in (*page.links, *page.loads):
            if re.match(r"(https|mailto):", link):
                continue
            address, _, anchor = unquote(link).partition("#")
            target = (path.parent / address).resolve() if address else path
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file() or (anchor and target in pages and anchor not in pages[target].anchors):
                faults.append(f"{path.relative_to(site)}: {link}")
    assert faults == []


def test_no_line_ends_within_code(pages: dict[Path, _Page]) -> None:
    codes = [code for page in pages.values() for code in page.codes]
    assert len(codes) > 1000
    assert [code for code in codes if "\n" in code] == []


def test_no_page_is_an_orphan(pages: dict[Path, _Page], site: Path, checkout: Path) -> None:
    sources = {path.relative_to(checkout / "docs") for path in (checkout / "docs").rglob("*.md")}
    assert {site / path.with_suffix(".html") for path in sources} <= pages.keys()
    linked = {(site / link.partition("#")[0]).resolve() for link in pages[site / "index.html"].links}
    assert pages.keys() - linked == set(), "every page is in the navigation"


def loaded_by_styles(site: Path) -> Iterator[str]:
    for path in site.rglob("*.css"):
        yield from re.findall(r"url\(['\"]?([^)'\"]+)", path.read_text("utf-8"))


def test_nothing_is_loaded_from_another_server(site: Path, pages: dict[Path, _Page]) -> None:
    loads = [one for page in pages.values() for one in page.loads]
    assert loads
    outside = [one for one in (*loads, *loaded_by_styles(site)) if re.match(r"(\w+:)?//", one)]
    assert outside == []


def test_the_search_finds_words_of_every_part(site: Path, pages: dict[Path, _Page]) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    assert index["config"]["lang"] == ["en", "ar"]
    assert (site / "search" / "lunr.ar.js").is_file()
    told = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert told == {path.relative_to(site).as_posix() for path in pages}
