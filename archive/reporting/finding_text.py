"""A finding in one line of plain text, the same in every report."""

from __future__ import annotations

from archive.formats.naming import escape
from archive.model.finding import Finding, Severity

WORDS = {
    Severity.ERROR: "error",
    Severity.UNCHECKED: "not checked",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}
"""The word a finding's line begins with, the gravest first."""


def finding_line(finding: Finding, *, place: bool = True) -> str:
    """`word: subject, line N: message [CODE]`, escaped.

    The subject is left out where the message names it, or where the report does and `place` is False.
    """
    parts = []
    if place and finding.subject and "{subject}" not in finding.kind.title:
        parts.append(finding.subject)
    if finding.line is not None:
        parts.append(f"line {finding.line}")
    where = f"{', '.join(parts)}: " if parts else ""
    word = f"{WORDS[finding.severity]}: "
    return f"{word}{escape(where + finding.message).removeprefix(word)} [{finding.code}]"
