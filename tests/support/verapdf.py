"""veraPDF for tests: there, or plainly skipped; under CI its absence is a failure."""

from __future__ import annotations

import os

import pytest

from archive.config import load_settings
from archive.renditions.verapdf import VeraPdf, find_verapdf
from archive.renditions.verapdf_install import installed_jar
from archive.settings import Settings
from tests.support.needing import miss


def need_verapdf() -> VeraPdf:
    """The veraPDF of this machine. Without one the test is skipped, and fails where CI is set."""
    found = find_verapdf(load_settings())
    if found is None:
        miss("veraPDF", "archive doctor --install verapdf")
    return found


def need_fetched_verapdf() -> None:
    """Skip the test unless `archive doctor` fetched the veraPDF of this machine."""
    need_verapdf()
    if not os.path.isfile(installed_jar()):
        miss("veraPDF", "archive doctor --install verapdf; the one here came from elsewhere")


def without_verapdf(monkeypatch: pytest.MonkeyPatch, folder: str) -> Settings:
    """Settings under which no veraPDF is found: an empty data folder and a PATH that has none."""
    monkeypatch.delenv("ARCHIVE_TOOLS_VERAPDF", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", folder)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return Settings()
