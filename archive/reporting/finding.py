"""A finding as one line of text and as JSON, the same in every report."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.finding import Fact, Finding, Severity
from archive.reporting.language import gettext

ORDER = (Severity.ERROR, Severity.UNCHECKED, Severity.WARNING, Severity.NOTE)
"""Severities, the gravest first."""

_DIGEST = re.compile("[0-9a-f]{32,128}")
_SHOWN = 12
"""Characters of a digest that a line of text shows: enough to tell two apart. JSON has all of them."""


def finding_line(finding: Finding, *, place: bool = True, whole: bool = False) -> str:
    """`word: subject, line N: message [CODE]`, escaped; digests are shortened unless `whole`.

    The subject is left out where the message names it, or where the report does and `place` is False.
    """
    if not whole:
        finding = _with_short_digests(finding)
    named = place and finding.subject and "{subject}" not in finding.kind.title
    where = _where(finding.subject if named else "", finding.line)
    word = f"{severity_word(finding.severity)}: "
    return f"{word}{f'{where}{finding.message_in(gettext, escape)}'.removeprefix(word)} [{finding.code}]"


def place_line(severity: Severity, place: str, message: str, codes: str, **facts: str) -> str:
    """As `finding_line`, for a message that several findings share: a text from `gettext` and the facts to fill in."""
    shown = {name: escape(fact) for name, fact in facts.items()}
    return f"{severity_word(severity)}: {_where(place, None)}{message.format(**shown)} [{codes}]"


def remedy_text(finding: Finding) -> str:
    """What to do about a finding, escaped."""
    return finding.remedy_in(gettext, escape)


def more_line(count: int, code: str) -> str:
    """How many findings of a code are not shown."""
    return gettext("... and {count} more of {code}; --json lists all").format(count=f"{count:,}", code=code)


def rules_line(codes: Sequence[str]) -> str:
    """The command that explains the codes of a report."""
    return gettext("For the rule behind each: archive explain {codes}").format(codes=" ".join(codes[:8]))


def severity_word(severity: Severity) -> str:
    """The word that a finding's line begins with."""
    words = {
        Severity.ERROR: gettext("error"),
        Severity.UNCHECKED: gettext("not checked"),
        Severity.WARNING: gettext("warning"),
        Severity.NOTE: gettext("note"),
    }
    return words[severity]


def _where(subject: str, line: int | None) -> str:
    if subject and line is not None:
        return gettext("{subject}, line {number}: ").format(subject=escape(subject), number=line)
    if line is not None:
        return gettext("line {number}: ").format(number=line)
    return gettext("{subject}: ").format(subject=escape(subject)) if subject else ""


def _with_short_digests(finding: Finding) -> Finding:
    short = {
        name: f"{value[:_SHOWN]}..."
        for name, value in finding.facts.items()
        if isinstance(value, str) and _DIGEST.fullmatch(value)
    }
    return replace(finding, facts={**finding.facts, **short}) if short else finding


def finding_fields(finding: Finding) -> dict[str, Any]:
    """One finding: its code, clause and remedy, its place, and its facts."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "clause": finding.kind.clause,
        **path_fields(finding.subject),
        "line": finding.line,
        "message": escape(finding.message),
        "facts": fact_fields(finding.facts),
        "remedy": escape(finding.remedy),
    }


def fact_fields(facts: Mapping[str, Fact]) -> dict[str, str | int | bool | list[str]]:
    """Facts as JSON members."""
    return {name: _fact(value) for name, value in facts.items()}


def clean_text(value: str) -> str:
    """`value` without lone surrogates, which JSON cannot hold; exact bytes are in a member of their own with _b64."""
    return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _fact(value: Fact) -> str | int | bool | list[str]:
    if isinstance(value, str):
        return clean_text(value)
    return [clean_text(part) for part in value] if isinstance(value, tuple) else value


def failure_fields(subject: str, error: ArchiveError, name: str) -> dict[str, Any]:
    """Why nothing became of one subject, which `name` calls in JSON, for reports on several."""
    fields = {**path_fields(subject, name), "kind": type(error).__name__, "problem": escape(error.problem)}
    for key, value in (("subject", error.subject), ("remedy", error.remedy)):
        if value is not None:
            fields[key] = escape(value)
    return fields
