"""The page of the Python API: signatures and docstrings of everything that `archive` exports."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator
from enum import Enum
from typing import Any

import archive

_HEAD = """\
# Python API

Written by `.ci/write-docs` from the docstrings of `import archive`. [The library](library.md) shows the same in working
programs. Every function raises `ArchiveError` or one of its kinds, and `TypeError` for an argument of a wrong type.
"""


def write_api() -> str:
    values = {name: getattr(archive, name) for name in archive.__all__ if name != "__version__"}
    functions = {name: one for name, one in values.items() if inspect.isfunction(one)}
    errors = {name: one for name, one in values.items() if inspect.isclass(one) and issubclass(one, BaseException)}
    classes = {name: one for name, one in values.items() if name not in functions and name not in errors}
    parts = [_HEAD, "## Functions", ""]
    for name in sorted(functions):
        parts += [f"### {name}", "", *_code(_signature(functions[name])), *_text(functions[name])]
    parts += ["## Classes", ""]
    for name in sorted(classes):
        parts += [f"### {name}", "", *_text(classes[name]), *_members(classes[name])]
    parts += ["## Errors", "", "| error | is a kind of | exit code | what |", "| --- | --- | --- | --- |"]
    for name, error in errors.items():
        first = " ".join((inspect.getdoc(error) or "").split("\n\n")[0].split())
        parts.append(f"| `{name}` | `{error.__base__.__name__}` | {int(error.exit_code)} | {first} |")
    return "\n".join([*parts, ""])


def _code(text: str) -> list[str]:
    return ["```python", text, "```", ""]


def _signature(function: Any) -> str:
    """The signature as it is written, without `self` or `cls`; one parameter a line where it is long."""
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    node.args.args = [one for one in node.args.args if one.arg not in ("self", "cls")]
    returns = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    whole = f"{node.name}({ast.unparse(node.args)}){returns}"
    if len(whole) <= 100:
        return whole
    return f"{node.name}(\n" + "".join(f"    {one},\n" for one in _parameters(node.args)) + f"){returns}"


def _parameters(arguments: ast.arguments) -> Iterator[str]:
    lacking = len(arguments.args) - len(arguments.defaults)
    for number, one in enumerate(arguments.args):
        default = f" = {ast.unparse(arguments.defaults[number - lacking])}" if number >= lacking else ""
        yield f"{ast.unparse(one)}{default}"
    if arguments.kwonlyargs:
        yield "*"
    for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield ast.unparse(one) + (f" = {ast.unparse(value)}" if value is not None else "")


def _text(value: Any) -> list[str]:
    text = inspect.cleandoc(value.__doc__ or "")
    return [re.sub(r"<(\w+)>", r"`<\1>`", text), ""]


def _members(kind: type) -> list[str]:
    if issubclass(kind, Enum):
        return ["| member | value |", "| --- | --- |", *(f"| `{one.name}` | `{one.value!r}` |" for one in kind), ""]
    lines: list[str] = []
    fields = _fields(kind)
    if fields:
        lines += ["| field | type |", "| --- | --- |"]
        lines += [f"| `{name}` | `{str(text).replace('|', chr(92) + '|')}` |" for name, text in fields.items()]
        lines.append("")
    for name in dir(kind):
        member = inspect.getattr_static(kind, name)
        if name.startswith("_") or name in fields:
            continue
        function = member.fget if isinstance(member, property) else getattr(member, "__func__", member)
        if not inspect.isfunction(function) or not function.__module__.startswith("archive."):
            continue
        shown = f"{name}: {_returns(function)}" if isinstance(member, property) else _signature(function)
        lines += _code(shown)
        if function.__doc__:
            lines += _text(function)
    return lines


def _fields(kind: type) -> dict[str, Any]:
    """The annotated fields of a class and of what it extends, the first ones first."""
    found: dict[str, Any] = {}
    for one in reversed(kind.__mro__):
        if one.__module__.startswith("archive."):
            found |= {name: text for name, text in vars(one).get("__annotations__", {}).items() if name[0] != "_"}
    return found


def _returns(function: Any) -> str:
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    return ast.unparse(node.returns) if node.returns else "Any"
