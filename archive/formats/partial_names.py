"""Names that programs give to files which they have not written to their end."""

from __future__ import annotations

_ENDINGS = (
    ".part", ".partial", ".filepart", ".crdownload", ".download", ".opdownload", ".tmp", ".!ut", ".aria2",
)  # fmt: skip
"""Of browsers, WinSCP and download managers."""
_FRONTS = ("~$", ".~lock.", ".~", ".#")


def is_partial_name(name: str) -> bool:
    """True for the name of a file that is still being written or edited, such as `a.pdf.part` and `~$letter.docx`.

    rsync writes `.NAME.XXXXXX`: hidden names with a six-letter ending count as well.
    """
    lower = name.lower()
    if lower.endswith(_ENDINGS) or name.startswith(_FRONTS):
        return True
    front, _dot, end = name.rpartition(".")
    return name.startswith(".") and "." in front[1:] and len(end) == 6 and end.isalnum() and not end.islower()
