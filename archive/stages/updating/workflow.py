"""Updating a bag: held alone, the old version judged, the next one made, what an earlier update left finished."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from archive.bags.contents import open_bag
from archive.bags.opening import names_version
from archive.errors import (
    LockedError,
    NotABagError,
    NotFoundError,
    UsageError,
    from_os_error,
)
from archive.model.build import NO_PROGRESS, Progress
from archive.model.update import Changes, UpdateReport
from archive.settings import Settings
from archive.stages.auditing.workbench import unfinished_paths
from archive.stages.updating.exchange import (
    finish_interrupted,
    require_exchange,
    working_name,
)
from archive.stages.updating.ledger import find_holding, record_version
from archive.stages.updating.next_version import NextVersion
from archive.stages.updating.old_version import (
    judge_old_version,
)
from archive.storage.clock import Clock
from archive.storage.folders import Folder
from archive.storage.locks import try_lock
from archive.storage.partial import Partial
from archive.storage.sealed import refuse_sealed


def update(
    bag: str,
    changes: Changes,
    *,
    discard_old: bool = False,
    settings: Settings,
    clock: Clock,
    dry_run: bool = False,
    progress: Progress = NO_PROGRESS,
) -> UpdateReport:
    """Make the next version of the bag in the folder `bag` and put it in its place.

    The old version is judged first; one that is not valid is refused, with its findings in the report. It is kept in
    the folder of `update.keep_old` unless `discard_old`. Where the bag is a holding of the project's ledger, the ledger
    takes the new version. A dry run writes nothing.

    Raises `UsageError`, `NotFoundError`, `NotABagError`, `LockedError`, `StorageError` and other `ArchiveError`; then
    the old version is in its place as it was, unless the message says that the new one is.
    """
    path = _folder_of(bag)
    name = os.path.basename(path)
    with _held(path):
        finished = None
        if not dry_run:
            finished = _finish(path, name, settings, clock)
        if changes.empty:
            if finished is not None:
                return UpdateReport(path, name, 0, updated=False, dry_run=False, finished=finished)
            raise UsageError(
                "no change is given", subject=bag,
                remedy="Name one, such as --add FILE; see archive update --help",
            )  # fmt: skip
        with ExitStack() as stack:
            partial = None
            if not dry_run:
                partial = stack.enter_context(Partial(os.path.dirname(path), working_name(name)))
                require_exchange(partial, path)
            reading = stack.enter_context(open_bag(path))
            try:
                since = 0 if partial is None else os.stat(partial.path).st_ctime_ns
                old = judge_old_version(
                    path, name, reading, accept=changes.accept_changes, settings=settings, progress=progress
                )
                work = NextVersion(old, changes, discard_old, settings, clock, progress, since)
                report = work.plan() if partial is None else work.make(partial)
            except OSError as error:
                raise from_os_error(error, path) from error
        return replace(report, finished=finished)


def _folder_of(bag: str) -> str:
    """The bag's absolute path. Raises `NotFoundError`, and `UsageError` for a bag that is not a folder of its own."""
    if bag.startswith("s3://"):
        raise UsageError("a bag in a bucket cannot be updated", subject=bag, remedy="Retrieve it, then update the copy")
    path = os.path.abspath(bag)
    _refuse_repository(bag, path)
    if not os.path.lexists(path):
        raise NotFoundError("there is no bag here", subject=bag)
    if os.path.isfile(path):
        quoted = shlex.quote(bag)
        raise UsageError(
            "a bag in one file is never changed", subject=bag,
            remedy=f"Unpack it with archive unpack {quoted}, update the folder, and pack it again",
        )  # fmt: skip
    if not os.path.isdir(path):
        raise NotABagError("this is not a bag", subject=bag)
    path = os.path.realpath(path) if os.path.islink(path) else path
    refuse_sealed(os.path.dirname(path), shown=bag, remedy="for the bag")
    return path


def _refuse_repository(bag: str, path: str) -> None:
    """Raise `UsageError` for an OCFL object, a version of one, or a storage root: only a deposit adds a version."""
    from archive.stages.validation.ocfl.ocfl import is_ocfl

    if names_version(bag) or is_ocfl(path):
        raise UsageError(
            "an OCFL object is never changed in place", subject=bag,
            remedy="Retrieve the bag with archive retrieve, update the copy, and deposit it: that adds a version",
        )  # fmt: skip


@contextmanager
def _held(path: str) -> Iterator[None]:
    """No other update and no repair of this bag meanwhile. Raises `LockedError`, `StorageError`."""
    if unfinished_paths(path) is not None:
        raise LockedError(
            "a repair of this bag was interrupted", subject=path,
            remedy=f"Finish it first: archive repair {shlex.quote(path)} --from COPY",
        )  # fmt: skip
    try:
        folder = Folder.at(path)
    except OSError as error:
        raise from_os_error(error, path) from error
    with folder:
        if folder.fd is not None and not try_lock(folder.fd):
            raise LockedError("another update of this bag is running", subject=path, remedy="Wait for it to end")
        yield


def _finish(path: str, name: str, settings: Settings, clock: Clock) -> str | None:
    """Finish what an update that was cut off had left: what was done, in words; None where there was nothing."""
    happened, kept = finish_interrupted(path, name)
    if not happened:
        return None
    found = find_holding(settings, path)
    if found is not None:
        ledger, holding = found
        try:
            record_version(ledger, holding, clock, {} if kept is None else {"kept": kept})
        finally:
            ledger.close()
    return "the old version was dropped" if kept is None else f"the old version is kept in {kept}"
