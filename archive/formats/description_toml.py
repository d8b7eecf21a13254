"""Reading description.toml without losing a value (TOML 1.0; docs/description.md).

A value is a text, a list, a table of languages (`{ en = "...", ar = "..." }`) or a table with `value` and what is known
of it: `language`, `certainty`, `source`, `by`, `note`, `private`.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from typing import Any, TypeVar

from archive.formats.description_checks import judge_privacy, judge_rights, judge_statement
from archive.formats.description_csv import decode_text
from archive.formats.description_names import TOML_NAME
from archive.formats.encodings import is_encoding
from archive.formats.language import check_language
from archive.formats.toml_text import load_toml
from archive.model.archival import ARCHIVAL, CODES, FALSE, TRUE
from archive.model.codes import description as codes
from archive.model.description import (
    ALTERNATIVE_TEXT,
    RIGHTS,
    TERMS,
    Access,
    Certainty,
    Description,
    Origin,
    ReadingHint,
    Statement,
    is_pattern,
)
from archive.model.finding import Finding
from archive.model.light import light_dataclass

NAME = TOML_NAME
_VALUE_KEYS = ("value", "language", "certainty", "source", "by", "note", "private", "authority")
_DEFAULT_KEYS = ("language", "certainty", "source", "by")
_TABLES = ("defaults", "rights", "archival", "files", "private")
_TEXTLESS = frozenset({"language", "identifier", "type", "format", "license", "accessRights", "available"})
"""Terms whose values are codes or names of things: the default language of texts does not hold for them."""
_NAMES = frozenset({"creator", "contributor", "publisher", "rightsHolder"})
_HEADER = re.compile(r"\s*\[\[?\s*(?P<name>[^\]#]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*(?P<key>"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*[^=]+)?\s*=""")
_MOST_HINTS = 50
_LONGEST_HINTED = 60
"""Unknown keys that are compared with the known ones, and the characters of the longest."""
_Word = TypeVar("_Word", bound=Enum)


def read_description(content: bytes, name: str = NAME) -> tuple[Description, list[Finding]]:
    """The description in `content` and everything that is wrong with it; a broken file is a finding, too."""
    text, problem, line = decode_text(content)
    if problem is None and content.startswith((b"\xff\xfe", b"\xfe\xff")):
        problem = "it is UTF-16, and TOML is UTF-8; save it again as UTF-8"
    if problem is not None:
        return Description((), name, content), [codes.MALFORMED.at(name, line=line, problem=problem)]
    try:
        tables = load_toml(text.replace("\r\n", "\n"))
    except ValueError as error:  # also for a number with more digits than Python reads
        return Description((), name, content), [_malformed(error, name)]
    except RecursionError:
        return Description((), name, content), [codes.MALFORMED.at(name, problem="it is nested too deeply")]
    reader = _Reader(name, _find_lines(text))
    reader.read(tables)
    statements = tuple(reader.statements)
    reader.findings.extend(judge_rights(statements, name, reader.line("rights", "access")))
    reader.findings.extend(judge_privacy(statements, name))
    return Description(statements, name, content, hints=tuple(reader.hints)), reader.findings


def _malformed(error: ValueError, name: str) -> Finding:
    match = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    problem = str(error).partition(" (at ")[0]
    # The message of a repeated key quotes the key, never a value.
    return codes.MALFORMED.at(name, line=int(match[1]) if match else None, problem=problem[:200])


def _find_lines(text: str) -> dict[tuple[str, str], int]:
    """The first line of each key, by table and key."""
    lines: dict[tuple[str, str], int] = {}
    table = ""
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            table = re.sub(r"""["'\s]""", "", header["name"])
            lines.setdefault((table, ""), number)
        elif match := _KEY.match(line):
            lines.setdefault((table, match["key"].strip("\"'")), number)
    return lines


@light_dataclass(slots=True)
class _Reader:
    name: str
    lines: Mapping[tuple[str, str], int]
    statements: list[Statement] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)
    hints: list[ReadingHint] = field(default_factory=list)
    _compared: int = 0

    def line(self, table: str, key: str) -> int | None:
        table = re.sub(r"""["'\s]""", "", table)
        return self.lines.get((table, key)) or self.lines.get((table, ""))

    def read(self, tables: Mapping[str, Any]) -> None:
        self._read_defaults(tables.get("defaults", {}))
        for key, value in tables.items():
            if key == "defaults":
                continue
            if key == "rights" and _is_rights_table(value):
                self._read_rights(value, "rights", None)
            elif key == "rights" and isinstance(value, dict) and not value:
                continue
            elif key in ("files", "private", "archival"):
                self._read_table(key, value)
            elif key in TERMS:
                self._read_value(key, value, "", key, None)
            else:
                self._unknown(key, (*TERMS, *_TABLES), "", key)

    def _read_defaults(self, table: Any) -> None:
        if not isinstance(table, dict):
            self._wrong("defaults", "defaults", "", "a table", table)
            return
        for key, value in table.items():
            if key not in _DEFAULT_KEYS:
                self._unknown(key, _DEFAULT_KEYS, "defaults", key)
            elif key == "certainty":
                self.defaults[key] = self._word(Certainty, value, "defaults", key)
            elif key == "source":
                self.defaults[key] = self._word(Origin, value, "defaults", key)
            elif not isinstance(value, str):
                self._wrong(key, f"defaults.{key}", "defaults", "a text", value)
            else:
                self.defaults[key] = value
                if key == "language":
                    self._check_tag(value, "defaults", key)

    def _read_table(self, key: str, table: Any) -> None:
        if not isinstance(table, dict):
            self._wrong(key, key, "", "a table", table)
        elif key == "archival":
            for name, value in table.items():
                self._read_archival(name, value, "archival", None)
        elif key == "private":
            for name, value in table.items():
                self._read_value(f"private.{name}", value, "private", name, None, private=True)
        else:
            for path, values in table.items():
                self._read_file(path, values)

    def _read_archival(self, key: str, value: Any, table: str, about: str | None) -> None:
        if key not in ARCHIVAL:
            self._unknown(key, tuple(ARCHIVAL), table, key)
        elif key == "supplied_title":
            if isinstance(value, bool):
                self._add(ARCHIVAL[key], TRUE if value else FALSE, table, key, about, private=False)
            elif isinstance(value, dict) and value.get("value") in (TRUE, FALSE):
                self._read_value(ARCHIVAL[key], value, table, key, about)
            else:
                self._wrong(key, key, table, "true or false", value)
        else:
            self._read_value(ARCHIVAL[key], value, table, key, about)

    def _read_file(self, path: str, values: Any) -> None:
        table = f"files.{path}"
        if not isinstance(values, dict):
            self._wrong(path, table, "files", "a table", values)
            return
        place = path.removeprefix("./")
        self._read_hint(place, values, table)
        for key, value in values.items():
            if key in ("encoding", "direction"):
                continue
            if is_pattern(place):
                if key != "language":
                    self._unknown(key, ("encoding", "language", "direction"), table, key)
            elif key in ("alternative_text", ALTERNATIVE_TEXT):
                self._read_value(ALTERNATIVE_TEXT, value, table, key, place)
            elif key == "rights" and _is_rights_table(value):
                self._read_rights(value, f"{table}.rights", place)
            elif key == "archival" and isinstance(value, dict):
                for name, one in value.items():
                    self._read_archival(name, one, f"{table}.archival", place)
            elif key == "private" and isinstance(value, dict):
                for name, one in value.items():
                    self._read_value(f"private.{name}", one, f"{table}.private", name, place, private=True)
            elif key in TERMS:
                self._read_value(key, value, table, key, place)
            else:
                self._unknown(
                    key,
                    (*TERMS, "alternative_text", "rights", "archival", "private", "encoding", "direction"),
                    table,
                    key,
                )

    def _read_hint(self, place: str, values: Mapping[str, Any], table: str) -> None:
        """How the file, or the files of a pattern, are to be read."""
        said: dict[str, str] = {}
        for key in ("encoding", "direction", *(("language",) if is_pattern(place) else ())):
            value = values.get(key)
            if value is None:
                continue
            if not isinstance(value, str):
                self._wrong(key, key, table, "a text", value)
            elif key == "direction" and value not in ("ltr", "rtl"):
                self._wrong(key, key, table, "one of ltr, rtl", value)
            elif key == "encoding" and not is_encoding(value):
                self._wrong(key, key, table, "one of the known encodings, such as windows-1256", value)
            else:
                said[key] = value
                if key == "language":
                    self._check_tag(value, table, key)
        if said:
            self.hints.append(ReadingHint(place, said.get("encoding"), said.get("language"), said.get("direction")))

    def _read_rights(self, values: Mapping[str, Any], table: str, about: str | None) -> None:
        for key, value in values.items():
            if key not in RIGHTS:
                self._unknown(key, tuple(RIGHTS), table, key)
                continue
            before = len(self.statements)
            self._read_value(RIGHTS[key], value, table, key, about)
            if key == "access":
                words = [access.value for access in Access]
                for statement in self.statements[before:]:
                    if statement.value not in words:
                        shown = "a private value" if statement.private else statement.value[:60]
                        self.findings.append(
                            codes.BAD_ACCESS.at(
                                self.name,
                                line=self.line(table, key),
                                key="access",
                                found=shown,
                                expected=", ".join(words),
                            )
                        )

    def _read_value(
        self, prop: str, value: Any, table: str, key: str, about: str | None, *, private: bool = False
    ) -> None:
        if isinstance(value, list):
            for one in value:
                if isinstance(one, list):
                    self._wrong(key, key, table, "a text, a table, or a list of these", one)
                else:
                    self._read_value(prop, one, table, key, about, private=private)
        elif isinstance(value, dict) and "value" in value:
            self._read_full(prop, value, table, key, about, private=private)
        elif isinstance(value, dict):
            self._read_languages(prop, value, table, key, about, private=private)
        else:
            text = self._text(value, prop, table, key)
            if text is not None:
                self._add(prop, text, table, key, about, private=private)

    def _read_languages(
        self, prop: str, value: Mapping[str, Any], table: str, key: str, about: str | None, *, private: bool
    ) -> None:
        if not value:
            self._wrong(key, key, table, "a text or a table with `value`", value)
        for tag, texts in value.items():
            if not check_language(tag).valid and tag in (*_VALUE_KEYS, "text", "lang"):
                self._wrong(key, key, table, "a table with `value`, or one of languages", value)
                return
            for one in texts if isinstance(texts, list) else [texts]:
                if isinstance(one, dict):
                    self._read_full(prop, {"language": tag, **one}, table, key, about, private=private)
                    continue
                text = self._text(one, prop, table, key)
                if text is not None:
                    self._add(prop, text, table, key, about, private=private, language=tag)

    def _read_full(
        self, prop: str, value: Mapping[str, Any], table: str, key: str, about: str | None, *, private: bool
    ) -> None:
        given: dict[str, Any] = {}
        for name, one in value.items():
            if name not in _VALUE_KEYS:
                self._unknown(name, _VALUE_KEYS, table, key)
            elif name == "private":
                if not isinstance(one, bool):
                    self._wrong(key, f"{key}.private", table, "true or false", one)
                private = private or one is not False
            elif name == "certainty":
                given[name] = self._word(Certainty, one, table, key)
            elif name == "source":
                given[name] = self._word(Origin, one, table, key)
            elif name != "value":
                if isinstance(one, str):
                    given[name] = one
                else:
                    self._wrong(key, f"{key}.{name}", table, "a text", one)
        text = self._text(value.get("value"), prop, table, key)
        if text is not None:
            self._add(prop, text, table, key, about, private=private, **given)

    def _text(self, value: Any, prop: str, table: str, key: str) -> str | None:
        if isinstance(value, bool) or not isinstance(value, (str, int, datetime.date, datetime.datetime)):
            self._wrong(key, key, table, "a text", value)
            return None
        if isinstance(value, (datetime.date, datetime.datetime)):
            return value.isoformat().replace("+00:00", "Z")
        text = f"{value:04d}" if isinstance(value, int) else value
        if not text.strip():
            self.findings.append(codes.EMPTY_VALUE.at(self.name, line=self.line(table, key), key=key))
            return None
        return text

    def _add(
        self, prop: str, text: str, table: str, key: str, about: str | None, *, private: bool, **given: Any
    ) -> None:
        known = {**self.defaults, **{name: value for name, value in given.items() if value is not None}}
        if "language" not in given and (prop in _TEXTLESS or prop in _NAMES or prop in CODES or _is_code(prop, text)):
            known.pop("language", None)
        statement = Statement(prop, text, about=about, private=private, **known)
        self.statements.append(statement)
        self.findings.extend(judge_statement(statement, self.name, self.line(table, key), key=key))

    def _word(self, kind: type[_Word], value: Any, table: str, key: str) -> _Word | None:
        words = tuple(one.value for one in kind)
        if value in words:
            return kind(value)
        expected = f"one of {', '.join(words)}"
        self._wrong(key, f"{key}, {kind.__name__.lower()}", table, expected, value)
        return None

    def _check_tag(self, tag: str, table: str, key: str) -> None:
        checked = check_language(tag)
        if checked.problem:
            self.findings.append(
                codes.BAD_LANGUAGE.at(
                    self.name, line=self.line(table, key), key=key, found=tag[:60], problem=checked.problem
                )
            )

    def _unknown(self, found: str, known: tuple[str, ...], table: str, key: str) -> None:
        near: list[str] = []
        if self._compared < _MOST_HINTS and len(found) <= _LONGEST_HINTED:
            self._compared += 1
            near = difflib.get_close_matches(found, known, 1)
        hint = f"; did you mean {near[0]}?" if near else ""
        self.findings.append(codes.UNKNOWN_KEY.at(self.name, line=self.line(table, key), found=found[:80], hint=hint))

    def _wrong(self, key: str, shown: str, table: str, expected: str, found: Any) -> None:
        kinds: dict[type, str] = {bool: "true or false", int: "a number", float: "a number with a fraction"}
        kinds |= {str: "a text", list: "a list", dict: "a table", datetime.time: "a time of day"}
        word = kinds.get(type(found), "nothing that fits")
        if isinstance(found, str) and table != "private" and len(found) <= 40 and expected.startswith("one of"):
            word = repr(found)
        self.findings.append(
            codes.WRONG_TYPE.at(self.name, line=self.line(table, key), key=shown, expected=expected, found=word)
        )


def _is_rights_table(value: Any) -> bool:
    """True for [rights]; False for a single value of the term `rights`, which may be a table with `value`, too."""
    return isinstance(value, dict) and "value" not in value and bool(set(value) & set(RIGHTS))


def _is_code(prop: str, text: str) -> bool:
    """True for what has no language of its own: dates, numbers of items, web addresses."""
    return (
        bool(re.fullmatch(r"(?=\D*\d)[\d?~%X/.\-:TZ+]+|[a-z][a-z0-9+.-]+:\S+", text, re.IGNORECASE))
        or prop == "rights.basis"
    )
