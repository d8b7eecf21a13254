"""Brings a deposit back: into a working folder, validated there, and only then under its name.

What came is compared with the receipt of the deposit where there is one, and with the target's own inventory where it
keeps one: a valid bag may still be another one.
"""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from archive.bags.contents import open_bag
from archive.errors import DepositError, NotABagError, NotFoundError, UsageError, from_os_error
from archive.formats.bagpath import to_text, unsafe_reason
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Receipt, RetrievalReport
from archive.model.finding import Finding, Outcome, Severity
from archive.model.validation import Depth, Kind, ValidationReport
from archive.settings import Settings
from archive.stages.depositing.admission import judge_rights
from archive.stages.depositing.original_times import restore_times
from archive.stages.depositing.packaging import describe_bag, hash_file, travels_whole
from archive.stages.depositing.receipts import compare_with_receipts, receipts_of
from archive.stages.validation import validate
from archive.storage.atomic import put_in_place, sync_tree
from archive.storage.clock import Clock
from archive.storage.partial import Partial
from archive.storage.remote import DifferentContentError, NotAFileError, TransientError, try_again
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed
from archive.storage.working_folder import WorkingFolder, is_restricted
from archive.targets.protocol import KeepsPrivate, NamesBags, ResolvesVersions, Target

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")


@dataclass(frozen=True, slots=True)
class _Received:
    """What came: number of files and bytes, the first paths, and what was wrong with single files."""

    files: int
    size: int
    paths: tuple[str, ...]
    findings: tuple[Finding, ...]


def retrieve(
    target: Target,
    identifier: str,
    to: str,
    *,
    settings: Settings,
    name: str | None = None,
    progress: Progress = NO_PROGRESS,
    wait: Callable[[float], None] = time.sleep,
) -> RetrievalReport:
    """Bring the deposit `identifier` back into the folder `to`, validate it and compare it with its receipt.

    The bag takes its name only when it is whole and the one that was deposited; what is damaged is left as
    NAME.damaged, another bag as NAME.different, so that it can be examined. It is for its owner alone where the deposit
    is, where its records do not allow open access, and where it is damaged. Raises `NotFoundError`, `ExistsError` when
    the name is taken, `NotAuthorisedError`, `DepositError`, `StorageError`.
    """
    to = os.path.abspath(to)
    refuse_sealed(to)
    with Partial(to, "retrieval") as partial:
        tree = partial.file("bag")

        def fetch() -> _Received:
            remove_tree(tree)
            return _receive(target.retrieve(identifier), tree, progress)

        progress.begin("retrieving", None)
        try:
            came = try_again(fetch, retries=settings.deposit.retries, wait=wait)
        except TransientError as error:
            raise DepositError(
                f"the target did not give it back: {error.problem}", subject=identifier, remedy="Run again later"
            ) from error
        finally:
            progress.end()
        if not came.files:
            return RetrievalReport(
                target.label, identifier, "", 0, 0, "damaged: no file could be retrieved", came.findings
            )
        packed = len(came.paths) == 1 and came.paths[0] != "bagit.txt"
        subject = os.path.join(tree, came.paths[0]) if packed else tree
        final = os.path.join(to, name or (came.paths[0] if packed else _name_of(target, identifier, settings)))
        try:
            sync_tree(tree)
        except OSError as error:
            raise from_os_error(error, final) from error
        report = _judge(target, identifier, subject, settings, progress, packed=packed)
        findings, verdict = (*came.findings, *report.findings), report.verdict
        if came.findings:
            verdict = f"damaged: {len(came.findings):,} files are not as they were stored"
        if came.findings or report.outcome is not Outcome.INTACT:
            final += ".damaged"
        else:
            findings += tuple(other := _compare(target, identifier, subject, report.kind, settings))
            if any(one.severity is Severity.ERROR for one in other):
                verdict = "different: this is not the bag that was deposited"
                final += ".different"
        if not packed and not came.findings and report.outcome is Outcome.INTACT:
            restore_times(subject)
        try:
            private = report.outcome is not Outcome.INTACT or _is_private(target, identifier, subject, report.kind)
            _set_rights(subject, partial, private=private)
            put_in_place(subject, final)
        except OSError as error:
            raise from_os_error(error, final) from error
        partial.made.clear()
    return RetrievalReport(target.label, identifier, final, came.files, came.size, verdict, findings)


def _judge(
    target: Target, identifier: str, subject: str, settings: Settings, progress: Progress, *, packed: bool
) -> ValidationReport:
    """The judgement on what came. A package of a format that has no rules here is judged by its receipt alone."""
    deposited = _receipt_of(target, identifier, settings) if packed else None
    try:
        report = validate(subject, workers=settings.deposit.workers or None, settings=settings, progress=progress)
    except (NotABagError, UsageError):
        if deposited is None or deposited.format is None:
            raise
        return ValidationReport(subject, Kind.PACKAGE, "as deposited", (), Depth.FULL)
    if deposited is not None and deposited.format is not None:
        return replace(report, kind=Kind.PACKAGE)
    return report


def _receive(files: Iterator[tuple[str, Iterator[bytes]]], tree: str, progress: Progress) -> _Received:
    """Write what comes. Raises `DepositError` for a name that leads away, `NotFoundError` when nothing comes."""
    count = size = 0
    paths: tuple[str, ...] = ()
    findings: list[Finding] = []
    folder, name = os.path.split(tree)
    working = WorkingFolder(folder, tree=name, mode=0o700)
    try:
        for path, chunks in files:
            why = unsafe_reason(os.fsencode(path))
            if why is not None:
                raise DepositError(f"the target gives a file a name outside of the deposit: {why}", subject=path)
            try:
                size += working.write(path, _counted(chunks, progress), anew=False)
            except NotAFileError as error:
                findings.append(codes.NOT_A_FILE.at(path, what=error.problem))
                continue
            except DifferentContentError as error:
                findings.append(
                    codes.OTHER_THAN_INVENTORY.at(
                        path, algorithm=error.algorithm, expected=error.expected, found=error.found
                    )
                )
            except OSError as error:
                raise from_os_error(error, path) from error
            count += 1
            paths = (*paths, path)[:2]
    finally:
        working.close()
    if not count and not findings:
        raise NotFoundError("the deposit holds no file")
    return _Received(count, size, paths, tuple(findings))


def _counted(chunks: Iterator[bytes], progress: Progress) -> Iterator[bytes]:
    for chunk in chunks:
        progress.advance(len(chunk))
        yield chunk


def _is_private(target: Target, identifier: str, subject: str, kind: Kind) -> bool:
    """Whether what came is for its owner alone, as it is at the target or as its records say; a package always is."""
    if kind is Kind.PACKAGE or (isinstance(target, KeepsPrivate) and target.is_private(identifier)):
        return True
    with open_bag(subject) as source:
        restricted = any(is_restricted(to_text(path)) for path in source.reader.tag_files())
        packed = os.path.isfile(subject)
        closed = any(one.severity is Severity.ERROR for one in judge_rights(source, Clock()))
    return closed or (packed and restricted)


def _set_rights(subject: str, partial: Partial, *, private: bool) -> None:
    """Make it `private`, or as the account makes new folders and files. Raises OSError."""
    probe = partial.file("rights")
    os.mkdir(probe)
    mode = 0o700 if private else stat.S_IMODE(os.stat(probe).st_mode)
    os.chmod(subject, mode if os.path.isdir(subject) else mode & 0o666)


def _compare(target: Target, identifier: str, subject: str, kind: Kind, settings: Settings) -> list[Finding]:
    """Whether this valid bag or package is the one of the receipt, where there is a receipt of it."""
    kept = receipts_of(settings, target.label)
    receipts, doubtful = kept.receipts, list(kept.doubtful)
    if not receipts:
        return doubtful
    resolved = target.resolve(identifier) if isinstance(target, ResolvesVersions) else identifier
    if not any(one.identifier.rpartition("#")[0] == resolved.rpartition("#")[0] for one in receipts):
        return doubtful
    if kind is Kind.PACKAGE:
        whole = hash_file(subject, identifier, NO_PROGRESS).digests["sha512"]
        return doubtful + compare_with_receipts(receipts, identifier, resolved, [whole], identifier)
    with open_bag(subject) as source:
        found = [describe_bag(source, Delivery.FILES, target.needs).fingerprint]
        if travels_whole(source, target.form):
            found.append(describe_bag(source, target.form).fingerprint)
    return doubtful + compare_with_receipts(receipts, identifier, resolved, found, identifier)


def _name_of(target: Target, identifier: str, settings: Settings) -> str:
    """What the bag was called when it was deposited, where the target or a receipt tells; else from its identifier."""
    known = target.name_of(identifier) if isinstance(target, NamesBags) else None
    known = known or _bag_of_receipt(target, identifier, settings)
    if known is None or "/" in known or _ODD.search(known) or unsafe_reason(os.fsencode(known)) is not None:
        return _name_from(identifier)
    return known


def _bag_of_receipt(target: Target, identifier: str, settings: Settings) -> str | None:
    receipt = _receipt_of(target, identifier, settings)
    return None if receipt is None else receipt.bag


def _receipt_of(target: Target, identifier: str, settings: Settings) -> Receipt | None:
    receipts = receipts_of(settings, target.label).receipts
    return next((one for one in reversed(receipts) if one.identifier == identifier), None)


def _name_from(identifier: str) -> str:
    """A folder's name out of an identifier: its last part, made harmless."""
    last = re.split(r"[/:]", identifier.rstrip("/"))[-1]
    return re.sub(r"[^\w.@#%+-]+", "_", last).strip(".") or "retrieved"
