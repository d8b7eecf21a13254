"""A finding as one line of text and as JSON, the same in every report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.model.finding import Fact, Finding, Severity

WORDS = {
    Severity.ERROR: "error",
    Severity.UNCHECKED: "not checked",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}
"""The word a finding's line begins with, the gravest first."""


_DIGEST = re.compile("[0-9a-f]{32,128}")
_SHOWN = 12
"""Characters of a digest that a line of text shows: enough to tell two apart. JSON has all of them."""


def finding_line(finding: Finding, *, place: bool = True, whole: bool = False) -> str:
    """`word: subject, line N: message [CODE]`, escaped; digests are shortened unless `whole`.

    The subject is left out where the message names it, or where the report does and `place` is False.
    """
    if not whole:
        finding = _with_short_digests(finding)
    parts = []
    if place and finding.subject and "{subject}" not in finding.kind.title:
        parts.append(finding.subject)
    if finding.line is not None:
        parts.append(f"line {finding.line}")
    where = f"{', '.join(parts)}: " if parts else ""
    word = f"{WORDS[finding.severity]}: "
    return f"{word}{escape(where + finding.message).removeprefix(word)} [{finding.code}]"


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
    """`value` without lone surrogates, which JSON cannot hold; exact bytes stand beside, in a member with _b64."""
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
