"""A description as a form: what it shows of the statements, and what statements the form that comes back makes.

A form shows a part of the description. Each row of it knows the number of its statement, so what the form does not
show, such as a term of a file or a hint for reading one, is kept as it is. A suggestion becomes a statement only when
it was accepted in the form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from archive.formats.description_checks import judge_statement
from archive.formats.language import direction_of
from archive.model.description import ALTERNATIVE_TEXT, Certainty, Description, ReadingHint, Statement
from archive.model.finding import Finding, Severity
from archive.web.description_fields import BY_TERM, FIELDS, FILE_FIELDS, Field

PRIVATE = "private"
"""The property of rows whose name the person types, for [private]."""
_FILE_PROPERTIES = frozenset(one.term for one in FILE_FIELDS)
_LONGEST = 200_000
_LONGEST_KEY = 200
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".tif", ".tiff", ".bmp")
_MOST_ROWS = 40
"""Rows of one field in the form; statements beyond them are kept and not shown."""
Form = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """One value in the form. `number` names its inputs; `origin` is its statement's number, None for an empty row."""

    number: int
    term: str
    statement: Statement | None = None
    origin: int | None = None
    findings: tuple[Finding, ...] = ()
    about: str | None = None

    @property
    def direction(self) -> str:
        """The direction in which the value is written, "" while it has none."""
        return "" if self.statement is None else direction_of(self.statement.value, self.statement.language) or ""

    @property
    def is_wrong(self) -> bool:
        return any(one.severity is Severity.ERROR for one in self.findings)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A value that the files or a program propose. `key` is what the form sends to accept it."""

    key: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field with its rows and suggestions."""

    field: Field
    rows: tuple[Row, ...]
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def is_filled(self) -> bool:
        """Whether something is said in it."""
        return any(row.statement is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class FileView:
    """What is said of one file. `others` are its further statements, which the form keeps and does not change."""

    number: int
    name: str
    fields: tuple[FieldView, ...]
    suggestions: tuple[Suggestion, ...]
    others: tuple[Statement, ...]

    @property
    def is_picture(self) -> bool:
        return is_picture(self.name)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A text that is not UTF-8, the encoding it is likely in, and whether it is to be read so."""

    file: str
    name: str
    is_used: bool


class DescriptionForm:
    """The form of a description with suggestions. `wanted` is the field that gets a further empty row."""

    def __init__(
        self, description: Description, suggested: Sequence[Statement], *, names: Sequence[str] = (),
        encodings: Sequence[tuple[str, str]] = (), wanted: str = "",
    ) -> None:  # fmt: skip
        self._statements = description.statements
        self._hints = description.hints
        self._suggestions = list(_suggestions_of(description.statements, suggested))
        self._names = names
        self._encodings = encodings
        self._wanted = wanted
        self._number = 0

    def fields(self) -> list[FieldView]:
        """Every field about the whole."""
        return [self._view(field, None) for field in FIELDS]

    def private_rows(self) -> list[Row]:
        """The rows of [private], and an empty one."""
        found = [
            self._row(f"{PRIVATE}.", number, one)
            for number, one in enumerate(self._statements)
            if one.about is None and one.property.startswith(f"{PRIVATE}.")
        ]
        return [*found[:_MOST_ROWS], self._row(f"{PRIVATE}.")]

    def file_names(self) -> list[str]:
        """The files that can be described: pictures first, then the others; those of the description too."""
        described = [one.about for one in self._statements if one.about is not None]
        names = dict.fromkeys((*self._names, *described))
        return sorted(names, key=lambda name: not is_picture(name))

    def files(self, names: Sequence[str]) -> list[FileView]:
        """What is said of these files."""
        return [self._file_view(number, name) for number, name in enumerate(names)]

    def encodings(self) -> list[Encoding]:
        """The texts that are not UTF-8."""
        stated = {hint.pattern: hint.encoding for hint in self._hints if hint.encoding}
        found = {**dict(self._encodings), **stated}
        return [Encoding(name, encoding, name in stated) for name, encoding in found.items() if encoding]

    def _file_view(self, number: int, name: str) -> FileView:
        fields = FILE_FIELDS if is_picture(name) else FILE_FIELDS[:1]
        views = tuple(self._view(field, name) for field in fields)
        known = {field.term for field in fields}
        own = [one for one in self._suggestions if one.statement.about == name]
        others = tuple(
            one for one in self._statements
            if one.about == name and one.property not in known and not one.private and _is_said(one)
        )  # fmt: skip
        return FileView(number, name, views, tuple(o for o in own if o.statement.property not in known), others)

    def _view(self, field: Field, about: str | None) -> FieldView:
        rows = [
            self._row(field.term, number, one)
            for number, one in enumerate(self._statements)
            if one.property == field.term and one.about == about and _is_said(one)
        ][:_MOST_ROWS]
        if not rows or (field.several and field.term == self._wanted and about is None):
            rows.append(self._row(field.term, about=about))
        suggestions = tuple(
            one for one in self._suggestions if (one.statement.property, one.statement.about) == (field.term, about)
        )
        return FieldView(field, tuple(rows), suggestions)

    def _row(
        self, prop: str, origin: int | None = None, statement: Statement | None = None, about: str | None = None
    ) -> Row:
        self._number += 1
        findings = () if statement is None else tuple(judge_statement(statement, "description.toml", None))
        about = about if statement is None else statement.about
        return Row(self._number, statement.property if statement else prop, statement, origin, findings, about)


def is_picture(name: str) -> bool:
    """Whether a file is a picture, by its name."""
    return name.lower().endswith(_PICTURES)


def take_form(form: Form, description: Description, suggested: Sequence[Statement]) -> Description:
    """The description after a form: rows changed, added or emptied, suggestions that were accepted, encodings chosen.

    `description` and `suggested` are what the form was made of.
    """
    statements: list[Statement | None] = list(description.statements)
    added: list[Statement] = []
    for row in _rows_of(form):
        origin, made = row.origin, row.statement
        old = statements[origin] if origin is not None and origin < len(statements) else None
        if old is not None and _is_same_place(old, row):
            assert origin is not None
            statements[origin] = _changed(old, made)
        elif made is not None:
            added.append(made)
    known = {one.key: one.statement for one in _suggestions_of(description.statements, suggested)}
    for key in form.get("accept", ()):
        if key not in known:
            continue
        accepted = replace(known[key], certainty=Certainty.CERTAIN)
        if key.startswith("s"):
            statements[int(key[1:])] = accepted
        else:
            added.append(accepted)
    kept = tuple(one for one in statements if one is not None)
    return Description((*kept, *added), hints=_hints_of(form, description.hints))


def _suggestions_of(statements: Sequence[Statement], suggested: Sequence[Statement]) -> Iterator[Suggestion]:
    """What is suggested and not yet said: in the description itself, and by the files."""
    said = {(one.property, one.about, one.value) for one in statements if _is_said(one)}
    for number, one in enumerate(statements):
        if not _is_said(one) and not one.private:
            yield Suggestion(f"s{number}", one)
    for number, one in enumerate(suggested):
        if (one.property, one.about, one.value) not in said and one.property in (*BY_TERM, ALTERNATIVE_TEXT):
            yield Suggestion(f"f{number}", one)


def _is_said(statement: Statement) -> bool:
    return statement.certainty is not Certainty.SUGGESTED


def _rows_of(form: Form) -> Iterator[Row]:
    """The rows of a form, each with the statement that its inputs make, None where its value is empty."""
    for name in form:
        word, _dot, number = name.partition(".")
        if word != "term" or not number.isascii() or not number.isdecimal():
            continue
        prop, about = _input(form, "term", number), _input(form, "about", number) or None
        if prop.startswith(f"{PRIVATE}.") and about is None:
            prop = f"{PRIVATE}.{_input(form, 'key', number)[:_LONGEST_KEY] or 'note'}"
        elif prop not in (BY_TERM if about is None else _FILE_PROPERTIES):
            continue
        origin = _input(form, "origin", number)
        text = _input(form, "value", number)[:_LONGEST]
        made = None
        if text:
            made = Statement(
                prop, text, _input(form, "language", number) or None, _certainty(_input(form, "certainty", number)),
                note=_input(form, "note", number) or None, about=about,
                private=prop.startswith(f"{PRIVATE}.") or _input(form, "private", number) == "1",
            )  # fmt: skip
        place = int(origin) if origin.isascii() and origin.isdecimal() and len(origin) < 9 else None
        yield Row(int(number), prop, made, place, about=about)


def _is_same_place(old: Statement, row: Row) -> bool:
    both_private = old.property.startswith(f"{PRIVATE}.") and row.term.startswith(f"{PRIVATE}.")
    return old.about == row.about and (old.property == row.term or both_private)


def _changed(old: Statement, made: Statement | None) -> Statement | None:
    """What a row makes of its statement: who said it is kept as long as its value is the same."""
    if made is None or _clean(old.value) != made.value:
        return made
    return replace(
        old, property=made.property, language=made.language, certainty=made.certainty, note=made.note,
        private=made.private,
    )  # fmt: skip


def _hints_of(form: Form, hints: tuple[ReadingHint, ...]) -> tuple[ReadingHint, ...]:
    """The hints after a form: the encodings that were chosen in it, and everything that it did not show."""
    chosen: dict[str, str] = {}
    for name, values in form.items():
        word, _dot, number = name.partition(".")
        if word == "encoding-file":
            used = _input(form, "encoding-use", number) == "1"
            chosen[values[0]] = _input(form, "encoding-name", number) if used else ""
    kept = [
        replace(hint, encoding=chosen.pop(hint.pattern) or None) if hint.pattern in chosen else hint for hint in hints
    ]
    kept += [ReadingHint(name, encoding) for name, encoding in chosen.items() if encoding]
    return tuple(one for one in kept if one.encoding or one.language or one.direction)


def _certainty(word: str) -> Certainty:
    offered = {one.value: one for one in Certainty if one is not Certainty.SUGGESTED}
    return offered.get(word, Certainty.CERTAIN)


def _input(form: Form, word: str, number: str) -> str:
    return _clean("".join(form.get(f"{word}.{number}", ("",))[:1]))


def _clean(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()
