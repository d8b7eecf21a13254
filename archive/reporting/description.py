"""Suggestions for a description, and the check of one, as JSON (archive.description/1)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from archive.formats.naming import path_fields
from archive.formats.statements import statement_fields
from archive.model.description import Description, Statement
from archive.model.finding import Finding
from archive.reporting.finding import clean_text, finding_fields

SCHEMA = "archive.description/1"


def suggestions_document(
    statements: Iterable[Statement], written: str | None, *, read: int, left: int, files: Iterable[str],
    encodings: Iterable[tuple[str, str]],
) -> dict[str, Any]:  # fmt: skip
    """What is suggested; `read` and `left` count files, `written` is the file that has the text.

    `files` are those that were read, `encodings` those among them that are not UTF-8, with the likely encoding.
    """
    return {
        "schema": SCHEMA,
        "written": None if written is None else path_fields(written),
        "read": read,
        "left": left,
        "files": [clean_text(name) for name in files],
        "encodings": [{"file": clean_text(name), "encoding": encoding} for name, encoding in encodings],
        "statements": [statement_fields(statement) for statement in statements],
        "findings": [],
    }


def check_document(path: str, description: Description, findings: Iterable[Finding], exit_code: int) -> dict[str, Any]:
    """A description that was checked, without its private values, and everything that is wrong with it."""
    return {
        "schema": SCHEMA,
        **path_fields(path),
        "exit_code": exit_code,
        "statements": [statement_fields(statement) for statement in description.public],
        "findings": [finding_fields(finding) for finding in findings],
    }
