"""A process that reads a part of a bag's folder for another: requests come on standard input, answers go to standard
output, both pickled. It is started bare, without site packages, and loads only what the request needs."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import IO, Any


def send(stream: IO[bytes], message: object) -> None:
    """Write a message and pass it on at once. Raises OSError, or ValueError where the stream is closed."""
    pickle.dump(message, stream, pickle.HIGHEST_PROTOCOL)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """The next message of the other side, which is this same program. Raises EOFError when there is none."""
    try:
        return pickle.load(stream)  # noqa: S301 - both ends are processes of this program, joined by a pipe
    except Exception as error:
        # A message cut off in the middle fails in more ways than pickle's own documentation names.
        raise EOFError from error


def serve() -> None:
    """Answer until standard input ends. An OSError is an answer too."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    try:
        kind, request = receive(requests)
        try:
            (_judge if kind == "ranges" else _walk)(request, requests, answers)
        except BrokenPipeError:
            raise
        except OSError as error:
            send(answers, OSError(error.errno, error.strerror or str(error)))
    except (BrokenPipeError, EOFError):
        pass
    os._exit(0)


def _judge(request: Any, requests: IO[bytes], answers: IO[bytes]) -> None:
    """`request` is the layout; each further request is a range."""
    from archive.bags.manifest_ranges import RangeJudge

    judge = RangeJudge(request)
    while True:
        send(answers, judge.judge(receive(requests)))


def _walk(request: Any, requests: IO[bytes], answers: IO[bytes]) -> None:
    """`request` is the bag's folder, the algorithms of payload and tag files, and the share; one answer a batch."""
    del requests
    from archive.bags.folder_reader import FolderReader

    root, payload, tags, share = request
    reader = FolderReader(root)
    for batch in reader.walk(payload, tags, share=share):
        send(answers, batch)
    send(answers, (list(reader.findings), reader.blind))
