"""Holey bags in tests: files of a whole bag become lines of fetch.txt."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path


def make_holey(bag: Path, urls: Mapping[str, str], *, lengths: bool = True) -> Path:
    """Take the files at these bag paths out of the bag and name their addresses in a fetch.txt that is covered."""
    lines = []
    for path, url in urls.items():
        size = (bag / path).stat().st_size if lengths else "-"
        lines.append(f"{url} {size} {path.replace('%', '%25')}\n")
        (bag / path).unlink()
    (bag / "fetch.txt").write_text("".join(lines))
    cover(bag, "fetch.txt")
    return bag


def cover(bag: Path, name: str) -> None:
    """Bring the tag file's lines in the tag manifests up to date."""
    content = (bag / name).read_bytes()
    for manifest in bag.glob("tagmanifest-*.txt"):
        algorithm = manifest.stem.partition("-")[2]
        lines = [line for line in manifest.read_text().splitlines() if not line.endswith(f"  {name}")]
        lines.append(f"{hashlib.new(algorithm, content).hexdigest()}  {name}")
        manifest.write_text("".join(f"{line}\n" for line in lines))
