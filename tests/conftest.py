"""What every test gets: no settings of the person who runs them, and a fixed idea of what CI must have."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.swift import Swift, find_swift, start_swift


@pytest.fixture(autouse=True)
def _without_personal_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep `ARCHIVE_*` variables and the user's archive.toml out of the tests; what names a tool stays."""
    for name in list(os.environ):
        if name.startswith("ARCHIVE_") and not name.startswith(("ARCHIVE_TOOLS_", "ARCHIVE_LONG_TESTS")):
            monkeypatch.delenv(name)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout the tests stand in."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    """OpenStack Swift with its s3api: one a worker, started when first asked for."""
    programs = find_swift()
    if programs is None:
        assert not os.environ.get("CI"), "Swift or memcached is missing: see tests/support/swift.py"
        pytest.skip("OpenStack Swift or memcached is not installed")
    with start_swift(programs, tmp_path_factory.mktemp("swift") / "s") as running:
        yield running
