"""Brings a deposit back: into a working folder, validated there, and only then under its name."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator

from archive.config import Settings
from archive.errors import DepositError, NotFoundError, from_os_error
from archive.formats.bagpath import unsafe_reason
from archive.model.deposit import RetrievalReport
from archive.model.finding import Outcome
from archive.model.package import NO_PROGRESS, Progress
from archive.stages.depositing.receipts import bag_of_receipt
from archive.stages.validation import validate
from archive.storage.atomic import place, sync_tree
from archive.storage.partial import Partial
from archive.storage.remote import TransientError, try_again
from archive.storage.removing import remove_tree
from archive.targets.protocol import NamesBags, Target

_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\ufffd]")


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
    """Bring the deposit `identifier` back into the folder `to` and validate it.

    The bag takes its name only when it is whole; what is damaged stands as NAME.damaged, so that it can be looked at.
    Raises `NotFoundError`, `ExistsError` when the name is taken, `NotAuthorisedError`, `DepositError`, `StorageError`.
    """
    to = os.path.abspath(to)
    with Partial(to, "retrieval") as partial:
        tree = partial.file("bag")

        def fetch() -> tuple[int, int, list[str]]:
            remove_tree(tree)
            return _receive(target.retrieve(identifier), tree, progress)

        progress.begin("retrieving", None)
        try:
            files, size, paths = try_again(fetch, retries=settings.deposit.retries, wait=wait)
        except TransientError as error:
            raise DepositError(
                f"the target did not give it back: {error.problem}", subject=identifier, remedy="Run again later"
            ) from error
        finally:
            progress.end()
        packed = len(paths) == 1 and paths[0] != "bagit.txt"
        subject = os.path.join(tree, paths[0]) if packed else tree
        final = os.path.join(to, name or (paths[0] if packed else _name_of(target, identifier, settings)))
        try:
            sync_tree(tree)
        except OSError as error:
            raise from_os_error(error, final) from error
        report = validate(subject, settings=settings, progress=progress)
        if report.outcome is not Outcome.INTACT:
            final += ".damaged"
        try:
            place(subject, final)
        except OSError as error:
            raise from_os_error(error, final) from error
        partial.made.clear()
    return RetrievalReport(target.label, identifier, final, files, size, report.verdict, report.findings)


def _receive(files: Iterator[tuple[str, Iterator[bytes]]], tree: str, progress: Progress) -> tuple[int, int, list[str]]:
    """Write what comes; number of files, bytes, and the first paths."""
    count = size = 0
    paths: list[str] = []
    for path, chunks in files:
        why = unsafe_reason(os.fsencode(path))
        if why is not None:
            raise DepositError(f"the target gives a file a name that leads away: {why}", subject=path)
        where = os.path.join(tree, path)
        try:
            os.makedirs(os.path.dirname(where), exist_ok=True)
            with open(where, "xb") as stream:
                for chunk in chunks:
                    stream.write(chunk)
                    size += len(chunk)
                    progress.advance(len(chunk))
        except OSError as error:
            raise from_os_error(error, path) from error
        count += 1
        paths = [*paths, path][:2]
    if not count:
        raise NotFoundError("the deposit holds no file")
    return count, size, paths


def _name_of(target: Target, identifier: str, settings: Settings) -> str:
    """What the bag was called when it was deposited, where the target or a receipt tells; else from its identifier."""
    known = target.name_of(identifier) if isinstance(target, NamesBags) else None
    known = known or bag_of_receipt(settings, target.label, identifier)
    if known is None or "/" in known or _ODD.search(known) or unsafe_reason(os.fsencode(known)) is not None:
        return _name_from(identifier)
    return known


def _name_from(identifier: str) -> str:
    """A folder's name out of an identifier: its last part, made harmless."""
    last = re.split(r"[/:]", identifier.rstrip("/"))[-1]
    return re.sub(r"[^\w.@#%+-]+", "_", last).strip(".") or "retrieved"
