"""Where a bag is, as text: a path or an s3:// URL. Apart from other models, for a process that loads nothing else."""

from __future__ import annotations


def is_remote(address: str) -> bool:
    """True for an s3:// URL."""
    return address.startswith("s3://")


def join_address(root: str, place: str) -> str:
    """A path or URL under a location's root; an empty `place` is the root itself."""
    return root if not place else f"{root.rstrip('/')}/{place}"
