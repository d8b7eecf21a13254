"""The bags, or the small archive, that a demo made: as text, and as JSON (archive.demo/1)."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from typing import Any

from archive.formats.naming import escape, path_fields
from archive.project_file import NAME
from archive.stages.samples import BAGS, PLACE, SampleArchive, SampleBag


def demo_document(made: Sequence[SampleBag]) -> dict[str, Any]:
    """The bags with their verdicts."""
    bags = [{**path_fields(bag.path), "verdict": bag.validation.verdict} for bag in made]
    return {"schema": "archive.demo/1", "bags": bags}


def sample_archive_document(made: SampleArchive) -> dict[str, Any]:
    """The bags, and the archive that holds them, with the commands to type."""
    archive = {
        **path_fields(made.folder),
        **path_fields(made.ledger, "ledger"),
        **path_fields(made.damaged, "damaged"),
        "place": PLACE,
        "session": [" ".join(_quoted(words)) for words in made.session],
    }
    return {**demo_document(made.bags), "archive": archive}


def demo_text(made: Sequence[SampleBag]) -> str:
    """The verdict of each bag, and what to open and to run next, of the last one as an example."""
    look = made[-1].path
    folder = os.path.join(look, "data", "preservation")
    opened = [os.path.join(folder, name) for name in sorted(os.listdir(folder))] if os.path.isdir(folder) else []
    opened = [path for path in opened if path.endswith(".pdf")][:1]
    opened.append(os.path.join(look, "metadata", "descriptive"))
    return "\n".join(
        [
            *(f"{escape(bag.path)}: {bag.validation.verdict}" for bag in made),
            "",
            *(f"Open:                   {escape(path)}" for path in opened),
            f"To see what is in it:   archive show {_word(look)}",
            f"To check it again:      archive validate {_word(look)}",
            "To learn audits next:   archive demo --archive sample-archive",
        ]
    )


def sample_archive_text(made: SampleArchive) -> str:
    """What the archive has, and the session to type in it."""
    count = len(made.bags)
    return "\n".join(
        [
            f"{escape(made.folder)}: {count} bags in {BAGS}, a copy of each in {PLACE}, one damaged file.",
            "",
            "Type these commands, or paste them:",
            "",
            *("  " + " ".join(_quoted(words)) for words in made.session),
            "",
            "The first status says that nothing was checked yet. The audit reads every file and names the damaged one",
            "(exit code 1). The repair takes it from the second copy, and the last audit finds the bag intact.",
            "",
            f"Open:  {escape(os.path.join(made.folder, NAME))}, the settings",
        ]
    )


def _quoted(words: Sequence[str]) -> list[str]:
    return [_word(word) for word in words]


def _word(word: str) -> str:
    return shlex.quote(escape(word))
