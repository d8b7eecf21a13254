"""Judges an OCFL storage root (OCFL 1.0 and 1.1, section 4) and every object in it."""

from __future__ import annotations

import json
import re
from typing import Any

from archive.errors import FormatError
from archive.formats.ocfl_inventory import SPECIFICATIONS
from archive.formats.ocfl_layouts import Layout, layout_of
from archive.model.build import NO_PROGRESS, Progress
from archive.model.codes import ocfl as codes
from archive.model.finding import Finding
from archive.stages.validation.ocfl.files import SMALL, Entries, Tree, join
from archive.stages.validation.ocfl.object import ObjectFacts, judge_object
from archive.stages.validation.ocfl.structure import REGISTERED_EXTENSIONS

_DECLARATION = re.compile(r"0=ocfl_(\d+\.\d+)")
_NAMASTE = re.compile(r"\d=ocfl_.*", re.DOTALL)
_ALMOST = re.compile(r"0\W?ocfl_\d+\.\d+")


def judge_root(tree: Tree, progress: Progress = NO_PROGRESS) -> tuple[int, int]:
    """Judge the storage root at `tree.base` and give the numbers of its objects and their content files.

    Findings of an object have the object's path before their own.
    """
    entries = tree.list("")
    specification = _judge_declaration(tree, entries)
    layout = _judge_layout(tree, entries)
    if "extensions" in entries.folders:
        _judge_extensions(tree, specification)
    files = 0
    paths = _find_objects(tree, entries)
    ids: dict[str, str] = {}
    for path in paths:
        facts = _judge_one(tree, path, progress)
        files += facts.files
        if specification is not None and (facts.specification or "") > specification:
            tree.findings.append(codes.E081.at(path, found=facts.specification or "", expected=specification))
        tree.findings += _judge_place(path, facts.id, layout, ids)
    tree.findings += _judge_depths(paths)
    return len(paths), files


def _judge_depths(paths: list[str]) -> list[Finding]:
    """Whether all objects are at one depth, as one layout puts them."""
    depths = sorted({path.count("/") + 1 for path in paths})
    if len(depths) < 2:
        return []
    at_top = [codes.W015.at(path) for path in paths if "/" not in path]
    return [codes.W014.at(".", found=", ".join(map(str, depths))), *at_top]


def _judge_one(tree: Tree, path: str, progress: Progress) -> ObjectFacts:
    inner = Tree(tree.locate(path))
    facts = judge_object(inner, progress)
    for finding in inner.findings:
        subject = path if finding.subject == "." else join(path, finding.subject)
        tree.findings.append(Finding(finding.kind, subject, finding.line, finding.facts))
    return facts


def _judge_declaration(tree: Tree, entries: Entries) -> str | None:
    found = []
    for name in entries.files:
        match = _DECLARATION.fullmatch(name)
        if match and match[1] in SPECIFICATIONS:
            found.append(match[1])
            text = tree.read(name)
            if text is not None and text != f"ocfl_{match[1]}\n".encode():
                tree.findings += [codes.E075.at(name), codes.E080.at(name)]
        elif name.startswith("0="):
            tree.findings.append(codes.E077.at(name))
            tree.findings += [] if name.startswith("0=ocfl_") else [codes.E079.at(name)]
        elif _NAMASTE.fullmatch(name):
            tree.findings += [codes.E077.at(name), codes.E078.at(name)]
        elif _ALMOST.fullmatch(name):
            tree.findings.append(codes.E075.at(name))
    if len(found) != 1:
        shown = ", ".join(f"0=ocfl_{one}" for one in found) or "none"
        tree.findings += [codes.E069.at(".", found=shown), codes.E076.at(".", found=shown)]
    return max(found, default=None)


def _judge_layout(tree: Tree, entries: Entries) -> Layout | None:
    """The root's layout, where ocfl_layout.json names one that is known here.

    A layout of one's own may be named where the root describes it, in a text of its name or in its extension's folder.
    """
    if "ocfl_layout.json" not in entries.files:
        return None
    table = _read_json(tree, "ocfl_layout.json")
    if not isinstance(table, dict):
        tree.findings.append(codes.E070.at("ocfl_layout.json", found="not a JSON object"))
        return None
    lacking = [key for key in ("extension", "description") if not isinstance(table.get(key), str)]
    if lacking:
        tree.findings.append(codes.E070.at("ocfl_layout.json", found=f"it has no {' and no '.join(lacking)}"))
    name = table.get("extension")
    if not isinstance(name, str):
        return None
    path = f"extensions/{name}/config.json"
    local = "/" not in name and name not in ("", ".", "..")
    told = any(file.startswith(f"{name}.") for file in entries.files) or tree.has(f"extensions/{name}")
    if name not in REGISTERED_EXTENSIONS and not (local and told):
        tree.findings.append(codes.E071.at("ocfl_layout.json", found=name[:80]))
        return None
    configuration = _read_json(tree, path) if tree.has(path) else {}
    try:
        return layout_of(name, configuration if isinstance(configuration, dict) else {})
    except FormatError:
        return None


def _read_json(tree: Tree, path: str) -> Any:
    content = tree.read(path, SMALL)
    try:
        return json.loads(content.decode("utf-8")) if content is not None else None
    except (ValueError, RecursionError):
        return None


def _judge_extensions(tree: Tree, specification: str | None) -> None:
    """The root's extensions folder. What must not be there has its own code from version 1.1 on."""
    entries = tree.list("extensions")
    tree.findings += [codes.E112.at(join("extensions", name)) for name in entries.files]
    if specification == "1.0":
        tree.findings += [codes.E086.at(join("extensions", name)) for name in entries.files]
    tree.findings += [
        codes.W016.at(join("extensions", name)) for name in entries.folders if name not in REGISTERED_EXTENSIONS
    ]
    if entries.empty:
        tree.findings.append(codes.E073.at("extensions"))


def _find_objects(tree: Tree, top: Entries) -> list[str]:
    """The paths of all objects; what else is in the hierarchy becomes findings."""
    found: list[str] = []
    stack = [name for name in reversed(top.folders) if name != "extensions"]
    while stack:
        path = stack.pop()
        unread = len(tree.unread)
        entries = tree.list(path)
        if any(name.startswith("0=") for name in entries.files):
            found.append(path)
            continue
        if not entries.folders and len(tree.unread) == unread:
            tree.findings.append(codes.E085.at(path))
        if entries.files:
            tree.findings += [codes.E072.at(join(path, name)) for name in entries.files]
            if entries.folders:
                tree.findings += [codes.E084.at(join(path, name)) for name in entries.files]
            if "inventory.json" in entries.files:
                tree.findings += [codes.E003.at(path, found="none"), codes.E088.at(path)]
                continue
        if entries.empty and len(tree.unread) == unread:
            tree.findings.append(codes.E073.at(path))
        stack += [join(path, name) for name in reversed(entries.folders)]
    return found


def _judge_place(path: str, identifier: str | None, layout: Layout | None, ids: dict[str, str]) -> list[Finding]:
    """Whether the object is where its layout puts its id, and whether no other has the id."""
    if identifier is None:
        return []
    findings = []
    if identifier in ids:
        findings.append(codes.E037.at(path, found=identifier))
    ids[identifier] = path
    if layout is not None:
        try:
            expected = layout.path_of(identifier)
        except FormatError:
            expected = "nowhere"
        if expected != path:
            findings.append(codes.E083.at(path, expected=expected))
    return findings
