"""The budget of starting up: help is quick, and nothing heavy loads before it is needed."""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import pytest

HEAVY = {
    "lxml",
    "pypdf",
    "reportlab",
    "bagit",
    "rich",
    "uharfbuzz",
    "pygfried",
    "PIL",
    "docx",
    "markdown_it",
    "httpx",
    "boto3",
    "asyncssh",
    "distributed",
    "psycopg",
    "sqlite3",
}


@pytest.mark.parametrize(
    "arguments", [["-c", "import archive"], ["-m", "archive", "--help"], ["-m", "archive", "create", "--help"]]
)
def test_nothing_heavy_loads(arguments: list[str]) -> None:
    ran = subprocess.run([sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True)
    loaded = {line.rpartition("|")[2].strip().split(".")[0] for line in ran.stderr.splitlines() if "|" in line}
    assert "archive" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_help_costs_under_100_ms_of_processor_time() -> None:
    seconds = min(_cpu_seconds([sys.executable, "-m", "archive", "--help"]) for _ in range(5))
    assert seconds < 0.100


def _cpu_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONDONTWRITEBYTECODE": ""})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
