"""What the README tells a newcomer to paste works as it is written."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.needing import needs


def blocks(checkout: Path, heading: str) -> list[str]:
    """The fenced blocks under a heading; those above the first heading of the second level for an empty one."""
    text = (checkout / "README.md").read_text("utf-8")
    parts = dict(part.partition("\n")[::2] for part in re.split(r"^## ?", f"## \n{text}", flags=re.M)[1:])
    return re.findall(r"^```\w*\n(.*?)^```$", parts[heading], re.M | re.S)


@pytest.fixture
def clone(checkout: Path, tmp_path: Path) -> Path:
    """A clone by the README's own line, in which `.venv/bin` is the environment that runs the tests."""
    (line,) = blocks(checkout, "")
    assert line.startswith("git clone ")
    if not (checkout / ".git").exists():
        line = line.replace("git clone", "cp -r")  # the tests of a source distribution
    environment = {**environment_of(tmp_path), "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory"}
    subprocess.run(
        ["bash", "-ec", line.replace("<this repository>", shlex.quote(str(checkout)))], cwd=tmp_path, check=True,
        env={**environment, "GIT_CONFIG_VALUE_0": "*"}, capture_output=True, timeout=120,
    )  # fmt: skip
    programs = tmp_path / "muniment" / ".venv" / "bin"
    programs.mkdir(parents=True, exist_ok=True)
    (programs / "activate").write_text(f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH\n")
    return tmp_path / "muniment"


def environment_of(folder: Path) -> dict[str, str]:
    home = folder / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARCHIVE_"))}
    return {**kept, "HOME": str(home), "LANG": "C.UTF-8"}


@needs("git")
def test_the_session_can_be_pasted_and_prints_what_is_said(clone: Path, checkout: Path, tmp_path: Path) -> None:
    session, program = blocks(checkout, "A session")
    commands: list[tuple[str, list[str]]] = []
    for line in session.splitlines():
        if line.startswith("#"):
            commands[-1][1].append(line.removeprefix("#").strip())
        else:
            commands.append((line, []))
    mark = "--- end of command ---"
    pasted = "".join(f"{line}\necho; echo '{mark}' $?\n" for line, _ in commands)
    done = subprocess.run(
        ["bash"], input=f"exec 2>&1\n{pasted}", cwd=clone, env=environment_of(tmp_path), capture_output=True, text=True,
        timeout=300, check=True,
    )  # fmt: skip
    printed = re.split(rf"{mark} (\d+)\n", done.stdout)
    assert len(printed) == 2 * len(commands) + 1
    for number, (line, expected) in enumerate(commands):
        output, code = printed[2 * number], printed[2 * number + 1]
        assert code == "0", (line, output)
        for words in expected:
            pattern = ".*".join(re.escape(part) for part in words.split("..."))
            assert re.search(f"^{pattern}$", output, re.M), (words, output)
    by_python = subprocess.run(
        [sys.executable, "-c", program], cwd=clone / "demo", env=environment_of(tmp_path), capture_output=True,
        text=True, timeout=120, check=False,
    )  # fmt: skip
    assert by_python.returncode == 0, by_python.stderr


@needs("git")
def test_the_session_leaves_the_checkout_as_git_knows_it(checkout: Path) -> None:
    session, _program = blocks(checkout, "A session")
    folder = re.search(r"cd (\w+)$", session.splitlines()[0])
    assert folder is not None
    assert f"/{folder[1]}/" in (checkout / ".gitignore").read_text().splitlines()


def test_the_quick_start_is_the_two_commands(checkout: Path) -> None:
    lines = "".join(blocks(checkout, "Quick start")).splitlines()
    assert len(lines) == 2
    assert lines[0].endswith("archive demo demo")
    assert lines[1].endswith("pytest")


def test_the_demo_prints_a_line_for_each_step(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "archive", "demo", "demo", "--seed", "press-release"]
    done = subprocess.run(
        words, cwd=tmp_path, env=environment_of(tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.splitlines()[0] == "1 of 1: making a bag of press-release"
    assert len(done.stderr.splitlines()) >= 4
    assert "demo/press-release: valid" in done.stdout


def test_what_the_readme_links_to_is_there(checkout: Path) -> None:
    text = (checkout / "README.md").read_text("utf-8")
    for address in re.findall(r"\]\(([^)]+)\)", text):
        assert address.startswith("https://") or (checkout / address).exists(), address
