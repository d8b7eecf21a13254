"""What came of sealing bags, as text and as JSON (archive.sealing/1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from archive.errors import ArchiveError
from archive.formats.naming import escape, path_fields
from archive.formats.seal_receipt import write_receipt
from archive.formats.utc_time import time_text
from archive.model.sealing import SealingDone, SealingReport
from archive.model.stamp import StampVerdict

Results = Sequence[tuple[str, SealingReport | ArchiveError]]


def sealing_lines(report: SealingReport) -> Iterator[str]:
    """One bag: what was done, its stamps, what is lacking, and the receipt line."""
    seal = f"seal {report.number:04d}"
    if report.done is SealingDone.NOTHING and report.is_complete:
        words = f"nothing to do: {seal} of {escape(report.bag)} is complete"
    elif report.is_complete:
        words = f"{report.done.value}: {escape(report.bag)} ({seal}, {_count(report)})"
    else:
        words = f"not complete: {escape(report.bag)} ({seal}, {_count(report)})"
    yield words
    for stamp in report.stamps:
        yield f"  {_stamp_words(stamp)}"
    for digest in report.kept:
        yield f"  a long revocation list was stored in the trust folder: sha512 {digest}"
    for text in (*report.problems, *report.warnings):
        yield f"  warning: {escape(text)}"
    yield write_receipt(report.receipt)


def _count(report: SealingReport) -> str:
    return f"stamps of {report.operators} of {report.needed} operators"


def _stamp_words(stamp: StampVerdict) -> str:
    time = "" if stamp.time is None else time_text(stamp.time)
    return f"{stamp.file}: {escape(str(stamp.operator))}, {time}"


def sealing_document(results: Results, exit_code: int) -> dict[str, Any]:
    """The document of one run: each bag, then those of which nothing could be made."""
    return {
        "schema": "archive.sealing/1",
        "exit_code": exit_code,
        "seals": [sealing_fields(one) for _, one in results if isinstance(one, SealingReport)],
        "failures": [
            {
                **path_fields(bag, "bag"),
                "exit_code": one.exit_code,
                "kind": type(one).__name__,
                "problem": one.problem,
                "remedy": one.remedy,
            }
            for bag, one in results
            if isinstance(one, ArchiveError)
        ],
    }


def sealing_fields(report: SealingReport) -> dict[str, Any]:
    """One bag, as a member of `seals`."""
    return {
        **path_fields(report.bag, "bag"),
        "done": report.done.value,
        "seal": report.number,
        "reason": report.reason.value,
        "time": time_text(report.time),
        "sha512": report.digest,
        "signers": list(report.signers),
        "needed": report.needed,
        "operators": report.operators,
        "complete": report.is_complete,
        "exit_code": report.exit_code,
        "stamps": [_stamp_fields(one) for one in report.stamps],
        "problems": list(report.problems),
        "warnings": list(report.warnings),
        "kept_lists": list(report.kept),
        "ledger": report.ledger,
        "receipt": write_receipt(report.receipt),
    }


def _stamp_fields(stamp: StampVerdict) -> dict[str, Any]:
    return {
        "file": stamp.file,
        "authority": stamp.authority,
        "operator": stamp.operator,
        "time": None if stamp.time is None else time_text(stamp.time),
        "accuracy": stamp.accuracy.total_seconds(),
        "policy": stamp.policy,
        "not_after": None if stamp.not_after is None else time_text(stamp.not_after),
        "revocation": stamp.revocation.value,
    }
