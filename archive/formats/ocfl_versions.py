"""The versions of an OCFL inventory: their names, and the block of each (OCFL 1.1, 3.3 and 3.5.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from archive.formats.ocfl_blocks import read_state
from archive.formats.ocfl_packing import Block, PackedBlock
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding

URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_VERSION = re.compile(r"v(0*[1-9][0-9]*)")
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", re.ASCII
)  # RFC 3339 5.6
_VERSION_KEYS = {"created", "state", "message", "user"}


@dataclass(frozen=True, slots=True)
class Version:
    """One version: `state` maps digests to logical paths. What is missing or unusable is None or empty."""

    created: str | None
    message: str | None
    user: Mapping[str, Any] | None
    state: Block


def read_versions(
    table: dict[str, Any], subject: str, specification: str | None
) -> tuple[dict[str, Version], list[Finding]]:
    """The versions as far as they can be used, and what is wrong with them. `specification` decides on codes."""
    if "versions" not in table:
        return {}, [codes.E041.at(subject, expected="versions"), codes.E043.at(subject)]
    block = table["versions"]
    if not isinstance(block, dict):
        return {}, [codes.E044.at(subject), codes.E045.at(subject, found=f"a {type(block).__name__}")]
    if not block:
        return {}, [codes.E008.at(subject)]
    findings = [codes.E033.at(subject, found=f"the key {key} occurs twice") for key in getattr(block, "repeated", ())]
    versions: dict[str, Version] = {}
    for name, value in block.items():
        if not _VERSION.fullmatch(name):
            findings += _judge_name(name, subject, specification)
            continue
        if not isinstance(value, dict):
            findings.append(codes.E047.at(subject, found=name))
            continue
        versions[name], more = _read_version(value, subject, name)
        findings += more
    return versions, [*findings, *judge_sequence(versions, subject)]


def _judge_name(name: str, subject: str, specification: str | None) -> list[Finding]:
    findings = [codes.E046.at(name)]
    if specification == "1.0":
        return [*findings, codes.E009.at(subject, found=name)]
    return [*findings, (codes.E105 if name.startswith("v") else codes.E104).at(subject, found=name)]


def version_number(name: str) -> int:
    """The number of a version's name, 0 when it is none."""
    match = _VERSION.fullmatch(name)
    return int(match[1]) if match and len(name) < 20 else 0


def judge_sequence(names: Mapping[str, object] | list[str], subject: str) -> list[Finding]:
    """Whether version names start at 1, have no gap and are numbered alike (OCFL 1.1, 3.3)."""
    numbers = sorted(version_number(name) for name in names)
    if not numbers:
        return []
    findings = []
    if numbers[0] != 1:
        findings.append(codes.E009.at(subject, found=str(numbers[0])))
    present, gap_end = set(numbers), min(numbers[-1], numbers[0] + 10_000)
    findings += [
        codes.E010.at(subject, expected=f"v{number}") for number in range(numbers[0], gap_end) if number not in present
    ]
    ordered = sorted(names, key=version_number)
    padded = any(name.startswith("v0") for name in names)
    widths = {len(name) for name in names}
    if padded:
        findings.append(codes.W001.at(subject))
        odd = [name for name in ordered if not name.startswith("v0")]
        findings += [codes.E011.at(subject, found=name) for name in odd]
        if odd or len(widths) > 1 or len(present) != len(numbers):
            last = odd[-1] if odd else ordered[-1]
            findings += [codes.E012.at(subject, found=tuple(ordered[:20])), codes.E013.at(subject, found=last)]
            if not odd:
                findings.append(codes.E011.at(subject, found=last))
    return findings


def _read_version(table: dict[str, Any], subject: str, name: str) -> tuple[Version, list[Finding]]:
    repeated = getattr(table, "repeated", ())
    findings = [codes.E033.at(subject, found=f"the key {key} occurs twice") for key in repeated]
    findings += [codes.E102.at(subject, found=f"{name}.{key}") for key in table if key not in _VERSION_KEYS]
    created, message, user = table.get("created"), table.get("message"), table.get("user")
    if "created" not in table:
        findings.append(codes.E048.at(subject, version=name, expected="created"))
    elif not isinstance(created, str) or not is_time(created):
        findings.append(codes.E049.at(subject, version=name, found=str(created)[:40]))
    if "message" not in table:
        findings.append(codes.W007.at(subject, version=name, expected="message"))
    elif not isinstance(message, str):
        findings.append(codes.E094.at(subject, version=name))
    findings += _judge_user(table, subject, name)
    state: Block = PackedBlock.none()
    if "state" not in table:
        findings.append(codes.E048.at(subject, version=name, expected="state"))
    else:
        state, more = read_state(table["state"], subject, name)
        findings += more
    kept = user if isinstance(user, dict) else None
    return Version(_text(created), _text(message), kept, state), findings


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _judge_user(table: dict[str, Any], subject: str, name: str) -> list[Finding]:
    if "user" not in table:
        return [codes.W007.at(subject, version=name, expected="user")]
    user = table["user"]
    if not isinstance(user, dict):
        return [codes.E054.at(subject, version=name, found="it is not an object")]
    findings = [codes.E102.at(subject, found=f"{name}.user.{key}") for key in user if key not in ("name", "address")]
    if not isinstance(user.get("name"), str) or not user["name"]:
        findings.append(codes.E054.at(subject, version=name, found="it has no name"))
    if "address" not in user:
        findings.append(codes.W008.at(subject, version=name))
    elif not isinstance(user["address"], str):
        findings.append(codes.E054.at(subject, version=name, found="the address is not text"))
    elif not URI.fullmatch(user["address"]):
        findings.append(codes.W009.at(subject, version=name, found=user["address"][:200]))
    return findings


def is_time(text: str) -> bool:
    """True when `text` is a time as RFC 3339 5.6 writes it, to the second and with its zone."""
    match = _TIME.fullmatch(text)
    if match is None:
        return False
    year, month, day, hour, minute, second = (int(match[n]) for n in range(1, 7))
    lengths = (31, 29 if year % 4 == 0 and (year % 100 or year % 400 == 0) else 28, 31, 30, 31, 30,
               31, 31, 30, 31, 30, 31)  # fmt: skip
    zone = match[8] is None or (int(match[8]) < 24 and int(match[9]) < 60)
    return 1 <= month <= 12 and 1 <= day <= lengths[month - 1] and hour < 24 and minute < 60 and second < 61 and zone
