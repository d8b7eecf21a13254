"""Who can see what is put in a place or given away."""

from __future__ import annotations

from enum import Enum

from archive.model.light import light_dataclass


class Audience(Enum):
    """`OURSELVES`: only the archive itself. `NAMED`: persons who are named. `PUBLIC`: everyone, now or later."""

    OURSELVES = "ourselves"
    NAMED = "named"
    PUBLIC = "public"


@light_dataclass(frozen=True)
class Recipient:
    """Who gets a bag. Named persons have a `name`, and a `reason` where they may see what is restricted."""

    audience: Audience
    name: str = ""
    reason: str = ""


EVERYONE = Recipient(Audience.PUBLIC)
