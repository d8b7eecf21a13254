"""Where a bag is, as text: a path or a URL. Apart from other models, for a process that loads nothing else.

An s3:// URL is an object or a prefix in a bucket. Every other URL is ROOT/IDENTIFIER: a deposit, by its identifier, in
the place of archive.toml with this root.
"""

from __future__ import annotations


def is_remote(address: str) -> bool:
    """True for a URL, whatever its scheme."""
    scheme, mark, _rest = address.partition("://")
    return bool(mark) and scheme[:1].isalpha() and scheme.isascii() and all(c.isalnum() or c in "+.-" for c in scheme)


def is_bucket(address: str) -> bool:
    """True for an s3:// URL."""
    return address.startswith("s3://")


def is_deposit(address: str) -> bool:
    """True for a URL that only a target of deposits can read: any but an s3:// URL."""
    return is_remote(address) and not is_bucket(address)


def shown_scheme(address: str) -> str:
    """All that is shown of a URL which may hold a secret anywhere."""
    return f"{address.partition('://')[0]}://..."


def join_address(root: str, place: str) -> str:
    """A path or URL under a location's root; an empty `place` is the root itself."""
    return root if not place else f"{root.rstrip('/')}/{place}"
