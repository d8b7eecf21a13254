"""Lists of names in a file: one a line in UTF-8, or ended by NUL as `find -print0` writes them."""

from __future__ import annotations

import os

from archive.errors import FormatError

_MARK = b"\xef\xbb\xbf"


def parse_names(content: bytes) -> list[str]:
    """The names, as the system takes paths. Empty lines are passed over; a name is the whole line, with its spaces.

    With a NUL anywhere the names end at NUL, and may be any bytes. Raises `FormatError` for a line that is not UTF-8.
    """
    content = content.removeprefix(_MARK)
    if b"\0" in content:
        return [os.fsdecode(name) for name in content.split(b"\0") if name]
    names = []
    for number, line in enumerate(content.split(b"\n"), 1):
        name = line.removesuffix(b"\r")
        if not name:
            continue
        try:
            name.decode("utf-8")
        except UnicodeDecodeError:
            remedy = "Save the list as UTF-8, or separate the names by NUL, as find -print0 does"
            raise FormatError(f"line {number:,} is not valid UTF-8", remedy=remedy) from None
        names.append(os.fsdecode(name))
    return names
