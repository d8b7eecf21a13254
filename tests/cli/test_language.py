"""The command line in the reader's language: text follows the environment, JSON never does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.bag_drafts import draft, write_folder

_ARABIC = {"LANG": "ar_SY.UTF-8"}


def _run(*words: str, cwd: Path, options: tuple[str, ...] = (), **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES")
    }
    return subprocess.run(
        [sys.executable, *options, "-m", "archive", *words], cwd=cwd, capture_output=True, text=True, encoding="utf-8",
        env={**kept, "PYTHONUTF8": "1", **environment}, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a damaged bag whose file has an Arabic name."""
    folder = tmp_path_factory.mktemp("place")
    bag = write_folder(draft({"data/وثيقة.txt".encode(): b"words", b"data/b.txt": b"more"}), folder / "bag")
    (bag / "data" / "b.txt").write_bytes(b"less")
    (bag / "data" / "وثيقة.txt").unlink()
    return folder


def test_a_damaged_bag_is_reported_in_arabic(place: Path) -> None:
    ran = _run("validate", "bag", cwd=place, **_ARABIC)
    assert ran.returncode == 1
    assert ran.stdout.startswith("تالف: ")
    assert "خطأ: \u2068data/وثيقة.txt\u2069: الملف مذكور في بيان لكنه مفقود [BAG-201]" in ran.stdout
    assert "استعد الملف من نسخة: archive repair BAG --from COPY" in ran.stdout
    assert "error" not in ran.stdout


def test_english_is_the_same_in_every_other_language(place: Path) -> None:
    texts = {
        _run("validate", "bag", cwd=place, **environment).stdout
        for environment in ({}, {"LANG": "C"}, {"LANG": "en_US.UTF-8"}, {"LANG": "de_DE.UTF-8"}, {"LANGUAGE": "ar"})
    }
    assert len(texts) == 1
    (text,) = texts
    assert "error: data/وثيقة.txt: the file is listed in a manifest but is missing [BAG-201]" in text
    assert "\u2068" not in text


@pytest.mark.parametrize("words", [("validate", "bag"), ("explain", "BAG-201"), ("explain",), ("validate", "absent")])
def test_json_does_not_change_with_the_language(place: Path, words: tuple[str, ...]) -> None:
    english = _run(*words, "--json", cwd=place, LANG="C")
    arabic = _run(*words, "--json", cwd=place, LANGUAGE="ar", **_ARABIC)
    assert arabic.stdout == english.stdout
    assert arabic.returncode == english.returncode


def test_a_code_is_explained_in_arabic(place: Path) -> None:
    ran = _run("explain", "BAG-201", "AUD-110", cwd=place, **_ARABIC)
    assert ran.returncode == 0
    assert "BAG-201 (خطأ): الملف مذكور في بيان لكنه مفقود" in ran.stdout
    assert "AUD-110 (لم يُفحص)" in ran.stdout
    assert "ما يلزم فعله: استعد الملف من نسخة: archive repair BAG --from COPY" in ran.stdout
    assert "RFC 8493 3" in ran.stdout
    every = _run("explain", cwd=place, **_ARABIC)
    assert len(every.stdout.splitlines()) > 500


@pytest.mark.parametrize("words", [("--help",), ("validate", "--help"), ("validate", "bag", "--json"), ("--version",)])
def test_help_and_json_load_no_catalogue(place: Path, words: tuple[str, ...]) -> None:
    ran = _run(*words, cwd=place, options=("-X", "importtime"), **_ARABIC)
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line}
    assert "archive.cli.app" in loaded
    assert not [name for name in loaded if name == "archive.translation" or name.split(".")[0] == "babel"]


def test_text_in_arabic_needs_no_babel(place: Path) -> None:
    ran = _run("validate", "bag", cwd=place, options=("-X", "importtime"), **_ARABIC)
    assert "archive.translation" in ran.stderr
    assert "babel" not in ran.stderr
