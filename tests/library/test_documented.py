"""Every Python block of docs/library.md runs, in its order, in a project of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest


def test_the_documented_library_works(tmp_path: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (checkout / "docs" / "library.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 7
    monkeypatch.chdir(tmp_path)
    (tmp_path / "letter.txt").write_text("A letter of May.\n")
    (tmp_path / "notes.txt").write_text("Some notes.\n")
    names: dict[str, Any] = {}
    for block in blocks:
        place = text[: text.index(block)].count("\n")
        exec(compile("\n" * place + block, "docs/library.md", "exec"), names)  # noqa: S102 - our own documentation
