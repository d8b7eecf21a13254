"""Writing description.toml, so that it reads back as the same statements (TOML 1.0; docs/description.md)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archive.formats.toml_text import quote_toml
from archive.model.archival import ARCHIVAL, FALSE, TRUE
from archive.model.description import (
    ALTERNATIVE_TEXT,
    RIGHTS,
    TERMS,
    Access,
    Certainty,
    Origin,
    ReadingHint,
    Statement,
    is_pattern,
)


def write_description(statements: Iterable[Statement], comment: str = "", hints: Iterable[ReadingHint] = ()) -> str:
    """A description.toml that reads back as these statements, in the order of their properties, and these hints.

    Hints are named relative to the description's folder, as their files are.
    """
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    places: dict[str | None, dict[str, list[Statement]]] = {None: {}}
    for statement in statements:
        places.setdefault(statement.about, {}).setdefault(statement.property, []).append(statement)
    reading: dict[str | None, list[str]] = {}
    for hint in hints:
        reading.setdefault(hint.base + hint.pattern, []).extend(_write_hint(hint))
        places.setdefault(hint.base + hint.pattern, {})
    parts = [head] if head else []
    for about, properties in places.items():
        parts.extend(_write_place(about, properties, reading.get(about, [])))
    return "\n".join(part for part in parts if part)


def _write_hint(hint: ReadingHint) -> Iterator[str]:
    """The lines of a hint. The language of a single file is a statement about it, and is written as one."""
    said = {"encoding": hint.encoding, "direction": hint.direction}
    if is_pattern(hint.pattern):
        said["language"] = hint.language
    for key, value in said.items():
        if value is not None:
            yield f"{key} = {quote_toml(value)}\n"


def _write_place(about: str | None, properties: Mapping[str, list[Statement]], hints: Iterable[str]) -> Iterator[str]:
    table = "" if about is None else f"files.{quote_toml(about)}"
    rights = {prop: key for key, prop in RIGHTS.items() if "." in prop}
    archival = {prop: key for key, prop in ARCHIVAL.items()}
    plain, ours, private, isad = [*hints], [], [], []
    for prop in sorted(properties, key=_order):
        line = f"{_key_of(prop)} = {_write_values(properties[prop])}\n"
        if prop in rights:
            ours.append(f"{rights[prop]} = {_write_values(properties[prop])}\n")
        elif prop in archival:
            isad.append(f"{archival[prop]} = {_write_archival(archival[prop], properties[prop])}\n")
        elif prop.startswith("private."):
            private.append(f"{quote_toml(prop.removeprefix('private.'))} = {_write_values(properties[prop])}\n")
        else:
            plain.append(line)
    if ours:
        moved = {"accessRights": "access", "available": "until", "license": "license", "rightsHolder": "holder"}
        for prop, key in moved.items():
            if prop in properties and (prop != "accessRights" or _are_words(properties[prop])):
                plain.remove(f"{_key_of(prop)} = {_write_values(properties[prop])}\n")
                ours.insert(0, f"{key} = {_write_values(properties[prop])}\n")
        if "rights" in properties:
            plain.remove(f"rights = {_write_values(properties['rights'])}\n")
            ours.insert(0, f"statement = {_write_values(properties['rights'])}\n")
    if plain:
        yield (f"[{table}]\n" if table else "") + "".join(plain)
    if ours:
        yield f"[{table + '.' if table else ''}rights]\n" + "".join(ours)
    if isad:
        yield f"[{table + '.' if table else ''}archival]\n" + "".join(isad)
    if private:
        yield f"[{table + '.' if table else ''}private]\n" + "".join(private)


def _write_archival(key: str, statements: list[Statement]) -> str:
    if key == "supplied_title":
        written = _write_value(statements[0])
        return statements[0].value if statements[0].value in (TRUE, FALSE) and "{" not in written else written
    return _write_values(statements)


def _are_words(statements: Iterable[Statement]) -> bool:
    return all(s.value in {access.value for access in Access} for s in statements)


def _key_of(prop: str) -> str:
    return "alternative_text" if prop == ALTERNATIVE_TEXT else prop


def _order(prop: str) -> tuple[int, str]:
    return (TERMS.index(prop) if prop in TERMS else len(TERMS), prop)


def _write_values(statements: list[Statement]) -> str:
    written = [_write_value(statement) for statement in statements]
    if len(written) == 1:
        return written[0]
    return "[\n" + "".join(f"  {one},\n" for one in written) + "]"


def _write_value(statement: Statement) -> str:
    given = {
        "language": statement.language,
        "certainty": None if statement.certainty is Certainty.CERTAIN else statement.certainty.value,
        "source": None if statement.source is Origin.PERSON else statement.source.value,
        "by": statement.by,
        "note": statement.note,
        "authority": statement.authority,
    }
    more = [f"{name} = {quote_toml(value)}" for name, value in given.items() if value is not None]
    if statement.private and not statement.property.startswith("private."):
        more.append("private = true")
    value = quote_toml(statement.value)
    return f"{{ value = {value}, {', '.join(more)} }}" if more else value
