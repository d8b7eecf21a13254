"""The page of messages: every sentence of an error or a notice that the program can print, by the part that prints it.

It exists to be read from top to bottom, so that one thing has one name. Findings have a page of their own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PRINTING = frozenset({"show", "warn", "echo"})
_ELSEWHERE = ("archive/model/codes/", "archive/ledger/old_sentences.py", "archive/compat/")
"""Findings, what older versions wrote, and the messages of bagit.py, whose wording is not muniment's."""

_ROOMS = {
    "bags": "Reading bags", "cli": "The command line", "formats": "Formats", "ledger": "The ledger",
    "library": "The library", "renditions": "Renditions", "reporting": "Reports", "stages": "Stages",
    "storage": "Storage", "targets": "Repositories", "trust": "Keys, certificates and timestamps",
    "web": "The desk", "": "Settings and the program itself",
}  # fmt: skip


def write_messages() -> str:
    """The page: a table for each room of the program, each message once, with what to do where the error says it."""
    parts = [
        "# Messages", "",
        "Written by `.ci/write-docs` from the sources: every error, with what to do about it, and every notice. `…` stands for"
        " a name, a number or a reason. [Finding codes](findings.md) are separate.", "",
    ]  # fmt: skip
    by_room: dict[str, dict[tuple[str, str], None]] = {room: {} for room in _ROOMS}
    for path in sorted((_ROOT / "archive").rglob("*.py")):
        where = path.relative_to(_ROOT).as_posix()
        if where.startswith(_ELSEWHERE):
            continue
        room = path.relative_to(_ROOT / "archive").parts[0]
        by_room[room if room in by_room else ""].update(dict.fromkeys(_messages_in(path)))
    for room, title in _ROOMS.items():
        if by_room[room]:
            parts += [f"## {title}", "", "| message | what to do |", "| --- | --- |"]
            parts += [f"| {_cell(problem)} | {_cell(remedy)} |" for problem, remedy in sorted(by_room[room])]
            parts.append("")
    return "\n".join(parts)


def _messages_in(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _PRINTING and not (name.endswith("Error") and name[0].isupper()):
            continue
        named = {keyword.arg: _text_of(keyword.value) for keyword in node.keywords}
        problem = next(filter(None, (_text_of(argument) for argument in node.args)), "") or named.get("problem", "")
        if " " in problem:
            yield problem, named.get("remedy", "")


def _text_of(node: ast.expr) -> str:
    """The text of a literal or an f-string, with `…` for what is filled in; empty for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def _cell(text: str) -> str:
    shown = " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
    return shown.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")
