"""The explanation of findings, as JSON (archive.explanation/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.model.finding import FindingKind


def explanation_document(kinds: Iterable[FindingKind]) -> dict[str, Any]:
    """What each kind of finding means, the clause it rests on, and what to do."""
    return {
        "schema": "archive.explanation/1",
        "codes": [
            {
                "code": kind.code, "severity": kind.severity.value, "clause": kind.clause, "title": kind.title,
                "explanation": kind.explanation, "remedy": kind.remedy,
            }
            for kind in kinds
        ],
    }  # fmt: skip
