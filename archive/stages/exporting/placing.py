"""What making one bag from others has in common: sources that prove themselves, and a finished bag that does too."""

from __future__ import annotations

import os

from archive.errors import ExistsError, UsageError
from archive.model.build import Progress
from archive.model.codes.bag import FETCH_PENDING
from archive.model.codes.source import LEFTOVER
from archive.model.finding import Finding, Severity
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.stages.validation import validate
from archive.storage.atomic import put_in_place, sync_folder, sync_tree
from archive.storage.partial import Partial, find_leftovers
from archive.storage.removing import remove_tree
from archive.storage.sealed import refuse_sealed


def choose_place(to: str, name: str) -> str:
    """The path for a new bag `name` in the folder `to`, which must be free and in no bag.

    Raises `UsageError`, `ExistsError`.
    """
    if not to:
        raise UsageError("no destination is given", remedy="Give the folder for the bag with --to")
    if name in ("", ".", "..") or set(name) & set("/\\\0\r\n"):
        raise UsageError("this cannot be the name of a bag", subject=name, remedy="Choose another with --name")
    target = os.path.join(to, name)
    refuse_sealed(to, shown=target)
    if os.path.lexists(target):
        raise ExistsError(
            "the destination already exists, and nothing is overwritten",
            subject=target,
            remedy="Choose another --name or --to",
        )
    return target


def leftovers_of(target: str, *, clean: bool) -> tuple[Finding, ...]:
    """What earlier runs that were cut off left of the bag at `target`, as findings; with `clean` it is removed.

    Raises `StorageError`.
    """
    found = find_leftovers(*os.path.split(os.path.abspath(target)))
    if clean:
        for path in found:
            remove_tree(path)
        return ()
    return tuple(LEFTOVER.at(path) for path in found)


def prove(bag: str, settings: Settings, progress: Progress, *, depth: Depth = Depth.FULL) -> ValidationReport:
    """The judgement on a bag, every byte read unless `depth` says less. Raises as `validate`."""
    return validate(bag, depth=depth, settings=settings, progress=progress)


def obstacles(report: ValidationReport, *, holey: bool = False) -> tuple[Finding, ...]:
    """What forbids to go on; with `holey` not that files are still to be fetched."""
    grave = [one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED)]
    if not holey:
        return tuple(grave)
    return tuple(one for one in grave if FETCH_PENDING.code not in (one.code, one.facts.get("code")))


def place(partial: Partial, finished: str, target: str) -> None:
    """Give the finished tree in `partial` its name, durably. Raises `ExistsError` and OSError."""
    final = os.path.abspath(target)
    sync_tree(partial.path)
    put_in_place(finished, final)
    for path in (final, *partial.made):
        sync_folder(os.path.dirname(path))
    partial.made.clear()
