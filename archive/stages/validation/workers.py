"""Reading a bag's folder with several processes: each walks the whole tree and digests its share of it.

No names are sent, only results. Processes are spawned, never forked: the parent may have threads.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from archive.errors import StorageError, from_os_error
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding
from archive.model.package import Progress
from archive.storage.bag_folder import FolderMedium
from archive.storage.bag_medium import BagMedium, Batch


def walk_with_workers(
    root: str,
    medium: BagMedium,
    payload: Sequence[str],
    tags: Sequence[str],
    *,
    workers: int,
    progress: Progress,
) -> Iterator[Batch]:
    """As `medium.walk`, with `workers` processes; their findings are added to the medium's."""
    context = multiprocessing.get_context("spawn")
    processes: list[Any] = []
    connections: list[Connection] = []
    try:
        for part in range(workers):
            ours, theirs = context.Pipe(duplex=False)
            arguments = (root, tuple(payload), tuple(tags), (part, workers), theirs)
            process = context.Process(target=_work, args=arguments, daemon=True)
            process.start()
            theirs.close()
            processes.append(process)
            connections.append(ours)
        yield from _collect(connections, medium, progress)
    finally:
        for process in processes:
            if process.is_alive() and connections:
                process.terminate()
        for process in processes:
            process.join()
        for connection in connections:
            connection.close()


def _collect(connections: list[Connection], medium: BagMedium, progress: Progress) -> Iterator[Batch]:
    waiting = list(connections)
    while waiting:
        for ready in wait(waiting):
            assert isinstance(ready, Connection)
            try:
                message = ready.recv()
            except EOFError as error:
                raise StorageError("a worker ended before it was done", remedy="Run again with --workers 1") from error
            if isinstance(message, Batch):
                progress.advance(sum(message.sizes))
                yield message
                continue
            if isinstance(message, Exception):
                raise message
            findings, blind = message
            medium.findings[:] = _merge(medium.findings, findings)
            medium.blind |= blind
            waiting.remove(ready)


def _merge(known: list[Finding], more: list[Finding]) -> list[Finding]:
    """Both lists, the counts of hard links added up to one finding."""
    links = [one for one in (*known, *more) if one.kind is codes.HARD_LINKS]
    rest = [one for one in (*known, *more) if one.kind is not codes.HARD_LINKS]
    if links:
        total = sum(int(count) for one in links if isinstance(count := one.facts["count"], int))
        rest.append(codes.HARD_LINKS.at(min(one.subject for one in links), count=total))
    return rest


def _work(
    root: str, payload: tuple[str, ...], tags: tuple[str, ...], share: tuple[int, int], results: Connection
) -> None:
    try:
        medium = FolderMedium(root)
        for batch in medium.walk(payload, tags, share=share):
            results.send(batch)
        results.send((medium.findings, medium.blind))
    except OSError as error:
        results.send(from_os_error(error, root))
    except KeyboardInterrupt:
        return
    finally:
        results.close()
