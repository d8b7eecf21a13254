"""`archive create`."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.create_many import create_batch, create_bounded, read_bounds
from archive.cli.holdings import hold_made, lead_on, require_ledger
from archive.cli.options import (
    current_settings,
    engine_option,
    events_option,
    json_option,
    passphrase_option,
    path_argument,
    quiet_option,
    scheduler_option,
    strict_option,
    trust_option,
    workers_option,
)
from archive.errors import UsageError
from archive.model.creation import CreationReport
from archive.model.exits import exit_of, gravest
from archive.model.finding import Finding
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.model.sealing import SealingReport
    from archive.stages.creation.dart_jobs import JobOrder
    from archive.stages.sealing.order import SealOrder


_NONE: tuple[Finding, ...] = ()


@click.command("create")
@path_argument("sources", required=False)
@click.option("--each", is_flag=True, help="Make a bag of each source, several at a time.")
@click.option(
    "--from-csv", metavar="FILE", type=click.Path(path_type=str), help="Make a bag for each row of this table."
)
@click.option(
    "--dart-job", metavar="FILE", type=click.Path(path_type=str), help="Make the bag of this job, exported from DART."
)
@click.option(
    "--fetch-from",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Table of files that stay elsewhere; the plain bag names them in fetch.txt.",
)
@click.option("--to", default="", metavar="DIR", type=click.Path(path_type=str), help="Folder for the bag.")
@click.option("--name", help="Name of the bag; default: the source's name.")
@click.option("--description", metavar="FILE", type=click.Path(path_type=str), help="The description to use.")
@click.option(
    "--replace-description", is_flag=True, help="Use --description although the source has a description of its own."
)
@click.option("--plain", is_flag=True, help="Only a bag: no metadata, no rendition, the payload directly in data/.")
@click.option("--in-place", is_flag=True, help="Make the folder itself a plain bag, without a second copy.")
@click.option("--algorithm", "algorithms", multiple=True, metavar="NAME", help="Digest algorithm; may be repeated.")
@click.option("--profile", metavar="NAME|FILE", help="BagIt profile that the bag must meet.")
@click.option("--pdfa", type=click.Choice(["3a", "2a", "none"]), help="Level of the PDF/A rendition.")
@click.option("--normalise", metavar="none|default|FILE", help="Preservation copies by a policy; off by default.")
@click.option("--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8; it is never guessed.")
@click.option("--serialize", type=click.Choice(["zip", "tar", "tar.gz", "tar.zst"]), help="Write the bag as one file.")
@click.option("--max-size", metavar="SIZE", help="Make a group of bags, none with a larger payload, such as 50GB.")
@click.option("--max-files", type=click.IntRange(1), metavar="N", help="Make a group of bags, none with more files.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out names that match; may be repeated.")
@click.option("--links", type=click.Choice(["refuse", "follow"]), help="What to do with symbolic links.")
@click.option("--copy", type=click.Choice(["auto", "reflink", "copy"]), help="How bytes are copied.")
@click.option(
    "--bag-info", "fields", multiple=True, metavar="KEY=VALUE", help="A field for bag-info.txt; may be repeated."
)
@click.option("--keep-infected", is_flag=True, help="Continue even if the virus scanner reports a file.")
@click.option("--keep-junk", is_flag=True, help="Keep Thumbs.db, .DS_Store, ~$ lock files and the like.")
@click.option("--wrap-bag", is_flag=True, help="Allow a source that is a bag already: wrap it in another.")
@click.option(
    "--accept-damaged-delivery", is_flag=True, help="Record differences from the delivered checksums and continue."
)
@click.option("--clean-partial", is_flag=True, help="Remove what an interrupted run left behind.")
@click.option("--dry-run", is_flag=True, help="Show the plan and every problem; write nothing.")
@click.option("--hold", is_flag=True, help="Add the bag to the holdings of the project, so that audits check it.")
@click.option("--seal", "keys", multiple=True, metavar="KEY", help="Seal the bag with this key, as archive seal does.")
@click.option(
    "--tsa", "urls", multiple=True, metavar="URL", help="With --seal: request timestamps from this authority."
)
@trust_option
@passphrase_option
@workers_option
@engine_option
@scheduler_option
@json_option
@events_option
@quiet_option
@strict_option
def command(
    *,
    sources: tuple[str, ...],
    each: bool,
    from_csv: str | None,
    dart_job: str | None,
    fetch_from: str | None,
    to: str,
    name: str | None,
    description: str | None,
    replace_description: bool,
    plain: bool,
    in_place: bool,
    algorithms: tuple[str, ...],
    profile: str | None,
    pdfa: str | None,
    normalise: str | None,
    encoding: str | None,
    serialize: str | None,
    max_size: str | None,
    max_files: int | None,
    exclude: tuple[str, ...],
    links: str | None,
    copy: str | None,
    fields: tuple[str, ...],
    keep_infected: bool,
    keep_junk: bool,
    wrap_bag: bool,
    accept_damaged_delivery: bool,
    clean_partial: bool,
    dry_run: bool,
    hold: bool,
    keys: tuple[str, ...],
    urls: tuple[str, ...],
    trust: str | None,
    passphrase_fd: int | None,
    workers: int | None,
    engine: str | None,
    scheduler: str | None,
    as_json: bool,
    events: bool,
    quiet: bool,
    strict: bool,
) -> int:
    """Wrap files in a bag with Dublin Core, PREMIS, checksums and a PDF/A rendition.

    The source is never written to. The bag is validated first and then moved into place in one step; if anything fails,
    nothing is left at the destination.

    With --each every source becomes a bag; with --from-csv every row of a table does. Its first column, source or
    filename, names a file or folder relative to the table, the column name gives the bag's name, and dc.x columns
    describe it. Several bags are made at a time, and one that fails does not stop the rest. A bag that already exists
    and is the same is skipped, so an interrupted run continues when it is started again; sources that have changed
    since are listed.

    With --fetch-from, a table lists files that are not copied, in the columns url, length, filename (below data/) and a
    digest such as sha256. The bag is made without them, and archive fetch completes it.

    With --dart-job, the files, the name, the BagIt profile and the tags come from a DART job; options given here take
    precedence. Its uploads are listed but not run; logins and passwords are not imported.

    With --max-size or --max-files, a group of bags is made in DIR/NAME when one bag would be too large. No file is
    split, and a rendition is in the same bag as its original. archive join rebuilds the whole.

    \b
    Example:
      archive create press-release/ --to bags/
      archive create scans/ --to bags/ --serialize zip --bag-info 'External-Identifier=2023/117'
      archive create press-release/ --to bags/ --seal anna.key --trust trust
      archive create shared-drive/ --in-place
      archive create --each shared-drive/* --to bags/
      archive create --each @folders.txt --to bags/ --workers 8
      archive create --from-csv bags.csv --to bags/
      archive create --dart-job job.json --to bags/ --plain
    """
    from archive.cli.seal import order_of_new
    from archive.formats.encodings import require_encoding
    from archive.library.creation import with_bag_info
    from archive.stages.creation.workflow import create
    from archive.storage.clock import system_clock

    many = each or from_csv is not None
    alone = not (
        name or description or replace_description or in_place or fetch_from or dart_job or (plain and from_csv)
    )
    elsewhere = fetch_from is not None or dart_job is not None
    _check_sources(sources, from_csv, to, each=each, alone=alone, remote=elsewhere)
    if not many and (workers or engine or scheduler):
        raise UsageError("--workers, --engine and --scheduler are for many bags", remedy="Add --each or --from-csv")
    settings, notes = current_settings(), _NONE
    if dart_job is not None:
        job = _read_job(dart_job, settings, sources, in_place=in_place or fetch_from is not None)
        sources, name, settings, notes = job.sources, name or job.name, job.settings, job.findings
    settings = with_bag_info(settings, read_fields(fields))
    settings = settings.with_flags(
        "create",
        algorithms=algorithms,
        profile=profile,
        serialize=serialize,
        exclude=(*settings.create.exclude, *exclude) if exclude else None,
        links=links,
        copy=copy,
        keep_infected=True if keep_infected else None,
        junk="keep" if keep_junk else None,
    ).with_flags("render", pdfa=pdfa, normalise=normalise, encoding=require_encoding(encoding))
    settings = settings.with_flags("audit", workers=workers, engine=engine, scheduler=scheduler)
    if many:
        settings.require("audit.engine", "audit.workers", "audit.scheduler")
    grouped = max_size is not None or max_files is not None
    order = order_of_new(
        keys, urls, trust, passphrase_fd, settings, packed=bool(settings.create.serialize),
        several=grouped,
    )  # fmt: skip
    if hold:
        require_ledger(settings)
    _allow_many_files()
    make = partial(
        create,
        to=to,
        replace_description=replace_description,
        plain=plain,
        in_place=in_place,
        settings=settings,
        clock=system_clock(),
        dry_run=dry_run,
        clean_partial=clean_partial,
        wrap_bag=wrap_bag,
        accept_damaged=accept_damaged_delivery,
        fetch_from=fetch_from,
        progress=progress_for(quiet=quiet or (as_json and not events), events=events),
    )
    if grouped:
        if in_place or fetch_from or many:
            remedy = "Leave out --in-place, --fetch-from, --from-csv and --each"
            raise UsageError("--max-size and --max-files make a group of one source", remedy=remedy)
        make = partial(make, name=name, description=description)
        bounds = read_bounds(max_size, max_files)
        return create_bounded(sources, make, bounds, notes, hold=hold, as_json=as_json, strict=strict)
    if many:
        from archive.cli.batches import Wishes
        from archive.stages.creation.bag_table import read_rows
        from archive.stages.creation.batch import order_each

        orders, failed = order_each(sources) if from_csv is None else (read_rows(from_csv), [])
        return create_batch(orders, failed, make, Wishes(settings, hold, order, strict), as_json=as_json)
    report = make(sources, name=name, description=description)
    report = replace(report, findings=(*report.findings, *notes))
    code = exit_of(report.outcome, warned=strict and bool(report.warnings))
    if not as_json:
        from archive.reporting.creation import creation_text

        show(creation_text(report))
    made = [report.bag] if report.created else []
    entries = hold_made(made, settings) if hold else {}
    sealed = _seal(report, order, settings, tell=not as_json) if order is not None and report.created else None
    if as_json:
        from archive.reporting.creation import creation_document

        show_json(creation_document(report, sealed, entries.get(report.bag)))
    else:
        lead_on(made, entries, settings)
    codes = [one.error.exit_code for one in entries.values() if one.error is not None]
    return gravest((code, *codes, *(() if sealed is None else (sealed.exit_code,))))


def _seal(report: CreationReport, order: SealOrder, settings: Settings, *, tell: bool) -> SealingReport:
    """Seal the bag that was made. Raises what `archive.stages.sealing.sealing.seal_bag` does."""
    from archive.cli.seal import recorder_of, show_sealing
    from archive.stages.sealing.sealing import seal_bag
    from archive.stages.verification import project_ledger
    from archive.trust.store import refuse_trust_inside

    if order.trust is not None:
        refuse_trust_inside(order.trust.folder, [report.bag])
    with project_ledger(settings, migrating=True) as ledger:
        sealed = seal_bag(report.bag, replace(order, recorder=recorder_of(ledger)))
    if tell:
        show_sealing(sealed)
    return sealed


def _check_sources(
    sources: tuple[str, ...], from_csv: str | None, to: str, *, each: bool, alone: bool, remote: bool
) -> None:
    if each and from_csv is not None:
        raise UsageError("--each and --from-csv cannot be used together", remedy="Leave out one of them")
    if each:
        if not sources:
            raise UsageError("no source is given", remedy="Name the files or folders to make bags of")
        if not alone:
            remedy = "Leave out --name, --description, --in-place and --fetch-from"
            raise UsageError("--each names the bags itself", remedy=remedy)
    elif from_csv is None:
        if not sources and not remote:
            raise UsageError("no source is given", remedy="Name files or a folder, or a table with --from-csv")
        return
    elif sources or not alone:
        remedy = "Leave out SOURCES, --name, --description, --plain, --in-place and --fetch-from"
        raise UsageError("--from-csv names the sources and the bags itself", subject=from_csv, remedy=remedy)
    if not to:
        raise UsageError("no destination is given", remedy="Add --to DIR")


def _read_job(path: str, settings: Settings, sources: tuple[str, ...], *, in_place: bool) -> JobOrder:
    """What a job of DART asks for. Raises `UsageError` where sources are named twice, and what reading it raises."""
    from archive.stages.creation.dart_jobs import order_of_job

    if sources or in_place:
        remedy = "Leave out SOURCES, --in-place and --fetch-from"
        raise UsageError("--dart-job names the sources itself", subject=path, remedy=remedy)
    return order_of_job(path, settings)


def read_fields(fields: tuple[str, ...]) -> dict[str, list[str]]:
    """The values given by --bag-info, by their label."""
    given: dict[str, list[str]] = {}
    for text in fields:
        label, equals, value = text.partition("=")
        if not equals:
            remedy = "For example: --bag-info 'External-Identifier=2023/117'"
            raise UsageError("--bag-info takes KEY=VALUE", subject=text, remedy=remedy)
        given.setdefault(label.strip(), []).append(value)
    return given


def _allow_many_files() -> None:
    """As many open files as the system grants: a walk holds one folder open for each level of depth."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
