"""Judges what is in an OCFL object's folders (OCFL 1.1, 3.1 to 3.4, 3.6, 3.9): names, before any content."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archive.formats.ocfl_blocks import is_digest
from archive.formats.ocfl_inventory import CONTENT_ALGORITHMS, SPECIFICATIONS, Inventory
from archive.formats.ocfl_packing import packed
from archive.formats.ocfl_versions import judge_sequence, version_number
from archive.model.codes import ocfl as codes
from archive.stages.validation.ocfl.files import Entries, Tree, join
from archive.stages.validation.ocfl.wanted import ContentFiles

REGISTERED_EXTENSIONS = frozenset({
    "0001-digest-algorithms", "0002-flat-direct-storage-layout", "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout", "0005-mutable-head", "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout", "0008-schema-registry", "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout", "0011-direct-clean-path-layout",
    "0012-hash-and-no-prefix-id-n-tuple-storage-layout", "initial",
})  # fmt: skip

_DECLARATION = re.compile(r"0=ocfl_object_(\d+\.\d+)")
_NAMASTE = re.compile(r"\d=.*", re.DOTALL)
_ALMOST_INVENTORY = re.compile(r"inventory(\.\w+)?", re.IGNORECASE)
_VERSION_FOLDER = re.compile(r"v\d+")
SIDECAR = re.compile(r"inventory\.json\.(.+)", re.DOTALL)
_SIDECAR_TEXT = re.compile(rb"([0-9a-fA-F]+)[ \t]+inventory\.json\s*")


def judge_declaration(tree: Tree, entries: Entries) -> str | None:
    """The version that the object declares: the highest, when it declares several."""
    found = []
    for name in entries.files:
        match = _DECLARATION.fullmatch(name)
        if match and match[1] in SPECIFICATIONS:
            found.append(match[1])
            text = tree.read(name)
            if text is not None and text != f"ocfl_object_{match[1]}\n".encode():
                tree.findings += [codes.E002.at(name), codes.E007.at(name)]
        elif name.startswith("0=ocfl_object_"):
            tree.findings += [codes.E004.at(name), codes.E006.at(name)]
        elif name.startswith("0="):
            tree.findings.append(codes.E006.at(name))
        elif _NAMASTE.fullmatch(name):
            tree.findings.append(codes.E005.at(name))
        elif "ocfl_object_" in name:
            tree.findings.append(codes.E002.at(name))
    if len(found) != 1:
        shown = ", ".join(f"0=ocfl_object_{one}" for one in found) or "none"
        tree.findings.append(codes.E003.at(".", found=shown))
    return max(found, default=None)


def judge_sidecar(tree: Tree, folder: str, entries: Entries, digest: str, algorithm: str | None) -> None:
    """The sidecar of the inventory in `folder`, which has this digest (OCFL 1.1, 3.6)."""
    sidecars = [name for name in entries.files if SIDECAR.fullmatch(name)]
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
    elif match[1].decode("ascii").lower() != digest:
        tree.findings.append(codes.E060.at(join(folder, "inventory.json")))


def judge_root_entries(tree: Tree, entries: Entries, root: Inventory | None) -> list[str]:
    """The version folders, after everything in the object's root has been judged."""
    if "inventory.json" not in entries.files:
        tree.findings.append(codes.E063.at("inventory.json"))
        tree.findings += [codes.E034.at(name) for name in entries.files if _ALMOST_INVENTORY.fullmatch(name)]
    for name in entries.files:
        known = name == "inventory.json" or SIDECAR.fullmatch(name) or _NAMASTE.fullmatch(name)
        algorithm = name.rpartition(".")[2]
        if not known or (SIDECAR.fullmatch(name) and algorithm not in CONTENT_ALGORITHMS):
            tree.findings.append(codes.E001.at(name))
    listed = set(root.versions) if root else set()
    folders = []
    for name in entries.folders:
        if name in listed:
            folders.append(name)
        elif name == "extensions":
            _judge_extensions(tree)
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


def _judge_extensions(tree: Tree) -> None:
    """The extensions folder: folders only, each with a registered name. What they hold is their own affair."""
    entries = tree.list("extensions")
    tree.findings += [codes.E067.at(join("extensions", name)) for name in entries.files]
    tree.findings += [
        codes.W013.at(join("extensions", name)) for name in entries.folders if name not in REGISTERED_EXTENSIONS
    ]


def list_content(tree: Tree, versions: Mapping[str, Entries], root: Inventory) -> ContentFiles:
    """Every content file's path, after the version folders' own entries have been judged."""
    present = ContentFiles()
    filled = {path.partition("/")[0] for path in packed(root.manifest).paths()}
    for folder, entries in versions.items():
        for name in entries.files:
            sidecar = SIDECAR.fullmatch(name)
            if name != "inventory.json" and not (sidecar and sidecar[1] in CONTENT_ALGORITHMS):
                tree.findings.append(codes.E015.at(join(folder, name)))
        for name in entries.folders:
            if name != root.content:
                tree.findings.append(codes.W002.at(join(folder, name)))
        if root.content not in entries.folders:
            if folder in filled and folder not in tree.unread:
                tree.findings.append(codes.E016.at(folder, expected=root.content))
            continue
        for inner, inside in tree.walk(join(folder, root.content)):
            for name in inside.files:
                present.add(join(inner, name))
            if inside.empty and inner not in tree.unread:
                top = inner == join(folder, root.content)
                tree.findings.append((codes.W003 if top else codes.E024).at(inner))
    return present
