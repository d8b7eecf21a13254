"""Drafting a description from what the files say: suggestions with their sources, which assert nothing by themselves.

What a person has written already is never touched: a term that has a value gets no suggestion.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive.config import Settings
from archive.errors import UsageError, from_os_error
from archive.formats.description_writing import write_description
from archive.formats.edtf import is_edtf
from archive.formats.language import check_language
from archive.formats.properties import HEAD, ZIPPED, Properties, read_properties, wants_all
from archive.model.description import Certainty, Description, Source, Statement
from archive.stages.description_loading import is_description, load_description
from archive.stages.premis_events import count_of

_LOOKED_AT = 200
"""How many files are opened: a draft is for a person to read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Suggestions for one description. `existing` is what people have written already; `left` counts unread files."""

    suggestions: tuple[Statement, ...]
    existing: Description | None
    read: int
    left: int


def draft(sources: Sequence[str], settings: Settings) -> Draft:
    """What the files of `sources` say of themselves. Nothing is written.

    Raises `UsageError`, `NotFoundError` and `StorageError`, and `FormatError` where there is a description that cannot
    be read.
    """
    existing = load_description(sources, None)
    found: list[tuple[str, Properties]] = []
    left = 0
    for path, relative in _files(sources):
        if len(found) >= _LOOKED_AT:
            left += 1
            continue
        found.append((relative, _read(path, settings)))
    suggestions = list(_about_files(found)) if len(found) > 1 else []
    suggestions = [*_about_package(sources, found), *suggestions]
    taken = _taken(existing)
    kept = tuple(s for s in suggestions if (s.property, s.about) not in taken)
    return Draft(kept, existing, len(found), left)


def write_draft(made: Draft) -> str:
    """The draft as a description.toml: suggestions only, since what people wrote stands in their own file."""
    comment = (
        "A draft by archive describe. Each value is a suggestion, and stays one until you take away certainty ="
        ' "suggested";\ntake away what is wrong. How to write a description: docs/description.md'
    )
    return write_description(made.suggestions, comment)


def _taken(existing: Description | None) -> set[tuple[str, str | None]]:
    if existing is None:
        return set()
    return {
        (s.property, None if s.about is None else s.about.removeprefix("data/original/")) for s in existing.statements
    }


def _files(sources: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every regular file, with its name relative to the source; links are not followed."""
    for source in sources:
        if os.path.isfile(source):
            yield source, os.path.basename(source)
            continue
        if not os.path.isdir(source):
            raise UsageError("this is neither a file nor a folder", subject=source)

        def fail(error: OSError) -> None:
            raise from_os_error(error, os.fsdecode(error.filename or ""))

        for folder, folders, names in os.walk(source, onerror=fail):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(folder, name)
                top = os.path.samefile(folder, source)
                if os.path.isfile(path) and not os.path.islink(path) and not (top and is_description(name)):
                    yield path, os.path.relpath(path, source)


def _read(path: str, settings: Settings) -> Properties:
    if path.lower().endswith(".pdf"):
        return _read_pdf(path, settings)
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if wants_all(path):
                return read_properties(file.read(), path) if size <= ZIPPED else Properties()
            return read_properties(file.read(HEAD), path)
    except OSError as error:
        raise from_os_error(error, path) from error


def _read_pdf(path: str, settings: Settings) -> Properties:
    """What a PDF says, by the limited worker: it is never parsed in this process."""
    from archive.renditions.inspection.examining import inspect_pdf

    seen = inspect_pdf(path, subject=path, settings=settings)
    if seen.problem or seen.limit:
        return Properties()
    title = " ".join(seen.title.split()) or None
    return Properties(
        title, "document title" if title else "", language=seen.language or None, pages=seen.pages or None
    )


def _suggest(prop: str, value: str, by: str, about: str | None, source: Source = Source.DOCUMENT) -> Statement:
    return Statement(prop, value, certainty=Certainty.SUGGESTED, source=source, by=by, about=about)


def _about_package(sources: Sequence[str], found: list[tuple[str, Properties]]) -> Iterator[Statement]:
    if len(found) == 1:
        relative, properties = found[0]
        yield from _of_document(relative, properties, None)
        if properties.title is None:
            name = os.path.splitext(os.path.basename(relative))[0]
            yield _suggest("title", _text(name), "file name", None, Source.PROGRAM)
    else:
        first = next(
            (p for name, p in found if "/" not in name and name.lower().startswith("readme") and p.title), None
        )
        if first is not None and first.title:
            yield _suggest("title", first.title, f"{first.basis} of the README", None)
        else:
            name = os.path.basename(os.path.abspath(sources[0]))
            yield _suggest("title", _text(name), "name of the folder", None, Source.PROGRAM)
        languages = dict.fromkeys(p.language for _, p in found if p.language and check_language(p.language).valid)
        for language in languages:
            yield _suggest("language", language, "guess from the texts", None, Source.PROGRAM)
        yield _suggest("extent", count_of(len(found), "file"), "count", None, Source.PROGRAM)


def _about_files(found: list[tuple[str, Properties]]) -> Iterator[Statement]:
    for relative, properties in found:
        try:
            relative.encode("utf-8")
        except UnicodeEncodeError:
            continue
        yield from _of_document(relative, properties, relative)


def _of_document(name: str, found: Properties, about: str | None) -> Iterator[Statement]:
    document = _text(name)
    if found.title:
        yield _suggest("title", found.title, f"{found.basis} of {document}", about)
    if found.creator:
        yield _suggest("creator", found.creator, f"properties of {document}", about)
    for term, value in (("created", found.created), ("modified", found.modified)):
        if value and is_edtf(value):
            yield _suggest(term, value, f"properties of {document}", about)
    if found.language and check_language(found.language).valid:
        yield _suggest("language", found.language, f"guess from {document}", about, Source.PROGRAM)
    if found.pages:
        yield _suggest("extent", count_of(found.pages, "page"), f"properties of {document}", about)


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
