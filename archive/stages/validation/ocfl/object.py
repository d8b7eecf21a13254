"""Judges one OCFL object (OCFL 1.0 and 1.1, section 3): structure, inventories, and every byte against its digests.

One inventory is held beside the root's at a time, packed, and what they share is kept once, so that memory grows with
the object's files, and hardly with its versions.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from archive.formats.ocfl_blocks import HEX_DIGITS
from archive.formats.ocfl_inventory import CONTENT_ALGORITHMS, Inventory, read_inventory
from archive.formats.ocfl_packing import BlockTexts
from archive.formats.ocfl_versions import version_number
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding
from archive.stages.validation.ocfl.files import INVENTORY_LIMIT, Entries, Tree, join
from archive.stages.validation.ocfl.history import judge_history
from archive.stages.validation.ocfl.structure import (
    SIDECAR,
    judge_declaration,
    judge_root_entries,
    judge_sidecar,
    list_content,
)
from archive.stages.validation.ocfl.wanted import Check, ContentFiles, WantedDigests
from archive.storage.hashing import BUFFER_SIZE


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
    specification = judge_declaration(tree, entries)
    texts = BlockTexts()
    root, digest = None, ""
    if "inventory.json" in entries.files:
        root, digest = _read_inventory(tree, "", entries, specification, texts)
    folders = judge_root_entries(tree, entries, root)
    if root is None:
        return ObjectFacts(None, specification, None, len(folders), 0)
    versions = {folder: tree.list(folder) for folder in folders}
    present = list_content(tree, versions, root)
    wanted = WantedDigests(root)
    _judge_versions(tree, versions, root=root, digest=digest, present=present, wanted=wanted, texts=texts)
    _judge_files(tree, root, present, wanted, progress)
    return ObjectFacts(root.id, specification, root.head, len(root.versions), len(present))


def _read_inventory(
    tree: Tree, folder: str, entries: Entries, specification: str | None, texts: BlockTexts
) -> tuple[Inventory | None, str]:
    """The inventory in `folder` with its digest, as far as it can be used; it and its sidecar are judged."""
    path = join(folder, "inventory.json")
    digests = {name: hashlib.new(name) for name in CONTENT_ALGORITHMS}

    def pieces(stream: BinaryIO) -> Iterator[bytes]:
        while piece := stream.read(BUFFER_SIZE):
            for one in digests.values():
                one.update(piece)
            yield piece

    try:
        with tree.open(path) as stream:
            if os.fstat(stream.fileno()).st_size > INVENTORY_LIMIT:
                tree.findings.append(codes.TOO_LARGE.at(path, expected=INVENTORY_LIMIT))
                return None, ""
            inventory, findings = read_inventory(pieces(stream), path, specification, texts)
    except OSError as error:
        tree.findings.append(codes.UNREADABLE.at(path, found=error.strerror or "unknown error"))
        return None, ""
    tree.findings += findings
    algorithm = inventory.algorithm if inventory else None
    digest = digests[algorithm].hexdigest() if algorithm else ""
    judge_sidecar(tree, folder, entries, digest, algorithm)
    return inventory, digest


def _judge_versions(
    tree: Tree,
    versions: Mapping[str, Entries],
    *,
    root: Inventory,
    digest: str,
    present: ContentFiles,
    wanted: WantedDigests,
    texts: BlockTexts,
) -> None:
    """The inventories in version folders, each against the root's."""
    before: str | None = None
    first: str | None = None
    folders = list(versions)
    numbers = {one: version_number(one) for one in folders}
    for folder, entries in versions.items():
        if "inventory.json" not in entries.files:
            tree.findings.append(codes.W010.at(folder))
            if any(SIDECAR.fullmatch(name) for name in entries.files):
                tree.findings.append(codes.E058.at(join(folder, "inventory.json")))
            continue
        where = join(folder, "inventory.json")
        same = tree.same("inventory.json", where) if folder == folders[-1] else False
        if same:
            judge_sidecar(tree, folder, entries, digest, root.algorithm)
            _judge_order(tree, where, root.specification, before)
            _judge_directory(tree, where, root, root, first)
            continue
        if same is None:
            continue
        if folder == folders[-1]:
            tree.findings.append(codes.E064.at(where))
        inventory, _ = _read_inventory(tree, folder, entries, None, texts)
        if inventory is None:
            continue
        if folder == folders[0]:
            first = inventory.content_directory or ""
        _judge_against_root(tree, folder, inventory, root, where)
        _judge_directory(tree, where, inventory, root, first)
        _judge_order(tree, where, inventory.specification, before)
        before = inventory.specification or before
        tree.findings += (
            codes.E023.at(path, inventory=where)
            for path in present.beyond(inventory)
            if numbers[path.partition("/")[0]] <= numbers[folder]
        )
        wanted.add(inventory, where)


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


def _judge_files(tree: Tree, root: Inventory, present: ContentFiles, wanted: WantedDigests, progress: Progress) -> None:
    """Every content file against every digest that an inventory gives for it; one read each."""
    for path in present.beyond(root):
        tree.findings.append(codes.E023.at(path, inventory="inventory.json"))
    for path, wants in wanted.files():
        if path not in present:
            tree.findings += _missing(path, wants) if tree.saw(path) else []
            continue
        checks = [check for check in wants if check.algorithm in HEX_DIGITS]
        algorithms = tuple(dict.fromkeys(check.algorithm for check in checks))
        digests = tree.digest(path, algorithms, progress)
        if digests is None:
            continue
        for algorithm, digest, kind, where in checks:
            if digests[algorithm] != digest.lower():
                tree.findings.append(kind.at(path, inventory=where, expected=digest, found=digests[algorithm]))


def _missing(path: str, wants: Sequence[Check]) -> list[Finding]:
    findings = []
    for _, digest, kind, where in wants:
        findings.append(kind.at(path, inventory=where, expected=digest, found="no such file"))
        if kind is codes.E092:
            findings.append(codes.E023.at(path, inventory=where))
    return findings
