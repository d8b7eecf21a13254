"""What ledgers before version 3 wrote as a sentence where a cause now has its own column."""

from __future__ import annotations

from archive.ledger.backend import stored_json
from archive.model.audit import Cause, FileOutcome

_GONE = "the bag is gone"
_OTHER = "another bag stands in its place"
_CUT_OFF = "the archive cannot be read as far as this file: "


def split_sentence(outcome: int, note: bytes | None) -> tuple[Cause | None, str]:
    """The cause that the sentence in a check's note stands for, and the rest of the sentence.

    None and the whole reason where it stands for no cause, as in all notes written since version 3.
    """
    reason = "" if note is None else str(stored_json(note).get("reason", ""))
    if outcome == FileOutcome.MISSING and reason == _GONE:
        return Cause.BAG_GONE, ""
    if outcome == FileOutcome.DAMAGED and reason == _OTHER:
        return Cause.OTHER_BAG, ""
    if outcome == FileOutcome.UNREADABLE and reason.startswith(_CUT_OFF):
        return Cause.CUT_OFF, reason.removeprefix(_CUT_OFF)
    return None, reason
