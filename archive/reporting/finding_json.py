"""A finding as JSON: the same members in every document of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.model.finding import Fact, Finding


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
