"""What the records inside a bag say, for its page: read in a process of its own, and kept until the bag changes.

Reading a packed bag may take long, its records may be hostile, and no page may cost so much. The process writes one
JSON document: run as `python -m archive.web.bag_records ADDRESS`, in the folder of the project.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from archive.model.addresses import is_remote
from archive.model.audit import Holding
from archive.web.snapshot import Snapshots

MOST_FILES = 5_000
"""In larger bags what PREMIS says of single files is not kept: a page reads all that is kept."""
MOST_EVENTS = 100
MOST_KEPT = 200
"""Bags whose records are kept; the oldest go."""
_LASTS = 86_400.0


@dataclass(frozen=True, slots=True)
class BagRecords:
    """What is known of the records of a bag. `document` has the members that `describe` writes.

    `is_here` is False for a bag that is elsewhere, which no page reads; `is_fresh` is False while they are being read.
    """

    document: Mapping[str, Any]
    is_here: bool
    is_fresh: bool


class Records:
    """The records of the bags of one project that were read. `folder` keeps them, `working` is the project's folder."""

    def __init__(self, folder: str, working: str) -> None:
        self._folder = folder
        self._working = working
        self._readings: dict[tuple[int, str], Snapshots] = {}
        self._lock = threading.Lock()

    def of(self, holding: Holding, *, wait: float) -> BagRecords:
        """The records of a holding, as far as they are known within `wait` seconds. Raises OSError."""
        if is_remote(holding.address):
            return BagRecords({}, False, True)
        mark = f"{holding.tag_digest}:{holding.files}:{holding.bytes}"
        found = self._reading(holding, mark).current(wait=wait)
        if found is None or found.mark != mark:
            return BagRecords({}, True, False)
        return BagRecords(found.document, True, found.is_fresh)

    def _reading(self, holding: Holding, mark: str) -> Snapshots:
        """The one reading of this state of a bag, so that no bag is read twice at a time."""
        with self._lock:
            known = self._readings.get((holding.id, mark))
            if known is None:
                os.makedirs(self._folder, mode=0o700, exist_ok=True)
                self._forget_old()
                path = os.path.join(self._folder, f"{holding.id}.json")
                known = self._readings[holding.id, mark] = Snapshots(
                    path, self._working, (holding.address,), lambda: mark, module="archive.web.bag_records",
                    lasts=_LASTS,
                )  # fmt: skip
            return known

    def _forget_old(self) -> None:
        while len(self._readings) >= MOST_KEPT:
            del self._readings[next(iter(self._readings))]
        paths = [os.path.join(self._folder, name) for name in os.listdir(self._folder)]
        for path in sorted(paths, key=os.path.getmtime)[: max(len(paths) - MOST_KEPT, 0)]:
            os.unlink(path)


def describe(address: str) -> dict[str, Any]:
    """The members of the document: title and other statements, what is restricted, formats and renditions by path,
    the first events, seals, and `problem` where the bag cannot be read.
    """
    from archive.config import load_settings
    from archive.errors import ArchiveError
    from archive.formats.statements import statement_fields
    from archive.library.bags import open_bag
    from archive.reporting.show import contents_document
    from archive.stages.description.rights import STATEMENTS, restricted_subjects
    from archive.stages.showing.contents import read_contents

    settings = load_settings(os.getcwd())
    try:
        contents = read_contents(address, settings=settings)
        with open_bag(address, settings=settings) as bag:
            closed = restricted_subjects(bag.read_tag(STATEMENTS), datetime.now(UTC).date())
    except ArchiveError as error:
        return {"problem": error.problem}
    whole = contents_document(contents)
    few = len(contents.files) <= MOST_FILES
    return {
        "statements": [
            {**statement_fields(one), "about": one.about}
            for one in contents.statements
            if one.about is None or (few and one.source.value != "program")
        ],
        "has_restricted": contents.restricted,
        "closed": [one for one in closed if one is not None],
        "all_closed": None in closed,
        "files": {
            one.path: {"format": one.format, "puid": one.puid, "source": one.source, "rendition": one.rendition}
            for one in (contents.files if few else ())
        },
        "events": whole["events"][:MOST_EVENTS],
        "event_count": len(contents.events),
        "seals": whole["seals"],
    }


def main() -> int:
    sys.stdout.write(json.dumps(describe(sys.argv[1])))
    return 0


if __name__ == "__main__":
    sys.exit(main())
