"""Reading a bag's folder with several workers: by ranges of its manifests, or each walking its share of the tree.

Workers are processes, started bare so that they begin soon; for large files they are threads, because reading and
digesting let go of the interpreter. The calling thread is always one of the workers. What is found does not depend on
their number.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from queue import SimpleQueue
from threading import Thread
from typing import Any, NamedTuple

from archive.bags.manifest_ranges import Layout, Range, RangeJudge, RangeResult
from archive.bags.reader import BagReader, Batch
from archive.errors import StorageError, from_os_error
from archive.model.build import Progress
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.storage.concurrency import bare_python, count_readers

LARGE = 1 << 16
"""Payload files of this many bytes, on average, are read by threads instead of processes."""

_WORTH_FILES = 10_000
_WORTH_BYTES = 256 << 20
"""With fewer files and fewer bytes than these, starting workers costs more than they save."""

_SERVE = "from archive.bags.range_worker import serve; serve()"


class Crew(NamedTuple):
    """How many workers, and whether they are threads."""

    workers: int
    threads: bool


def choose_crew(workers: int | None, path: str, files: int, octets: int) -> Crew:
    """The crew for a payload of about this size in the folder `path`; `workers` is the user's, None for any."""
    threads = octets >= LARGE * max(files, 1)
    if workers is None:
        worth = files >= _WORTH_FILES or octets >= _WORTH_BYTES
        workers = count_readers(path) if worth else 1
    if not threads and not _can_start():
        workers = 1
    return Crew(max(1, workers), threads)


def _can_start() -> bool:
    """False in a program whose executable is not Python."""
    return bool(sys.executable) and not getattr(sys, "frozen", False)


class _Work(NamedTuple):
    """What the workers share: the ranges, the number of the next one, and what came of each."""

    layout: Layout
    ranges: Sequence[Range]
    numbers: Iterator[int]
    results: SimpleQueue[tuple[int, RangeResult | Exception]]


def judge_ranges(
    layout: Layout, ranges: Sequence[Range], crew: Crew, progress: Progress
) -> Iterator[tuple[int, RangeResult]]:
    """Every range judged, with its number, in no particular order; the next one goes to the next free worker.

    Raises OSError when the bag or a manifest cannot be read, and `StorageError` when a worker ends early.
    """
    own = RangeJudge(layout, progress)
    work = _Work(layout, ranges, itertools.count(), SimpleQueue())
    helpers: list[_ThreadHelper | _ProcessHelper] = []
    done = 0
    try:
        for _ in range(min(crew.workers, len(ranges)) - 1):
            helpers.append(_ThreadHelper(work) if crew.threads else _ProcessHelper(work))
        while (number := next(work.numbers)) < len(ranges):
            yield number, own.judge(ranges[number])
            done += 1
            while not work.results.empty():
                yield _received(work.results.get(), progress)
                done += 1
        while done < len(ranges):
            yield _received(work.results.get(), progress)
            done += 1
    finally:
        while next(work.numbers) < len(ranges):
            pass
        for helper in helpers:
            helper.end()
        own.close()


def _received(result: tuple[int, RangeResult | Exception], progress: Progress) -> tuple[int, RangeResult]:
    number, answer = result
    if isinstance(answer, Exception):
        raise answer
    progress.advance(answer.octets)
    return number, answer


class _ThreadHelper:
    """A thread that judges ranges."""

    def __init__(self, work: _Work) -> None:
        self._thread = Thread(target=self._judge, args=(work,), name="judge", daemon=True)
        self._thread.start()

    def _judge(self, work: _Work) -> None:
        try:
            judge = RangeJudge(work.layout)
            try:
                while (number := next(work.numbers)) < len(work.ranges):
                    work.results.put((number, judge.judge(work.ranges[number])))
            finally:
                judge.close()
        except Exception as error:  # noqa: BLE001 - raised again by the thread that waits for it
            work.results.put((-1, error))

    def end(self) -> None:
        """Wait until the range in hand is done."""
        self._thread.join()


class _ProcessHelper:
    """A process that judges ranges, and the thread that feeds it."""

    def __init__(self, work: _Work) -> None:
        self._process = _start(("ranges", work.layout))
        self._thread = Thread(target=self._feed, args=(work,), name="feeder", daemon=True)
        self._thread.start()

    def _feed(self, work: _Work) -> None:
        from archive.bags.range_worker import receive, send

        try:
            while (number := next(work.numbers)) < len(work.ranges):
                send(self._process.stdin, work.ranges[number])
                answer = receive(self._process.stdout)
                work.results.put((number, answer))
                if isinstance(answer, Exception):
                    return
        except Exception:  # noqa: BLE001 - whatever it is, a thread waits for this word
            work.results.put((-1, _ended_early()))

    def end(self) -> None:
        """Stop the process, whatever it is doing."""
        _stop(self._process)
        self._thread.join()


def _ended_early() -> StorageError:
    return StorageError("a worker process ended before it was done", remedy="Run again with --workers 1")


def _start(request: object) -> Any:
    """A worker process that has been given its first request."""
    import subprocess

    from archive.bags.range_worker import send

    process = subprocess.Popen(bare_python(_SERVE), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdin is not None
        send(process.stdin, request)
    except OSError:
        _stop(process)
        raise _ended_early() from None
    return process


def _stop(process: Any) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdout, process.stdin):
        try:
            stream.close()
        except OSError:
            continue


def walk_with_workers(
    root: str,
    reader: BagReader,
    payload: Sequence[str],
    tags: Sequence[str],
    *,
    workers: int,
    progress: Progress,
) -> Iterator[Batch]:
    """As `reader.walk`, with `workers` processes that each digest their share; their findings are the reader's too."""
    results: SimpleQueue[Any] = SimpleQueue()
    processes: list[Any] = []
    threads: list[Thread] = []
    try:
        for part in range(1, workers):
            request = (root, tuple(payload), tuple(tags), (part, workers))
            processes.append(_start(("walk", request)))
            threads.append(Thread(target=_collect, args=(processes[-1], results), name="collector", daemon=True))
            threads[-1].start()
        reports: list[tuple[list[Finding], set[bytes]]] = []
        for batch in reader.walk(payload, tags, share=(0, workers)):
            yield batch
            while not results.empty():
                yield from _batches(results.get(), reports, progress, root)
        while len(reports) < len(threads):
            yield from _batches(results.get(), reports, progress, root)
        for findings, blind in reports:
            merged = _merge(list(reader.findings), findings)
            reader.findings.clear()
            reader.findings += merged
            reader.blind |= blind
    finally:
        for process in processes:
            _stop(process)
        for thread in threads:
            thread.join()


def _collect(process: Any, results: SimpleQueue[Any]) -> None:
    from archive.bags.range_worker import receive

    try:
        while isinstance(message := receive(process.stdout), Batch):
            results.put(message)
        results.put(message)
    except EOFError:
        results.put(_ended_early())


def _batches(
    message: Any, reports: list[tuple[list[Finding], set[bytes]]], progress: Progress, root: str
) -> Iterator[Batch]:
    """The batch in a worker's message; its last one, findings and unseen folders, goes to `reports`."""
    if isinstance(message, OSError):
        raise from_os_error(message, root) from message
    if isinstance(message, Exception):
        raise message
    if isinstance(message, Batch):
        progress.advance(sum(message.sizes))
        yield message
    else:
        reports.append(message)


def _merge(known: list[Finding], more: list[Finding]) -> list[Finding]:
    """Both lists, the counts of hard links added up to one finding."""
    links = [one for one in (*known, *more) if one.code == codes.HARD_LINKS.code]
    rest = [one for one in (*known, *more) if one.code != codes.HARD_LINKS.code]
    if links:
        total = sum(int(count) for one in links if isinstance(count := one.facts["count"], int))
        rest.append(codes.HARD_LINKS.at(min(one.subject for one in links), count=total))
    return rest
