"""Drafting a description from what the files say: suggestions with their sources, which assert nothing by themselves.

What a person has written already is never touched: a term that has a value gets no suggestion.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from archive.errors import UsageError, from_os_error
from archive.formats.description_writing import write_description
from archive.formats.edtf import is_edtf
from archive.formats.junk import junk_sort
from archive.formats.language import check_language
from archive.formats.naming import count_of
from archive.formats.properties import HEAD, ZIPPED, Properties, read_properties, wants_all
from archive.model.description import Certainty, Description, Origin, Statement
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.stages.description.layout import description_files
from archive.stages.description.loading import load_description

_LOOKED_AT = 200
"""How many files are opened: a draft is for a person to read."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Suggestions for one description. `existing` is what people have written already; `left` counts unread files."""

    suggestions: tuple[Statement, ...]
    existing: Description | None
    read: int
    left: int
    encodings: tuple[tuple[str, str], ...] = ()
    """Files that are not UTF-8, each with the encoding that it is likely in."""
    files: tuple[str, ...] = ()
    """The files that were looked at, by their names relative to their source."""


def draft(sources: Sequence[str], settings: Settings, *, beside: str | None = None) -> Draft:
    """What the files of `sources` say of themselves. Nothing is written.

    An unfinished description at `beside` is not yet what people have written: it counts for nothing here.

    Raises `UsageError`, `NotFoundError` and `StorageError`, and `FormatError` where there is a description that cannot
    be read.
    """
    existing = None if beside is not None and os.path.lexists(beside) else load_description(sources, None)
    found: list[tuple[str, Properties]] = []
    left = 0
    for path, relative in _files(sources, settings):
        if len(found) >= _LOOKED_AT:
            left += 1
            continue
        found.append((relative, _read(path, settings)))
    suggestions = list(_about_files(found)) if len(found) > 1 else []
    suggestions = [*_about_package(sources, found), *suggestions]
    taken = _taken(existing)
    kept = tuple(s for s in suggestions if (s.property, s.about) not in taken)
    encodings = tuple(_likely_encodings(sources, settings, existing))
    return Draft(kept, existing, len(found), left, encodings, tuple(_text(relative) for relative, _ in found))


def write_draft(made: Draft) -> str:
    """The draft as a description.toml: suggestions only, since what people wrote is in their own file."""
    comment = (
        "A draft by archive describe. Each value is a suggestion, and stays one until you take away certainty ="
        ' "suggested";\ntake away what is wrong. How to write a description: docs/description.md'
    )
    if made.suggestions and all(one.certainty is not Certainty.SUGGESTED for one in made.suggestions):
        comment = (
            "Made by archive describe --accept-suggestions: what the files say, which no person has checked.\n"
            "How to write a description: docs/description.md"
        )
    text = write_description(made.suggestions, comment)
    if not made.encodings:
        return text
    lines = [f"# [files.{_quoted(name)}]\n# encoding = {_quoted(encoding)}\n" for name, encoding in made.encodings]
    said = "# These texts are not UTF-8. The encodings are guesses: check each, then remove the # before its lines.\n"
    return f"{text.rstrip()}\n\n{said}{''.join(lines)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(c if c >= " " else " " for c in escaped)}"'


def _likely_encodings(
    sources: Sequence[str], settings: Settings, existing: Description | None
) -> Iterator[tuple[str, str]]:
    """Texts that are not UTF-8 and of which no encoding is stated, with the likely one."""
    from archive.renditions.readers.decoding import suggest_encoding

    for path, relative in islice(_files(sources, settings), _LOOKED_AT):
        stated = existing is not None and existing.reading(f"data/original/{relative}").encoding
        if stated or not relative.lower().endswith((".txt", ".text", ".log", ".md", ".csv", ".tsv", ".srt", ".json")):
            continue
        try:
            with open_regular(path) as file:
                likely = suggest_encoding(file.read(HEAD))
        except OSError as error:
            raise from_os_error(error, path) from error
        if likely is not None:
            yield _text(relative), likely


def _taken(existing: Description | None) -> set[tuple[str, str | None]]:
    if existing is None:
        return set()
    return {
        (s.property, None if s.about is None else s.about.removeprefix("data/original/")) for s in existing.statements
    }


def _files(sources: Sequence[str], settings: Settings) -> Iterator[tuple[str, str]]:
    """Every regular file, with its name relative to the source; links are not followed, and junk is left out."""
    leave_junk = settings.create.junk == "exclude"
    if not sources:
        raise UsageError("no source is given", remedy="Name at least one file or folder")
    for source in sources:
        if os.path.isfile(source):
            yield source, os.path.basename(source)
            continue
        if not os.path.isdir(source):
            raise UsageError("this is neither a file nor a folder", subject=source)
        beside = description_files(source)
        for path in _below(source):
            relative = os.path.relpath(path, source)
            if relative not in beside and not (leave_junk and junk_sort(os.path.basename(path)) is not None):
                yield path, relative


def _below(top: str) -> Iterator[str]:
    """Every regular file below the folder `top`, however deep; those of a folder before its folders, by name."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            raise from_os_error(error, folder) from error
        yield from (entry.path for entry in entries if entry.is_file(follow_symlinks=False))
        waiting += (entry.path for entry in reversed(entries) if entry.is_dir(follow_symlinks=False))


def _read(path: str, settings: Settings) -> Properties:
    if path.lower().endswith(".pdf"):
        return _read_pdf(path, settings)
    try:
        with open_regular(path) as file:
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


def _suggest(prop: str, value: str, by: str, about: str | None, source: Origin = Origin.DOCUMENT) -> Statement:
    return Statement(prop, value, certainty=Certainty.SUGGESTED, source=source, by=by, about=about)


def _about_package(sources: Sequence[str], found: list[tuple[str, Properties]]) -> Iterator[Statement]:
    if len(found) == 1:
        relative, properties = found[0]
        yield from _of_document(relative, properties, None)
        if properties.title is None:
            name = os.path.splitext(os.path.basename(relative))[0]
            yield _suggest("title", _text(name), "file name", None, Origin.PROGRAM)
    else:
        first = next(
            (p for name, p in found if "/" not in name and name.lower().startswith("readme") and p.title), None
        )
        if first is not None and first.title:
            yield _suggest("title", first.title, f"{first.basis} of the README", None)
        else:
            name = os.path.basename(os.path.abspath(sources[0]))
            yield _suggest("title", _text(name), "name of the folder", None, Origin.PROGRAM)
        languages = dict.fromkeys(p.language for _, p in found if p.language and check_language(p.language).valid)
        for language in languages:
            yield _suggest("language", language, "guess from the texts", None, Origin.PROGRAM)
        yield _suggest("extent", count_of(len(found), "file"), "count", None, Origin.PROGRAM)


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
        yield _suggest("language", found.language, f"guess from {document}", about, Origin.PROGRAM)
    if found.pages:
        yield _suggest("extent", count_of(found.pages, "page"), f"properties of {document}", about)


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
