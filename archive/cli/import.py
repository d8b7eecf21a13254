# ruff: noqa: N999 - a module of commands is named like its command
"""`archive import PACKAGE --to DIR`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import (
    clean_partial_option,
    current_settings,
    events_option,
    json_option,
    name_option,
    path_argument,
    quiet_option,
    to_option,
)


@click.command("import")
@path_argument("package", nargs=1)
@to_option
@name_option
@click.option("--dry-run", is_flag=True, help="Check the package and show what would be imported; write nothing.")
@clean_partial_option
@json_option
@events_option
@quiet_option
def command(
    *,
    package: str,
    to: str,
    name: str | None,
    dry_run: bool,
    clean_partial: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Import a package from another system as a bag: E-ARK, RO-Crate, DSpace item, Archivematica AIP, or a bag made
    elsewhere.

    Every file of the package is first compared with the checksum that the package records. A package exported by this
    program becomes exactly the bag that it was made from. Any other becomes a new bag: its content under the original
    names, its metadata as description and events, and all its other files, verbatim, in metadata/imported/. A DSpace
    archive of several items becomes one bag per item, named after the items' folders.

    \b
    Example:
      archive import received/uuid-0b53c6f4 --to bags/
      archive import survey.crate.zip --to bags/ --dry-run
    """
    from archive.model.imported import ImportReport
    from archive.reporting.imported import (
        import_document,
        import_exit,
        import_text,
        imports_document,
        imports_exit,
        imports_text,
    )
    from archive.stages.importing.importing import import_parts
    from archive.storage.clock import system_clock

    answers = list(
        import_parts(
            package,
            to,
            name=name,
            dry_run=dry_run,
            clean_partial=clean_partial,
            settings=current_settings(),
            clock=system_clock(),
            progress=progress_for(quiet=quiet or (as_json and not events), events=events),
        )
    )
    report = answers[0]
    if len(answers) == 1 and isinstance(report, ImportReport):
        if as_json:
            show_json(import_document(report))
        else:
            show(import_text(report))
        return import_exit(report)
    if as_json:
        show_json(imports_document(package, answers))
    else:
        show(imports_text(answers))
    return imports_exit(answers)
