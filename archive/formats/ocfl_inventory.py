"""OCFL inventories: bytes to model and back (OCFL 1.0 and 1.1, section 3.5).

Reading collects every finding and keeps what can be used, so that one mistake does not hide the rest. Writing gives
what this program stores: keys sorted, two spaces, one newline at the end.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from archive.formats.ocfl_blocks import Block, Repeating, read_fixity, read_manifest, read_state, used_digests
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding

SPECIFICATIONS = ("1.0", "1.1")
CONTENT_ALGORITHMS = ("sha512", "sha256")

_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_VERSION = re.compile(r"v(0*[1-9][0-9]*)")
_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|[+-](\d\d):(\d\d))", re.ASCII
)  # RFC 3339 5.6
_KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}
_VERSION_KEYS = {"created", "state", "message", "user"}


@dataclass(frozen=True, slots=True)
class Version:
    """One version: `state` maps digests to logical paths. What is missing or unusable is None or empty."""

    created: str | None
    message: str | None
    user: Mapping[str, Any] | None
    state: Block


@dataclass(frozen=True, slots=True)
class Inventory:
    """An inventory as far as it can be used. `specification` is the version that its type names, or None."""

    id: str | None
    specification: str | None
    algorithm: str | None
    head: str | None
    content_directory: str | None
    manifest: Block
    versions: dict[str, Version]
    fixity: dict[str, Block] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The name of the content folders."""
        return self.content_directory or "content"


def parse_inventory(content: bytes, subject: str, declared: str | None) -> tuple[Inventory | None, list[Finding]]:
    """The inventory at `subject` and what is wrong with it. `declared` is the version its type must name, if any.

    None when it is no JSON object at all.
    """
    try:
        table = json.loads(content.decode("utf-8"), object_pairs_hook=_keep_repeats, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return None, [codes.E033.at(subject, found=str(error)[:200] or "it is nested too deeply")]
    if not isinstance(table, dict):
        return None, [codes.E033.at(subject, found="it is no object")]
    findings = [codes.E033.at(subject, found=f"the key {key} stands twice") for key in getattr(table, "repeated", ())]
    findings += [codes.E102.at(subject, found=key) for key in table if key not in _KEYS]
    identifier, more = _read_id(table, subject)
    findings += more
    specification, more = _read_type(table, subject, declared)
    findings += more
    algorithm, more = _read_algorithm(table, subject)
    findings += more
    directory, more = _read_directory(table, subject)
    findings += more
    if "manifest" in table:
        manifest, more = read_manifest(table["manifest"], subject, algorithm)
    else:
        manifest, more = {}, [codes.E041.at(subject, expected="manifest")]
    findings += more
    versions, more = _read_versions(table, subject, specification or declared)
    findings += more
    head, more = _read_head(table, subject, versions)
    findings += more
    fixity: dict[str, Block] = {}
    if "fixity" in table:
        fixity, more = read_fixity(table["fixity"], subject, specification or declared or "1.1", manifest)
        findings += more
    inventory = Inventory(identifier, specification, algorithm, head, directory, manifest, versions, fixity)
    return inventory, [*findings, *_judge_digests(inventory, subject), *_judge_places(inventory, subject)]


def _keep_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    repeating = Repeating(table)
    counted = Counter(key for key, _ in pairs)
    repeating.repeated = tuple(key for key, count in counted.items() if count > 1)
    return repeating


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON value")


def _read_id(table: dict[str, Any], subject: str) -> tuple[str | None, list[Finding]]:
    if "id" not in table:
        return None, [codes.E036.at(subject, expected="id")]
    value = table["id"]
    if not isinstance(value, str) or not value:
        return None, [codes.E037.at(subject, found=str(value)[:80])]
    return value, [] if _URI.fullmatch(value) else [codes.W005.at(subject, found=value)]


def _read_type(table: dict[str, Any], subject: str, declared: str | None) -> tuple[str | None, list[Finding]]:
    if "type" not in table:
        return None, [codes.E036.at(subject, expected="type")]
    value = table["type"]
    match = _TYPE.fullmatch(value) if isinstance(value, str) else None
    specification = match[1] if match and match[1] in SPECIFICATIONS else None
    if specification is None or (declared is not None and specification != declared):
        wanted = f"https://ocfl.io/{declared or SPECIFICATIONS[-1]}/spec/#inventory"
        return specification, [codes.E038.at(subject, found=str(value)[:80], expected=wanted)]
    return specification, []


def _read_algorithm(table: dict[str, Any], subject: str) -> tuple[str | None, list[Finding]]:
    if "digestAlgorithm" not in table:
        return None, [codes.E036.at(subject, expected="digestAlgorithm")]
    value = table["digestAlgorithm"]
    if value not in CONTENT_ALGORITHMS:
        return None, [codes.E025.at(subject, found=str(value)[:40])]
    return str(value), [] if value == "sha512" else [codes.W004.at(subject)]


def _read_directory(table: dict[str, Any], subject: str) -> tuple[str | None, list[Finding]]:
    if "contentDirectory" not in table:
        return None, []
    value = table["contentDirectory"]
    if not isinstance(value, str) or "/" in value or not value:
        return None, [codes.E017.at(subject, found=str(value)[:80])]
    return (None, [codes.E018.at(subject, found=value)]) if value in (".", "..") else (value, [])


def _read_head(
    table: dict[str, Any], subject: str, versions: Mapping[str, Version]
) -> tuple[str | None, list[Finding]]:
    if "head" not in table:
        return None, [codes.E036.at(subject, expected="head")]
    value = table["head"]
    highest = max(versions, key=version_number, default="")
    if not isinstance(value, str) or value != highest:
        return None, [codes.E040.at(subject, found=str(value)[:80], expected=highest or "a version of the inventory")]
    return value, []


def _read_versions(
    table: dict[str, Any], subject: str, specification: str | None
) -> tuple[dict[str, Version], list[Finding]]:
    if "versions" not in table:
        return {}, [codes.E041.at(subject, expected="versions"), codes.E043.at(subject)]
    block = table["versions"]
    if not isinstance(block, dict):
        return {}, [codes.E044.at(subject)]
    if not block:
        return {}, [codes.E008.at(subject)]
    findings = [codes.E033.at(subject, found=f"the key {key} stands twice") for key in getattr(block, "repeated", ())]
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
    findings = [codes.E033.at(subject, found=f"the key {key} stands twice") for key in repeated]
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
    state: Block = {}
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
        return [codes.E054.at(subject, version=name, found="it is no object")]
    findings = [codes.E102.at(subject, found=f"{name}.user.{key}") for key in user if key not in ("name", "address")]
    if not isinstance(user.get("name"), str) or not user["name"]:
        findings.append(codes.E054.at(subject, version=name, found="it has no name"))
    if "address" not in user:
        findings.append(codes.W008.at(subject, version=name))
    elif not isinstance(user["address"], str):
        findings.append(codes.E054.at(subject, version=name, found="the address is no text"))
    elif not _URI.fullmatch(user["address"]):
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


def _judge_digests(inventory: Inventory, subject: str) -> list[Finding]:
    """Whether manifest and states use the same digests, in the same spelling."""
    findings = []
    for name, version in inventory.versions.items():
        for digest in version.state:
            if digest not in inventory.manifest:
                findings.append(codes.E050.at(subject, version=name, found=f"{digest} is not in the manifest"))
    used = used_digests(version.state for version in inventory.versions.values())
    for digest in inventory.manifest:
        if digest not in used:
            findings.append(codes.E107.at(subject, found=digest))
            findings.append(codes.E050.at(subject, version="any", found=f"no version uses {digest}"))
    return findings


def _judge_places(inventory: Inventory, subject: str) -> list[Finding]:
    """Whether content paths go through a version of the inventory and its content folder."""
    starts = tuple(f"{name}/{inventory.content}/" for name in inventory.versions)
    return [
        codes.E042.at(subject, found=path)
        for paths in inventory.manifest.values()
        for path in paths
        if not path.startswith(starts)
    ]


def write_inventory(inventory: Inventory) -> bytes:
    """The bytes of an inventory of our own, for OCFL 1.1."""
    versions = {}
    for name, version in inventory.versions.items():
        block: dict[str, Any] = {"created": version.created, "state": version.state}
        if version.message is not None:
            block["message"] = version.message
        if version.user is not None:
            block["user"] = dict(version.user)
        versions[name] = block
    table: dict[str, Any] = {
        "digestAlgorithm": inventory.algorithm,
        "head": inventory.head,
        "id": inventory.id,
        "manifest": inventory.manifest,
        "type": f"https://ocfl.io/{inventory.specification}/spec/#inventory",
        "versions": versions,
    }
    if inventory.content_directory is not None:
        table["contentDirectory"] = inventory.content_directory
    if inventory.fixity:
        table["fixity"] = inventory.fixity
    return json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True).encode("utf-8") + b"\n"
