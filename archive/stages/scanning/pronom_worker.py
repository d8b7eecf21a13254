"""The process that runs Siegfried: takes lists of paths from its standard input, answers on its standard output.

A message is its length in four bytes and its content by `marshal`. An answer is a list of what was said, each once and
marshalled by itself, and the number in it for each path. The first answer names the program and its
signatures; it is empty where there is no Siegfried that works. Little of muniment is imported, so that it starts fast.
"""

from __future__ import annotations

import marshal
import os
import signal
import struct
import sys
import tempfile
from collections.abc import Callable
from typing import IO, Any

from archive.storage.concurrency import keep_to_one_processor

_NO_REFERENCES = 2
"""The version of marshal's format in which equal values are equal bytes."""


def write_message(stream: IO[bytes], message: Any) -> None:
    """Raises OSError when the other side is gone."""
    content = marshal.dumps(message)
    stream.write(struct.pack("!I", len(content)) + content)
    stream.flush()


def read_message(stream: IO[bytes]) -> Any:
    """The next message. Raises EOFError when the other side is gone."""
    head = stream.read(4)
    content = stream.read(struct.unpack("!I", head)[0]) if len(head) == 4 else b""
    if not content:
        raise EOFError
    return marshal.loads(content)  # noqa: S302 - from the parent or the child of this process


def main() -> None:
    """Answer until the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever the library prints is not an answer
    keep_to_one_processor()  # before Go starts a thread for each
    try:
        import pygfried

        scanner = pygfried.Scanner()
        write_message(answers, _describe(scanner, pygfried.version()))
    except Exception:  # noqa: BLE001 - a library that does not work is one that is not there
        write_message(answers, ())
        return
    while True:
        try:
            paths = read_message(sys.stdin.buffer)
            write_message(answers, _fold(_answer(scanner, pygfried.GoError, paths)))
        except (EOFError, OSError):
            return


def _fold(found: list[dict[str, Any]]) -> tuple[list[bytes], list[int]]:
    """Each answer once, marshalled, and its number for every file: most files of a batch have the same one."""
    numbers: dict[bytes, int] = {}
    order = [numbers.setdefault(marshal.dumps(one, _NO_REFERENCES), len(numbers)) for one in found]
    return list(numbers), order


def _describe(scanner: Any, version: str) -> tuple[str, str, str]:
    with tempfile.NamedTemporaryFile(prefix="muniment-", suffix=".txt") as probe:
        probe.write(b"text\n")
        probe.flush()
        answer = scanner.identify(probe.name, detailed=True)
    return version, answer["identifiers"][0]["details"], answer["created"]


def _answer(scanner: Any, error: type[Exception], paths: list[str]) -> list[dict[str, Any]]:
    """An answer for each path; none at all where the scanner failed or does not answer for what was asked."""
    ask: Callable[[], list[dict[str, Any]]] = lambda: scanner.identify_many(paths, workers=1)["files"]  # noqa: E731
    if len(paths) == 1:
        ask = lambda: scanner.identify(paths[0], detailed=True)["files"]  # noqa: E731
    try:
        found = ask()
    except error as failure:
        return [{"errors": str(failure), "matches": []}] if len(paths) == 1 else []
    if len(paths) > 1 and [one["filename"] for one in found] != paths:
        return []
    return [{"errors": one["errors"], "matches": one["matches"]} for one in found[: len(paths)]]


if __name__ == "__main__":
    main()
