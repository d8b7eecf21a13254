"""A verification as text, escaped for a terminal: the outcome first, then each seal, then what was found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from archive.formats.naming import count_of, escape
from archive.formats.utc_time import time_text
from archive.model.codes import bag as bag_codes
from archive.model.finding import Outcome
from archive.model.seal import SealVerdict, VerificationReport
from archive.reporting.finding import finding_line, more_line, remedy_text, rules_line

SHOWN = 20
"""How many findings of one code are shown."""
_WORDS = {
    Outcome.INTACT: "sealed and intact",
    Outcome.DAMAGED: "damaged",
    Outcome.NOT_CHECKED: "not checked",
}
_NOT_PROVEN = (
    "It does not prove when the files were first made.",
    "It does not prove that what they say is true, or that their source was honest.",
)
_NOT_COVERED = (
    "Nothing has changed since, but for the files that no manifest lists: the seal does not cover them, and they may be"
    " of any time."
)
_NOT_WHOLE = "Without a ledger it does not prove that nothing was left out."


def outcome_word(report: VerificationReport) -> str:
    """The outcome in words."""
    return _WORDS[report.outcome]


def claims_of(report: VerificationReport) -> list[str]:
    """What is proven, in sentences, and what is not; nothing for a bag that is not sealed and intact."""
    first = report.seals[0] if report.seals else None
    if not report.ok or first is None or first.proven is None:
        return []
    names = ", ".join(dict.fromkeys(one.name or one.fingerprint for one in first.signers))
    claims = [
        f"These bytes existed at the latest at {time_text(first.proven)}.",
        f"The holder of the key {names} vouched for them.",
        _NOT_COVERED if _has_unlisted(report) else "Nothing has changed since.",
        *_NOT_PROVEN,
    ]
    return claims if report.expected is not None else [*claims, _NOT_WHOLE]


def _has_unlisted(report: VerificationReport) -> bool:
    return any(one.kind is bag_codes.UNLISTED_TAG_FILE for one in report.findings)


def verification_lines(report: VerificationReport) -> Iterator[str]:
    """The report, line by line."""
    seals = count_of(len(report.seals), "seal")
    yield f"{outcome_word(report)}: {escape(report.bag)} ({seals}, verified as of {time_text(report.at)})"
    if report.trust is not None:
        file = report.trust.file
        yield f"  trust: {escape(file.name)}, version {file.version}, {report.trust.digits}"
    for seal in report.seals:
        yield from _seal_lines(seal)
    yield from (f"  {escape(claim)}" for claim in claims_of(report))
    codes: list[str] = []
    for code, group in groupby(report.findings, key=lambda finding: finding.code):
        findings = list(group)
        codes.append(code)
        for remedy, alike in groupby(findings[:SHOWN], key=remedy_text):
            yield from (f"  {finding_line(finding)}" for finding in alike)
            yield f"    {remedy}"
        if len(findings) > SHOWN:
            yield f"  {more_line(len(findings) - SHOWN, code)}"
    if codes:
        yield f"  {rules_line(codes)}"


def _seal_lines(seal: SealVerdict) -> Iterator[str]:
    reason = "" if seal.reason is None else f" ({seal.reason.value})"
    yield f"  seal {seal.number:04d}{reason}:"
    for signer in seal.signers:
        yield f"    signed by {escape(signer.name or 'an unknown key')}, {signer.fingerprint}"
    for stamp in seal.stamps:
        if stamp.holds and stamp.time is not None:
            yield f"    stamped at {time_text(stamp.time)} by {escape(str(stamp.operator))}"
    if seal.proven is not None:
        yield f"    proven since {time_text(seal.proven)}"
    elif seal.claimed is not None:
        yield f"    not proven; the signer's own clock said {time_text(seal.claimed)}"
    if seal.until is not None:
        yield f"    to be renewed before {time_text(seal.until)}"
