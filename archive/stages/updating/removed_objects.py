"""What the old record says of files and rights that the next one drops: judged now, for no later check sees it.

An object of a file that goes stays in the record as one of an earlier version, so that its form is judged there; that
its size and digests are those of the old manifests only the old version shows. Rights may be replaced as a whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from archive.formats.premis_scanning import KnownEntities, wrap_pieces
from archive.formats.xml_elements import children, local_name
from archive.formats.xml_safety import XmlRefusedError, parse_xml
from archive.model.build import FileRecord
from archive.model.finding import Finding
from archive.stages.updating.old_version import PREMIS, OldVersion
from archive.stages.updating.planning import UpdatePlan


def removed_paths(plan: UpdatePlan) -> frozenset[str]:
    """The files that the next version does not have, under whatever name."""
    return frozenset(plan.gone) - frozenset(plan.moved.values())


def judge_removed(old: OldVersion, plan: UpdatePlan, entities: KnownEntities) -> list[Finding]:
    """What is wrong in the entities that `scan_record` gave apart: the objects of removed files, rights and agents."""
    from archive.stages.validation.records.notes import Notes
    from archive.stages.validation.records.payload import PayloadComparison
    from archive.stages.validation.records.premis import PremisJudge

    notes = Notes(PREMIS)
    judge = PremisJudge(notes)
    objects = PayloadComparison(_Removed(old, removed_paths(plan)), PREMIS, ours=True)
    for piece in entities.apart:
        try:
            root = parse_xml(wrap_pieces((piece,)), subject=PREMIS).getroot()
        except XmlRefusedError as refused:
            notes.take(refused.finding)
            continue
        for element in children(root):
            judge.take(element)
            if local_name(element) == "object":
                objects.take(element)
    return [*notes.all(), *objects.finish()]


class _Removed:
    """The removed files as a bag with nothing else in it, for the comparison with the record."""

    def __init__(self, old: OldVersion, paths: frozenset[str]) -> None:
        self._old = old
        self._paths = paths
        self._edited = {*old.edits.changed, *old.edits.removed}

    @property
    def algorithms(self) -> tuple[str, ...]:
        return self._old.algorithms

    def has(self, path: str) -> bool:
        return self._old.reading.has(path)

    def tag_bytes(self, path: str) -> bytes | None:
        return self._old.reading.read(path)

    def payload(self) -> Iterator[FileRecord]:
        """None that must be digested: `listed` gives them all."""
        return iter(())

    def listed(self) -> Iterator[tuple[bytes, bytes, int, Sequence[bytes | None]]]:
        """Each file as the manifests list it; the size of one that was changed by hand is not known any more."""
        for path in sorted(self._paths):
            raw = path.encode("utf-8", "surrogateescape")
            digests = self._old.table.digests_of(raw)
            if digests is None:
                continue
            folder, _, name = raw.rpartition(b"/")
            size = -1 if path in self._edited else os.lstat(os.path.join(self._old.path, path)).st_size
            yield folder, name, size, digests
