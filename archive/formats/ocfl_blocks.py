"""The blocks of an OCFL inventory that map digests to paths: manifest, state and fixity (OCFL 1.1, 3.5.2 to 3.5.4)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any

from archive.formats.json_reading import Repeating
from archive.formats.ocfl_packing import PackedBlock, keys_beyond, paths_beyond
from archive.model.capped_findings import ocfl_findings
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding

HEX_DIGITS = {
    "md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128,
    "blake2b-160": 40, "blake2b-256": 64, "blake2b-384": 96, "sha512/256": 64,
}  # fmt: skip
"""The algorithms of the specification and of the extensions 0001 and 0009 that can be computed, with their length."""

OTHER_ALGORITHMS = frozenset({"size"})
"""What an extension allows in the fixity block beside digests: `size` (0009) is a number of bytes."""

_HEX = re.compile(r"[0-9a-fA-F]+")
_DEEP, _FOLDERS = 200, 10_000
"""Deeper paths are compared in another way; so many folders of paths are remembered at a time."""

_FORM = {"sha1": codes.E029, "sha256": codes.E030, "sha512": codes.E031, "blake2b-512": codes.E032}


def is_digest(text: str, algorithm: str) -> bool:
    """True when `text` is hex of the length that `algorithm` has."""
    return len(text) == HEX_DIGITS[algorithm] and _HEX.fullmatch(text) is not None


def read_manifest(block: Any, subject: str, algorithm: str | None) -> tuple[PackedBlock, list[Finding]]:
    """The manifest as far as it can be used, and what is wrong with it. Paths are not judged here."""
    if not isinstance(block, PackedBlock):
        return PackedBlock.none(), [codes.E041.at(subject, expected="manifest"), codes.E106.at(subject)]
    findings = ocfl_findings(codes.E096.at(subject, found=digest) for digest in _repeats(block))
    for digest in block:
        if algorithm in HEX_DIGITS and not is_digest(digest, algorithm):
            findings.append(_FORM[algorithm].at(subject, found=digest))
            if len(digest) in HEX_DIGITS.values() and _HEX.fullmatch(digest):
                findings.append(codes.E039.at(subject, found=digest))
    usable = block.usable()
    for digest in keys_beyond(block, [usable]):
        kind = type(block[digest]).__name__
        findings.append(codes.E092.at(subject, inventory=subject, expected="a list of paths", found=kind))
    findings += judge_content_paths(usable, subject)
    return usable, list(findings)


def read_state(block: Any, subject: str, version: str) -> tuple[PackedBlock, list[Finding]]:
    """One version's state as far as it can be used, and what is wrong with its form and logical paths."""
    if not isinstance(block, PackedBlock):
        return PackedBlock.none(), [codes.E050.at(subject, version=version, found="it is not an object")]
    findings = ocfl_findings(
        codes.E050.at(subject, version=version, found=f"{digest} occurs more than once") for digest in _repeats(block)
    )
    usable = block.usable()
    for digest in keys_beyond(block, [usable]):
        paths = block[digest]
        if not isinstance(paths, list) or not paths:
            findings.append(codes.E050.at(subject, version=version, found=f"{digest} has no list of paths"))
        else:
            findings.append(codes.E051.at(subject, version=version))
    for path in usable.paths():
        if path.startswith("/") or path.endswith("/"):
            findings.append(codes.E053.at(subject, version=version, found=path))
        if _has_odd_element(path):
            findings.append(codes.E052.at(subject, version=version, found=path))
    findings += (codes.E095.at(subject, version=version, found=path) for path in _clashes(usable))
    return usable, list(findings)


def read_fixity(
    block: Any, subject: str, specification: str, listed: PackedBlock
) -> tuple[dict[str, PackedBlock], list[Finding]]:
    """The fixity block as far as it can be used, and what is wrong with it. `listed` is the manifest."""
    if not isinstance(block, dict):
        kind = codes.E056.at(subject, found="a value that is not an object")
        return {}, [kind] if specification == "1.0" else [codes.E111.at(subject)]
    repeated = block.repeated if isinstance(block, Repeating) else ()
    findings = ocfl_findings(codes.E056.at(subject, found=f"the key {name} more than once") for name in repeated)
    usable: dict[str, PackedBlock] = {}
    for algorithm, digests in block.items():
        if algorithm not in HEX_DIGITS and algorithm not in OTHER_ALGORITHMS:
            findings.append(codes.E056.at(subject, found=f"the unknown algorithm {algorithm}"))
            findings.append(codes.E026.at(subject, found=algorithm))
            continue
        one, more = _read_fixity_of(digests, subject, algorithm, listed)
        findings += more
        if algorithm in HEX_DIGITS:
            usable[algorithm] = one
    return usable, list(findings)


def _read_fixity_of(
    digests: Any, subject: str, algorithm: str, listed: PackedBlock
) -> tuple[PackedBlock, list[Finding]]:
    if not isinstance(digests, PackedBlock):
        return PackedBlock.none(), [codes.E057.at(subject, algorithm=algorithm, found="it is not an object")]
    findings = ocfl_findings(codes.E097.at(subject, algorithm=algorithm, found=digest) for digest in _repeats(digests))
    for digest in digests if algorithm in HEX_DIGITS else ():
        if not is_digest(digest, algorithm):
            findings.append(codes.E057.at(subject, algorithm=algorithm, found=f"{digest} has not its form"))
            if algorithm in _FORM:
                findings.append(_FORM[algorithm].at(subject, found=digest))
    usable = digests.usable(empty=True)
    for digest in keys_beyond(digests, [usable]):
        findings.append(codes.E057.at(subject, algorithm=algorithm, found=f"{digest} has no list of paths"))
    findings += (
        codes.E057.at(subject, algorithm=algorithm, found=f"{path} is not in the manifest")
        for path in paths_beyond(usable, listed)
    )
    findings += judge_content_paths(usable, subject)
    return usable, list(findings)


def judge_content_paths(block: PackedBlock, subject: str) -> list[Finding]:
    """What is wrong with a block's content paths as such: their elements, their ends, and clashes among them."""
    findings = ocfl_findings()
    for path in block.paths():
        if path.startswith("/") or path.endswith("/"):
            findings.append(codes.E100.at(subject, found=path))
        if "\\" in path and "/" not in path:
            findings.append(codes.E035.at(subject, found=path))
        if _has_odd_element(path.strip("/")) or not path:
            findings.append(codes.E099.at(subject, found=path))
    findings += (codes.E101.at(subject, found=path) for path in _clashes(block))
    return list(findings)


def _has_odd_element(path: str) -> bool:
    if "//" not in path and "." not in path and path:
        return False
    trimmed = path[1:] if path.startswith("/") else path
    trimmed = trimmed[:-1] if trimmed.endswith("/") else trimmed
    return any(element in ("", ".", "..") for element in trimmed.split("/"))


def _clashes(block: PackedBlock) -> Iterator[str]:
    """Paths that occur twice, and paths that are also the beginning of another."""
    if _may_clash(block):
        yield from _clashes_among(block.paths())


def _may_clash(block: PackedBlock) -> bool:
    """False where each path occurs once and no folder of one is a path itself; so it is, unless something is wrong.

    True for absolute paths, and for very deep ones, whose folders would be too many.
    """
    known = block.by_path
    if known.repeats:
        return True
    above, looked_up = "", set[str]()
    for path in block.paths():
        if path[:1] == "/":
            return True
        folder = path.rpartition("/")[0]
        if folder == above:
            continue
        if folder.count("/") > _DEEP:
            return True
        above = folder
        while folder and folder not in looked_up:
            if known.of(block.texts.find_path(folder)):
                return True
            if len(looked_up) >= _FOLDERS:
                looked_up.clear()
            looked_up.add(folder)
            folder = folder.rpartition("/")[0]
    return False


def _clashes_among(paths: Iterable[str]) -> Iterator[str]:
    """As `_clashes`, of any paths; no list of all beginnings is made."""
    seen: set[str] = set()
    for path in paths:
        if path in seen:
            yield path
        seen.add(path)
    ordered = sorted(seen)
    for path in ordered:
        below = bisect_left(ordered, path + "/")
        if below < len(ordered) and ordered[below].startswith(path + "/"):
            yield path


def _repeats(block: PackedBlock) -> list[str]:
    """Digests that occur more than once whatever their case, and keys that JSON had twice."""
    repeated = list(block.repeated)
    if block.is_lower_hex:
        return repeated
    seen: set[str] = set()
    for digest in block:
        folded = digest.lower()
        if folded in seen:
            repeated.append(digest)
        seen.add(folded)
    return repeated
