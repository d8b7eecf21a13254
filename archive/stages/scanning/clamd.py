"""The protocol of clamd: commands and answers as bytes. Clause: clamd(8), COMMANDS."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum

PING = b"zPING\0"
VERSION = b"zVERSION\0"
BEGIN = b"zIDSESSION\0"
END = b"zEND\0"
STREAM = b"zINSTREAM\0"
DESCRIPTOR = b"zFILDES\0"

_VERSION = re.compile(r"ClamAV (?P<program>[^/\s]+)(?:/(?P<signatures>\d+)/(?P<date>.+))?")
_ANSWER = re.compile(r"(?:\d+: )?(?:.*?: )?(?P<text>.*?)\s*(?P<word>OK|FOUND|ERROR)\s*", re.DOTALL)


class Word(Enum):
    """What clamd says of one file."""

    OK = "OK"
    FOUND = "FOUND"
    ERROR = "ERROR"


def read_version(answer: str) -> tuple[str, str | None] | None:
    """Program version, and version and date of the daily signatures where named; None when it is not such an answer."""
    found = _VERSION.fullmatch(answer.strip().rstrip("\0"))
    if found is None:
        return None
    date = found["date"]
    return found["program"], None if date is None else f"signatures {found['signatures']} of {date.strip()}"


def read_answer(answer: bytes) -> tuple[Word, str]:
    """The word and its text (the signature's name, the error) of "1: stream: Name FOUND"."""
    found = _ANSWER.fullmatch(answer.rstrip(b"\0").decode("utf-8", "replace"))
    if found is None:
        return Word.ERROR, "an answer that is not understood"
    return Word(found["word"]), found["text"]


def frame_chunks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The body of INSTREAM: each chunk after its length in four bytes, then a length of zero."""
    for chunk in chunks:
        if chunk:
            yield len(chunk).to_bytes(4, "big") + chunk
    yield b"\0\0\0\0"
