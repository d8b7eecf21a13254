"""How many operators have stamped a seal, since when it is proven to exist, and until when it should be renewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from archive.formats.utc_time import time_text
from archive.model.codes import seal as codes
from archive.model.finding import FindingKind
from archive.model.seal import RevocationRule, Statement, folder_of
from archive.model.stamp import StampFault, StampVerdict
from archive.stages.validation.seals.basis import Basis
from archive.trust.tokens import CLOCK_TOLERANCE, judge_stamp

_KINDS: Mapping[StampFault, FindingKind] = {
    StampFault.UNREADABLE: codes.STAMP_UNREADABLE,
    StampFault.NOT_GRANTED: codes.STAMP_NOT_GRANTED,
    StampFault.WEAK_HASH: codes.STAMP_WEAK,
    StampFault.OTHER_BYTES: codes.STAMP_OTHER_BYTES,
    StampFault.SIGNER: codes.STAMP_SIGNER,
    StampFault.NO_PATH: codes.STAMP_NO_PATH,
    StampFault.POLICY: codes.STAMP_POLICY,
    StampFault.REVOKED: codes.STAMP_REVOKED,
    StampFault.NO_LIST: codes.STAMP_NO_LIST,
    StampFault.FUTURE: codes.STAMP_FUTURE,
}
_TOLD = (StampFault.NO_LIST, StampFault.FUTURE, StampFault.REVOKED)
"""Such a stamp was made; its own finding says why it does not count, so that it is not called lacking as well."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """The stamps of one seal: each verdict, how many operators are needed, and what the stamps that hold prove.

    `proven` is the k-th earliest stamp by different operators, with its accuracy.
    """

    verdicts: tuple[StampVerdict, ...]
    needed: int
    proven: tuple[datetime, timedelta] | None = None
    until: datetime | None = None

    @property
    def holding(self) -> tuple[StampVerdict, ...]:
        """The stamps that count."""
        return tuple(one for one in self.verdicts if one.holds)


def judge_stamps(
    statement: Statement,
    stamped: bytes,
    contents: Mapping[str, bytes | None],
    basis: Basis,
    *,
    was_complete: bool,
    is_renewed: bool,
    unread: int = 0,
) -> Stamps:
    """The stamps in `contents` (by bag-relative path; None is a file too large) over `stamped`.

    `was_complete` says that the seal was seen with all its stamps before, `is_renewed` that a later seal with all its
    stamps covers this one, and `unread` is how many stamps could not be read. Raises `ExtraMissingError`.
    """
    trust, findings = basis.trust, basis.findings
    required = trust.policy.revocation is RevocationRule.REQUIRED
    verdicts = tuple(
        StampVerdict(path, fault=StampFault.UNREADABLE, detail="longer than 1 MiB")
        if content is None
        else judge_stamp(path, content, stamped, trust.authorities, basis.lists, at=basis.at, required=required)
        for path, content in contents.items()
    )
    needed = max(trust.policy.stamps, statement.stamps)
    earliest: dict[str, StampVerdict] = {}
    for one in sorted((one for one in verdicts if one.holds), key=_time_of):
        earliest.setdefault(str(one.operator), one)
    enough = len(earliest) >= needed
    for one in verdicts:
        if one.fault is not None:
            spare = one.fault is StampFault.REVOKED and (enough or is_renewed)
            kind = codes.REVOKED_SPARE[0] if spare else _KINDS[one.fault]
            findings.note(kind, one.file, detail=one.detail)
    if not enough:
        told = {str(one.operator) for one in verdicts if one.fault in _TOLD}
        if len(earliest.keys() | told) + unread < needed:
            _note_lacking(statement, tuple(earliest.values()), needed, basis, was_complete=was_complete)
        return Stamps(verdicts, needed)
    last = sorted(earliest.values(), key=_time_of)[needed - 1]
    ends = [one.not_after for one in verdicts if one.holds and one.not_after is not None]
    _judge_times(statement, tuple(one for one in verdicts if one.holds), basis)
    return Stamps(verdicts, needed, (_time_of(last), last.accuracy), min(ends, default=None))


def _note_lacking(
    statement: Statement, holding: Sequence[StampVerdict], needed: int, basis: Basis, *, was_complete: bool
) -> None:
    """SEAL-120: not checked while the time for stamps runs, an error after it."""
    made = min([statement.time, *(_time_of(one) for one in holding)])
    young = basis.at - made <= timedelta(days=basis.trust.policy.stamp_within_days)
    kind = codes.NOT_COMPLETE[0] if young and not was_complete else codes.STAMPS_LACKING
    basis.findings.note(kind, folder_of(statement.seal), found=len(holding), needed=needed)


def _judge_times(statement: Statement, holding: Sequence[StampVerdict], basis: Basis) -> None:
    """SEAL-141 and SEAL-142: stamps that lie far apart, and a statement that claims to be later than one of them."""
    findings, subject = basis.findings, folder_of(statement.seal)
    first, last = min(holding, key=_time_of), max(holding, key=_time_of)
    apart = _time_of(last) - _time_of(first)
    if apart > timedelta(days=basis.trust.policy.stamp_within_days):
        findings.note(
            codes.STAMPS_APART, subject, days=apart.days, first=time_text(_time_of(first)),
            last=time_text(_time_of(last)),
        )  # fmt: skip
    if statement.time > _time_of(first) + max(first.accuracy, CLOCK_TOLERANCE):
        findings.note(codes.CLAIMED_LATER, subject, claimed=time_text(statement.time), time=time_text(_time_of(first)))


def _time_of(stamp: StampVerdict) -> datetime:
    assert stamp.time is not None
    return stamp.time
