"""All SQL is in the ledger: nothing outside of it talks to a database."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import archive

_TALKS = {"query", "run", "run_many", "write", "writing"}
_SPOOL = "stages/scanning/identification.py"
"""Keeps what it found of many files in a nameless temporary database of its own, which is not the ledger."""

_SQL = re.compile(r"\s*(SELECT\b.+\bFROM|INSERT INTO|UPDATE\b.+\bSET|DELETE FROM|CREATE TABLE)\b", re.DOTALL)


def talks(tree: ast.AST) -> list[int]:
    """Lines that call a database backend, import a driver, or hold a statement."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _TALKS:
            owner = node.func.value
            if "backend" in (getattr(owner, "attr", ""), getattr(owner, "id", "")):
                found.append(node.lineno)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
            if any(name.split(".")[0] in ("sqlite3", "psycopg") for name in names):
                found.append(node.lineno)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _SQL.match(node.value):
            found.append(node.lineno)
    return found


def test_nothing_outside_the_ledger_talks_to_a_database() -> None:
    package = Path(archive.__file__).parent
    lines = [
        f"{path.relative_to(package)}:{line}"
        for path in sorted(package.rglob("*.py"))
        if "ledger" not in path.relative_to(package).parts[:1] and path != package / _SPOOL
        for line in talks(ast.parse(path.read_text("utf-8")))
    ]
    assert lines == []


def test_the_search_finds_what_it_looks_for() -> None:
    for text in (
        "ledger.backend.query('x')", "backend.run('x')", "ledger.backend.write(f)", "import sqlite3",
        "from psycopg import sql", "x = 'SELECT a FROM b'",
    ):  # fmt: skip
        assert talks(ast.parse(text)) == [1], text
    assert talks(ast.parse("subprocess.run([]); file.write(b''); 'Select a bag from the list'")) == []
