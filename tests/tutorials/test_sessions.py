"""The sessions in docs/tutorials/ can be pasted as they are written, and print what they say."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgres import start_postgres

CHECKOUT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((CHECKOUT / "docs" / "tutorials").glob("*.md"))


def commands_of(text: str) -> list[tuple[str, list[str]]]:
    """Every command of a page, in order, with the lines that it is said to print."""
    commands: list[tuple[str, list[str]]] = []
    for block in re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            else:
                commands[-1][1].append(line.removeprefix("# "))
    return commands


def files_of(text: str) -> list[tuple[str, str]]:
    """The files that a page gives to save, each with its name."""
    return re.findall(r"Save this as `([\w.]+)`.*?^```\w*\n(.*?)^```$", text, re.M | re.S)


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_session_does_what_it_says(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    commands = commands_of(text)
    assert commands
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARCHIVE_"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    environment = {**kept, "HOME": str(tmp_path / "home"), "LANG": "C.UTF-8", "PATH": programs}
    place = tmp_path / "session"
    (tmp_path / "home").mkdir()
    place.mkdir()
    for name, content in files_of(text):
        (place / name).write_text(content, "utf-8")
    mark = "--- end of command ---"
    script = "".join(f"{line}\nended=$?; echo; echo '{mark}' $ended\n" for line, _ in commands)
    with contextlib.ExitStack() as ends:
        if "PGDATABASE" in text:
            server = ends.enter_context(start_postgres())
            environment |= {"PGHOST": str(server.folder), "PGUSER": "tester", "PGDATABASE": server.database()}
        done = subprocess.run(
            ["bash"], input=f"exec 2>&1\n{script}", cwd=place, env=environment, capture_output=True, text=True,
            timeout=350, check=True,
        )  # fmt: skip
    printed = re.split(rf"{mark} (\d+)\n", done.stdout)
    assert len(printed) == 2 * len(commands) + 1
    for number, (line, expected) in enumerate(commands):
        output, code = printed[2 * number], printed[2 * number + 1]
        wanted = next((words.removeprefix("exit code ") for words in expected if words.startswith("exit code ")), "0")
        assert code == wanted, (line, output)
        for words in expected:
            if words.startswith("exit code "):
                continue
            pattern = ".*".join(re.escape(part) for part in words.split("..."))
            assert re.search(f"^{pattern}", output, re.M), (line, words, output)
