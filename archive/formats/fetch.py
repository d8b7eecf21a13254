"""fetch.txt: what is to be brought from elsewhere (RFC 8493 2.2.3). Read and judged; nothing is ever fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.formats.bagpath import decode_path, to_text, unsafe_reason
from archive.model.codes import bag as codes
from archive.model.finding import Finding

SUBJECT = "fetch.txt"
_LINE = re.compile(rb"([^ \t]+)[ \t]+([0-9]{1,20}|-)[ \t]+([^ \t].*)", re.DOTALL)
_URL = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True)
class FetchEntry:
    """One line: where from, how many bytes (None when it does not say), and the path it is to have in the bag."""

    url: str
    size: int | None
    path: bytes
    line: int


def parse_fetch(data: bytes, *, before_1_0: bool = False) -> tuple[list[FetchEntry], list[Finding]]:
    """The entries and what is wrong with the lines. `data` is UTF-8."""
    entries: list[FetchEntry] = []
    findings: list[Finding] = []
    seen: set[bytes] = set()
    for number, line in enumerate(data.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            why = "it is not an address, a size or -, and a path"
            findings.append(codes.MALFORMED_FETCH.at(SUBJECT, line=number, why=why))
            continue
        if not _URL.fullmatch(match[1]):
            findings.append(codes.MALFORMED_FETCH.at(SUBJECT, line=number, why="the address is no absolute URL"))
        path, stray = decode_path(match[3], before_1_0=before_1_0)
        if path.startswith(b"./"):
            findings.append(codes.LOOSE_LINE.at(SUBJECT, line=number, why="the path begins with ./"))
            path = path[2:]
        shown = to_text(path)
        if stray:
            findings.append(codes.RAW_PERCENT.at(SUBJECT, line=number, path=shown))
        reason = unsafe_reason(path)
        if reason is not None:
            findings.append(codes.UNSAFE_PATH.at(SUBJECT, line=number, path=shown, why=reason))
        elif not path.startswith(b"data/"):
            findings.append(codes.FETCH_OUTSIDE_PAYLOAD.at(SUBJECT, line=number, path=shown))
        elif path in seen:
            findings.append(codes.REPEATED_FETCH.at(SUBJECT, line=number, path=shown))
        else:
            seen.add(path)
            size = None if match[2] == b"-" else int(match[2])
            entries.append(FetchEntry(match[1].decode("utf-8", "replace"), size, path, number))
    return entries, findings
