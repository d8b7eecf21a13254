"""Judging single values of a description: dates, languages, types, rights, identifiers, and what text may hold."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator

from archive.formats.authorities import check_authority
from archive.formats.edtf import is_day, is_edtf
from archive.formats.identifiers import check_identifier
from archive.formats.language import check_language, unbalanced_control
from archive.formats.rights_uris import check_rights_uri
from archive.model.archival import ARCHIVAL, FALSE, LEVELS, TRUE
from archive.model.codes import description as codes
from archive.model.description import BASES, DATES, Access, Statement, access_of
from archive.model.finding import Finding, FindingKind

DCMI_TYPES = (
    "Collection", "Dataset", "Event", "Image", "InteractiveResource", "MovingImage", "PhysicalObject", "Service",
    "Software", "Sound", "StillImage", "Text",
)  # fmt: skip
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SHORTEST_SECRET = 4


def judge_statement(
    statement: Statement, subject: str, line: int | None, *, lenient_dates: bool = False, key: str | None = None
) -> Iterator[Finding]:
    """What is wrong with one value. A private value is never repeated in a finding.

    With `lenient_dates` (a table in Archivematica's form) a date that is not EDTF is a warning.
    """
    name = key or statement.property
    value = statement.value
    shown = "a private value" if statement.private else value[:120]

    def found(kind: FindingKind, **facts: str) -> Finding:
        return kind.at(subject, line=line, key=name, **facts)

    forbidden = _FORBIDDEN.search(value)
    if forbidden:
        yield found(codes.FORBIDDEN_CHARACTER, control=f"U+{ord(forbidden[0]):04X}")
    control = unbalanced_control(value)
    if control:
        yield found(codes.UNBALANCED_BIDI, control=control)
    if statement.language is not None:
        yield from _judge_language(statement.language, f"{name}, language", subject, line)
    if statement.authority is not None:
        yield from _judge_authority(
            statement.authority, found, shown if statement.private else statement.authority[:120]
        )
    if statement.property == "language":
        yield from _judge_language(value, name, subject, line, private=statement.private)
    elif statement.property in DATES and not is_edtf(value):
        yield found(codes.DATE_AS_WRITTEN if lenient_dates else codes.BAD_DATE, found=shown)
    elif statement.property == "type" and value not in DCMI_TYPES:
        near = difflib.get_close_matches(value, DCMI_TYPES, 1) or [t for t in DCMI_TYPES if t.lower() == value.lower()]
        hint = f"; did you mean {near[0]}?" if near else ""
        yield codes.UNKNOWN_TYPE.at(subject, line=line, found=shown, hint=hint)
    elif statement.property in ("rights", "license", "accessRights"):
        judged = check_rights_uri(value)
        if judged and judged.problem:
            yield found(codes.BAD_RIGHTS_URI, found=shown, problem=judged.problem)
    elif statement.property == "identifier":
        checked = check_identifier(value)
        if checked.problem:
            yield found(codes.BAD_IDENTIFIER, found=shown, scheme=checked.scheme or "", problem=checked.problem)
    elif statement.property.startswith("archival."):
        yield from _judge_archival(statement, found, shown, lenient_dates=lenient_dates)
    elif statement.property == "rights.basis" and value not in BASES:
        yield found(codes.BAD_ACCESS, found=shown, expected=", ".join(BASES))


def is_level(value: str) -> bool:
    """True for a level of description in EAD's words."""
    return value in LEVELS


def _judge_archival(
    statement: Statement, found: Callable[..., Finding], shown: str, *, lenient_dates: bool
) -> Iterator[Finding]:
    """What is wrong with a field of the archival description."""
    value = statement.value
    if statement.property == ARCHIVAL["level"] and not is_level(value):
        yield found(codes.BAD_ACCESS, found=shown, expected=", ".join(LEVELS))
    elif statement.property == ARCHIVAL["creator_authority"]:
        yield from _judge_authority(value, found, shown)
    elif statement.property == ARCHIVAL["description_date"] and not is_edtf(value):
        yield found(codes.DATE_AS_WRITTEN if lenient_dates else codes.BAD_DATE, found=shown)
    elif statement.property == ARCHIVAL["supplied_title"] and value not in (TRUE, FALSE):
        yield found(codes.BAD_ACCESS, found=shown, expected=f"{TRUE}, {FALSE}")


def _judge_authority(text: str, found: Callable[..., Finding], shown: str) -> Iterator[Finding]:
    checked = check_authority(text)
    if checked.problem:
        scheme = checked.scheme or "authority identifier"
        yield found(codes.BAD_IDENTIFIER, found=shown, scheme=scheme, problem=checked.problem)


def _judge_language(tag: str, key: str, subject: str, line: int | None, *, private: bool = False) -> Iterator[Finding]:
    checked = check_language(tag)
    if checked.problem and private:
        yield codes.BAD_LANGUAGE.at(subject, line=line, key=key, found="a private value", problem="it is not shown")
    elif checked.problem:
        yield codes.BAD_LANGUAGE.at(subject, line=line, key=key, found=tag[:60], problem=checked.problem)
    elif checked.preferred and not private:
        yield codes.LANGUAGE_FORM.at(subject, line=line, key=key, found=tag, expected=checked.preferred)


def judge_rights(statements: Iterable[Statement], subject: str, line: int | None) -> Iterator[Finding]:
    """What is wrong with access and its end, for the package and for each file that has rights of its own."""
    places: dict[str | None, list[Statement]] = {}
    for statement in statements:
        if statement.property in ("accessRights", "available") and statement.asserted:
            places.setdefault(statement.about, []).append(statement)
    for found in places.values():
        access = access_of(s for s in found if s.property == "accessRights")
        ends = [s.value for s in found if s.property == "available"]
        if access is not Access.EMBARGOED:
            if access is not None and ends:
                yield codes.UNTIL_WITHOUT_EMBARGO.at(subject, line=line)
            continue
        if not ends:
            yield codes.NO_END.at(subject, line=line)
        for end in ends:
            if not is_day(end):
                yield codes.BAD_UNTIL.at(subject, line=line, found=end[:60])


def judge_privacy(statements: tuple[Statement, ...], subject: str) -> Iterator[Finding]:
    """A warning for each public value in which a private one of four characters or more occurs again."""
    secrets = {s.value for s in statements if s.private and len(s.value) >= _SHORTEST_SECRET}
    for statement in statements:
        if statement.private:
            continue
        texts = (statement.value, statement.note or "", statement.by or "")
        if any(secret in text for secret in secrets for text in texts):
            yield codes.PRIVATE_ELSEWHERE.at(subject, key=statement.property)
