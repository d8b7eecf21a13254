"""`Ledger`: what is held, every check ever made, and what to do about damage."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Literal

from archive.formats.naming import path_text
from archive.ledger import book
from archive.ledger.history import LifeEvent
from archive.library.arguments import (
    StrPath,
    optional_path,
    optional_text,
    path_list,
    plain_text,
    rely_on,
    whole_number,
)
from archive.library.holdings_reports import (
    ArchiveStatus,
    ChainProof,
    CheckpointReport,
    Deposits,
    History,
    HoldingsReport,
    Status,
)
from archive.library.progress import Cancellation, watch
from archive.library.reports import AuditReport, Repair, report_as
from archive.model.audit import Holding
from archive.model.build import Progress
from archive.model.entry import Entry
from archive.settings import Settings

_LARGEST = (1 << 63) - 1
_LATEST = 253_402_300_799
"""The last second of the year 9999, in Unix time: a later one cannot be written as a date."""


class Ledger:
    """An open ledger: a context manager, made by `Ledger.open` or `Ledger.start`.

    Every method raises `LedgerError` and its kinds when the ledger cannot be read or written.
    """

    def __init__(self, opened: book.Ledger, settings: Settings) -> None:
        self._book = opened
        self._settings = settings

    @classmethod
    def open(cls, folder: StrPath | None = None, *, settings: Settings | None = None) -> Ledger:
        """The ledger of the project in `folder`, by default the working folder, as its archive.toml says.

        Raises `LedgerMissingError`, `LedgerLockedError`, `LedgerVersionError`.
        """
        chosen = _settings_of(folder, settings)
        return cls(book.open_ledger(book.ledger_address(chosen)), chosen)

    @classmethod
    def start(cls, folder: StrPath | None = None, *, settings: Settings | None = None) -> Ledger:
        """Start an empty ledger where the settings of `folder` say, and open it. Raises `ExistsError`."""
        from archive.storage.clock import system_clock

        chosen = _settings_of(folder, settings)
        now = int(system_clock().now().timestamp())
        return cls(book.create_ledger(book.ledger_address(chosen), now=now), chosen)

    def close(self) -> None:
        self._book.close()

    def __enter__(self) -> Ledger:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, bag: StrPath, *, location: str | None = None) -> Holding:
        """Add a bag (a folder, an archive, an s3:// address) to the holdings. Its manifests are read, not its payload.

        Raises `NotFoundError`, `FormatError` when it is not a bag, `ExistsError` when it is held already.
        """
        from archive.stages.auditing.holdings import add_holding
        from archive.storage.clock import system_clock

        place = optional_text("location", location)
        return add_holding(self._book, self._settings, path_text(bag), system_clock(), location=place)

    def add_below(self, folder: StrPath, *, location: str | None = None, new: bool = True) -> Iterator[Entry]:
        """Add every bag in `folder` and below: what `archive holdings add --recursive --new` does, bag by bag.

        Each entry says what became of one bag; a bag that cannot be added does not stop the rest. With `new` those that
        are holdings already, or were retired, are not failures. Raises `NotFoundError`, `StorageError`, `UsageError`.
        """
        from archive.stages.auditing.entering import bags_below, enter_all
        from archive.storage.clock import system_clock

        found, place = bags_below(path_text(folder)), optional_text("location", location)
        return enter_all(self._book, self._settings, found, system_clock(), location=place, new=bool(new))

    def holdings(self, *, retired: bool = False) -> tuple[Holding, ...]:
        """All holdings; `retired` includes those that audits no longer check."""
        from archive.ledger.holdings import list_holdings

        return tuple(list_holdings(self._book, retired=retired))

    def audit(
        self,
        bags: Iterable[StrPath] = (),
        *,
        budget: str | None = None,
        max_age: str | None = None,
        sample: str | None = None,
        seed: int | None = None,
        locations: Sequence[str] = (),
        retry_failed: bool = False,
        rate: str | None = None,
        workers: int | None = None,
        engine: Literal["local", "dask"] | None = None,
        scheduler: str | None = None,
        notify: bool = False,
        progress: Progress | None = None,
        cancellation: Cancellation | None = None,
    ) -> AuditReport:
        """Check what is due, or all files of `bags`: what `archive audit` does, with the same words for amounts.

        `notify` sends one summary, as [notify] in the settings says. Every recorded batch is kept when the audit is
        cancelled. Raises `UsageError`, `NotFoundError`, `StorageError`, `CancelledError`.
        """
        from archive.stages.auditing.driver import run_audit
        from archive.stages.auditing.engine_choice import choose_engine
        from archive.stages.auditing.locations import options_by_location
        from archive.stages.auditing.run_plan import plan_audit
        from archive.storage.clock import system_clock

        settings = self._settings.with_flags(
            "audit", budget=budget, max_age=max_age, rate=rate, workers=workers, engine=engine, scheduler=scheduler
        )
        given = {
            "max_age": max_age,
            "sample": optional_text("sample", sample),
            "seed": whole_number("seed", seed),
            "locations": tuple(plain_text("a location", one) for one in locations),
            "retry_failed": bool(retry_failed),
        }
        if notify:
            settings.require("notify")
        plan = plan_audit(self._book, settings, path_list(list(bags)), given)
        options = options_by_location(self._book, settings)
        made = run_audit(
            self._book,
            plan,
            choose_engine(settings),
            locations=options,
            clock=system_clock(),
            progress=watch(progress, cancellation),
        )
        if notify:
            from archive.stages.auditing.notifying import notify as send

            failed = [one.error for one in send(settings, made, os.environ) if one.error is not None]
            if failed:
                raise failed[0]
        return report_as(AuditReport, made)

    def status(self, *, max_age: str | None = None) -> Status:
        """How the holdings are by the ledger alone: nothing is read from them."""
        from archive.stages.auditing.status import read_status
        from archive.storage.clock import system_clock

        age = self._settings.with_flags("audit", max_age=max_age).audit.max_age
        return report_as(Status, read_status(self._book, age, system_clock()))

    def overview(self, *, max_age: str | None = None) -> ArchiveStatus:
        """The archive as `archive status` shows it: bags, copies, checks, seals, deposits, and what to do next.

        Nothing is read from the holdings. Raises `UsageError` for a ledger without holdings, and `StorageError` when
        the journals of deposits cannot be listed.
        """
        from archive.stages.archive_status import read_archive_status
        from archive.stages.auditing.run_plan import require_holdings
        from archive.storage.clock import system_clock

        self._settings.require("deposit")
        require_holdings(self._book)
        age = self._settings.with_flags("audit", max_age=max_age).audit.max_age
        return report_as(ArchiveStatus, read_archive_status(self._book, self._settings, age, system_clock()))

    def deposits(self, text: StrPath | None = None) -> Deposits:
        """The deposits that are known here, from journals, receipts and the ledger: what `archive deposits` shows.

        With `text` those that it means: a bag's path or name, an identifier, or a key. Raises `NotFoundError` when it
        means none, and `StorageError`.
        """
        from archive.ledger.copies import list_deposits
        from archive.stages.depositing.kept import find_deposits, kept_deposits

        self._settings.require("deposit")
        known = kept_deposits(self._settings, list_deposits(self._book))
        return Deposits(tuple(known if text is None else find_deposits(known, path_text(text))))

    def history(self, bag: StrPath | None = None, *, limit: int = 100, troubled: bool = False) -> History:
        """The runs, or with `bag` (or `troubled`) the checks of files, the newest first, at most `limit`."""
        from archive.ledger.overview import past_checks
        from archive.ledger.runs import list_runs

        limit = whole_number("limit", limit, _LARGEST) or 0
        if bag is None and not troubled:
            return History(runs=tuple(list_runs(self._book, limit=limit)))
        holding = None if bag is None else self.find(bag).id
        return History(checks=tuple(past_checks(self._book, holding=holding, limit=limit, troubled=troubled)))

    def events(self, bag: StrPath) -> tuple[LifeEvent, ...]:
        """What happened to a bag in all its versions since it was added: audits, deposits, repairs, moves, updates."""
        from archive.ledger.history import events_of

        return tuple(events_of(self._book, self.find(bag, retired=True).id))

    def premis(self, bag: StrPath) -> bytes:
        """The events of a holding as a PREMIS 3 record."""
        from archive.stages.auditing.history import write_life

        return b"".join(write_life(self._book, self.find(bag, retired=True)))

    def repair(
        self,
        bag: StrPath,
        source: StrPath,
        *,
        dry_run: bool = False,
        confirm: Callable[[Repair], bool] | None = None,
    ) -> Repair:
        """Replace the damaged and missing files of `bag` by those of `source` that prove themselves.

        `source` is a holding, a location that has a copy, a folder, an archive or an s3:// address. `confirm` is called
        with what would be done, and nothing is replaced unless it returns True. Raises `UsageError`, `NotFoundError`,
        `LockedError`, `StorageError`.
        """
        from archive.places import address_in_place
        from archive.stages.auditing.copies import find_copy
        from archive.stages.auditing.holdings import reach
        from archive.stages.auditing.locations import location_options, split_address
        from archive.stages.auditing.repair import plan_repair, recheck, repair
        from archive.stages.auditing.workbench import clear_left
        from archive.storage.clock import system_clock

        holding = self.find(bag)
        copy = find_copy(self._book, holding, address_in_place(self._settings, path_text(source)))
        for address in (holding.address, copy):
            reach(self._book, self._settings, address)
        options = location_options(self._settings, split_address(copy, self._settings, None)[0])
        plan = plan_repair(self._book, holding, copy, options, lambda _count: None)
        planned = Repair(
            holding=holding.address,
            copy=copy,
            damaged=tuple((wound.item.path, wound.outcome.word) for wound in plan.wounds),
            replaced=tuple(wound.item.path for wound in plan.ready),
            refused=tuple((wound.item.path, wound.proof) for wound in plan.wounds if wound.proof is not None),
            unreadable=plan.unreadable,
            kept=None,
            done=False,
        )
        if dry_run or (plan.ready and confirm is not None and not confirm(planned)):
            return planned
        kept, clock = None, system_clock()
        if plan.ready or plan.unfinished:
            place = os.path.join(self._settings.folder, self._settings.audit.quarantine)
            kept = repair(self._book, plan, options, clock, quarantine=os.path.abspath(place))
            recheck(self._book, holding, options=location_options(self._settings, holding.location), clock=clock)
        else:
            clear_left(holding.address)
        return replace(planned, kept=kept, done=True)

    def report(self, *, since: int = 0) -> HoldingsReport:
        """The report on all holdings, with `to_html` and `to_csv`; runs and events from `since` on (Unix seconds)."""
        from archive.stages.auditing.holdings_report import gather
        from archive.storage.clock import system_clock

        start = whole_number("since", since, _LATEST) or 0
        return report_as(HoldingsReport, gather(self._book, self._settings.audit.max_age, system_clock(), since=start))

    def verify(self, witnesses: Sequence[StrPath] = (), *, trust: StrPath | None = None) -> ChainProof:
        """Compute the ledger's chain of links again, and hold it against `witnesses`.

        Each is a line that `witness` gave earlier, or the path of a file of such lines, of a checkpoint's folder or of
        a proof beside a deposit's receipt. A checkpoint's own seal is verified by the folder `trust`, by default that
        of the settings. Raises `UsageError`, `StorageError`.
        """
        from datetime import UTC, datetime

        from archive.stages.trusting import read_named_trust
        from archive.stages.witnessing.comparing import compare_with_ledger, read_witness

        values = [witnesses] if isinstance(witnesses, (str, os.PathLike)) else witnesses
        given = [
            read_witness(plain_text("a witness", value) if isinstance(value, str) else path_text(value))
            for value in values
        ]
        wanted = trust is not None or any(one.folder for one in given)
        believed = read_named_trust(optional_path(trust), self._settings) if wanted else None
        made = compare_with_ledger(self._book, given, self._settings, believed, at=datetime.now(UTC))
        return report_as(ChainProof, made)

    def witness(self) -> str:
        """One line to publish: later, `verify` with it shows whether the past was rewritten."""
        from archive.ledger.verifying import make_witness
        from archive.storage.clock import system_clock

        return make_witness(self._book, system_clock().stamp()).line()

    def checkpoint(
        self,
        *,
        keys: StrPath | Sequence[StrPath] = (),
        passphrase: str | None = None,
        trust: StrPath | None = None,
        urls: Sequence[str] = (),
        parties: Sequence[str] = (),
    ) -> CheckpointReport:
        """Make a signed and stamped checkpoint and hand it out: what `archive audit witness --stamp` does.

        `keys`, `passphrase`, `trust` and `urls` are as in `archive.seal`; `parties` are written folder:PATH,
        mail:ADDRESS or command:PROGRAM, by default those of the settings. Raises `UsageError`, `NotAuthorisedError`,
        `StorageError`, `ExtraMissingError`.
        """
        from archive.library.seals import key_names, with_keys
        from archive.stages.sealing.order import SealOrder
        from archive.stages.trusting import read_named_trust
        from archive.stages.witnessing.checkpointing import take_checkpoint
        from archive.stages.witnessing.handing_over import parse_party

        settings = self._settings
        named = [plain_text("parties", one) for one in parties]
        if not named:
            settings.require("witness")
        chosen = [parse_party(one, settings) for one in named or settings.witness.to]
        order = SealOrder(
            trust=read_named_trust(optional_path(trust), settings),
            urls=tuple(plain_text("urls", url) for url in urls),
            settings=settings,
        )
        signed = with_keys(order, key_names(keys, settings), passphrase, None, offline=False)
        return report_as(CheckpointReport, take_checkpoint(self._book, settings, signed, chosen))

    def find(self, bag: StrPath, *, retired: bool = False) -> Holding:
        """The one holding that `bag` means: its path, name or number.

        Raises `NotFoundError`, and `UsageError` when several holdings have this name.
        """
        from archive.stages.auditing.holdings import find_only

        return find_only(self._book, path_text(bag), retired=retired)


def _settings_of(folder: StrPath | None, settings: Settings | None) -> Settings:
    start = None if folder is None else os.path.abspath(path_text(folder))
    return rely_on(settings, "ledger", "places", "audit", folder=start)
