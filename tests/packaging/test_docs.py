"""The reference pages in docs/ are written by `.ci/write-docs` and stand as it would write them now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["commands.md", "settings.md", "findings.md"])
def test_the_reference_pages_are_current(name: str, checkout: Path) -> None:
    written = subprocess.run(
        [sys.executable, str(checkout / ".ci" / "write-docs"), name], capture_output=True, check=True, cwd=checkout
    )
    assert written.stdout.decode("utf-8") == (checkout / "docs" / name).read_text("utf-8"), "run .ci/write-docs"
