"""What the next version must carry: the fields, algorithms and tag files of the old one, with what is to be changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from archive.errors import UsageError
from archive.model.update import Changes
from archive.settings import Settings
from archive.stages.creation.requirements import Fields, Requirements, gather_requirements
from archive.stages.creation.tag_files import COMPUTED, OWN
from archive.stages.updating.description import OldWords
from archive.stages.updating.old_version import DESCRIPTIONS, VERSION_LABEL, OldVersion
from archive.storage.hashing import check_algorithms, normalise_name


@dataclass(frozen=True, slots=True)
class Requested:
    """What the next version carries. `words` say what that changes, for its record."""

    required: Requirements
    words: tuple[str, ...]

    @property
    def fields(self) -> Fields:
        return self.required.bag_info

    @property
    def algorithms(self) -> tuple[str, ...]:
        return self.required.algorithms

    @property
    def tag_algorithms(self) -> tuple[str, ...]:
        return self.required.tag_algorithms


def require(old: OldVersion, changes: Changes, settings: Settings, words: OldWords | None) -> Requested:
    """What the next version carries. Raises `UsageError` for an algorithm, field or profile that cannot be used."""
    algorithms = _changed(old.algorithms, changes)
    tags = _changed(old.tag_algorithms or old.algorithms, changes, strict=False) or algorithms
    fields: dict[str, list[str]] = {}
    given = {label.lower() for label in changes.bag_info}
    for label, value in _kept_fields(old, words):
        if label.lower() not in given and value.strip():
            fields.setdefault(label, []).append(value)
    for label, values in changes.bag_info.items():
        if label.lower() == VERSION_LABEL.lower():
            raise UsageError("this field is counted and cannot be given", subject=label)
        if values:
            fields[label] = list(values)
    chosen = settings.with_flags(
        "create", algorithms=algorithms, bag_info=fields, profile=changes.profile or "", serialize=""
    )
    required = gather_requirements(chosen)
    if not changes.profile:
        required = Requirements(
            required.algorithms, check_algorithms(tags), required.bag_info, {}, None, required.findings
        )
    return Requested(required, tuple(_words(old, changes, required)))


def _changed(algorithms: tuple[str, ...], changes: Changes, *, strict: bool = True) -> tuple[str, ...]:
    dropped = {normalise_name(name) for name in changes.drop_algorithms}
    for name in dropped:
        if strict and name not in algorithms:
            raise UsageError(f"the bag has no manifest of this algorithm; it has {', '.join(algorithms)}", subject=name)
    added = check_algorithms(changes.add_algorithms) if changes.add_algorithms else ()
    left = tuple(dict.fromkeys((*(name for name in algorithms if name not in dropped), *added)))
    if strict and not left:
        raise UsageError("the bag would have no digests left", remedy="Add another algorithm with --add-algorithm")
    return left


def _kept_fields(old: OldVersion, words: OldWords | None) -> Iterable[tuple[str, str]]:
    """The fields that were given: those that the program fills in are filled in again."""
    own = {label.lower() for label in (*COMPUTED, *OWN, VERSION_LABEL)}
    derived: set[tuple[str, str]] = set()
    if words is not None:
        identifiers = (words.entity, *(one.value for one in words.told.values("identifier")))
        derived.update(("external-identifier", " ".join(value.split())) for value in identifiers)
        derived.add(("external-description", " ".join(words.title.split())))
    for tag in old.reading.info:
        if tag.label.lower() not in own and (tag.label.lower(), " ".join(tag.value.split())) not in derived:
            yield tag.label, tag.value


def _words(old: OldVersion, changes: Changes, required: Requirements) -> Iterable[str]:
    if changes.description is not None:
        yield "the description was replaced"
    elif any(path in DESCRIPTIONS for path in old.edits.changed):
        yield "the description was edited by hand"
    if changes.bag_info or "bag-info.txt" in old.edits.changed:
        labels = ", ".join(changes.bag_info)
        yield f"fields of bag-info.txt were changed: {labels}" if labels else "bag-info.txt was edited by hand"
    new = [name for name in required.algorithms if name not in old.algorithms]
    gone = [name for name in old.algorithms if name not in required.algorithms]
    if new:
        yield f"manifests were added: {', '.join(new)}"
    if gone:
        yield f"manifests were dropped: {', '.join(gone)}"
    if changes.profile:
        yield f"made to meet the BagIt profile {changes.profile}"
    if changes.render_again:
        yield "renditions were made again"
