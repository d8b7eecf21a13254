"""Audits as JSON documents; their schemas are in metadata/reports/."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from archive.formats.naming import path_fields
from archive.ledger.chain import Witness
from archive.ledger.life import LifeEvent
from archive.ledger.overview import PastCheck, stamp_of
from archive.ledger.runs import Run
from archive.ledger.verifying import ChainProof
from archive.model.audit import AuditReport, Holding
from archive.reporting.finding_json import clean_text, finding_fields
from archive.stages.auditing.life import describe_event
from archive.stages.auditing.portrait import Portrait
from archive.stages.auditing.status import Status

Fields = dict[str, Any]


def audit_document(report: AuditReport) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "run", "run": report.run, "outcome": report.outcome.value,
        "verdict": report.verdict, "stopped": report.stopped, "files": report.files, "bytes": report.bytes,
        "counts": {word.replace(" ", "_"): count for word, count in sorted(report.counts.items())},
        "remaining": {"files": report.remaining_files, "bytes": report.remaining_bytes},
        "findings": [finding_fields(one) for one in report.findings],
    }  # fmt: skip


def status_document(status: Status) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "status", "ledger": status.ledger, "holdings": status.holdings,
        "intact_holdings": status.intact, "files": status.files, "bytes": status.bytes, "max_age": status.max_age,
        "due": [
            {"location": one.location, "files": one.due, "never_checked": one.never} for one in status.due
        ],
        "away": [
            {"location": one.name, "since": stamp_of(one.unreachable_since or 0), "reason": one.reason}
            for one in status.away
        ],
        "last_run": None if status.last_run is None else run_fields(status.last_run),
        "findings": [finding_fields(one) for one in status.findings],
    }  # fmt: skip


def history_document(runs: Sequence[Run], checks: Sequence[PastCheck]) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "history", "runs": [run_fields(one) for one in runs],
        "checks": [
            {
                "number": one.seq, "time": stamp_of(one.checked), **path_fields(one.address, "holding"),
                **path_fields(one.path), "outcome": one.outcome.word, "reason": clean_text(one.reason),
            }
            for one in checks
        ],
    }  # fmt: skip


def chain_document(proof: ChainProof) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "chain", "ledger": proof.ledger, "seals": proof.seals,
        "checks": proof.checks, "events": proof.events, "head": proof.head, "witnesses": proof.witnesses,
        "outcome": "damaged" if proof.findings else "intact",
        "findings": [finding_fields(one) for one in proof.findings],
    }  # fmt: skip


def witness_document(witness: Witness) -> Fields:
    return {
        "schema": "archive.audit/1", "kind": "witness", "ledger": witness.ledger, "seal": witness.number,
        "hash": witness.hash, "time": witness.time, "line": witness.line(),
    }  # fmt: skip


def run_fields(run: Run) -> Fields:
    return {
        "run": run.id, "started": stamp_of(run.started), "ended": None if run.ended is None else stamp_of(run.ended),
        "verdict": run.verdict, "files": run.files, "bytes": run.bytes, "intact": run.intact,
        "attention": run.attention,
    }  # fmt: skip


def holding_fields(holding: Holding, copies: int) -> Fields:
    return {
        "number": holding.id, **path_fields(holding.address, "address"), **path_fields(holding.name, "name"),
        "location": clean_text(holding.location), "form": holding.form.value, "tag_digest": holding.tag_digest,
        "external_identifier": holding.external_id, "files": holding.files, "bytes": holding.bytes, "copies": copies,
        "added": stamp_of(holding.added_at),
        "retired": None if holding.retired_at is None else stamp_of(holding.retired_at),
    }  # fmt: skip


def life_document(holding: Holding, events: Sequence[LifeEvent]) -> Fields:
    return {
        "schema": "archive.events/1", **path_fields(holding.address, "holding"), "tag_digest": holding.tag_digest,
        "events": [
            {
                "number": one.seq, "type": one.kind, "time": stamp_of(one.happened),
                "outcome": "success" if one.good else "failure", "counts": dict(one.counts),
                "note": describe_event(one),
            }
            for one in events
        ],
    }  # fmt: skip


def report_document(portrait: Portrait) -> Fields:
    return {
        "schema": "archive.report/1", "made": stamp_of(portrait.made),
        "since": stamp_of(portrait.since) if portrait.since else None, "sentence": portrait.sentence,
        "holdings": portrait.status.holdings, "intact_holdings": portrait.status.intact,
        "files": portrait.status.files, "bytes": portrait.status.bytes, "due_now": portrait.due_now,
        "calendar": [{"month": one.name, "files": one.files} for one in portrait.calendar],
        "growth": [{"month": one.name, "holdings": one.holdings, "bytes": one.bytes} for one in portrait.growth],
        "formats": [
            {"puid": puid or None, "name": title, "files": files, "bytes": size}
            for puid, title, files, size in portrait.formats
        ],
        "packages": [
            {
                **holding_fields(one.holding, one.copies), "state": one.state, "troubled_files": one.troubled,
                "checked_since": None if one.oldest is None else stamp_of(one.oldest),
            }
            for one in portrait.packages
        ],
        "runs": [run_fields(one) for one in portrait.runs],
        "findings": [finding_fields(one) for one in portrait.status.findings],
    }  # fmt: skip
