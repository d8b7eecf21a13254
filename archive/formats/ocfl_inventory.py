"""OCFL inventories: bytes to model and back (OCFL 1.0 and 1.1, section 3.5).

Reading collects every finding and keeps what can be used, so that one mistake does not hide the rest. Writing gives
what this program stores: keys sorted, two spaces, one newline at the end.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from archive.formats.json_reading import JsonReader
from archive.formats.ocfl_blocks import read_fixity, read_manifest
from archive.formats.ocfl_packing import Block, BlockTexts, OrderedBlock, PackedBlock, keys_beyond, ordered_pairs
from archive.formats.ocfl_versions import URI, Version, read_versions, version_number
from archive.model.capped_findings import ocfl_findings
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding

SPECIFICATIONS = ("1.0", "1.1")
CONTENT_ALGORITHMS = ("sha512", "sha256")

_WORDS = 1 << 10
"""So many parts of JSON text are written at a time."""

_ENCODE = json.JSONEncoder(ensure_ascii=False).encode

_TYPE = re.compile(r"https://ocfl\.io/(\d+\.\d+)/spec/#inventory")
_KEYS = {"id", "type", "digestAlgorithm", "head", "contentDirectory", "manifest", "versions", "fixity"}


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
    fixity: Mapping[str, Block] = field(default_factory=dict)

    @property
    def content(self) -> str:
        """The name of the content folders."""
        return self.content_directory or "content"


def parse_inventory(content: bytes, subject: str, declared: str | None) -> tuple[Inventory | None, list[Finding]]:
    """As `read_inventory`, of an inventory that is in memory."""
    return read_inventory((content,), subject, declared)


def read_inventory(
    pieces: Iterable[bytes], subject: str, declared: str | None, texts: BlockTexts | None = None
) -> tuple[Inventory | None, list[Finding]]:
    """The inventory at `subject` and what is wrong with it. `declared` is the version its type must name, if any.

    It comes in pieces and is kept packed. `texts` are those of the object's other inventories, so that what they share
    is kept once. None when it is not a JSON object at all.
    """
    try:
        table = _read_table(JsonReader(pieces), texts or BlockTexts())
    except (ValueError, RecursionError) as error:
        return None, [codes.E033.at(subject, found=str(error)[:200] or "it is nested too deeply")]
    if not isinstance(table, dict):
        return None, [codes.E033.at(subject, found="it is not an object")]
    findings = [codes.E033.at(subject, found=f"the key {key} occurs twice") for key in getattr(table, "repeated", ())]
    findings += [codes.E102.at(subject, found=key) for key in table if key not in _KEYS]
    identifier, more = _read_id(table, subject)
    findings += more
    specification, more = _read_type(table, subject, declared)
    findings += more
    algorithm, more = _read_algorithm(table, subject)
    findings += more
    directory, more = _read_directory(table, subject, specification or declared)
    findings += more
    if "manifest" in table:
        manifest, more = read_manifest(table["manifest"], subject, algorithm)
    else:
        manifest, more = PackedBlock.none(), [codes.E041.at(subject, expected="manifest")]
    findings += more
    versions, more = read_versions(table, subject, specification or declared)
    findings += more
    head, more = _read_head(table, subject, versions)
    findings += more
    fixity: Mapping[str, Block] = {}
    if "fixity" in table:
        fixity, more = read_fixity(table["fixity"], subject, specification or declared or "1.1", manifest)
        findings += more
    inventory = Inventory(identifier, specification, algorithm, head, directory, manifest, versions, fixity)
    return inventory, [*findings, *_judge_digests(inventory, subject), *_judge_places(inventory, manifest, subject)]


def _read_table(reader: JsonReader, texts: BlockTexts) -> Any:
    """The document, its blocks packed. Raises ValueError and RecursionError for what is not JSON."""

    def block() -> Any:
        if not reader.at_object():
            return reader.value()
        packed = PackedBlock(texts)
        reader.lists(packed.add)
        return packed

    def within(read: Callable[[str], Any]) -> Any:
        return reader.members(read) if reader.at_object() else reader.value()

    def of_version(key: str) -> Any:
        return block() if key == "state" else reader.value()

    def of_inventory(key: str) -> Any:
        match key:
            case "manifest":
                return block()
            case "fixity":
                return within(lambda _: block())
            case "versions":
                return within(lambda _: within(of_version))
        return reader.value()

    table = within(of_inventory)
    reader.end()
    return table


def _read_id(table: dict[str, Any], subject: str) -> tuple[str | None, list[Finding]]:
    if "id" not in table:
        return None, [codes.E036.at(subject, expected="id")]
    value = table["id"]
    if not isinstance(value, str) or not value:
        return None, [codes.E037.at(subject, found=str(value)[:80])]
    return value, [] if URI.fullmatch(value) else [codes.W005.at(subject, found=value)]


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


def _read_directory(table: dict[str, Any], subject: str, specification: str | None) -> tuple[str | None, list[Finding]]:
    if "contentDirectory" not in table:
        return None, []
    value = table["contentDirectory"]
    if isinstance(value, str) and value and "/" not in value and value not in (".", ".."):
        return value, []
    kind = codes.E018 if value in (".", "..") else codes.E017
    findings = [kind.at(subject, found=str(value)[:80])]
    if specification != "1.0":
        findings.append(codes.E108.at(subject, found=str(value)[:80]))
    return None, findings


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


def _judge_digests(inventory: Inventory, subject: str) -> list[Finding]:
    """Whether manifest and states use the same digests, in the same spelling."""
    findings = ocfl_findings()
    for name, version in inventory.versions.items():
        for digest in keys_beyond(version.state, [inventory.manifest]):
            findings.append(codes.E050.at(subject, version=name, found=f"{digest} is not in the manifest"))
    for digest in keys_beyond(inventory.manifest, [version.state for version in inventory.versions.values()]):
        findings.append(codes.E107.at(subject, found=digest))
        findings.append(codes.E050.at(subject, version="any", found=f"no version uses {digest}"))
    return list(findings)


def _judge_places(inventory: Inventory, manifest: PackedBlock, subject: str) -> list[Finding]:
    """Whether content paths go through a version of the inventory and its content folder."""
    numbers = {version_number(name) for name in inventory.versions}
    findings = ocfl_findings()
    for path in manifest.paths():
        first, _, below = path.partition("/")
        if first in inventory.versions and below.startswith(f"{inventory.content}/"):
            continue
        findings.append(codes.E042.at(subject, found=path))
        if first not in inventory.versions and version_number(first) in numbers:
            findings.append(codes.E014.at(subject, found=path))
        if first in inventory.versions and "/" in below and inventory.content_directory is None:
            findings.append(codes.E021.at(subject, found=path))
    return list(findings)


def write_inventory(inventory: Inventory) -> Iterator[bytes]:
    """The bytes of a new inventory, for OCFL 1.1, in pieces: one of many files is never whole in memory."""
    table: dict[str, Any] = {
        "digestAlgorithm": inventory.algorithm,
        "head": inventory.head,
        "id": inventory.id,
        "manifest": inventory.manifest,
        "type": f"https://ocfl.io/{inventory.specification}/spec/#inventory",
        "versions": {name: _members_of(version) for name, version in inventory.versions.items()},
    }
    if inventory.content_directory is not None:
        table["contentDirectory"] = inventory.content_directory
    if inventory.fixity:
        table["fixity"] = inventory.fixity
    words = _words_of(table)
    while piece := "".join(islice(words, _WORDS)):
        yield piece.encode("utf-8")
    yield b"\n"


def _members_of(version: Version) -> dict[str, Any]:
    table: dict[str, Any] = {"created": version.created, "state": version.state}
    if version.message is not None:
        table["message"] = version.message
    if version.user is not None:
        table["user"] = version.user
    return table


def _words_of(value: Any, level: int = 1) -> Iterator[str]:
    """The JSON text of `value`, each member in a line of its own, objects in the order of their keys."""
    if not isinstance(value, (Mapping, list)) or (not isinstance(value, (PackedBlock, OrderedBlock)) and not value):
        yield _ENCODE(value)
        return
    first, last = "[]" if isinstance(value, list) else "{}"
    if isinstance(value, list):
        parts: Iterable[tuple[str, Any]] = (("", one) for one in value)
    else:
        parts = ((f"{_ENCODE(key)}: ", one) for key, one in ordered_pairs(value))
    indent = "\n" + " " * level
    before = first + indent
    deeper = indent + " "
    for name, one in parts:
        if isinstance(one, list) and one:
            yield f"{before}{name}[{deeper}{f',{deeper}'.join(map(_ENCODE, one))}{indent}]"
        else:
            yield before + name
            yield from _words_of(one, level + 1)
        before = "," + indent
    yield f"\n{' ' * (level - 1)}{last}" if before[0] == "," else first + last
