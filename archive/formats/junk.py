"""Files that desktops and office programs drop beside people's own files, told by their names alone."""

from __future__ import annotations

import re

_JUNK = {
    "a thumbnail cache of Windows": r"(?:eh)?thumbs(?:_vista)?\.db",
    "folder settings of Windows": r"desktop\.ini",
    "folder settings of macOS": r"\.DS_Store",
    "a resource fork or attributes kept by macOS": r"\._.+",
    "a lock file of an office program": r"~\$.+|\.~lock\..+#",
}
_SORTS = tuple((sort, re.compile(pattern, re.IGNORECASE | re.DOTALL)) for sort, pattern in _JUNK.items())
_ANY = re.compile("|".join(_JUNK.values()), re.IGNORECASE | re.DOTALL)


def junk_sort(name: str) -> str | None:
    """What the file `name` is, if it is such a file; None for every other name."""
    if not _ANY.fullmatch(name):
        return None
    return next(sort for sort, pattern in _SORTS if pattern.fullmatch(name))
