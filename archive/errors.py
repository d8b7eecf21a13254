"""Exceptions: the question could not be answered.

A problem in what is to be judged is a `Finding` (see `archive.model.finding`) and never an exception.

::

    ArchiveError                     exit  what could not be answered
    ├── UsageError                   2     the call or the configuration is wrong
    ├── SourceError                  4     a source file cannot be read, or changed while it was read
    │   └── InfectedError            1     the virus scanner named a source file
    ├── StorageError                 4     reading or writing on this machine failed
    │   ├── NoSpaceError             13    the disk or the quota is full
    │   ├── NotFoundError            10    there is no such bag, ledger or file
    │   │   └── NotABagError         10    what is there is not a bag
    │   ├── ExistsError              2     the destination is already there
    │   ├── PermissionDeniedError    12    permission denied by the system
    │   └── LockedError              11    another process holds it
    ├── FormatError                  1     a document is so malformed that nothing can be said of its parts
    ├── RenditionError               4     no rendition could be made
    ├── DepositError                 5     refused by the target, or the outcome is unknown
    │   └── NotAuthorisedError       12    the credential is missing or wrong
    ├── ExtraMissingError            4     an optional part of the installation is not there
    ├── CancelledError               130   the calling program cancelled the work
    └── LedgerError                  4     the ledger cannot be read or written
        ├── LedgerLockedError        11
        ├── LedgerMissingError       10
        └── LedgerVersionError       2     written by a newer version than this one

Each is raised with fields; the sentence a person reads is formed in one place, `ArchiveError.__str__`.
"""

from __future__ import annotations

import errno
from typing import ClassVar, Self

__all__ = [
    "ArchiveError",
    "CancelledError",
    "DepositError",
    "ExistsError",
    "ExtraMissingError",
    "FormatError",
    "InfectedError",
    "LedgerError",
    "LedgerLockedError",
    "LedgerMissingError",
    "LedgerVersionError",
    "LockedError",
    "NoSpaceError",
    "NotABagError",
    "NotAuthorisedError",
    "NotFoundError",
    "PermissionDeniedError",
    "RenditionError",
    "SourceError",
    "StorageError",
    "UsageError",
]


def without_users(text: str) -> str:
    """The text, every URL in it without the user name and password that someone has typed."""
    if "://" not in text:
        return text
    import re

    return re.sub(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@", r"\1", text)


class ArchiveError(Exception):
    """Base of all exceptions of this program.

    `problem` is one plain sentence without a full stop, `subject` the path or thing it is about (or None), `remedy`
    the next thing to do (or None). Nothing secret may be put in any of them: they reach logs and reports. The user
    name and password in a URL that someone has typed are left out.
    """

    exit_code: ClassVar[int] = 70

    def __init__(self, problem: str, *, subject: str | None = None, remedy: str | None = None) -> None:
        self.problem = without_users(problem)
        self.subject = None if subject is None else without_users(subject)
        self.remedy = remedy
        super().__init__(self.problem, self.subject, remedy)

    def __str__(self) -> str:
        text = self.problem if self.subject is None else f"{self.subject}: {self.problem}"
        return text if self.remedy is None else f"{text}. {self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.problem, self.subject, self.remedy))

    def without_cause(self) -> Self:
        """This error without what it was raised from, so that it can travel between processes.

        distributed pickles the causes of an error too, and the log of an XML parser cannot be pickled.
        """
        self.__cause__ = self.__context__ = None
        return self.with_traceback(None)


def _rebuild(kind: type[ArchiveError], problem: str, subject: str | None, remedy: str | None) -> ArchiveError:
    return kind(problem, subject=subject, remedy=remedy)


class CancelledError(ArchiveError):
    """The calling program cancelled the work; nothing is left half-made."""

    exit_code = 130


class UsageError(ArchiveError):
    """The call or the configuration is wrong."""

    exit_code = 2


class SourceError(ArchiveError):
    """A source file cannot be read, or changed while it was read."""

    exit_code = 4


class InfectedError(SourceError):
    """The virus scanner named a source file."""

    exit_code = 1


class StorageError(ArchiveError):
    """Reading or writing on this machine failed."""

    exit_code = 4


class NoSpaceError(StorageError):
    """The disk or the quota is full."""

    exit_code = 13


class NotFoundError(StorageError):
    """There is no such bag, ledger or file."""

    exit_code = 10


class NotABagError(NotFoundError):
    """Something is there, but it is not a bag."""


class ExistsError(StorageError):
    """The destination is already there; nothing is ever overwritten."""

    exit_code = 2


class PermissionDeniedError(StorageError):
    """Permission denied by the system."""

    exit_code = 12


class LockedError(StorageError):
    """Another process holds it."""

    exit_code = 11


class FormatError(ArchiveError):
    """A document is so malformed that nothing can be said of its parts."""

    exit_code = 1


class RenditionError(ArchiveError):
    """No rendition could be made of a document."""

    exit_code = 4


class ExtraMissingError(ArchiveError):
    """An optional part of the installation, on which the answer depends, is not there."""

    exit_code = 4


class DepositError(ArchiveError):
    """A deposit was refused, or its outcome is unknown."""

    exit_code = 5


class NotAuthorisedError(DepositError):
    """The credential is missing or wrong."""

    exit_code = 12


class LedgerError(ArchiveError):
    """The ledger cannot be read or written."""

    exit_code = 4


class LedgerLockedError(LedgerError):
    """Another process holds the ledger."""

    exit_code = 11


class LedgerMissingError(LedgerError):
    """There is no ledger where the settings say."""

    exit_code = 10


class LedgerVersionError(LedgerError):
    """The ledger was written by a newer version than this one."""

    exit_code = 2


def from_os_error(error: OSError, subject: str) -> StorageError:
    """The `StorageError` that says what `error` means for `subject`, a path on this machine."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return NoSpaceError("no space left on the device", subject=subject, remedy="Free some space and run again")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return NotFoundError("there is no such file or folder", subject=subject)
    if error.errno in (errno.EACCES, errno.EPERM):
        return PermissionDeniedError("permission denied", subject=subject)
    if error.errno in (errno.EEXIST, errno.ENOTEMPTY):
        return ExistsError("it already exists", subject=subject)
    return StorageError(f"the system reported: {error.strerror or error}", subject=subject)
