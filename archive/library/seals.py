"""`seal`, `complete_seal`, `renew_seal` and `verify`: evidence seals, made and judged; `make_key` for who seals."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from archive.errors import ArchiveError, NotFoundError, UsageError, from_os_error
from archive.formats.naming import path_text
from archive.library.arguments import StrPath, optional_path, path_list, plain_text, rely_on
from archive.library.progress import Cancellation, check, watch
from archive.library.reports import SealingReport, VerificationReport, report_as
from archive.model.build import Progress
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.stages.sealing.order import SealOrder

Reason = Literal["ingest", "renewal", "transfer", "reseal"]


def make_key(path: StrPath, passphrase: str) -> str:
    """Make a sealing key: `path`, encrypted with `passphrase`, and `path`.pub. Returns its fingerprint.

    Raises `ExistsError`, `UsageError` for an empty passphrase, `StorageError`, `ExtraMissingError`.
    """
    from archive.storage.credentials import Secret
    from archive.trust import keys

    name = path_text(path)
    keys.require_free(name)
    return keys.make_key(name, Secret(plain_text("passphrase", passphrase))).fingerprint


def verify(
    bag: StrPath,
    *,
    trust: StrPath | None = None,
    at: datetime | None = None,
    expect: str | None = None,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> VerificationReport:
    """Prove that a bag is sealed, by whom, since when, and that nothing has changed: what `archive verify` does.

    Nothing is written and the network is not used. `trust` is the trust folder, by default that of the settings; `at`,
    a time with a zone, takes the place of now; `expect` is a receipt line, or the path of the proof beside a deposit's
    receipt. The ledger of the settings' project is asked. Raises `NotFoundError`, `NotABagError`, `UsageError`,
    `CancelledError`, and other `ArchiveError` when the question could not be put.
    """
    from archive.model.inclusion import NOTHING_EXPECTED
    from archive.stages import verification
    from archive.stages.trusting import read_named_trust
    from archive.stages.witnessing.expecting import read_expected

    check(cancellation)
    chosen = rely_on(settings)
    believed = read_named_trust(optional_path(trust), chosen)
    moment = _moment(at)
    proven = NOTHING_EXPECTED
    if expect is not None:
        proven = read_expected(plain_text("expect", expect), believed, chosen, at=moment)
    with verification.project_ledger(chosen) as ledger:
        made = verification.verify(
            path_text(bag),
            believed,
            at=moment,
            proven=proven,
            ledger=ledger,
            settings=chosen,
            progress=watch(progress, cancellation),
        )
    check(cancellation)
    return report_as(VerificationReport, made)


def seal(
    bags: StrPath | Sequence[StrPath],
    *,
    keys: StrPath | Sequence[StrPath] = (),
    passphrase: str | None = None,
    trust: StrPath | None = None,
    urls: Sequence[str] = (),
    reason: Reason | None = None,
    batch: bool = False,
    offline: bool = False,
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> Iterator[tuple[str, SealingReport | ArchiveError]]:
    """Seal bags, each with what came of it, or why it could not be sealed: what `archive seal` does.

    `keys` are key files, which `passphrase` opens, or "ssh:FILE.pub"; by default that of the settings. `urls` are the
    authorities that are asked, by default those of the trust folder. With `batch` all bags are stamped together.
    Raises `UsageError`, `NotAuthorisedError` for a wrong passphrase, `StorageError`, `ExtraMissingError`.
    """
    from archive.stages.sealing.batch import seal_batch
    from archive.stages.sealing.sealing import seal_each

    chosen, named = rely_on(settings), path_list(bags)
    words = key_names(keys, chosen)
    with _order(named, chosen, trust, urls, watch(progress, cancellation)) as order:
        signed = with_keys(order, words, passphrase, reason, offline=offline)
        for bag, answer in (seal_batch if batch else seal_each)(named, signed):
            yield bag, answer if isinstance(answer, ArchiveError) else report_as(SealingReport, answer)
            check(cancellation)


def complete_seal(
    bag: StrPath,
    *,
    trust: StrPath | None = None,
    urls: Sequence[str] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> SealingReport:
    """Ask for the stamps that the newest seal of a bag lacks, and fetch its revocation lists again.

    Raises `FormatError` for a damaged seal, `NotFoundError` where there is none, `StorageError`, `LedgerError`.
    """
    from archive.stages.sealing.completing import complete_bag

    chosen, named = rely_on(settings), path_text(bag)
    with _order([named], chosen, trust, urls, watch(progress, cancellation)) as order:
        return report_as(SealingReport, complete_bag(named, order))


def renew_seal(
    bag: StrPath,
    *,
    keys: StrPath | Sequence[StrPath] = (),
    passphrase: str | None = None,
    trust: StrPath | None = None,
    urls: Sequence[str] = (),
    settings: Settings | None = None,
    progress: Progress | None = None,
    cancellation: Cancellation | None = None,
) -> SealingReport:
    """Add a seal that covers a bag and all its older seals, due or not; the parameters are those of `seal`.

    Raises as `seal` and `complete_seal`.
    """
    from archive.stages.sealing.renewing import renew_each

    chosen, named = rely_on(settings), path_text(bag)
    words = key_names(keys, chosen)
    with _order([named], chosen, trust, urls, watch(progress, cancellation)) as order:
        signed = with_keys(order, words, passphrase, None, offline=False)
        for _, answer in renew_each([named], signed, due=False, ahead=timedelta(0)):
            if isinstance(answer, ArchiveError):
                raise answer
            if answer is not None:
                return report_as(SealingReport, answer)
    raise NotFoundError("the bag has no seal", subject=named)


@contextmanager
def _order(
    bags: Sequence[str],
    settings: Settings,
    trust: StrPath | None,
    urls: Sequence[str],
    watched: Progress,
) -> Iterator[SealOrder]:
    """What is asked for, without keys, while the project's ledger is open."""
    from archive.stages.sealing.order import SealOrder
    from archive.stages.sealing.recording import NO_RECORDER, LedgerRecorder
    from archive.stages.trusting import read_named_trust
    from archive.stages.verification import project_ledger
    from archive.trust.store import refuse_trust_inside

    believed = read_named_trust(optional_path(trust), settings)
    if believed is not None:
        refuse_trust_inside(believed.folder, bags)
    addresses = tuple(plain_text("urls", url) for url in urls)
    with project_ledger(settings, migrating=True) as ledger:
        recorder = NO_RECORDER if ledger is None else LedgerRecorder(ledger)
        yield SealOrder(
            trust=believed,
            urls=addresses,
            settings=settings,
            progress=watched,
            recorder=recorder,
        )


def with_keys(
    order: SealOrder, names: Sequence[str], passphrase: str | None, reason: Reason | None, *, offline: bool
) -> SealOrder:
    """`order` with the keys that are named, opened. Raises `UsageError`, `NotAuthorisedError`, `StorageError`."""
    from archive.model import seal as model
    from archive.stages.sealing.signing import open_keys
    from archive.storage.credentials import Secret

    secret = None if passphrase is None else Secret(plain_text("passphrase", passphrase))

    def ask(name: str) -> Secret:
        if secret is None:
            raise UsageError("the key needs a passphrase", subject=name, remedy="Give passphrase=")
        return secret

    try:
        why = None if reason is None else model.Reason(reason)
    except ValueError:
        raise UsageError("not a valid reason for a seal", subject=str(reason)[:40]) from None
    try:
        opened = open_keys(names, ask)
    except OSError as error:
        raise from_os_error(error, str(error.filename or names[0])) from error
    return replace(order, keys=opened, reason=why, offline=offline)


def key_names(keys: StrPath | Sequence[StrPath], settings: Settings) -> list[str]:
    """The names of the keys, by default that of the settings. Raises `UsageError` for a project without trust."""
    names = path_list(keys)
    if names or not settings.seal.key:
        return names
    settings.require("seal.key")
    key = settings.seal.key
    return [key if key.startswith("ssh:") else os.path.join(settings.folder, key)]


def _moment(at: object) -> datetime:
    if at is None:
        return datetime.now(UTC).replace(microsecond=0)
    if not isinstance(at, datetime):
        raise TypeError(f"at is a datetime, not {type(at).__name__}")
    if at.tzinfo is None:
        raise UsageError("at is a time without a zone", subject=at.isoformat())
    return at.astimezone(UTC)
