"""A verification as JSON (archive.seal/1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.formats.utc_time import time_text
from archive.model.seal import SealVerdict, Trust, VerificationReport
from archive.model.stamp import StampVerdict
from archive.reporting.finding import finding_fields
from archive.reporting.seal_text import claims_of, outcome_word

SCHEMA = "archive.seal/1"


def verification_document(
    reports: Sequence[tuple[VerificationReport, int]], failures: Iterable[tuple[str, ArchiveError]], exit_code: int
) -> dict[str, Any]:
    """The whole document; `reports` pairs each report with its own exit code.

    One bag that could be verified is the document itself; several, and what could not be verified, are listed.
    """
    failed = [_failure_fields(bag, error) for bag, error in failures]
    if len(reports) == 1 and not failed:
        return {"schema": SCHEMA, **verification_fields(*reports[0])}
    bags = [verification_fields(report, code) for report, code in reports]
    return {"schema": SCHEMA, "exit_code": exit_code, "bags": bags, "failures": failed}


def verification_fields(report: VerificationReport, exit_code: int) -> dict[str, Any]:
    """One bag, with every seal and every finding."""
    return {
        **path_fields(report.bag, "bag"),
        "outcome": outcome_word(report),
        "exit_code": exit_code,
        "at": time_text(report.at),
        "trust": None if report.trust is None else _trust_fields(report.trust),
        "ledger": {"expected": report.expected, "found": len(report.seals)},
        "seals": [seal_fields(one) for one in report.seals],
        "claims": claims_of(report),
        "findings": [finding_fields(finding) for finding in report.findings],
    }


def _trust_fields(trust: Trust) -> dict[str, Any]:
    return {
        "name": trust.file.name,
        "version": trust.file.version,
        "digits": trust.digits,
        "sha256": trust.sha256,
    }


def seal_fields(seal: SealVerdict) -> dict[str, Any]:
    """One seal: who signed and stamped it, and what that proves."""
    return {
        "seal": seal.number,
        "reason": None if seal.reason is None else seal.reason.value,
        "claimed": _time(seal.claimed),
        "proven": _time(seal.proven),
        "until": _time(seal.until),
        "stamped": seal.digest,
        "signers": [{"name": one.name, "fingerprint": one.fingerprint, "form": one.form.value} for one in seal.signers],
        "stamps": [_stamp_fields(one) for one in seal.stamps],
        "covers": list(seal.covers),
    }


def _stamp_fields(stamp: StampVerdict) -> dict[str, Any]:
    return {
        "file": stamp.file,
        "authority": stamp.authority,
        "operator": stamp.operator,
        "time": _time(stamp.time),
        "accuracy": stamp.accuracy.total_seconds(),
        "policy": stamp.policy,
        "not_after": _time(stamp.not_after),
        "revocation": stamp.revocation.value,
        "holds": stamp.holds,
    }


def _time(value: datetime | None) -> str | None:
    """With a fraction of a second where there is one: the time of a stamp may have it."""
    if value is None:
        return None
    utc = value.astimezone(UTC)
    return time_text(utc) if not utc.microsecond else utc.isoformat().replace("+00:00", "Z")


def _failure_fields(bag: str, error: ArchiveError) -> dict[str, Any]:
    return {
        **path_fields(bag, "bag"),
        "kind": type(error).__name__,
        "problem": escape(error.problem),
        "remedy": None if error.remedy is None else escape(error.remedy),
        "exit_code": error.exit_code,
    }
