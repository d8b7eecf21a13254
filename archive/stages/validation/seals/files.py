"""The files below seal/, as the reader of the bag has them: a closed list of names, read within bounds."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from itertools import islice

from archive.bags.reader import ArchiveLimitError, BagReader, BrokenArchiveError, TooLargeError
from archive.formats.bagpath import to_text
from archive.formats.stamped_list import is_ssh_signature
from archive.model.capped_findings import CappedFindings
from archive.model.codes import seal as codes
from archive.model.seal import (
    BATCH_NAME,
    ENVELOPE_NAME,
    FIRST_SEAL,
    PROOF_NAME,
    README_NAME,
    SEAL_FOLDER,
    SIGNERS_NAME,
    STAMPED_NAME,
    STATEMENT_NAME,
    folder_of,
    is_tag_manifest,
)

MAX_FILE_BYTES = 8 << 20
"""A larger file is of no seal: it is not read."""
MAX_BYTES = 64 << 20
"""So much is read of the seals of one bag together; what exceeds it counts as too large."""
MAX_SEALS = 200
"""So many seals of one bag are judged: their number squared is what judging costs."""
MAX_LISTS = 200
"""So many revocation lists count for one seal, its own first."""
REQUIRED = (README_NAME, SIGNERS_NAME, STATEMENT_NAME, ENVELOPE_NAME, STAMPED_NAME)
_BATCH = (BATCH_NAME, PROOF_NAME)
_SEAL = re.compile(r"([0-9]{4})/(.+)", re.DOTALL)
_STAMP = re.compile(r"[1-9]\.tsr")
_LIST = re.compile(r"crls/[1-9][0-9]?\.crl")


class SealFiles:
    """What is below seal/ and the bag's tag manifests. What is wrong with the names is added to `findings`.

    `numbers` are the seals that are there, sorted. `unread` holds the paths that the system did not allow to be read,
    and `too_large` those that exceed the bound: nothing can be said of the first, the second belong to no seal.
    """

    def __init__(self, reader: BagReader, findings: CappedFindings) -> None:
        self._reader = reader
        self._findings = findings
        self._content: dict[str, bytes | None] = {}
        self._digests: dict[str, tuple[str, str] | None] = {}
        self._names: dict[int, list[str]] = {}
        self._room = MAX_BYTES
        self.unread: set[str] = set()
        self.too_large: set[str] = set()
        self.tag_manifests: list[str] = []
        self.is_hidden = any(hidden == b"" or _is_within(hidden) for hidden in reader.blind)
        for path in map(to_text, reader.tag_files()):
            if is_tag_manifest(path):
                self.tag_manifests.append(path)
            elif path == SEAL_FOLDER or path.startswith(f"{SEAL_FOLDER}/"):
                self._sort(path)
        numbers = sorted(self._names)
        self.numbers = numbers[:MAX_SEALS]
        for number in numbers[MAX_SEALS:]:
            self._findings.note(codes.UNKNOWN_FILE, folder_of(number))

    def _sort(self, path: str) -> None:
        match = _SEAL.fullmatch(path.removeprefix(f"{SEAL_FOLDER}/"))
        if match is None or int(match[1]) < FIRST_SEAL or not _is_name(match[2]):
            self._findings.note(codes.UNKNOWN_FILE, path)
        if match is not None and int(match[1]) >= FIRST_SEAL:
            self._names.setdefault(int(match[1]), []).append(match[2])

    def judge_numbers(self) -> None:
        """Numbers run from 0001 without gaps, and each seal holds what a seal must hold."""
        expected = FIRST_SEAL
        for number in self.numbers:
            gone = [one for one in range(expected, number) if not self.hides(folder_of(one))]
            if gone:
                self._findings.note(codes.NUMBER_GAP, folder_of(number), expected=folder_of(gone[0]))
            expected = number + 1
            names = set(self._names[number])
            required = (*REQUIRED, *_BATCH) if names & set(_BATCH) else REQUIRED
            for name in required:
                if name not in names:
                    self._findings.note(codes.FILE_LACKING, f"{folder_of(number)}/{name}")

    def hides(self, path: str) -> bool:
        """Whether a file or folder may be there all the same: the folder that would hold it could not be listed."""
        return hides(self._reader.blind, path)

    def paths(self, number: int) -> list[str]:
        """Every file of a seal, bag-relative."""
        return [f"{folder_of(number)}/{name}" for name in self._names.get(number, ())]

    def has(self, number: int, name: str) -> bool:
        """Whether the seal holds a file of this name."""
        return name in self._names.get(number, ())

    def stamps(self, number: int) -> list[str]:
        """The names of the stamps of a seal, sorted."""
        return sorted(name for name in self._names.get(number, ()) if _STAMP.fullmatch(name))

    def ssh_signatures(self, number: int) -> list[str]:
        """The names of the SSHSIG signatures of a seal, sorted."""
        return sorted(name for name in self._names.get(number, ()) if is_ssh_signature(name))

    def has_read_signatures(self, number: int) -> bool:
        """Whether no signature of a seal is in a file that the system did not allow to be read."""
        return not any(
            f"{folder_of(number)}/{name}" in self.unread for name in (ENVELOPE_NAME, *self.ssh_signatures(number))
        )

    def own_lists(self, number: int) -> dict[str, bytes | None]:
        """The revocation lists of a seal by bag-relative path, without those that could not be read; None for one that
        is too large."""
        paths = [f"{folder_of(number)}/{name}" for name in sorted(self._names[number]) if _LIST.fullmatch(name)]
        contents = {path: self.content(path) for path in paths}
        return {path: content for path, content in contents.items() if path not in self.unread}

    def lists(self, number: int) -> tuple[bytes, ...]:
        """The revocation lists of a seal and of those after it: each proves itself, in whatever seal it is kept."""
        later = (one for one in self.numbers if one >= number)
        contents = (content for one in later for content in self.own_lists(one).values())
        unique = dict.fromkeys(content for content in islice(contents, MAX_LISTS) if content is not None)
        return tuple(unique)

    def content(self, path: str) -> bytes | None:
        """The bytes of a file; None, with a finding the first time, where it cannot be read or is too large."""
        if path not in self._content:
            self._content[path] = None
            try:
                content = self._reader.read_tag(os.fsencode(path), min(MAX_FILE_BYTES, self._room))
                self._room -= len(content)
                self._content[path] = content
            except TooLargeError:
                self.too_large.add(path)
            except (OSError, BrokenArchiveError, ArchiveLimitError) as error:
                self._note_unread(path, error)
        return self._content[path]

    def digests(self, path: str) -> tuple[str, str] | None:
        """SHA-512 and SHA3-512 in hex of a file; None, with a finding the first time, where it cannot be read."""
        if path not in self._digests:
            self._digests[path] = self._digest(path)
        return self._digests[path]

    def _digest(self, path: str) -> tuple[str, str] | None:
        one, other = hashlib.sha512(), hashlib.sha3_512()
        if not is_tag_manifest(path):
            content = self.content(path)
            if content is None:
                return None
            one.update(content)
            other.update(content)
        else:
            try:
                for chunk in self._reader.stream_tag(os.fsencode(path)):
                    one.update(chunk)
                    other.update(chunk)
            except (OSError, BrokenArchiveError, ArchiveLimitError) as error:
                self._note_unread(path, error)
                return None
        return one.hexdigest(), other.hexdigest()

    def _note_unread(self, path: str, error: Exception) -> None:
        if path not in self.unread:
            self.unread.add(path)
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._findings.note(codes.UNREADABLE, path, reason=reason)


def _is_name(name: str) -> bool:
    return (
        name in REQUIRED
        or name in _BATCH
        or is_ssh_signature(name)
        or _STAMP.fullmatch(name) is not None
        or _LIST.fullmatch(name) is not None
    )


def hides(blind: Iterable[bytes], path: str) -> bool:
    """Whether `path`, bag-relative, is in or is one of the folders `blind`, which could not be listed."""
    place = os.fsencode(path)
    return any(folder in (b"", place) or place.startswith(folder + b"/") for folder in blind)


def _is_within(folder: bytes) -> bool:
    return folder == SEAL_FOLDER.encode("ascii") or folder.startswith(f"{SEAL_FOLDER}/".encode("ascii"))
