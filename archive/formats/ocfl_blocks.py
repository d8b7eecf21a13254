"""The blocks of an OCFL inventory that map digests to paths: manifest, state and fixity (OCFL 1.1, 3.5.2 to 3.5.4)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from archive.model.capped_findings import ocfl_findings
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding

Block = dict[str, list[str]]

HEX_DIGITS = {
    "md5": 32, "sha1": 40, "sha256": 64, "sha512": 128, "blake2b-512": 128,
    "blake2b-160": 40, "blake2b-256": 64, "blake2b-384": 96, "sha512/256": 64,
}  # fmt: skip
"""The algorithms of the specification and of the extensions 0001 and 0009 that can be computed, with their length."""

OTHER_ALGORITHMS = frozenset({"size"})
"""What an extension allows in the fixity block beside digests: `size` (0009) is a number of bytes."""

_HEX = re.compile(r"[0-9a-fA-F]+")
_FORM = {"sha1": codes.E029, "sha256": codes.E030, "sha512": codes.E031, "blake2b-512": codes.E032}


class Repeating(dict[str, Any]):
    """A JSON object in which keys stood more than once; `repeated` names them."""

    repeated: tuple[str, ...] = ()


def is_digest(text: str, algorithm: str) -> bool:
    """True when `text` is hex of the length that `algorithm` has."""
    return len(text) == HEX_DIGITS[algorithm] and _HEX.fullmatch(text) is not None


def read_manifest(block: Any, subject: str, algorithm: str | None) -> tuple[Block, list[Finding]]:
    """The manifest as far as it can be used, and what is wrong with it. Paths are not judged here."""
    if not isinstance(block, dict):
        return {}, [codes.E041.at(subject, expected="manifest"), codes.E106.at(subject)]
    findings = ocfl_findings(codes.E096.at(subject, found=digest) for digest in _repeats(block))
    usable: Block = {}
    for digest, paths in block.items():
        if algorithm in HEX_DIGITS and not is_digest(digest, algorithm):
            findings.append(_FORM[algorithm].at(subject, found=digest))
            if len(digest) in HEX_DIGITS.values() and _HEX.fullmatch(digest):
                findings.append(codes.E039.at(subject, found=digest))
        if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
            findings.append(
                codes.E092.at(subject, inventory=subject, expected="a list of paths", found=type(paths).__name__)
            )
            continue
        usable[digest] = paths
    findings += judge_content_paths((path for paths in usable.values() for path in paths), subject)
    return usable, list(findings)


def read_state(block: Any, subject: str, version: str) -> tuple[Block, list[Finding]]:
    """One version's state as far as it can be used, and what is wrong with its form and logical paths."""
    if not isinstance(block, dict):
        return {}, [codes.E050.at(subject, version=version, found="it is no object")]
    findings = ocfl_findings(
        codes.E050.at(subject, version=version, found=f"{digest} stands more than once") for digest in _repeats(block)
    )
    usable: Block = {}
    for digest, paths in block.items():
        if not isinstance(paths, list) or not paths:
            findings.append(codes.E050.at(subject, version=version, found=f"{digest} has no list of paths"))
        elif not all(isinstance(path, str) for path in paths):
            findings.append(codes.E051.at(subject, version=version))
        else:
            usable[digest] = paths
    paths = [path for listed in usable.values() for path in listed]
    for path in paths:
        if path.startswith("/") or path.endswith("/"):
            findings.append(codes.E053.at(subject, version=version, found=path))
        if _has_odd_element(path):
            findings.append(codes.E052.at(subject, version=version, found=path))
    findings += (codes.E095.at(subject, version=version, found=path) for path in _clashes(paths))
    return usable, list(findings)


def read_fixity(block: Any, subject: str, specification: str, listed: Block) -> tuple[dict[str, Block], list[Finding]]:
    """The fixity block as far as it can be used, and what is wrong with it. `listed` is the manifest."""
    if not isinstance(block, dict):
        kind = codes.E056.at(subject, found="a value that is no object")
        return {}, [kind] if specification == "1.0" else [codes.E111.at(subject)]
    known = {path for paths in listed.values() for path in paths}
    findings = ocfl_findings(
        codes.E056.at(subject, found=f"the key {name} more than once") for name in _exact_repeats(block)
    )
    usable: dict[str, Block] = {}
    for algorithm, digests in block.items():
        if algorithm not in HEX_DIGITS and algorithm not in OTHER_ALGORITHMS:
            findings.append(codes.E056.at(subject, found=f"the unknown algorithm {algorithm}"))
            findings.append(codes.E026.at(subject, found=algorithm))
            continue
        one, more = _read_fixity_of(digests, subject, algorithm, known)
        findings += more
        if algorithm in HEX_DIGITS:
            usable[algorithm] = one
    return usable, list(findings)


def _read_fixity_of(digests: Any, subject: str, algorithm: str, known: set[str]) -> tuple[Block, list[Finding]]:
    if not isinstance(digests, dict):
        return {}, [codes.E057.at(subject, algorithm=algorithm, found="it is no object")]
    findings = ocfl_findings(codes.E097.at(subject, algorithm=algorithm, found=digest) for digest in _repeats(digests))
    usable: Block = {}
    for digest, paths in digests.items():
        if algorithm in HEX_DIGITS and not is_digest(digest, algorithm):
            findings.append(codes.E057.at(subject, algorithm=algorithm, found=f"{digest} has not its form"))
            if algorithm in _FORM:
                findings.append(_FORM[algorithm].at(subject, found=digest))
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            findings.append(codes.E057.at(subject, algorithm=algorithm, found=f"{digest} has no list of paths"))
            continue
        usable[digest] = paths
        findings += (
            codes.E057.at(subject, algorithm=algorithm, found=f"{path} is not in the manifest")
            for path in paths
            if path not in known
        )
    findings += judge_content_paths((path for paths in usable.values() for path in paths), subject)
    return usable, list(findings)


def judge_content_paths(paths: Iterable[str], subject: str) -> list[Finding]:
    """What is wrong with content paths as such: their elements, their ends, and clashes among them."""
    findings, kept = ocfl_findings(), []
    for path in paths:
        kept.append(path)
        if path.startswith("/") or path.endswith("/"):
            findings.append(codes.E100.at(subject, found=path))
        if "\\" in path and "/" not in path:
            findings.append(codes.E035.at(subject, found=path))
        if _has_odd_element(path.strip("/")) or not path:
            findings.append(codes.E099.at(subject, found=path))
    findings += (codes.E101.at(subject, found=path) for path in _clashes(kept))
    return list(findings)


def used_digests(states: Iterable[Block]) -> set[str]:
    """Every digest that one of `states` uses."""
    return {digest for state in states for digest in state}


def _has_odd_element(path: str) -> bool:
    if "//" not in path and "." not in path and path:
        return False
    trimmed = path[1:] if path.startswith("/") else path
    trimmed = trimmed[:-1] if trimmed.endswith("/") else trimmed
    return any(element in ("", ".", "..") for element in trimmed.split("/"))


def _clashes(paths: Sequence[str]) -> Iterator[str]:
    """Paths that stand twice, and paths that are also the beginning of another; no list of all beginnings is made."""
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


def _exact_repeats(block: dict[str, Any]) -> tuple[str, ...]:
    return block.repeated if isinstance(block, Repeating) else ()


def _repeats(block: dict[str, Any]) -> list[str]:
    """Digests that stand more than once whatever their case, and keys that JSON had twice."""
    seen: set[str] = set()
    repeated = list(_exact_repeats(block))
    for digest in block:
        folded = digest.lower()
        if folded in seen:
            repeated.append(digest)
        seen.add(folded)
    return repeated
