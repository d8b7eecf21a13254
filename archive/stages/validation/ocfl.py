"""Judges OCFL objects and storage roots by the specification's own codes (OCFL 1.0 and 1.1).

The reader shares nothing with our writer but the names of keys: a mistake of one shows in the other.
"""

from __future__ import annotations

import os
import re

from archive.errors import NotFoundError, from_os_error
from archive.model.finding import Fact, Outcome, outcome_of
from archive.model.package import NO_PROGRESS, Progress
from archive.model.report import Depth, Kind, ValidationReport
from archive.stages.validation.ocfl_files import Tree
from archive.stages.validation.ocfl_object import judge_object
from archive.stages.validation.ocfl_root import judge_root

_OBJECT = re.compile(r"\d=ocfl_object.*", re.DOTALL)
_ROOT = re.compile(r"\d=ocfl_[0-9].*", re.DOTALL)
_VERDICTS = {Outcome.INTACT: "valid", Outcome.DAMAGED: "invalid", Outcome.NOT_CHECKED: "not checked"}


def is_ocfl(path: str) -> bool:
    """True when the folder `path` calls itself an OCFL object or root, or has an object's inventory without saying so.

    An object that has lost its declaration is still judged as an object.
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
    return "object" if inventory or (versions and names <= {"v1", "v01", "v001", "extensions", "logs"}) else None


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
    findings = tuple(tree.findings)
    return ValidationReport(subject, Kind.OCFL, _VERDICTS[outcome_of(findings)], findings, Depth.FULL, facts)
