"""Changing single values of a TOML file by machine: comments, order and spacing stay as people wrote them."""

from __future__ import annotations

import codecs
from collections.abc import Mapping

from archive.formats.toml_text import load_toml


def set_values(content: bytes, changes: Mapping[str, str]) -> bytes:
    """The file with the texts of `changes`, by "section.key"; an empty text takes the key away.

    A byte order mark and the ends of lines are kept. Raises ValueError for what is not TOML or not UTF-8, or would not
    read back as it was meant.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    mark = codecs.BOM_UTF8 if content.startswith(codecs.BOM_UTF8) else b""
    text = content[len(mark) :].decode("utf-8")
    end = "\r\n" if "\r\n" in text else "\n"
    before = load_toml(text)
    try:
        document = tomlkit.parse(text)
        for name, value in changes.items():
            section, _dot, key = name.partition(".")
            if not value:
                if key in document.get(section, {}):
                    del document[section][key]
                continue
            if section not in document:
                table = tomlkit.table()
                table.add(key, value)
                document.add(section, table)
            else:
                document[section][key] = value
        written = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error
    if end == "\r\n":
        written = written.replace("\r\n", "\n").replace("\n", end)
    if load_toml(written) != _expected(before, changes):
        raise ValueError("the changed file does not read back as it was meant")
    return mark + written.encode("utf-8")


def _expected(before: dict[str, object], changes: Mapping[str, str]) -> dict[str, object]:
    tables = {name: dict(table) if isinstance(table, dict) else table for name, table in before.items()}
    for name, value in changes.items():
        section, _dot, key = name.partition(".")
        table = tables.setdefault(section, {}) if value else tables.get(section, {})
        if not isinstance(table, dict):
            raise ValueError(f"{section} is not a table")
        if value:
            table[key] = value
        else:
            table.pop(key, None)
    return tables
