"""No module of the program imports itself by way of others, and SQL stands in the ledger's folder alone."""

from __future__ import annotations

import ast
import graphlib
import re
from pathlib import Path

import grimp


def find_cycle(imports: dict[str, set[str]]) -> list[str]:
    """One cycle among modules and what they import, the first module also last; empty without any."""
    try:
        graphlib.TopologicalSorter(imports).prepare()
    except graphlib.CycleError as error:
        return [str(name) for name in error.args[1]]
    return []


def test_there_is_no_cycle_of_imports() -> None:
    graph = grimp.build_graph("archive", exclude_type_checking_imports=True, cache_dir=None)
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(imports) > 200
    assert find_cycle(imports) == []


def test_a_cycle_would_be_found() -> None:
    assert find_cycle({"a": {"b"}, "b": {"c"}, "c": {"a"}})


SQL = re.compile(
    r"\s*(SELECT\b.*\bFROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|(CREATE|DROP|ALTER) TABLE|PRAGMA)\b"
)


def find_sql(code: str) -> list[str]:
    """The texts in Python code that are statements of SQL."""
    texts = (node.value for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Constant))
    return [text for text in texts if isinstance(text, str) and SQL.match(text)]


def test_there_is_no_sql_outside_the_ledger(checkout: Path) -> None:
    found = {
        str(path.relative_to(checkout)): texts
        for path in sorted((checkout / "archive").rglob("*.py"))
        if path.parent != checkout / "archive" / "ledger" and (texts := find_sql(path.read_text("utf-8")))
    }
    assert found == {}
    assert any(find_sql(path.read_text("utf-8")) for path in (checkout / "archive" / "ledger").glob("*.py"))
