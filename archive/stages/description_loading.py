"""Finding the description of the sources, and reading it: description.toml or metadata.csv."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats import description_csv, description_toml
from archive.model.codes import description as codes
from archive.model.description import Certainty, Description, at_places
from archive.model.finding import Finding, Severity
from archive.model.package import Role

_NAMES = (description_toml.NAME, description_csv.NAME)
_LARGEST = 64 << 20
_ORIGINALS = f"data/{Role.ORIGINAL.value}/"


def is_description(name: str) -> bool:
    """True for a file at a source's top that describes it, and is no payload."""
    return name in _NAMES


def load_description(sources: Sequence[str], explicit: str | None) -> Description | None:
    """The description of these sources, its files named by bag paths; None where nobody wrote one.

    It is `explicit`, or description.toml or metadata.csv at the top of a folder, or beside a source that is a file.
    Raises `UsageError` when there are several, `NotFoundError` when `explicit` is not there, and `FormatError` with the
    line of the first thing that is wrong in it.
    """
    found = _find(sources)
    if explicit is not None and not os.path.lexists(explicit):
        raise NotFoundError("there is no such description", subject=explicit)
    if explicit is not None:
        others = [path for path, _ in found if not _is_same(path, explicit)]
        if others and any(os.path.isdir(source) for source in sources):
            raise UsageError(
                "this description lies in the source, but another was named",
                subject=others[0],
                remedy="Move one of them out of the source; a description is no payload and would be lost",
            )
        prefix = next((place for path, place in found if _is_same(path, explicit)), _prefix(sources, sources[0]))
        found = [(explicit, prefix)]
    if not found:
        return None
    if len(found) > 1:
        raise UsageError(
            "there are two descriptions, and only one can hold",
            subject=found[1][0],
            remedy=f"Join it with {found[0][0]}, or move it away",
        )
    path, prefix = found[0]
    description, findings = read_description_file(path)
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    if wrong:
        where = "" if wrong[0].line is None else f" (line {wrong[0].line})"
        more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise FormatError(
            f"{wrong[0].message}{where}{more}",
            subject=path,
            remedy="archive describe --check FILE lists every problem",
        )
    return at_places(replace(description, findings=tuple(findings)), prefix)


def read_description_file(path: str) -> tuple[Description, list[Finding]]:
    """The description in one file, by its name's ending, and everything that is wrong with it.

    Raises `NotFoundError`, `UsageError` for what is no file of a sensible size, and `StorageError`.
    """
    try:
        if not os.path.isfile(path):
            if os.path.lexists(path):
                raise UsageError("a description is a file", subject=path)
            raise NotFoundError("there is no such description", subject=path)
        if os.path.getsize(path) > _LARGEST:
            raise UsageError("this is too large for a description", subject=path)
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        raise from_os_error(error, path) from error
    name = os.path.basename(path)
    read = description_csv.read_table if name.lower().endswith(".csv") else description_toml.read_description
    description, findings = read(content)
    if description.statements and all(s.certainty is Certainty.SUGGESTED for s in description.statements):
        findings.append(codes.ONLY_SUGGESTIONS.at(description.name, count=len(description.statements)))
    return description, [replace(finding, subject=name) for finding in findings]


def _find(sources: Sequence[str]) -> list[tuple[str, str]]:
    """The descriptions of the sources, each with the bag path that its file names are relative to."""
    found: dict[str, str] = {}
    for source in sources:
        folder = source if os.path.isdir(source) else os.path.dirname(os.path.abspath(source))
        for name in _NAMES:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not _is_same(path, source):
                found.setdefault(path, _prefix(sources, source))
    return list(found.items())


def _prefix(sources: Sequence[str], source: str) -> str:
    """Where the files of `source` go: as in planning, the content of a single folder goes to the payload's top."""
    if len(sources) == 1 or not os.path.isdir(source):
        return _ORIGINALS
    return f"{_ORIGINALS}{os.path.basename(os.path.abspath(source))}/"


def _is_same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False
