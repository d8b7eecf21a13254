"""Times as seals and trust files write them: UTC, whole seconds, `2026-11-29T01:11:23Z`."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def parse_time(text: str) -> datetime:
    """The time that `text` names in exactly this form. Raises ValueError."""
    if not _TIME.fullmatch(text):
        raise ValueError("not a time; write it like 2026-11-29T01:11:23Z")
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def time_text(time: datetime) -> str:
    """`time`, which has a zone, in this form; a fraction of a second is left out."""
    utc = time.astimezone(UTC)
    return f"{utc.year:04d}-{utc:%m-%dT%H:%M:%SZ}"
