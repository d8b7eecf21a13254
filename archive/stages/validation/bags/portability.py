"""Names in a bag that some systems cannot hold: warnings, in memory that does not grow with their number."""

from __future__ import annotations

from collections.abc import Iterable

from archive.bags.manifest_table import ManifestTable
from archive.formats.bagpath import to_text
from archive.formats.portable_names import (
    LONGEST_PATH,
    may_be_unportable,
    may_hold_problems,
    name_problems,
    path_problem,
    path_problems,
)
from archive.model.capped_findings import CappedFindings
from archive.model.codes import bag as bag_codes
from archive.model.codes import bag_files as codes
from archive.model.finding import Finding

LISTED = 100
"""How many names one report lists."""


def unportable_findings() -> CappedFindings:
    """Warnings of paths that cannot travel, none yet; one report lists so many, and says how many more there are."""
    return CappedFindings(limit=LISTED, more=bag_codes.MORE)


def warn_unportable(listed: ManifestTable) -> tuple[Finding, ...]:
    """A warning for each listed payload path that cannot travel, and a note on how many more there are."""
    found = unportable_findings()
    for folder, names in listed.tables.items():
        find_unportable([folder + b"/" + name for name in names], found)
    find_unportable(listed.partial, found)
    return found.all()


def find_unportable(paths: Iterable[bytes], found: CappedFindings) -> None:
    """Add a warning for each of the bag-relative `paths` that cannot travel. Usual names cost one look at all together.

    What is the same in paths that follow each other, their folder, is judged once.
    """
    paths = list(paths)
    joined = to_text(b"/".join(paths))
    if not (may_be_unportable(joined) and may_hold_problems(joined)):
        paths = [path for path in paths if 2 * len(path) > LONGEST_PATH]
    above: bytes | None = None
    inherited: tuple[str, ...] = ()
    for path in paths:
        folder, _, name = path.rpartition(b"/")
        if folder != above:
            above, inherited = folder, path_problems(to_text(folder), whole=False)
        text = to_text(name)
        problems = name_problems(text) if may_be_unportable(text) else ()
        if inherited:
            problems = tuple(dict.fromkeys((*inherited, *problems)))
        if 2 * len(path) > LONGEST_PATH and (long := path_problem(to_text(path))) is not None:
            problems = (*problems, long)
        for problem in problems:
            if found.is_full(codes.NOT_PORTABLE):
                found.count(codes.NOT_PORTABLE)
            else:
                found.note(codes.NOT_PORTABLE, to_text(path), reason=problem)
