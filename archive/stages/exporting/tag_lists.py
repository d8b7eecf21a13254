"""Tag manifests that list one file more: the one rule for adding a tag file to a copy of a bag."""

from __future__ import annotations

from collections.abc import Iterable


def list_tag_file(chunks: Iterable[bytes], digest: str, name: str, codec: str) -> bytes:
    """A tag manifest with a line, the last, for the tag file `name` at the bag's top, in place of an older one.

    `digest` is that of the tag file, in hex.
    """
    text = b"".join(chunks).decode(codec, "surrogateescape")
    kept = [line for line in text.splitlines(keepends=True) if line.split(maxsplit=1)[1:] != [f"{name}\n"]]
    if kept and not kept[-1].endswith(("\n", "\r")):
        kept[-1] += "\n"
    kept.append(f"{digest}  {name}\n")
    return "".join(kept).encode(codec, "surrogateescape")
