"""`archive update`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.create import read_fields
from archive.cli.options import (
    current_settings,
    events_option,
    json_option,
    path_argument,
    quiet_option,
    strict_option,
)
from archive.errors import UsageError
from archive.model.exits import exit_of


@click.command("update")
@path_argument("bag", nargs=1)
@path_argument("files", required=False)
@click.option("--add", multiple=True, metavar="FILES", type=click.Path(path_type=str), help="A file or folder to add.")
@click.option("--as", "places", multiple=True, metavar="PATH", help="Where in the bag it goes; a folder ends with /.")
@click.option("--remove", multiple=True, metavar="PATH", help="A file or folder of the bag to remove.")
@click.option("--replace", nargs=2, multiple=True, metavar="PATH FILE", help="A file of the bag, and its new content.")
@click.option(
    "--rename", nargs=2, multiple=True, metavar="OLD NEW", help="A file or folder of the bag, and its new name."
)
@click.option("--description", metavar="FILE", type=click.Path(path_type=str), help="The new description.")
@click.option(
    "--add-algorithm", "added", multiple=True, metavar="NAME", help="Also write manifests with this algorithm."
)
@click.option(
    "--drop-algorithm", "dropped", multiple=True, metavar="NAME", help="Stop writing manifests with this algorithm."
)
@click.option(
    "--bag-info", "fields", multiple=True, metavar="KEY=VALUE",
    help="A field for bag-info.txt; it replaces fields of the same name; an empty value removes them.",
)  # fmt: skip
@click.option("--profile", metavar="NAME|FILE", help="BagIt profile that the new version must meet.")
@click.option("--accept-changes", is_flag=True, help="Accept changes made by hand in the bag's folder; each is listed.")
@click.option("--render-again", is_flag=True, help="Make all renditions again.")
@click.option("--keep-old", metavar="DIR", type=click.Path(path_type=str), help="Keep the old version in this folder.")
@click.option("--discard-old", is_flag=True, help="Do not keep the old version.")
@click.option("--dry-run", is_flag=True, help="Show what would change; write nothing.")
@json_option
@events_option
@quiet_option
@strict_option
def command(
    *,
    bag: str,
    files: tuple[str, ...],
    add: tuple[str, ...],
    places: tuple[str, ...],
    remove: tuple[str, ...],
    replace: tuple[tuple[str, str], ...],
    rename: tuple[tuple[str, str], ...],
    description: str | None,
    added: tuple[str, ...],
    dropped: tuple[str, ...],
    fields: tuple[str, ...],
    profile: str | None,
    accept_changes: bool,
    render_again: bool,
    keep_old: str | None,
    discard_old: bool,
    dry_run: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
    strict: bool,
) -> int:
    """Make a new version of a bag: add, replace, rename or remove files, or change its description.

    The old version is validated first, and the new one before it replaces the old one in a single step. Paths in the
    bag are relative to its originals, or begin with data/. The old version is kept in the folder named by
    update.keep_old, by default old-versions beside archive.toml. PREMIS keeps all earlier events and records the new
    ones.

    \b
    Example:
      archive update bags/press-release --add annex.pdf scans/ --as annexes/
      archive update bags/press-release --replace statement.txt corrected.txt --discard-old
      archive update bags/press-release --accept-changes --dry-run
    """
    from archive.model.update import Changes
    from archive.stages.updating.places import pair_with_places
    from archive.stages.updating.workflow import update
    from archive.storage.clock import system_clock

    if keep_old is not None and discard_old:
        raise UsageError(
            "--keep-old and --discard-old cannot be used together", remedy="Leave out --keep-old or --discard-old"
        )
    if files and not add:
        raise UsageError("only one bag is updated at a time", subject=files[0], remedy="Name files to add with --add")
    if any(not part for part in (*add, *files)):
        raise UsageError("this is not a path", subject="")
    settings = current_settings().with_flags("update", keep_old=keep_old)
    settings.require("update", "ledger")
    report = update(
        bag,
        Changes(
            add=pair_with_places((*add, *files), places),
            remove=remove,
            replace=replace,
            rename=rename,
            description=description,
            add_algorithms=added,
            drop_algorithms=dropped,
            bag_info=_lists(fields),
            profile=profile,
            accept_changes=accept_changes,
            render_again=render_again,
        ),
        discard_old=discard_old,
        settings=settings,
        clock=system_clock(),
        dry_run=dry_run,
        progress=progress_for(quiet=quiet or (as_json and not events), events=events),
    )
    if as_json:
        from archive.reporting.update import update_document

        show_json(update_document(report))
    else:
        from archive.reporting.update import update_text

        show(update_text(report))
    return exit_of(report.outcome, warned=strict and bool(report.warnings))


def _lists(fields: tuple[str, ...]) -> dict[str, list[str]]:
    """The values of --bag-info by label; one without a value is to be taken out."""
    return {label: [value for value in values if value] for label, values in read_fields(fields).items()}
