"""`archive demo --archive`: the session that it prints can be pasted, and nothing outside its folder is changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from tests.support.waiting import wait_until

COMMAND = [sys.executable, "-m", "archive", "demo"]


def environment_of(home: Path, **variables: str) -> dict[str, str]:
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARCHIVE_"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8", "PATH": programs, **variables}


def run(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], cwd=folder, env=environment_of(folder.parent / "home", **variables), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    place.mkdir()
    return place


def test_the_printed_session_finds_the_damage_and_repairs_it(folder: Path) -> None:
    made = run(folder, "--archive", "my archive")
    assert made.returncode == 0, made.stderr
    assert "1 of 3: making a bag of arabic-statement, and a second copy" in made.stderr
    session = [line.strip() for line in made.stdout.splitlines() if line.startswith("  ")]
    assert session[0] == f"cd '{folder / 'my archive'}'"
    pasted = "".join(f"{line}\nprintf '\\n--- %s\\n' $?\n" for line in session)
    done = subprocess.run(
        ["bash"], input=f"exec 2>&1\n{pasted}", cwd=folder, env=environment_of(folder.parent / "home"),
        capture_output=True, text=True, timeout=200, check=True,
    )  # fmt: skip
    *printed, _last = re.split(r"\n--- (\d+)\n", done.stdout)
    assert printed[1::2] == ["0", "4", "1", "0", "0", "0"], done.stdout
    printed = printed[::2]
    assert "not checked: 0 of 6 holdings intact" in printed[1]
    assert "error: damaged: " in printed[2]
    assert "replaced 1 of 1 files" in printed[3]
    assert "intact: 13 files" in printed[4]
    assert "intact: 6 of 6 holdings intact" in printed[5]


def test_nothing_is_changed_outside_of_the_folder_but_the_record_of_trust(folder: Path, checkout: Path) -> None:
    made = run(folder, "--archive", "small", "--json")
    document = json.loads(made.stdout)
    jsonschema.validate(document, json.loads((checkout / "metadata/reports/archive.demo-1.json").read_text()))
    assert [os.path.basename(bag["path"]) for bag in document["bags"]] == [
        "arabic-statement",
        "mixed-folder",
        "press-release",
    ]
    assert (folder / "small" / document["archive"]["damaged"]).is_file()
    assert sorted(os.listdir(folder)) == ["small"]
    home = folder.parent / "home"
    left = [path for path in home.rglob("*") if path.is_file()]
    assert [path.parent.relative_to(home).as_posix() for path in left] == [".config/muniment/trusted"]


def test_a_folder_with_something_in_it_and_settings_that_lead_out_are_refused(folder: Path) -> None:
    (folder / "full").mkdir()
    (folder / "full" / "letter.txt").write_text("a letter")
    refused = run(folder, "--archive", "full")
    assert refused.returncode == 2
    assert "not empty" in refused.stderr
    led_out = run(folder, "--archive", "new", ARCHIVE_LEDGER_URL=str(folder / "other.sqlite3"))
    assert led_out.returncode == 2
    assert "unset ARCHIVE_LEDGER_URL" in led_out.stderr
    both = run(folder, "bags", "--archive", "new")
    assert both.returncode == 2
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == ["full", "full/letter.txt"]


def test_what_is_interrupted_leaves_nothing(folder: Path) -> None:
    words = [*COMMAND, "--archive", "small"]
    environment = environment_of(folder.parent / "home")
    with subprocess.Popen(words, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as running:
        wait_until((folder / "small" / "bags" / "arabic-statement").exists)
        running.send_signal(2)
        assert running.wait(timeout=60) == 130
    assert list(folder.iterdir()) == []
    assert [path for path in (folder.parent / "home").rglob("*") if path.is_file()] == []
