"""Judges OCFL objects and storage roots by the specification's own codes (OCFL 1.0 and 1.1).

The reader shares nothing with muniment's writer but the names of keys: a mistake of one shows in the other.
"""

from __future__ import annotations

import os
import re
from collections import deque

from archive.errors import NotFoundError, from_os_error
from archive.model.build import NO_PROGRESS, Progress
from archive.model.finding import Fact, Outcome, outcome_of
from archive.model.validation import Depth, Kind, ValidationReport
from archive.stages.validation.ocfl.files import Tree
from archive.stages.validation.ocfl.object import judge_object
from archive.stages.validation.ocfl.root import judge_root

_OBJECT = re.compile(r"\d=ocfl_object.*", re.DOTALL)
_ROOT = re.compile(r"\d=ocfl_[0-9].*", re.DOTALL)
_LOOKED_INTO = 400
_VERDICTS = {Outcome.INTACT: "valid", Outcome.DAMAGED: "invalid", Outcome.NOT_CHECKED: "not checked"}


def is_ocfl(path: str) -> bool:
    """True when the folder `path` calls itself an OCFL object or root, or is one that does not say so.

    An object that has lost its declaration is still judged as an object, by its inventory; a root, by its objects.
    """
    return _sort_of(path) is not None


def _sort_of(path: str) -> str | None:
    try:
        names = set(os.listdir(path))
    except OSError:
        return None
    if any(_OBJECT.fullmatch(name) for name in names):
        return "object"
    versions = any(re.fullmatch(r"v0*1", name) for name in names)
    inventory = any(name == "inventory.json" or name.startswith("inventory.json.") for name in names)
    if any(_ROOT.fullmatch(name) for name in names) or "ocfl_layout.json" in names:
        return "object" if versions and inventory else "root"
    if "bagit.txt" in names:
        return None
    if inventory or (versions and names <= {"v1", "v01", "v001", "extensions", "logs"}):
        return "object"
    bag = any(name == "data" or name.startswith(("manifest-", "tagmanifest-")) for name in names)
    return "root" if not bag and _holds_objects(path) else None


def _holds_objects(path: str) -> bool:
    """True when an OCFL object is somewhere below, in folders that hold nothing but folders.

    Only so many are looked into, the nearest first.
    """
    ahead, looked = deque([path]), 0
    while ahead and looked < _LOOKED_INTO:
        folder, looked = ahead.popleft(), looked + 1
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError:
            continue
        if any(entry.name.startswith("0=ocfl_object_") for entry in entries):
            return True
        folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        if folder == path or len(folders) == len(entries):
            ahead += folders[:_LOOKED_INTO]
    return False


def validate_ocfl(subject: str, *, progress: Progress = NO_PROGRESS) -> ValidationReport:
    """Judge the OCFL object or storage root at the path `subject`, every byte of it.

    What does not say what it is counts as an object. Raises `NotFoundError` when there is no such folder.
    """
    if not os.path.isdir(subject):
        raise NotFoundError("there is no such folder", subject=subject)
    try:
        os.listdir(subject)
    except OSError as error:
        raise from_os_error(error, subject) from error
    tree = Tree(subject)
    progress.begin("checking", None)
    facts: dict[str, Fact]
    try:
        if _sort_of(subject) == "root":
            objects, files = judge_root(tree, progress)
            facts = {"sort": "storage root", "objects": objects, "files": files}
        else:
            learnt = judge_object(tree, progress)
            facts = {"sort": "object", "versions": learnt.versions, "files": learnt.files}
            facts |= {"id": learnt.id} if learnt.id else {}
            facts |= {"specification": learnt.specification} if learnt.specification else {}
            facts |= {"head": learnt.head} if learnt.head else {}
    finally:
        progress.end()
    findings = tree.findings.all()
    return ValidationReport(subject, Kind.OCFL, _VERDICTS[outcome_of(findings)], findings, Depth.FULL, facts)
