"""Trust for projects that a test writes by hand: what `archive config --trust` does, in the test's own settings."""

from __future__ import annotations

import os
from pathlib import Path

from archive.stages.project import trust_project


def trust(folder: Path | str) -> None:
    """Trust whatever archive.toml `folder` holds, now or later."""
    trust_project(os.fspath(folder), os.environ)
