"""Reads files ahead of their sending: their digests are computed on other processors while earlier ones are written."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

from archive.errors import ArchiveError
from archive.model.deposit import Item
from archive.targets.protocol import CHUNK, read_source

_SMALLEST = 1 << 14
"""Digests of fewer bytes than this are computed sooner than handed on."""

_MOST_THREADS = 4


def read_ahead(items: Sequence[Item], workers: int) -> Generator[Item]:
    """The items in their order; of those that are still to be judged and fit into one chunk, the content is held.

    `workers` threads digest them.

    Files are read in their order by the calling thread. What cannot be read, or is not of its size, comes as it is:
    sending it meets what is wrong. A few files are in memory at a time: use an item before you ask for the next one.
    """
    threads = min(workers, _MOST_THREADS)
    waiting: deque[Item] = deque()
    with ThreadPoolExecutor(threads, "digest") as pool:
        try:
            for item in items:
                ahead = threads > 1 and item.unread and _SMALLEST <= item.size < CHUNK
                waiting.append(_hold(item, pool) if ahead else item)
                if len(waiting) > 2 * threads:
                    yield waiting.popleft()
            while waiting:
                yield waiting.popleft()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _hold(item: Item, pool: ThreadPoolExecutor) -> Item:
    content = _read(item)
    if content is None:
        return item
    return replace(item, held=pool.submit(_judge, item, content).result)


def _read(item: Item) -> bytes | None:
    """The whole file; None where that is not `item.size` bytes."""
    if item.content is None:
        return None
    parts, size = [], 0
    try:
        for chunk in item.content():
            parts.append(chunk)
            size += len(chunk)
            if size > item.size:
                return None
    except (OSError, ArchiveError):
        return None
    return b"".join(parts) if size == item.size else None


def _judge(item: Item, content: bytes) -> bytes:
    """The content, when it has the digests in the manifests. Raises `SourceError`."""
    return b"".join(read_source(replace(item, content=partial(iter, (content,)))))
