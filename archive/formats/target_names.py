"""The variables that hold a place's credentials, by its name in archive.toml."""

from __future__ import annotations

import re


def credential_prefix(name: str) -> str:
    """What the variables with the credentials of `name` begin with: "ARCHIVE_TARGET_NAME_", in ASCII capitals.

    Names that differ only in letter case or punctuation share it, so they share their credentials.
    """
    return "ARCHIVE_TARGET_" + re.sub(r"[^A-Z0-9]", "_", name.upper()) + "_"
