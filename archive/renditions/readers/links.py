"""Which addresses may become links in a rendition: absolute ones, of kinds that run nothing."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_KEPT = frozenset({"http", "https", "mailto", "ftp", "ftps", "tel", "urn", "doi", "news", "geo"})


def absolute_link(address: str | None) -> str | None:
    """`address` when it is an absolute URI of a harmless scheme (RFC 3986 3.1), else None."""
    if address is None:
        return None
    tidy = "".join(character for character in address.strip() if character >= " " and character != "\x7f")
    found = _SCHEME.match(tidy)
    return tidy if found is not None and found[1].lower() in _KEPT else None
