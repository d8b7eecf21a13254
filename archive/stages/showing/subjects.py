"""What `archive show` is given: a bag, or a single XML record."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from archive.bags.opening import NO_OPTIONS, names_version, sniff_archive
from archive.errors import NotABagError, NotFoundError, UsageError, from_os_error
from archive.model.addresses import is_remote
from archive.model.record import RecordView
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.showing.contents import Contents, read_contents
from archive.stages.showing.packages import is_package, read_package_contents

_LARGEST_RECORD = 64 << 20


def read_subject(
    subject: str, *, options: Mapping[str, Any] = NO_OPTIONS, settings: Settings | None = None
) -> Contents | RecordView:
    """What a bag (`options` are those of its bucket) or an XML record says; `settings` name the trust folder.

    Raises `NotFoundError`, `UsageError` for what is neither or too large, `FormatError`, `StorageError`.
    """
    try:
        if os.path.isfile(subject) and sniff_archive(subject) is None:
            return _read_record(subject)
    except OSError as error:
        raise from_os_error(error, subject) from error
    if not is_remote(subject) and not os.path.lexists(subject) and not names_version(subject):
        raise NotFoundError("there is no such bag or record", subject=subject)
    if not is_remote(subject) and is_package(subject):
        return read_package_contents(subject)
    try:
        return read_contents(subject, options=options, settings=settings)
    except NotABagError as error:
        if is_remote(subject) or not os.path.isfile(subject):
            raise
        try:
            return read_package_contents(subject)
        except NotABagError:
            raise error from None


def _read_record(path: str) -> RecordView:
    from archive.stages.showing.records import read_record_file

    if os.path.getsize(path) > _LARGEST_RECORD:
        raise UsageError(
            "this record is too large to be shown as a whole",
            subject=path,
            remedy="Check it with archive validate, which reads it piece by piece",
        )
    with open_regular(path) as file:
        head = file.read(1024)
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise UsageError(
            "this is neither a bag nor an XML record",
            subject=path,
            remedy="Name a bag's own folder or archive, or an XML file",
        )
    return read_record_file(path)
