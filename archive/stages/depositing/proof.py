"""The proof that a deposit arrived: every byte read back and hashed, or the repository's own word, then the receipt."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import Any

from archive.errors import NotFoundError
from archive.model.codes import deposit as codes
from archive.model.deposit import Delivery, Deposited, DepositReport, DepositState, Item, Package, Proof, Receipt
from archive.model.finding import Finding
from archive.stages.depositing.inclusion import keep_inclusion
from archive.stages.depositing.packaging import travels_whole
from archive.stages.depositing.receipts import keep_receipt
from archive.stages.depositing.recording import record_deposit
from archive.stages.depositing.run import DepositRun
from archive.storage.hashing import Digests
from archive.storage.journal import Journal
from archive.storage.remote import NotAFileError
from archive.targets.protocol import SendsUnseen

_AHEAD_FROM = 1 << 16
"""From this many bytes on a file is worth a thread: below, handing it over costs more than hashing it."""


def prove_arrival(
    run: DepositRun,
    package: Package,
    sent: Package,
    deposited: Deposited,
    *,
    journal: Journal,
    folder: str,
    started: str,
    already: bool,
) -> DepositReport:
    """Read every file back, wait for acceptance, write the receipt. `sent` is the package as the target took it.

    Raises `StorageError` and the errors of the target.
    """
    proof, verified, damage = _read_back(run, sent.items, sent.size, deposited, journal)
    if damage:
        journal.write(sync=True, do="committed", refused=True)
        return DepositReport(package.bag, run.target.label, DepositState.FAILED, (*run.findings, *damage))
    packed: dict[str, Any] = (
        {} if len(sent.items) != 1 else {"packed": dict(sent.items[0].digests), "name": sent.items[0].path}
    )
    journal.write(sync=True, do="verified", files=verified, **packed)
    state, words = _await(run, deposited)
    if words:
        deposited = replace(deposited, words=words)
    if state is DepositState.REFUSED:
        run.findings.append(codes.REJECTED.at(run.target.label, words=words or "no reason given"))
        return DepositReport(package.bag, run.target.label, state, tuple(run.findings))
    if state is DepositState.PENDING:
        run.findings.append(codes.NOT_ACCEPTED_YET.at(run.target.label, words=words or "no reason given"))
    if proof is Proof.REPOSITORY:
        run.findings.append(codes.WORD_ONLY.at(run.target.label))
    receipt = Receipt(
        target=run.target.label, kind=run.target.kind, bag=package.name, identifier=deposited.identifier,
        location=deposited.location, fingerprint=package.fingerprint, state=state, proof=proof,
        files=len(sent.items), size=sent.size, verified=verified,
        algorithms=tuple(sorted({item.strongest for item in sent.items})), started=started,
        finished=run.clock.stamp(), version=deposited.version, doi=deposited.doi, words=deposited.words,
        format=package.format,
    )  # fmt: skip
    run.findings += keep_inclusion(run.settings, package.bag, journal.path.removesuffix(".journal"))
    keep_receipt(journal, receipt)
    if state is DepositState.ACCEPTED:
        run.findings += record_deposit(
            run.settings, run.source, package.bag, receipt, run.clock, form=run.target.form, place=run.place,
            fresh=not already,
        )  # fmt: skip
        drop_packed(sent, folder)
    return DepositReport(package.bag, run.target.label, state, tuple(run.findings), receipt, already=already)


def drop_packed(sent: Package, folder: str) -> None:
    """Remove the zip or tar that was made for the way."""
    packed = os.path.join(folder, "packed") + os.sep
    for item in sent.items:
        if item.source.startswith(packed) and os.path.exists(item.source):
            os.unlink(item.source)
            if sent.format:
                os.rmdir(os.path.dirname(item.source))


def prove_again(
    run: DepositRun, package: Package, deposited: Deposited, receipt: Receipt, journal: Journal
) -> DepositReport:
    """The report on a bag that was accepted before: nothing is sent, but every byte is read back once more.

    A bag that went as one zip or tar is compared by the digest that the journal has of that file. Raises `StorageError`
    and the errors of the target.
    """
    items: Sequence[Item] = package.items
    if not package.format and run.target.form is not Delivery.FILES and not travels_whole(run.source, run.target.form):
        entry = journal.last("verified") or {}
        items = ()
        if "packed" in entry:
            items = (Item(str(entry["name"]), receipt.size, dict(entry["packed"]), ""),)
    damage = _read_back(run, items, receipt.size, deposited, None)[2]
    label, state = run.target.label, receipt.state
    if damage:
        words = f"{len(damage):,} of {len(items):,} files are different or missing"
        run.findings += [codes.CHANGED_THERE.at(label, when=receipt.finished, words=words), *damage]
        return DepositReport(package.bag, label, DepositState.FAILED, tuple(run.findings))
    run.findings += keep_inclusion(run.settings, package.bag, journal.path.removesuffix(".journal"))
    run.findings += record_deposit(
        run.settings, run.source, package.bag, receipt, run.clock, form=run.target.form, place=run.place, fresh=False
    )  # fmt: skip
    return DepositReport(package.bag, label, state, tuple(run.findings), receipt, already=True)


def _read_back(
    run: DepositRun, items: Sequence[Item], size: int, deposited: Deposited, journal: Journal | None
) -> tuple[Proof, int, list[Finding]]:
    """Every file, read back from the target, against the digest it must have.

    A `journal` notes what has to be sent again. `size` is that of all files, in bytes.
    """
    damage: list[Finding] = []
    verified = 0
    run.progress.begin("reading back", size)
    try:
        for item, hashed in _hash_ahead(run, deposited, items):
            try:
                found = hashed()
            except (NotFoundError, NotAFileError) as error:
                odd = isinstance(error, NotAFileError)
                kind = codes.NOT_A_FILE.at(item.path, what=error.problem) if odd else codes.NOT_THERE.at(item.path)
                damage.append(kind)
                if journal is not None:
                    journal.write(do="spoilt", path=item.path)
                continue
            if found is None:
                return Proof.REPOSITORY, 0, damage
            expected = item.digests[item.strongest]
            if found != expected:
                damage.append(
                    codes.CAME_BACK_DIFFERENT.at(item.path, algorithm=item.strongest, expected=expected, found=found)
                )
                if journal is not None:
                    journal.write(do="spoilt", path=item.path)
            verified += 1
            run.progress.advance(item.size)
    finally:
        run.progress.end()
    return Proof.READ_BACK, verified, damage


def _hash_ahead(
    run: DepositRun, deposited: Deposited, items: Sequence[Item]
) -> Iterator[tuple[Item, Callable[[], str | None]]]:
    """Each file with what gives its digest at the target, in their order.

    Where the target is a local folder, large files are read ahead by the workers of the settings.
    """
    threads = run.workers if isinstance(run.target, SendsUnseen) else 1
    waiting: deque[tuple[Item, Callable[[], str | None]]] = deque()
    with ThreadPoolExecutor(threads, "read back") as pool:
        try:
            for item in items:
                hashed = partial(run.repeat, partial(_hash_back, run, deposited, item), item.path)
                ahead = threads > 1 and item.size >= _AHEAD_FROM
                waiting.append((item, pool.submit(hashed).result if ahead else hashed))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _hash_back(run: DepositRun, deposited: Deposited, item: Item) -> str | None:
    chunks = run.target.read(deposited, item)
    if chunks is None:
        return None
    digests = Digests((item.strongest,))
    for chunk in chunks:
        digests.update(chunk)
    return digests.hexdigests()[0]


def _await(run: DepositRun, deposited: Deposited) -> tuple[DepositState, str | None]:
    """Ask until the repository has decided, or as long as the settings allow."""
    waited, pause = 0.0, 1.0
    while True:
        state, words = run.repeat(lambda: run.target.poll(deposited), run.target.label)
        if state is not DepositState.PENDING or waited >= run.settings.deposit.poll_seconds:
            return state, words
        run.wait(min(pause, max(0.1, run.settings.deposit.poll_seconds - waited)))
        waited += pause
        pause = min(pause * 1.5, 30.0)
