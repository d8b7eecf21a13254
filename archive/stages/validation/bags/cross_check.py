"""A second opinion: the bagit library's verdict on the same bag, and where it differs from muniment's."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable

from archive.model.codes import bag as codes
from archive.model.codes import bag_files as bag_files_codes
from archive.model.finding import Finding, Outcome, outcome_of


def ask_bagit(subject: str, serialization: str, findings: Iterable[Finding]) -> list[Finding]:
    """One finding when the library disagrees, or could not be asked; none when it agrees.

    The library may wait for ever on a pipe and follows links, so it is asked only about a folder in which muniment
    found nothing but files.
    """
    found = list(findings)
    unfit = {bag_files_codes.LINK, bag_files_codes.SPECIAL_FILE, bag_files_codes.UNREADABLE_FOLDER}
    if serialization != "folder":
        return [codes.NO_SECOND_OPINION.at(".", why="it reads folders only")]
    if any(one.kind in unfit for one in found):
        why = "the bag holds something that is not a regular file, and the library would open it"
        return [codes.NO_SECOND_OPINION.at(".", why=why)]
    try:
        import bagit
    except ImportError:
        return [codes.NO_SECOND_OPINION.at(".", why="it is not installed")]
    logging.getLogger("bagit").setLevel(logging.CRITICAL)
    why = "it found nothing wrong"
    try:
        bagit.Bag(os.path.abspath(subject)).validate()
        theirs = "valid"
    except bagit.BagError as error:
        theirs, why = "invalid", (str(error).splitlines() or ["no reason given"])[0][:500]
    except (OSError, ValueError, KeyError, LookupError, TypeError, AttributeError) as error:
        return [codes.NO_SECOND_OPINION.at(".", why=f"it failed with {type(error).__name__}")]
    ours = outcome_of(found)
    if ours is Outcome.NOT_CHECKED or (theirs == "valid") == (ours is Outcome.INTACT):
        return []
    word = "valid" if ours is Outcome.INTACT else "invalid"
    if word == "invalid":
        errors = sorted({one.code for one in found if one.severity.value == "error"})
        why = f"{why}; muniment found {', '.join(errors)}"
    return [codes.SECOND_OPINION.at(".", theirs=theirs, ours=word, why=why)]
