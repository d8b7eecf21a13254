"""Judges whether an earlier inventory tells the same history as the object's current one (OCFL 1.1, 3.7)."""

from __future__ import annotations

from collections.abc import Iterator

from archive.formats.ocfl_inventory import Inventory
from archive.formats.ocfl_versions import Version
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding


def judge_history(earlier: Inventory, current: Inventory, where: str) -> list[Finding]:
    """Each version of `earlier`, the inventory at `where`, against the same version of `current`."""
    findings: list[Finding] = []
    for name, version in earlier.versions.items():
        now = current.versions.get(name)
        if now is None:
            findings.append(codes.E066.at(where, version=name, found="the root does not know this version"))
            continue
        for key in ("created", "message", "user"):
            if getattr(version, key) != getattr(now, key):
                findings.append(codes.W011.at(where, version=name, expected=key))
        findings += [
            codes.E066.at(where, version=name, found=difference)
            for difference in _differences(earlier, version, current, now)
        ]
    return findings


def _differences(earlier: Inventory, version: Version, current: Inventory, now: Version) -> Iterator[str]:
    """In words, how two tellings of one state differ."""
    if version.state == now.state and earlier.algorithm == current.algorithm:
        return
    old = {path: digest for digest, paths in version.state.items() for path in paths}
    new = {path: digest for digest, paths in now.state.items() for path in paths}
    same_algorithm = earlier.algorithm == current.algorithm
    for path, digest in old.items():
        if path not in new:
            yield f"{path} is not there in the root"
        elif same_algorithm and digest.lower() != new[path].lower():
            yield f"{path} has another digest in the root"
        elif not same_algorithm and not set(earlier.manifest.get(digest, ())) <= set(
            current.manifest.get(new[path], ())
        ):
            yield f"{path} stands for other content in the root"
    for path in new:
        if path not in old:
            yield f"{path} is only there in the root"
