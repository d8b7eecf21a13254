"""veraPDF for tests: there, or plainly skipped; under CI its absence is a failure."""

from __future__ import annotations

import os

import pytest

from archive.config import Settings, load_settings
from archive.renditions.verapdf import VeraPdf, find_verapdf


def need_verapdf() -> VeraPdf:
    """The veraPDF of this machine. Without one the test is skipped, and fails where CI is set."""
    found = find_verapdf(load_settings())
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have veraPDF: archive doctor --install verapdf")
        pytest.skip("veraPDF is not here: archive doctor --install verapdf")
    return found


def without_verapdf(monkeypatch: pytest.MonkeyPatch, folder: str) -> Settings:
    """Settings under which no veraPDF is found: an empty data folder and a PATH that has none."""
    monkeypatch.delenv("ARCHIVE_TOOLS_VERAPDF", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", folder)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return Settings()
