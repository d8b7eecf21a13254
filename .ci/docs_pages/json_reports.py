"""The page of the JSON documents: every schema as a table of fields, with an example that a real run printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
REPORTS = Path(__file__).resolve().parents[2] / "metadata" / "reports"

_HEAD = """\
# JSON documents

Written by `.ci/write-docs` from the schemas in `metadata/reports/`. With `--json` a command prints exactly one document on
standard output, also when it fails (`archive.error/1`). Its first field, `schema`, says which one it is; the number after
the slash changes when a program that reads it would have to change. Fields can be added without a new number.

- Paths are text. Where a name is not valid UTF-8, `path` is escaped and `path_b64` has the exact bytes.
- Times are UTC, such as `2026-11-29T01:11:23Z`; sizes are bytes.
- `outcome` is `intact`, `damaged` or `not checked`; [exit codes](exit-codes.md) follow from it.
- Every finding has a `code` ([finding codes](findings.md)).

The examples were printed by the commands; long lists in them are cut to their first two entries.
"""


def write_json() -> str:
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted(REPORTS.glob("*.json"))]
    documents = {schema["$id"]: schema for schema in schemas}
    parts = [_HEAD, "| document | what it is |", "| --- | --- |"]
    names = {
        schema["$id"]: "/".join(schema["$id"].removeprefix("urn:muniment:schema:").split(":")) for schema in schemas
    }
    parts += [f"| [{names[one['$id']]}](#{_anchor(names[one['$id']])}) | {one['title']} |" for one in schemas]
    parts.append("")
    for schema in schemas:
        name = names[schema["$id"]]
        parts += [f"## {name}", "", f"{schema['title']}.", ""]
        if "description" in schema:
            parts += [schema["description"], ""]
        forms = schema.get("oneOf", [schema])
        for number, form in enumerate(forms):
            if len(forms) > 1:
                parts += [_heading(form, number, schema, documents), ""]
            parts += ["| field | type | what |", "| --- | --- | --- |"]
            parts += ["| " + " | ".join(_cell(one) for one in row) + " |" for row in _rows(form, schema, documents)]
            parts.append("")
        parts += ["```json", _example(name), "```", ""]
    return "\n".join(parts)


def _heading(form: dict[str, Any], number: int, root: dict[str, Any], documents: dict[str, Any]) -> str:
    """How one of several forms of a document is known: by the constants that it has."""
    told = {
        name: content["const"]
        for branch, *_ in _branches(form, root, documents, ())
        for name, content in branch.get("properties", {}).items()
        if name != "schema" and "const" in content
    }
    if told:
        return "Where " + ", ".join(f"`{name}` is `{json.dumps(value)}`" for name, value in told.items()) + ":"
    return "One form:" if number == 0 else "Another form:"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(name: str) -> str:
    return name.replace(".", "").replace("/", "")


def _example(name: str) -> str:
    return (EXAMPLES / f"{name.replace('/', '-')}.json").read_text("utf-8").rstrip("\n")


def _rows(
    schema: dict[str, Any],
    root: dict[str, Any],
    documents: dict[str, Any],
    prefix: str = "",
    seen: tuple[str, ...] = (),
) -> Iterator[tuple[str, str, str]]:
    """Every field below `schema`, a field of a list as `list[].field`, each once; a type inside itself is not repeated."""
    told: set[str] = set()
    for branch, home, trail in _branches(schema, root, documents, seen):
        required = set(branch.get("required", ()))
        for name, content in branch.get("properties", {}).items():
            if name in told or name == "schema" or name.endswith("_b64"):
                continue
            told.add(name)
            path = f"{prefix}{name}"
            kinds, what = _kind(content, home, documents)
            yield f"`{path}`{'' if name in required else ' (optional)'}", kinds, what
            for inner, at, deeper, end in _inside(content, home, documents, trail):
                yield from _rows(inner, at, documents, f"{path}{end}.", deeper)


def _branches(
    schema: dict[str, Any], root: dict[str, Any], documents: dict[str, Any], seen: tuple[str, ...]
) -> Iterator[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]]:
    """`schema` with what it refers to, and each of its alternatives."""
    if "$ref" in schema:
        target, home, name = _resolve(schema["$ref"], root, documents)
        if name not in seen:
            yield from _branches(target, home, documents, (*seen, name))
    if "properties" in schema:
        yield schema, root, seen
    for word in ("oneOf", "anyOf", "allOf"):
        for one in schema.get(word, ()):
            yield from _branches(one, root, documents, seen)


def _inside(
    content: dict[str, Any], root: dict[str, Any], documents: dict[str, Any], seen: tuple[str, ...], end: str = ""
) -> Iterator[tuple[dict[str, Any], dict[str, Any], tuple[str, ...], str]]:
    """What has fields in `content`: itself, the members of a list, or the values of a table."""
    if "$ref" in content:
        target, home, name = _resolve(content["$ref"], root, documents)
        if name in seen:
            return
        content, root, seen = target, home, (*seen, name)
    if any(word in content for word in ("properties", "oneOf", "anyOf", "allOf")):
        yield content, root, seen, end
    if isinstance(content.get("items"), dict):
        yield from _inside(content["items"], root, documents, seen, f"{end}[]")
    if isinstance(content.get("additionalProperties"), dict):
        yield from _inside(content["additionalProperties"], root, documents, seen, f"{end}.NAME")


def _resolve(
    reference: str, root: dict[str, Any], documents: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any], str]:
    address, _, pointer = reference.partition("#")
    home = documents[address] if address else root
    target = home
    for step in pointer.strip("/").split("/") if pointer.strip("/") else ():
        target = target[step]
    return target, home, f"{home['$id']}#{pointer}"


def _kind(content: dict[str, Any], root: dict[str, Any], documents: dict[str, Any]) -> tuple[str, str]:
    """The type in words, and the description; of a reference those of its target, where it has none itself."""
    what = content.get("description", "")
    if "$ref" in content:
        target, root, _name = _resolve(content["$ref"], root, documents)
        kind, other = _kind(target, root, documents)
        return kind, what or other
    if "const" in content:
        return f"`{json.dumps(content['const'])}`", what
    if "enum" in content:
        return ", ".join(f"`{json.dumps(one)}`" for one in content["enum"]), what
    if "type" in content:
        kinds = content["type"] if isinstance(content["type"], list) else [content["type"]]
        return " or ".join(kinds), what
    choices = [_kind(one, root, documents)[0] for word in ("oneOf", "anyOf") for one in content.get(word, ())]
    return " or ".join(dict.fromkeys(choices)) or "any", what
