"""A creation as a JSON document; its schema is metadata/reports/archive.creation-1.json."""

from __future__ import annotations

from typing import Any

from archive.formats.naming import path_fields
from archive.model.package import RenditionResult, Tool
from archive.model.plan import CreationReport
from archive.model.report import ValidationReport
from archive.reporting.finding_json import clean_text, fact_fields, finding_fields

Fields = dict[str, Any]


def creation_document(report: CreationReport) -> Fields:
    """The report for `--json`, whether the bag was made or not."""
    return {
        "schema": "archive.creation/1",
        "created": report.created,
        "dry_run": report.dry_run,
        "outcome": report.outcome.value,
        **path_fields(report.bag, "bag"),
        "name": report.name,
        "sources": [path_fields(path) for path in report.sources],
        "files": report.files,
        "bytes": report.size,
        "algorithms": list(report.algorithms),
        "findings": [finding_fields(one) for one in report.findings],
        "renditions": [_rendition(one) for one in report.renditions],
        "validation": None if report.validation is None else _validation(report.validation),
    }


def _rendition(result: RenditionResult) -> Fields:
    return {
        **path_fields(result.source, "source"),
        "status": result.status.value,
        **({"path": None} if result.path is None else path_fields(result.path)),
        "claims": list(result.claims),
        "validated": result.validated,
        "validator": _tool(result.validator),
        "maker": _tool(result.maker),
        "reason": None if result.reason is None else clean_text(result.reason),
        "pages": result.pages,
    }


def _tool(tool: Tool | None) -> Fields | None:
    return None if tool is None else {"name": tool.name, "version": tool.version, "note": tool.note}


def _validation(report: ValidationReport) -> Fields:
    return {
        "verdict": report.verdict,
        "outcome": report.outcome.value,
        "depth": None if report.depth is None else report.depth.value,
        "facts": fact_fields(report.facts),
        "findings": [finding_fields(one) for one in report.findings],
    }
