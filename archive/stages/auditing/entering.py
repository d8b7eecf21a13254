"""Entering many bags as holdings: every bag below a folder, each on its own, whatever becomes of the others.

What is kept in memory does not grow with the number of bags. Each bag is entered in one transaction, so that a run
which was stopped goes on when it is started again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import islice

from archive.errors import ArchiveError, ExistsError, NotFoundError, StorageError, UsageError, from_os_error
from archive.ledger.book import Ledger
from archive.ledger.holdings import holdings_at
from archive.model.addresses import is_remote
from archive.model.codes.source import UNREADABLE
from archive.model.entry import Entry, EntryState
from archive.model.finding import Finding
from archive.places import address_in_place
from archive.settings import Settings
from archive.stages.auditing.holdings import RetiredError, add_holding, reach_together
from archive.stages.auditing.locations import absolute_address
from archive.stages.verification import project_ledger
from archive.storage.clock import Clock
from archive.storage.folders import Folder
from archive.storage.walking import Walk

_TOGETHER = 500
"""The locations of so many bags are asked together whether they are there."""

_DECLARATION = "bagit.txt"
_OCFL = "0=ocfl_object_"


def enter_all(
    ledger: Ledger, settings: Settings, addresses: Iterable[str | ArchiveError], clock: Clock, *,
    location: str | None = None, new: bool = False,
) -> Iterator[Entry]:  # fmt: skip
    """Enter each of these bags. With `new` one that is held already, or was retired at its address, is not a failure.

    An error among `addresses`, as `bags_below` yields, becomes a failure.
    """
    rest = iter(addresses)
    while part := [_plain(settings, one) for one in islice(rest, _TOGETHER)]:
        wanted: list[str] = []
        for one in part:
            if isinstance(one, ArchiveError):
                yield Entry(one.subject or "", EntryState.FAILED, error=one)
            elif new and _is_held(ledger, one):
                yield Entry(one, EntryState.KNOWN)
            else:
                wanted.append(one)
        reached = reach_together(ledger, settings, wanted, location) if wanted else {}
        for address in wanted:
            try:
                identity = reached.get(address)
                held = add_holding(ledger, settings, address, clock, location=location, identity=identity, new=new)
            except ArchiveError as error:
                state = EntryState.FAILED
                if new and isinstance(error, RetiredError):
                    state = EntryState.RETIRED
                elif new and isinstance(error, ExistsError):
                    state = EntryState.KNOWN
                yield Entry(address, state, error=None if state is not EntryState.FAILED else error)
            else:
                yield Entry(address, EntryState.ADDED, held)


def _plain(settings: Settings, one: str | ArchiveError) -> str | ArchiveError:
    return one if isinstance(one, ArchiveError) else address_in_place(settings, one)


def hold_bags(settings: Settings, bags: Iterable[str], clock: Clock) -> dict[str, Entry]:
    """Enter these bags, just made, in the project's ledger: what became of each. One that is held already is fine.

    Raises `UsageError` where there is no ledger, and `LedgerError`.
    """
    with project_ledger(settings, migrating=True) as ledger:
        if ledger is None:
            raise UsageError("there is no ledger to add the bag to", remedy="Start a project: archive init")
        return {entry.address: entry for entry in enter_all(ledger, settings, bags, clock, new=True)}


def _is_held(ledger: Ledger, address: str) -> bool:
    try:
        return bool(holdings_at(ledger, absolute_address(address, "")))
    except UsageError:
        return False  # adding it says why


def bags_below(folder: str) -> Iterator[str | ArchiveError]:
    """Every bag in a folder or below it, in the order of their paths; an error for each folder that cannot be read.

    A bag is a folder with a bagit.txt; packed bags are not looked for. Bags and OCFL objects are not walked into;
    symbolic links, hidden folders and unfinished work (*.partial) are left out. Raises `NotFoundError`, `StorageError`,
    and `UsageError` for an address of a bucket.
    """
    if is_remote(folder):
        raise UsageError("only a folder can be searched for bags", subject=folder, remedy="Name the bags themselves")
    troubles: list[ArchiveError] = []

    def notice(finding: Finding) -> None:
        if finding.kind is UNREADABLE:
            troubles.append(StorageError(f"cannot be read: {finding.facts['reason']}", subject=finding.subject))

    try:
        root = Folder.at(folder)
    except FileNotFoundError as error:
        raise NotFoundError("there is no such folder", subject=folder) from error
    except OSError as error:
        raise from_os_error(error, folder) from error
    for visit in Walk(folder, notice).over(root):
        path = os.path.join(folder, visit.path) if visit.path else folder
        if _DECLARATION in visit.files:
            visit.folders.clear()
            yield path
        elif any(name.startswith(_OCFL) for name in visit.files):
            visit.folders.clear()
        else:
            visit.folders[:] = [
                one for one in visit.folders if not one.startswith(".") and not one.endswith(".partial")
            ]
        yield from troubles
        troubles.clear()
    yield from troubles
