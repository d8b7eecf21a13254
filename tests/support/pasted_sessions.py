"""Sessions of documentation pages, pasted into a shell: every line ends as the page says, and prints what it says.

In a block ```console, a line that begins with `$ ` is a command, and one with `# ` what it prints, `...` for anything;
`# exit code 1` says how it ends.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

MARK = "--- end of command ---"


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


def environment_in(folder: Path, **variables: str) -> dict[str, str]:
    """The variables of a user without settings, whose home is in `folder` and who has the program on the path."""
    (folder / "home").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ARCHIVE_"))}
    programs = f"{Path(sys.executable).parent}{os.pathsep}{kept.get('PATH', '')}"
    return {**kept, "HOME": str(folder / "home"), "LANG": "C.UTF-8", "PATH": programs, **variables}


def check_session(text: str, place: Path, environment: Mapping[str, str]) -> None:
    """Paste the commands of the page `text` into a shell in the folder `place`. Raises `AssertionError`."""
    commands = commands_of(text)
    assert commands
    script = "".join(f"{line}\nended=$?; echo; echo '{MARK}' $ended\n" for line, _ in commands)
    done = subprocess.run(
        ["bash"], input=f"exec 2>&1\n{script}", cwd=place, env=environment, capture_output=True, text=True,
        timeout=350, check=True,
    )  # fmt: skip
    printed = re.split(rf"{MARK} (\d+)\n", done.stdout)
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
