"""The titles of bags that are at hand, from their descriptions: for reports, which name bags for people."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress

from archive.model.addresses import is_remote
from archive.model.audit import Container, Holding
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.auditing.locations import probe_location

_STATEMENTS = os.path.join("metadata", "descriptive", "statements.json")
_MOST = 1 << 18
"""So many bytes of a description are read for its title, which is among the first statements."""


def read_titles(holdings: Sequence[Holding], settings: Settings) -> dict[int, str]:
    """The first title of each bag that is a folder of this computer, by the number of its holding.

    Bags in archives, buckets and repositories are left out, and those in a location that does not answer in time.
    """
    seconds = max(settings.audit.answer_seconds, 1)
    local = [one for one in holdings if one.form is Container.FOLDER and not is_remote(one.root)]
    there = {
        root for root in {one.root for one in local}
        if probe_location(root, "", False, (), {}, seconds=seconds).reason is None
    }  # fmt: skip
    found = {one.id: _title_in(one.address) for one in local if one.root in there}
    return {number: title for number, title in found.items() if title}


def _title_in(bag: str) -> str:
    with suppress(OSError, ValueError), open_regular(os.path.join(bag, _STATEMENTS)) as file:
        for line in file.read(_MOST).splitlines():
            if b'"property": "title"' not in line:
                continue
            fields = json.loads(line.strip().rstrip(b","))
            if isinstance(fields, Mapping) and fields.get("property") == "title" and "about" not in fields:
                return str(fields.get("value", "")).strip()
    return ""
