"""What the tests of storage share."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["0", "1"], ids=["system", "portable"])
def portable(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways: the system's own calls, and the fallback for systems that lack them."""
    monkeypatch.setenv("ARCHIVE_PORTABLE", request.param)
    return str(request.param)
