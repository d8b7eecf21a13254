"""Where a description lies: at the top of a source, beside a file, or where an Archivematica transfer has it.

Clause: Archivematica user manual, "Transfer" and "Import metadata": objects/ holds the files, metadata/metadata.csv and
metadata/rights.csv describe them, with paths that begin at objects/.
"""

from __future__ import annotations

import os
import re

from archive.formats.description_names import CSV_NAME, TOML_NAME
from archive.regular_files import open_regular

NAMES = (TOML_NAME, CSV_NAME)
TABLE = f"metadata/{CSV_NAME}"
RIGHTS_TABLE = "metadata/rights.csv"
OBJECTS = "objects/"
_FIRST_COLUMN = re.compile(rb"""["']?(?:filename|parts)["']?[,;\t]""", re.IGNORECASE)


def is_description(name: str) -> bool:
    """True for a file at a source's top that describes it, and is not payload."""
    return name in NAMES


def is_transfer(folder: str) -> bool:
    """True for a folder in the layout of an Archivematica transfer: objects/ and metadata/ side by side."""
    return os.path.isdir(os.path.join(folder, "objects")) and os.path.isdir(os.path.join(folder, "metadata"))


def description_files(source: str) -> frozenset[str]:
    """The files of `source` that describe it and are not payload, by their paths in it; of a file, itself or none."""
    if not os.path.isdir(source):
        return frozenset(name for name in (os.path.basename(os.path.abspath(source)),) if is_description(name))
    found = {name for name in NAMES if os.path.isfile(os.path.join(source, name))}
    if is_transfer(source) and _is_table(os.path.join(source, TABLE)):
        found.add(TABLE)
    return frozenset(found)


def _is_table(path: str) -> bool:
    """True for a table in Archivematica's form, by its first column's name."""
    try:
        with open_regular(path) as file:
            head = file.read(256)
    except OSError:
        return False
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    return _FIRST_COLUMN.match(head.removeprefix(b"\xef\xbb\xbf")) is not None
