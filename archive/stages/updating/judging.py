"""Judging the next version before it takes its place, by the validator, which shares nothing with what wrote it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import StorageError
from archive.model.build import FileRecord, Progress
from archive.model.codes.bag_files import HARD_LINKS
from archive.model.validation import Depth, ValidationReport
from archive.settings import Settings
from archive.storage.folders import Folder
from archive.storage.hashing import digest_descriptor


def judge_next_version(
    tree: str,
    subject: str,
    fresh: list[FileRecord],
    algorithms: Sequence[str],
    *,
    profile: str | None,
    settings: Settings,
    progress: Progress,
) -> ValidationReport:
    """The judgement on the version in the folder `tree`, which is to be the bag `subject`.

    All of it is judged but the bytes of files that were proven before; the `fresh` ones are read back, and must have
    their digests by `algorithms`. Raises `StorageError` and OSError.
    """
    from archive.stages.validation.bags.bag import validate_bag

    report = validate_bag(
        tree,
        depth=Depth.COMPLETE,
        read_tags=True,
        profile=profile,
        settings=settings,
        progress=progress,
        label="validation of the new version",
    )
    with Folder.at(tree) as top:
        for record in fresh:
            *folders, name = record.path.split("/")
            at = top.reach(folders)
            try:
                descriptor = at.open(name)
                try:
                    found = digest_descriptor(descriptor, algorithms)[1]
                finally:
                    os.close(descriptor)
            finally:
                at.close()
            if found != record.digests:
                raise StorageError("the bytes read back differ from those written", subject=record.path)
    findings = tuple(one for one in report.findings if one.kind is not HARD_LINKS)
    return replace(report, subject=subject, findings=findings)
