"""Finding the description of the sources, and reading it: description.toml or metadata.csv."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from archive.errors import FormatError, NotFoundError, UsageError, from_os_error
from archive.formats import description_csv, description_toml
from archive.formats.rights_csv import read_rights
from archive.model.build import Role
from archive.model.codes import description as codes
from archive.model.description import Certainty, Description, Statement, at_places
from archive.model.finding import Finding, Severity
from archive.regular_files import open_regular
from archive.stages.description.layout import NAMES, OBJECTS, RIGHTS_TABLE, TABLE, description_files, is_transfer

_LARGEST = 64 << 20
_ORIGINALS = f"data/{Role.ORIGINAL.value}/"


def load_description(sources: Sequence[str], explicit: str | None, *, replacing: bool = False) -> Description | None:
    """The description of these sources, its files named by bag paths; None where there is none.

    It is `explicit`, or description.toml or metadata.csv at the top of a folder, or beside a source that is a file, or
    metadata/metadata.csv in an Archivematica transfer, with the rights of its metadata/rights.csv. With `replacing` one
    in a source folder gives way to `explicit`, and a finding says so. Raises `UsageError` when there are several,
    `NotFoundError` when `explicit` is not there, and `FormatError` with the line of what is wrong first.
    """
    found = _find(sources)
    replaced: tuple[Finding, ...] = ()
    if explicit is not None and not os.path.lexists(explicit):
        raise NotFoundError("there is no such description", subject=explicit)
    if explicit is not None:
        others = [path for path, _ in found if not _is_same(path, explicit)]
        if others and not replacing and any(os.path.isdir(source) for source in sources):
            raise UsageError(
                "this description is in the source, but another was named",
                subject=others[0],
                remedy="Move one of them out of the source; a description is not payload and would be lost. To use the"
                " one that was named all the same, add --replace-description",
            )
        prefix = next((place for path, place in found if _is_same(path, explicit)), _prefix(sources, sources[0]))
        replaced = tuple(codes.REPLACED.at(os.path.basename(explicit), found=os.path.basename(one)) for one in others)
        found = [(explicit, prefix)]
    rights, problems = _transfer_rights(sources)
    if not found:
        return _only_rights(rights, problems)
    if len(found) > 1:
        raise UsageError(
            "there are two descriptions, and only one can be used",
            subject=found[1][0],
            remedy=f"Merge it with {found[0][0]}, or move it away",
        )
    path, prefix = found[0]
    description, findings = read_description_file(path)
    _refuse_wrong(path, findings)
    described = at_places(replace(description, findings=(*findings, *problems, *replaced)), prefix)
    return replace(described, statements=(*described.statements, *rights))


def load_for_bag(path: str) -> Description:
    """The description file at `path` for a bag that exists: its files' paths are below the bag's originals.

    Raises `NotFoundError`, `UsageError`, `StorageError`, and `FormatError` with the line of the first thing that is
    wrong in it.
    """
    description, findings = read_description_file(path)
    _refuse_wrong(path, findings)
    return at_places(replace(description, findings=tuple(findings)), _ORIGINALS)


def _transfer_rights(sources: Sequence[str]) -> tuple[tuple[Statement, ...], tuple[Finding, ...]]:
    """What rights.csv of the transfers among the sources says. Raises `FormatError` where it cannot be understood:
    rights that are passed over could let out what must not be."""
    found: list[Statement] = []
    problems: list[Finding] = []
    for source in sources:
        path = os.path.join(source, RIGHTS_TABLE)
        if not (os.path.isdir(source) and is_transfer(source) and os.path.isfile(path)):
            continue
        content = _read(path)
        statements, findings = read_rights(content)
        _refuse_wrong(path, findings)
        prefix = _prefix(sources, source) + OBJECTS
        found += [s if s.about is None else replace(s, about=prefix + s.about) for s in statements]
        problems += findings
    return tuple(found), tuple(problems)


def _only_rights(rights: tuple[Statement, ...], problems: tuple[Finding, ...]) -> Description | None:
    return Description(rights, RIGHTS_TABLE, b"", problems) if rights else None


def _refuse_wrong(path: str, findings: Sequence[Finding]) -> None:
    wrong = [finding for finding in findings if finding.severity is Severity.ERROR]
    if wrong:
        where = "" if wrong[0].line is None else f" (line {wrong[0].line})"
        more = f"; and {len(wrong) - 1} more" if len(wrong) > 1 else ""
        raise FormatError(
            f"{wrong[0].message}{where}{more}",
            subject=path,
            remedy="archive describe --check FILE lists every problem",
        )


def read_description_file(path: str) -> tuple[Description, list[Finding]]:
    """The description in one file, by its name's ending, and everything that is wrong with it.

    Raises `NotFoundError`, `UsageError` for what is not a file of a sensible size, and `StorageError`.
    """
    content = _read(path)
    name = os.path.basename(path)
    read = description_csv.read_table if name.lower().endswith(".csv") else description_toml.read_description
    description, findings = read(content)
    if description.statements and all(s.certainty is Certainty.SUGGESTED for s in description.statements):
        findings.append(codes.ONLY_SUGGESTIONS.at(description.name, count=len(description.statements)))
    return description, [replace(finding, subject=name) for finding in findings]


def _read(path: str) -> bytes:
    try:
        if not os.path.isfile(path):
            if os.path.lexists(path):
                raise UsageError("a description is a file", subject=path)
            raise NotFoundError("there is no such description", subject=path)
        if os.path.getsize(path) > _LARGEST:
            raise UsageError("this is too large for a description", subject=path)
        with open_regular(path) as file:
            return file.read()
    except OSError as error:
        raise from_os_error(error, path) from error


def _find(sources: Sequence[str]) -> list[tuple[str, str]]:
    """The descriptions of the sources, each with the bag path that its file names are relative to."""
    found: dict[str, str] = {}
    for source in sources:
        is_folder = os.path.isdir(source)
        folder = source if is_folder else os.path.dirname(os.path.abspath(source))
        inside = sorted(description_files(source)) if is_folder else NAMES
        for name in inside:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and not _is_same(path, source):
                found.setdefault(path, _prefix(sources, source) + (OBJECTS if name == TABLE else ""))
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
