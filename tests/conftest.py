"""What every test gets: no settings of the person who runs them, and a fixed idea of what CI must have."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.support.needing import enforce, need
from tests.support.swift import Swift, start_swift


def pytest_runtest_setup(item: pytest.Item) -> None:
    enforce(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skipped test is a failed one, whatever skipped it."""
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"{item.nodeid} is skipped in CI: {report.longrepr}"
    return report


_CHECKOUT = Path(__file__).resolve().parent.parent
_THERE: set[str] = set()


def pytest_sessionstart(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        _THERE.update(os.listdir(_CHECKOUT))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tests write into their temporary folder alone: whatever they leave in the checkout fails the session."""
    if hasattr(session.config, "workerinput"):
        return
    left = sorted(name for name in set(os.listdir(_CHECKOUT)) - _THERE if not name.startswith((".", "__pycache__")))
    if left:
        print(f"\ntests left in the checkout: {', '.join(left)}")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(autouse=True)
def _without_personal_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep `ARCHIVE_*` variables and the user's archive.toml out of the tests; what names a tool stays."""
    for name in list(os.environ):
        if name.startswith("ARCHIVE_") and not name.startswith(("ARCHIVE_TOOLS_", "ARCHIVE_LONG_TESTS")):
            monkeypatch.delenv(name)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout the tests stand in."""
    return _CHECKOUT


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swift]:
    """OpenStack Swift with its s3api: one a worker, started when first asked for."""
    need("memcached")
    with start_swift(Path(need("swift")), tmp_path_factory.mktemp("swift") / "s") as running:
        yield running
