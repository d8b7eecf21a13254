"""Completing a bag: every missing file is fetched beside it, checked, and only then put in its place.

fetch.txt stays: it is a tag file that the tag manifests cover, so that without it the bag would not be complete
(RFC 8493 2.2.3, 3). The files that it names are there afterwards, and nothing is fetched again.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from archive.bags.contents import open_bag
from archive.errors import (
    CancelledError,
    NoSpaceError,
    NotAuthorisedError,
    NotFoundError,
    UsageError,
    from_os_error,
)
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import bag as bag_codes
from archive.model.codes import fetching as codes
from archive.model.fetching import FetchedFile, FetchReport, FetchState
from archive.model.finding import Finding, Outcome, Severity
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.stages.fetching.parts import Part, Parts, clear_parts
from archive.stages.fetching.planning import Order, Wanted, judge_address, make_order, reach_of, shown_address
from archive.stages.validation.bags.bag import validate_bag
from archive.storage.downloading import ChangedError, Reach, Watch, open_answer
from archive.storage.folders import Folder
from archive.storage.remote import RefusedError, TransientError, try_again
from archive.storage.sealed import refuse_sealed

_HOST_FAILURES = 3
"""So many files of one host may fail before the rest of that host is left for another run."""
_TICK = 0.2


def complete(
    bag: str,
    *,
    settings: Settings,
    environ: Mapping[str, str] = os.environ,
    dry_run: bool = False,
    progress: Progress = NO_PROGRESS,
    pause: Callable[[float], None] | None = None,
) -> FetchReport:
    """Fetch what the bag in the folder `bag` lacks and fetch.txt names.

    A file that cannot be had does not stop the others. A tag file that does not match its tag manifest does: its
    addresses and digests prove nothing. Raises `NotABagError`, `NotFoundError`, `UsageError`, `LockedError`,
    `NoSpaceError`, `StorageError`, and what `progress` raises; then the next run goes on where this one ended.
    """
    if os.path.isfile(bag):
        raise UsageError(
            "a packed bag is not completed", subject=bag, remedy="Unpack it first: archive unpack BAG --to DIR"
        )
    settings.require("fetch")
    reach = reach_of(settings, environ)
    with open_bag(bag) as reading:
        order = make_order(reading, settings)
    refuse_sealed(os.path.dirname(os.path.abspath(bag)), shown=bag, remedy="")
    before = validate_bag(bag, depth=Depth.COMPLETE, read_tags=True, settings=settings)
    if any(finding.kind is bag_codes.TAG_MISMATCH for finding in before.findings):
        return FetchReport(bag, len(order.wanted) + order.there, order.there, (), "invalid", before.findings, dry_run)
    if dry_run:
        files = tuple(_rehearse(wanted, reach) for wanted in order.wanted)
        return _report(bag, order, files, before, dry_run=True)
    if not order.wanted:
        clear_parts(bag)
        return _report(bag, order, (), before)
    _require_space(bag, order)
    parts = Parts(bag)
    whole = False
    try:
        work = _Work(bag, parts, reach, settings.fetch.retries, pause)
        files = work.run(order, settings.fetch.workers, progress)
        whole = all(file.state is FetchState.FETCHED for file in files)
    finally:
        parts.close(remove=whole)
    return _report(bag, order, files, validate_bag(bag, depth=Depth.COMPLETE, read_tags=True, settings=settings))


def _rehearse(wanted: Wanted, reach: Reach) -> FetchedFile:
    finding = _forbidden(wanted, reach)
    state = FetchState.PLANNED if finding is None else FetchState.FAILED
    return FetchedFile(wanted.path, shown_address(wanted.url), wanted.size, state, finding=finding)


def _forbidden(wanted: Wanted, reach: Reach) -> Finding | None:
    """Why the file is not even asked for."""
    if not wanted.digests:
        return codes.CANNOT_CHECK.at(wanted.path)
    why = judge_address(wanted, reach)
    return None if why is None else codes.NOT_ALLOWED.at(wanted.path, url=shown_address(wanted.url), why=why)


def _require_space(bag: str, order: Order) -> None:
    need = sum(wanted.size or 0 for wanted in order.wanted)
    if need > shutil.disk_usage(bag).free:
        raise NoSpaceError(
            f"the files to fetch have {need:,} bytes, more than is free", subject=bag, remedy="Free some space"
        )


def _report(
    bag: str, order: Order, files: tuple[FetchedFile, ...], judged: ValidationReport, *, dry_run: bool = False
) -> FetchReport:
    """The report; what a file's own finding says is not said again by the bag's."""
    own = [file.finding for file in files if file.finding is not None]
    told = {finding.subject for finding in own} | ({file.path for file in files} if dry_run else set())
    kept = [one for one in judged.findings if one.kind is not bag_codes.FETCH_PENDING or one.subject not in told]
    verdict = judged.verdict
    unchecked = {one.facts.get("code", one.code) for one in judged.findings if one.severity is Severity.UNCHECKED}
    if judged.outcome is Outcome.NOT_CHECKED and unchecked <= {bag_codes.FETCH_PENDING.code}:
        verdict = "still to be fetched"
    return FetchReport(
        bag, len(order.wanted) + order.there, order.there, files, verdict, (*own, *kept), dry_run
    )  # fmt: skip


@dataclass(slots=True)
class _Work:
    """One run: what the threads share."""

    bag: str
    parts: Parts
    reach: Reach
    retries: int
    pause: Callable[[float], None] | None
    stopped: threading.Event = field(default_factory=threading.Event)
    guard: threading.Lock = field(default_factory=threading.Lock)
    failures: Counter[str] = field(default_factory=Counter)
    moved: int = 0

    def run(self, order: Order, workers: int, progress: Progress) -> tuple[FetchedFile, ...]:
        """Fetch every file; the results in the order of fetch.txt."""
        sizes = [wanted.size for wanted in order.wanted]
        progress.begin("fetching", None if None in sizes else sum(size or 0 for size in sizes))
        watch = Watch(self.reach.seconds)
        pool = ThreadPoolExecutor(max(1, min(workers, len(order.wanted))), "fetch")
        try:
            with Folder.at(self.bag) as top:
                running = [pool.submit(self._bring, wanted, top, watch) for wanted in order.wanted]
                self._follow(running, progress)
                return tuple(one.result() for one in running)
        except BaseException:
            self.stopped.set()
            watch.cut_all()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            watch.close()
            progress.end()

    def _follow(self, running: list[Future[FetchedFile]], progress: Progress) -> None:
        """Tell of the progress from the calling thread until all is done. Raises the first failure that ends it."""
        left: set[Future[FetchedFile]] = set(running)
        while left:
            done, left = wait(left, _TICK, FIRST_COMPLETED)
            with self.guard:
                moved, self.moved = self.moved, 0
            progress.advance(moved)
            for one in done:
                one.result()

    def _bring(self, wanted: Wanted, top: Folder, watch: Watch) -> FetchedFile:
        """One file, fetched or with the finding that says why not. Raises `StorageError` for the own side."""
        shown = shown_address(wanted.url)
        finding = _forbidden(wanted, self.reach)
        if finding is None and self.failures[wanted.host] >= _HOST_FAILURES:
            finding = codes.HOST_GIVEN_UP.at(wanted.path, url=shown, host=wanted.host)
        if finding is not None:
            return FetchedFile(wanted.path, shown, wanted.size, FetchState.FAILED, finding=finding)
        part = self.parts.open(wanted.path, wanted.url, tuple(wanted.digests))
        resumed = part.size
        try:
            finding = self._download(wanted, part, watch, shown)
            if finding is None:
                try:
                    part.place(top, wanted.path)
                except OSError as error:
                    told = from_os_error(error, wanted.path)
                    if isinstance(told, NoSpaceError):
                        raise told from error
                    finding = codes.NOT_PLACED.at(wanted.path, why=error.strerror or str(error))
            size = part.size if finding is None else wanted.size
        finally:
            part.close()
        state = FetchState.FETCHED if finding is None else FetchState.FAILED
        return FetchedFile(wanted.path, shown, size, state, resumed, finding)

    def _download(self, wanted: Wanted, part: Part, watch: Watch, shown: str) -> Finding | None:
        """Take the file into its part and check it: None when its digests are right."""
        waiting = self.pause or self.stopped.wait
        try:
            finding = try_again(
                lambda: self._ask(wanted, part, watch, shown), retries=self.retries, wait=lambda s: _ignore(waiting(s))
            )
        except NotAuthorisedError as error:
            return codes.NO_ACCESS.at(wanted.path, url=shown, why=error.problem)
        except RefusedError as error:
            return codes.NOT_ALLOWED.at(wanted.path, url=shown, why=error.problem)
        except NotFoundError as error:
            return codes.NOT_FETCHED.at(wanted.path, url=shown, why=error.problem)
        except TransientError as error:
            self.failures[wanted.host] += 1
            return codes.NOT_FETCHED.at(wanted.path, url=shown, why=error.problem)
        self.failures.pop(wanted.host, None)
        return finding

    def _ask(self, wanted: Wanted, part: Part, watch: Watch, shown: str) -> Finding | None:
        """One request for what is still missing of the part. Raises what `open_answer` raises."""
        if self.stopped.is_set():
            raise CancelledError("stopped")
        begun = part.size
        if begun and _is_whole(wanted, part):
            return None  # a run was stopped between its last byte and its place
        try:
            with open_answer(wanted.url, self.reach, watch, start=begun, validator=part.validator) as answer:
                if answer.start != part.size:
                    part.restart()
                part.expect(answer.validator)
                for chunk in answer.body:
                    if part.size + len(chunk) > wanted.limit:
                        part.forget()
                        return codes.TOO_LONG.at(wanted.path, url=shown, limit=wanted.limit)
                    part.write(chunk)
                    with self.guard:
                        self.moved += len(chunk)
        except ChangedError:
            part.restart()
            if not begun:
                raise
            return self._ask(wanted, part, watch, shown)
        return self._judge(
            wanted, part, shown, resumed=begun > 0 and answer.start > 0, cut=answer.size is None
        )  # fmt: skip

    def _judge(self, wanted: Wanted, part: Part, shown: str, *, resumed: bool, cut: bool) -> Finding | None:
        """What is wrong with the whole part; `cut` says that its end may be missing.

        Raises `TransientError` where another attempt may help.
        """
        found = _digests_of(wanted, part)
        wrong = next((name for name in found if found[name] != wanted.digests[name]), None)
        if wrong is None:
            return None
        if wanted.size is not None and part.size < wanted.size and cut and not resumed:
            raise TransientError(f"only {part.size:,} of {wanted.size:,} bytes came")
        if resumed:
            part.restart()
            raise TransientError("the part of an earlier attempt and the rest do not fit together")
        part.forget()
        return codes.WRONG_BYTES.at(
            wanted.path, url=shown, algorithm=wrong, expected=wanted.digests[wrong], found=found[wrong]
        )


def _digests_of(wanted: Wanted, part: Part) -> dict[str, str]:
    return dict(zip(wanted.digests, part.digests.hexdigests(), strict=True))


def _is_whole(wanted: Wanted, part: Part) -> bool:
    """True when the part has the digests that the payload manifests list."""
    return _digests_of(wanted, part) == wanted.digests


def _ignore(_: object) -> None:
    return None
