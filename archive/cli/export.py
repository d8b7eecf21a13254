"""`archive export BAG... --as FORMAT`, and of one bag `--for "NAME, PURPOSE"` and `--holey URL-PREFIX`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.name_lists import expand
from archive.cli.options import (
    NamedPath,
    clean_partial_option,
    current_settings,
    events_option,
    json_option,
    name_option,
    quiet_option,
    show_placed,
    to_option,
)
from archive.errors import UsageError
from archive.model.build import Progress


@click.command("export")
@click.argument("given", nargs=-1, required=True, metavar="BAG...", type=NamedPath())
@click.option(
    "--as",
    "as_format",
    metavar="FORMAT",
    help="Format of the package: archivematica, bag, datacite, dspace-saf, eark-aip, eark-sip, rocrate,"
    " or that of a plugin.",
)
@click.option(
    "--for", "person", metavar='"NAME, PURPOSE"', help="Give a working copy, with a cover sheet, to this person."
)
@click.option("--because", metavar="REASON", help="Why the person may see restricted material; recorded in the ledger.")
@click.option("--without-restricted", is_flag=True, help="Leave out restricted files and private fields.")
@click.option("--language", type=click.Choice(["en", "ar"]), help="Language of the cover sheet; en by default.")
@click.option("--holey", metavar="URL-PREFIX", help="Address of the folder that contains the whole bag.")
@to_option
@name_option
@click.option("--zip", "zipped", is_flag=True, help="Make the package one zip file, NAME.zip.")
@click.option("--dry-run", is_flag=True, help="Show what would be exported and what would be lost; write nothing.")
@clean_partial_option
@json_option
@events_option
@quiet_option
def command(
    *,
    given: tuple[str, ...],
    as_format: str | None,
    person: str | None,
    because: str | None,
    without_restricted: bool,
    language: str | None,
    holey: str | None,
    to: str,
    name: str | None,
    zipped: bool,
    dry_run: bool,
    clean_partial: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Export bags for another system, give a copy to a person, or make a small copy without the payload.

    A bag is validated first and never changed. With --as, its rights must allow it to be given out, as for a deposit;
    what the format cannot hold is listed, and the same bag always gives the same bytes. Several bags, or @FILE with
    their names, become a package each; with dspace-saf they become the items of one package. A package that already
    exists is skipped.

    With --for, the copy is the bag and a cover sheet (PDF/A) beside it, which says what it is, for whom and for what
    purpose, under which rights, and how to check it; the ledger records it. Restricted material is included only with
    --because, or left out with --without-restricted.

    With --holey, the copy names its payload in fetch.txt instead of holding it. The file data/a is named as
    URL-PREFIX/data/a, so put the whole bag there. The tag files stay as they are, but for the tag manifests, which list
    fetch.txt too. archive fetch completes the copy.

    \b
    Example:
      archive export bags/press-release --as rocrate --to sent/ --zip
      archive export @bags.txt --as eark-sip --to sent/
      archive export bags/press-release --for "R. Haddad, reading room" --to copies/
      archive export bags/recordings --holey https://example.org/bags/recordings --to sent/
    """
    progress = progress_for(quiet=quiet or (as_json and not events), events=events)
    if [as_format, person, holey].count(None) != 2:
        raise UsageError("give one of --as, --for and --holey", remedy="Such as: archive export BAG --as bag --to DIR")
    if person is None and (because or without_restricted or language):
        raise UsageError("--because, --without-restricted and --language are only used with --for")
    bags = expand(given)
    if as_format is not None and (len(bags) > 1 or given[0].startswith("@")):
        return _export_many(
            bags, as_format, to, name=name, zipped=zipped, dry_run=dry_run, clean_partial=clean_partial,
            as_json=as_json, progress=progress,
        )  # fmt: skip
    if len(bags) > 1:
        raise UsageError("--for and --holey are for one bag", remedy="Give one bag at a time")
    (bag,) = bags
    if person is not None:
        return _give(
            bag, to, person, because, without_restricted=without_restricted, language=language or "en", name=name,
            zipped=zipped, dry_run=dry_run, clean_partial=clean_partial, as_json=as_json, progress=progress,
        )  # fmt: skip
    if as_format is not None:
        return _export(
            bag, as_format, to, name=name, zipped=zipped, dry_run=dry_run, clean_partial=clean_partial,
            as_json=as_json, progress=progress,
        )  # fmt: skip
    if zipped or dry_run:
        raise UsageError("--zip and --dry-run cannot be used with --holey")
    from archive.stages.exporting.holey import export_holey

    assert holey is not None
    report = export_holey(
        bag, holey, to, name=name, clean_partial=clean_partial, settings=current_settings(), progress=progress
    )
    return show_placed(report, as_json=as_json)


def _give(
    bag: str,
    to: str,
    person: str,
    because: str | None,
    *,
    without_restricted: bool,
    language: str,
    name: str | None,
    zipped: bool,
    dry_run: bool,
    clean_partial: bool,
    as_json: bool,
    progress: Progress,
) -> int:
    from archive.reporting.working_copy import working_copy_document, working_copy_exit, working_copy_text
    from archive.stages.exporting.working_copy import give_copy, parse_person
    from archive.storage.clock import system_clock

    report = give_copy(
        bag,
        to,
        parse_person(person, because or ""),
        without_restricted=without_restricted,
        name=name,
        zipped=zipped,
        language=language,
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=current_settings(),
        clock=system_clock(),
        progress=progress,
    )
    if as_json:
        show_json(working_copy_document(report))
    else:
        show(working_copy_text(report))
    return working_copy_exit(report)


def _export(
    bag: str,
    as_format: str,
    to: str,
    *,
    name: str | None,
    zipped: bool,
    dry_run: bool,
    clean_partial: bool,
    as_json: bool,
    progress: Progress,
) -> int:
    from archive.reporting.export import export_document, export_exit, export_text
    from archive.stages.exporting.exporting import export
    from archive.storage.clock import system_clock

    report = export(
        bag,
        as_format,
        to,
        name=name,
        zipped=zipped,
        dry_run=dry_run,
        clean_partial=clean_partial,
        settings=current_settings(),
        clock=system_clock(),
        progress=progress,
    )
    if as_json:
        show_json(export_document(report))
    else:
        show(export_text(report))
    return export_exit(report)


def _export_many(
    bags: tuple[str, ...],
    as_format: str,
    to: str,
    *,
    name: str | None,
    zipped: bool,
    dry_run: bool,
    clean_partial: bool,
    as_json: bool,
    progress: Progress,
) -> int:
    from archive.reporting.export import exports_document, exports_exit, exports_text
    from archive.stages.exporting.many import ExportOrder, export_each
    from archive.storage.clock import system_clock

    order = ExportOrder(as_format, to, current_settings(), system_clock(), name, zipped, dry_run, clean_partial)
    answers = list(export_each(bags, order, progress))
    if as_json:
        show_json(exports_document(answers))
    else:
        show(exports_text(answers))
    return exports_exit(answers)
