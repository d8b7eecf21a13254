"""SSH and SFTP by asyncssh: the host keys that are accepted, and what its errors mean."""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any

from archive.errors import ArchiveError, NoSpaceError, NotAuthorisedError, NotFoundError
from archive.regular_files import open_regular
from archive.storage.credentials import Credentials
from archive.storage.remote import RefusedError, TransientError, lost_words, words_of

_LARGEST_LIST = 16 << 20
"""How much of a list of known hosts is read, in bytes."""


def read_known_hosts(chosen: object, label: str) -> Any:
    """The host keys to accept: those of the file that the option `known_hosts` names, else the account's own.

    asyncssh takes empty bytes for "none given" and reads the account's file. So the list is always read here, and when
    the file that was named cannot be read, no connection is made. Raises `NotAuthorisedError`.
    """
    import asyncssh

    path = os.path.expanduser("~/.ssh/known_hosts" if chosen is None else str(chosen))
    if chosen is None and not os.path.lexists(path):
        return asyncssh.import_known_hosts("")
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST_LIST).decode("utf-8", "surrogateescape")
    except OSError as error:
        raise NotAuthorisedError(
            f"the list of known host keys cannot be read, so nothing was sent to {label}: {error.strerror}",
            subject=path, remedy="Put the server's key into it, once you have made sure that it is the server's",
        ) from error  # fmt: skip
    try:
        return asyncssh.import_known_hosts(content)
    except ValueError as error:
        words = f"the list of known host keys is not readable, so nothing was sent to {label}"
        raise NotAuthorisedError(words, subject=path) from error


def check_key_file(credentials: Credentials) -> None:
    """Raise `NotAuthorisedError` when the key that the settings name is not there: no other is tried instead."""
    if credentials.key_file and not os.path.isfile(os.path.expanduser(credentials.key_file)):
        raise NotAuthorisedError("there is no such key file", subject=credentials.key_file)


async def finish_file(handle: Any) -> None:
    """Ask the server to bring the file to its disk, where it knows how."""
    import asyncssh

    try:
        await handle.fsync()
    except asyncssh.SFTPOpUnsupported:
        return


@cache
def failures() -> tuple[type[Exception], ...]:
    import asyncssh

    return (asyncssh.Error, OSError, asyncio.TimeoutError, asyncssh.KeyImportError)


def translate(error: Exception, label: str) -> ArchiveError:
    """The archive error for what asyncssh raised; its words never hold a secret."""
    import asyncssh

    words = words_of(f"the server says: {error}")
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return NotAuthorisedError(
            "the server's host key is not known", subject=label,
            remedy="Make sure that the key is the server's, then add it to known_hosts",
        )  # fmt: skip
    if isinstance(error, (asyncssh.PermissionDenied, asyncssh.KeyImportError)):
        return NotAuthorisedError("access denied: the server does not accept the credential", subject=label)
    if isinstance(error, asyncssh.SFTPNoSuchFile):
        return NotFoundError(words, subject=label)
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return NotAuthorisedError(words, subject=label)
    lost = isinstance(error, (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection))
    if isinstance(error, asyncssh.SFTPError) and not lost:
        full = isinstance(error, (asyncssh.SFTPNoSpaceOnFilesystem, asyncssh.SFTPQuotaExceeded))
        return (NoSpaceError if full else RefusedError)(words, subject=label)
    return TransientError(lost_words(error), subject=label)
