"""Hooks of MkDocs: pages for the files at the top of the checkout, and links to files that are not in docs/."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

_PAGES = {"CONTRIBUTING.md": "contributing.md", "SECURITY.md": "security.md", "CHANGELOG.md": "changelog.md"}
_LINK = re.compile(r"(\]\()((?:\.\./)*)(" + "|".join(re.escape(name) for name in _PAGES) + r")(?=[)#])")


_FENCED = re.compile(r"(^```.*?^```$)", re.M | re.S)
_CODE = re.compile(r"`[^`]+`")


def on_files(files: Files, *, config: Any) -> Files:
    """Add a page for each of the files at the top, its links to docs/ made relative to the site."""
    top = Path(config.config_file_path).parent
    for name, page in _PAGES.items():
        text = (top / name).read_text("utf-8").replace("](docs/", "](")
        files.append(File.generated(config, page, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:
    """Links to the files at the top of the checkout lead to their pages, and no line ends within code."""
    del config, files
    parts = _FENCED.split(markdown)
    markdown = "".join(part if part.startswith("```") else _joined(part) for part in parts)
    up = "../" * page.file.src_uri.count("/")
    return _LINK.sub(lambda found: f"{found[1]}{up}{_PAGES[found[3]]}", markdown)


def _joined(text: str) -> str:
    """`text` without line breaks in its code, where the theme would show them."""
    paragraphs = re.split(r"(\n\s*\n)", text)
    return "".join(_CODE.sub(lambda found: re.sub(r"\s*\n\s*", " ", found[0]), one) for one in paragraphs)
