"""What is said of the next version: people's words are kept or replaced, what the program says is written again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archive.errors import FormatError, StorageError
from archive.formats import description_csv, description_toml
from archive.formats.statements import read_statements
from archive.model.build import RenditionResult
from archive.model.description import Description, Origin, Statement, at_places
from archive.stages.creation.metadata import Survey, fact, package_facts, rendition_facts
from archive.stages.creation.premis_record import ORIGINALS, US
from archive.stages.description.loading import load_for_bag
from archive.stages.description.matching import match_files
from archive.stages.scanning.identification import Identifications
from archive.stages.updating.old_version import DESCRIPTIONS, STATEMENTS, OldVersion
from archive.stages.updating.planning import RENDITIONS, UpdatePlan

_LARGEST = 64 << 20
_OWN = frozenset({
    "identifier", "format", "extent", "hasFormat", "isFormatOf", "conformsTo", "accessRights", "isVersionOf",
    "replaces",
})  # fmt: skip
_NO_TITLE = "no title was given; this one was taken instead"


@dataclass(frozen=True, slots=True)
class OldWords:
    """What the old version says: `told` by people, `facts` by the program, `entity` the package's identifier.

    `title` is the title that the old records have.
    """

    told: Description
    facts: tuple[Statement, ...]
    entity: str
    title: str

    def renditions(self) -> dict[str, str]:
        """Each rendition with its original, by bag path."""
        return {one.about: one.value for one in self.facts if one.property == "isFormatOf" and one.about is not None}

    def formats(self) -> list[str]:
        """The media types of the package's originals."""
        return [one.value for one in self.facts if one.property == "format" and one.about is None]


def read_old_words(old: OldVersion) -> OldWords:
    """The statements of a described bag. Raises `FormatError` and `StorageError`."""
    content = _read(old, STATEMENTS)
    assert content is not None
    statements, _restricted = read_statements(content)
    facts = tuple(one for one in statements if _is_own(one))
    words = tuple(one for one in statements if not _is_own(one) and one.note != _NO_TITLE)
    entity = next((one.value for one in facts if one.property == "identifier" and one.about is None), "")
    if not entity:
        raise FormatError("it does not name the package", subject=STATEMENTS)
    name = next((path for path in DESCRIPTIONS if old.reading.has(path)), None)
    told = Description(words)
    if name is not None:
        written = _read(old, name) or b""
        known = at_places(_parse(written, name), ORIGINALS)
        private = tuple(one for one in known.statements if one.private)
        told = Description((*words, *private), os.path.basename(name), written, (), known.hints)
    shown = Description(statements).title_text() or ""
    return OldWords(told, facts, entity, shown)


def _is_own(one: Statement) -> bool:
    return one.source is Origin.PROGRAM and (one.by or "").startswith(f"{US.name} ") and one.property in _OWN


def _parse(content: bytes, name: str) -> Description:
    is_table = name.endswith(".csv")
    return (description_csv.read_table if is_table else description_toml.read_description)(content)[0]


def _read(old: OldVersion, path: str) -> bytes | None:
    if not old.reading.has(path):
        return None
    try:
        return old.reading.reader.read_tag(path.encode(), _LARGEST)
    except OSError as error:
        raise StorageError(f"it cannot be read: {error.strerror}", subject=path) from error


def new_words(old: OldVersion, words: OldWords, plan: UpdatePlan, description: str | None) -> Description:
    """What people say of the new version: by a description file, by the bag's own where that was edited by hand, or as
    before, with the files under their new names. Raises what reading a description raises."""
    edited = next((path for path in DESCRIPTIONS if path in old.edits.changed), None)
    if description is not None:
        told = load_for_bag(description)
    elif edited is not None:
        told = _load_edited(old, edited)
    else:
        moves = {before: after for after, before in plan.moved.items()}
        return replace(
            words.told,
            statements=tuple(
                replace(one, about=moves[one.about]) if one.about in moves else one for one in words.told.statements
            ),
        )
    paths = [path for path in old.paths() if path not in plan.gone]
    return match_files(told, (*paths, *plan.moved, *plan.taken))


def _load_edited(old: OldVersion, path: str) -> Description:
    with tempfile.TemporaryDirectory(prefix="muniment-") as folder:
        copy = os.path.join(folder, os.path.basename(path))
        with open(copy, "wb") as file:
            file.write(_read(old, path) or b"")
        return load_for_bag(copy)


@dataclass(frozen=True, slots=True)
class NewFacts:
    """What the program knows of the new version. `kept` maps renditions that were taken over, by their old path, to
    their new one; `formats` are the media types of all originals; `make` gives the identifier of a file's object."""

    survey: Survey
    kept: Mapping[str, str]
    renditions: tuple[RenditionResult, ...]
    formats: list[str]
    make: Callable[[str, str], str]
    version: int


def statements_of(  # noqa: PLR0917 - what people say, what was known, what is known, and what changed
    told: Description, words: OldWords, facts: NewFacts, plan: UpdatePlan, title: Statement, identified: Identifications
) -> tuple[Statement, ...]:
    """Every statement of the new version, in the order in which creation writes them."""
    moves = {before: after for after, before in plan.moved.items()}
    survey = facts.survey
    survey.formats = dict.fromkeys(facts.formats)
    of_kept = [
        replace(
            one,
            about=facts.kept[one.about],
            value=moves.get(one.value, one.value) if one.property == "isFormatOf" else one.value,
        )
        for one in words.facts
        if one.about is not None and one.about in facts.kept and one.about.startswith(RENDITIONS)
    ]
    return (
        *told.public,
        *(() if told.title_text() else (title,)),
        *package_facts(words.entity, told, survey, (), facts.make),
        *(fact("hasFormat", facts.make("file", path)) for path in facts.kept.values()),
        *(fact("hasFormat", facts.make("file", one.path)) for one in facts.renditions if one.path),
        fact("isVersionOf", words.entity),
        fact("replaces", f"{words.entity}#v{facts.version - 1}"),
        *of_kept,
        *rendition_facts(facts.renditions, identified),
    )
