"""Judges one OCFL object (OCFL 1.0 and 1.1, section 3): structure, inventories, and every byte against its digests.

One inventory is held beside the root's at a time, so that memory grows with the object's files and not with its
versions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from archive.formats.ocfl_blocks import HEX_DIGITS, is_digest
from archive.formats.ocfl_inventory import (
    CONTENT_ALGORITHMS,
    SPECIFICATIONS,
    Inventory,
    judge_sequence,
    parse_inventory,
    version_number,
)
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding, FindingKind
from archive.model.package import NO_PROGRESS, Progress
from archive.stages.validation.ocfl_files import INVENTORY_LIMIT, Entries, Tree, join
from archive.stages.validation.ocfl_history import judge_history

REGISTERED_EXTENSIONS = frozenset({
    "0001-digest-algorithms", "0002-flat-direct-storage-layout", "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout", "0005-mutable-head", "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout", "0008-schema-registry", "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout", "0011-direct-clean-path-layout", "initial",
})  # fmt: skip

_DECLARATION = re.compile(r"0=ocfl_object_(\d+\.\d+)")
_NAMASTE = re.compile(r"\d=.*", re.DOTALL)
_VERSION_FOLDER = re.compile(r"v\d+")
_SIDECAR = re.compile(r"inventory\.json\.(.+)", re.DOTALL)
_SIDECAR_TEXT = re.compile(rb"([0-9a-fA-F]+)[ \t]+inventory\.json\s*")


@dataclass(slots=True)
class _Wanted:
    """The digests a content file must have: (algorithm, digest, kind of finding, inventory that says so)."""

    checks: list[tuple[str, str, FindingKind, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ObjectFacts:
    """What was learnt of an object: for the root that holds it, and for the report."""

    id: str | None
    specification: str | None
    head: str | None
    versions: int
    files: int


def judge_object(tree: Tree, progress: Progress = NO_PROGRESS) -> ObjectFacts:
    """Judge the object at `tree.base`; findings are added to `tree.findings`, with paths relative to the object."""
    entries = tree.list("")
    specification = _judge_declaration(tree, entries)
    content = tree.read("inventory.json", INVENTORY_LIMIT) if "inventory.json" in entries.files else None
    root: Inventory | None = None
    if "inventory.json" not in entries.files:
        tree.findings.append(codes.E063.at("inventory.json"))
    elif content is not None:
        root, findings = parse_inventory(content, "inventory.json", specification)
        tree.findings += findings
        _judge_sidecar(tree, "", entries, content, root.algorithm if root else None)
    folders = _judge_root_entries(tree, entries, root)
    if root is None or content is None:
        return ObjectFacts(None, specification, None, len(folders), 0)
    versions = {folder: tree.list(folder) for folder in folders}
    present = _list_content(tree, versions, root)
    wanted: dict[str, _Wanted] = {}
    _want(wanted, root, "inventory.json", None)
    _judge_versions(tree, versions, root=root, content=content, present=present, wanted=wanted)
    _judge_files(tree, root, present, wanted, progress)
    return ObjectFacts(root.id, specification, root.head, len(root.versions), len(present))


def _judge_declaration(tree: Tree, entries: Entries) -> str | None:
    """The version that the object declares: the highest, when it declares several."""
    found = []
    for name in entries.files:
        match = _DECLARATION.fullmatch(name)
        if match and match[1] in SPECIFICATIONS:
            found.append(match[1])
            text = tree.read(name)
            if text is not None and text != f"ocfl_object_{match[1]}\n".encode():
                tree.findings.append(codes.E007.at(name))
        elif name.startswith("0=ocfl_object_"):
            tree.findings += [codes.E004.at(name), codes.E006.at(name)]
        elif name.startswith("0="):
            tree.findings.append(codes.E006.at(name))
        elif _NAMASTE.fullmatch(name):
            tree.findings.append(codes.E005.at(name))
    if len(found) != 1:
        shown = ", ".join(f"0=ocfl_object_{one}" for one in found) or "none"
        tree.findings.append(codes.E003.at(".", found=shown))
    return max(found, default=None)


def _judge_sidecar(tree: Tree, folder: str, entries: Entries, content: bytes, algorithm: str | None) -> None:
    """The sidecar of the inventory `content` in `folder` (OCFL 1.1, 3.6)."""
    sidecars = [name for name in entries.files if _SIDECAR.fullmatch(name)]
    if algorithm is None:
        if not sidecars:
            tree.findings.append(codes.E058.at(join(folder, "inventory.json.*")))
        return
    expected = f"inventory.json.{algorithm}"
    for name in sidecars:
        if name != expected:
            tree.findings.append(codes.E059.at(join(folder, name), expected=algorithm))
    if expected not in sidecars:
        tree.findings.append(codes.E058.at(join(folder, expected)))
        return
    path = join(folder, expected)
    text = tree.read(path)
    if text is None:
        return
    match = _SIDECAR_TEXT.fullmatch(text)
    if match is None or not is_digest(match[1].decode("ascii"), algorithm):
        tree.findings.append(codes.E061.at(path))
    elif match[1].decode("ascii").lower() != hashlib.new(algorithm, content).hexdigest():
        tree.findings.append(codes.E060.at(join(folder, "inventory.json")))


def _judge_root_entries(tree: Tree, entries: Entries, root: Inventory | None) -> list[str]:
    """The version folders, after everything in the object's root has been judged."""
    for name in entries.files:
        known = name == "inventory.json" or _SIDECAR.fullmatch(name) or _NAMASTE.fullmatch(name)
        algorithm = name.rpartition(".")[2]
        if not known or (_SIDECAR.fullmatch(name) and algorithm not in CONTENT_ALGORITHMS):
            tree.findings.append(codes.E001.at(name))
    listed = set(root.versions) if root else set()
    folders = []
    for name in entries.folders:
        if name in listed:
            folders.append(name)
        elif name == "extensions":
            _judge_extensions(tree, "extensions", codes.E067, codes.W013)
        elif name == "logs":
            continue
        elif _VERSION_FOLDER.fullmatch(name) and version_number(name):
            folders.append(name)
            if root is not None:
                tree.findings.append(codes.E046.at(name))
        else:
            tree.findings.append(codes.E001.at(name))
            if _VERSION_FOLDER.fullmatch(name) and root is not None:
                tree.findings.append(codes.E046.at(name))
    for name in sorted(listed - set(entries.folders), key=version_number):
        tree.findings += [codes.E046.at(name), codes.E010.at(".", expected=name)]
    if set(folders) - listed:
        known_findings = {(finding.code, tuple(finding.facts.items())) for finding in tree.findings}
        for finding in judge_sequence(folders, "."):
            if (finding.code, tuple(finding.facts.items())) not in known_findings:
                tree.findings.append(finding)
    return sorted(folders, key=version_number)


def _judge_extensions(tree: Tree, path: str, stray: FindingKind, unregistered: FindingKind) -> None:
    """An extensions folder: folders only, each with a registered name. What they hold is their own affair."""
    entries = tree.list(path)
    tree.findings += [stray.at(join(path, name)) for name in entries.files]
    tree.findings += [
        unregistered.at(join(path, name)) for name in entries.folders if name not in REGISTERED_EXTENSIONS
    ]


def _list_content(tree: Tree, versions: Mapping[str, Entries], root: Inventory) -> dict[str, str]:
    """Every content file's path with its version, after the version folders' own entries have been judged."""
    present: dict[str, str] = {}
    for folder, entries in versions.items():
        for name in entries.files:
            sidecar = _SIDECAR.fullmatch(name)
            if name != "inventory.json" and not (sidecar and sidecar[1] in CONTENT_ALGORITHMS):
                tree.findings.append(codes.E015.at(join(folder, name)))
        for name in entries.folders:
            if name != root.content:
                tree.findings.append(codes.W002.at(join(folder, name)))
        if root.content not in entries.folders:
            continue
        for inner, inside in tree.walk(join(folder, root.content)):
            present.update((join(inner, name), folder) for name in inside.files)
            if inside.empty and inner not in tree.unread:
                top = inner == join(folder, root.content)
                tree.findings.append((codes.W003 if top else codes.E024).at(inner))
    return present


def _want(wanted: dict[str, _Wanted], inventory: Inventory, where: str, root: Inventory | None) -> None:
    """Add what `inventory` says of content files; what the root's already says in the same words is not kept twice."""
    same = root is not None and root.algorithm == inventory.algorithm
    if inventory.algorithm is not None:
        for digest, paths in inventory.manifest.items():
            for path in paths:
                if same and root is not None and path in (root.manifest.get(digest) or ()):
                    continue
                wanted.setdefault(path, _Wanted()).checks.append((inventory.algorithm, digest, codes.E092, where))
    for algorithm, digests in inventory.fixity.items():
        known = root.fixity.get(algorithm, {}) if root is not None else {}
        for digest, paths in digests.items():
            for path in paths:
                if path not in known.get(digest, ()):
                    wanted.setdefault(path, _Wanted()).checks.append((algorithm, digest, codes.E093, where))


def _judge_versions(
    tree: Tree,
    versions: Mapping[str, Entries],
    *,
    root: Inventory,
    content: bytes,
    present: Mapping[str, str],
    wanted: dict[str, _Wanted],
) -> None:
    """The inventories in version folders, each against the root's."""
    before: str | None = None
    first: str | None = None
    folders = list(versions)
    for folder, entries in versions.items():
        if "inventory.json" not in entries.files:
            tree.findings.append(codes.W010.at(folder))
            if any(_SIDECAR.fullmatch(name) for name in entries.files):
                tree.findings.append(codes.E058.at(join(folder, "inventory.json")))
            continue
        where = join(folder, "inventory.json")
        own = tree.read(where, INVENTORY_LIMIT)
        if own is None:
            continue
        if folder == folders[-1]:
            if own == content:
                _judge_sidecar(tree, folder, entries, own, root.algorithm)
                _judge_order(tree, where, root.specification, before)
                _judge_directory(tree, where, root, root, first)
                continue
            tree.findings.append(codes.E064.at(where))
        inventory, findings = parse_inventory(own, where, None)
        tree.findings += findings
        _judge_sidecar(tree, folder, entries, own, inventory.algorithm if inventory else None)
        if inventory is None:
            continue
        if folder == folders[0]:
            first = inventory.content_directory or ""
        _judge_against_root(tree, folder, inventory, root, where)
        _judge_directory(tree, where, inventory, root, first)
        _judge_order(tree, where, inventory.specification, before)
        before = inventory.specification or before
        listed = {path for paths in inventory.manifest.values() for path in paths}
        number = version_number(folder)
        tree.findings += [
            codes.E023.at(path, inventory=where)
            for path, version in present.items()
            if version_number(version) <= number and path not in listed
        ]
        _want(wanted, inventory, where, root)


def _judge_against_root(tree: Tree, folder: str, inventory: Inventory, root: Inventory, where: str) -> None:
    if inventory.id != root.id and inventory.id is not None:
        tree.findings += [codes.E037.at(where, found=inventory.id), codes.E110.at(where, found=inventory.id)]
    if inventory.head is not None and inventory.head != folder:
        tree.findings.append(codes.E040.at(where, found=inventory.head, expected=folder))
    tree.findings += judge_history(inventory, root, where)


def _judge_directory(tree: Tree, where: str, inventory: Inventory, root: Inventory, first: str | None) -> None:
    """contentDirectory: set in the first version or never, and the same everywhere."""
    own = inventory.content_directory or ""
    if first is not None and own != first:
        tree.findings.append(codes.E019.at(where, found=own or "content", expected=first or "nothing"))
    if inventory.content != root.content:
        tree.findings.append(codes.E020.at(where, found=inventory.content, expected=root.content))


def _judge_order(tree: Tree, where: str, specification: str | None, before: str | None) -> None:
    if specification is not None and before is not None and specification < before:
        tree.findings.append(codes.E103.at(where, found=specification))


def _judge_files(
    tree: Tree, root: Inventory, present: Mapping[str, str], wanted: Mapping[str, _Wanted], progress: Progress
) -> None:
    """Every content file against every digest that an inventory gives for it; one read each."""
    listed = {path for paths in root.manifest.values() for path in paths}
    for path in present:
        if path not in listed:
            tree.findings.append(codes.E023.at(path, inventory="inventory.json"))
    for path, want in wanted.items():
        if path not in present:
            tree.findings += _missing(path, want) if tree.saw(path) else []
            continue
        checks = [check for check in want.checks if check[0] in HEX_DIGITS]
        algorithms = tuple(dict.fromkeys(check[0] for check in checks))
        digests = tree.digest(path, algorithms, progress)
        if digests is None:
            continue
        for algorithm, digest, kind, where in checks:
            if digests[algorithm] != digest.lower():
                tree.findings.append(kind.at(path, inventory=where, expected=digest, found=digests[algorithm]))


def _missing(path: str, want: _Wanted) -> list[Finding]:
    findings = []
    for _, digest, kind, where in want.checks:
        findings.append(kind.at(path, inventory=where, expected=digest, found="no such file"))
        if kind is codes.E092:
            findings.append(codes.E023.at(path, inventory=where))
    return findings
