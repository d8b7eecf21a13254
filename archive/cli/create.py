"""`archive create`."""

from __future__ import annotations

import contextlib
import signal
from dataclasses import replace
from typing import Any

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.exits import exit_of
from archive.cli.options import (
    current_settings,
    events_option,
    json_option,
    path_argument,
    quiet_option,
    strict_option,
)
from archive.config import Settings
from archive.errors import UsageError


@click.command("create")
@path_argument("sources")
@click.option("--to", default="", metavar="DIR", type=click.Path(path_type=str), help="Folder that gets the bag.")
@click.option("--name", help="The bag's name; by default the source's.")
@click.option("--description", metavar="FILE", type=click.Path(path_type=str), help="The description to use.")
@click.option("--plain", is_flag=True, help="Only a bag: no metadata, no rendition, the payload directly in data/.")
@click.option("--in-place", is_flag=True, help="Make the folder itself a plain bag, without a second copy.")
@click.option("--algorithm", "algorithms", multiple=True, metavar="NAME", help="Digest algorithm; may be repeated.")
@click.option("--profile", metavar="NAME|FILE", help="BagIt profile that the bag must meet.")
@click.option("--pdfa", type=click.Choice(["3a", "2a", "none"]), help="Level of the PDF/A rendition.")
@click.option("--serialize", type=click.Choice(["zip", "tar"]), help="Write the bag as one file.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Leave out names that match; may be repeated.")
@click.option("--links", type=click.Choice(["refuse", "follow"]), help="What to do with symbolic links.")
@click.option("--copy", type=click.Choice(["auto", "reflink", "copy"]), help="How bytes are copied.")
@click.option(
    "--bag-info", "fields", multiple=True, metavar="KEY=VALUE", help="A field for bag-info.txt; may be repeated."
)
@click.option("--keep-infected", is_flag=True, help="Go on when the virus scanner names a file.")
@click.option("--clean-partial", is_flag=True, help="Remove what an earlier run that was cut off left behind.")
@click.option("--dry-run", is_flag=True, help="Show the plan and every problem; write nothing.")
@json_option
@events_option
@quiet_option
@strict_option
def command(
    *,
    sources: tuple[str, ...],
    to: str,
    name: str | None,
    description: str | None,
    plain: bool,
    in_place: bool,
    algorithms: tuple[str, ...],
    profile: str | None,
    pdfa: str | None,
    serialize: str | None,
    exclude: tuple[str, ...],
    links: str | None,
    copy: str | None,
    fields: tuple[str, ...],
    keep_infected: bool,
    clean_partial: bool,
    dry_run: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
    strict: bool,
) -> int:
    """Wrap files in a bag with Dublin Core, PREMIS, checksums and a PDF/A rendition.

    The source is never written to. The bag takes its place in one step, after it was validated; whatever fails, nothing
    is left at the destination.

    \b
    Example:
      archive create press-release/ --to bags/
      archive create scans/ --to bags/ --serialize zip --bag-info 'External-Identifier=2023/117'
      archive create shared-drive/ --in-place
    """
    from archive.stages.creation import create
    from archive.storage.clock import system_clock

    settings = _with_fields(current_settings(), fields)
    settings = settings.with_flags(
        "create",
        algorithms=algorithms,
        profile=profile,
        serialize=serialize,
        exclude=(*settings.create.exclude, *exclude) if exclude else None,
        links=links,
        copy=copy,
        keep_infected=True if keep_infected else None,
    ).with_flags("render", pdfa=pdfa)
    _end_as_interrupted()
    _allow_many_files()
    report = create(
        sources,
        to,
        name=name,
        description=description,
        plain=plain,
        in_place=in_place,
        settings=settings,
        clock=system_clock(),
        dry_run=dry_run,
        clean_partial=clean_partial,
        progress=progress_for(quiet=quiet or (as_json and not events), events=events),
    )
    if as_json:
        from archive.reporting.creation_json import creation_document

        show_json(creation_document(report))
    else:
        from archive.reporting.creation_text import creation_text

        show(creation_text(report))
    return exit_of(report.outcome, warned=strict and bool(report.warnings))


def _with_fields(settings: Settings, fields: tuple[str, ...]) -> Settings:
    """The settings with the fields given by --bag-info; they replace those of the same name in archive.toml."""
    given: dict[str, list[str]] = {}
    for text in fields:
        label, equals, value = text.partition("=")
        if not equals:
            remedy = "For example: --bag-info 'External-Identifier=2023/117'"
            raise UsageError("--bag-info wants KEY=VALUE", subject=text, remedy=remedy)
        given.setdefault(label.strip(), []).append(value)
    if not given:
        return settings
    replaced = {label.lower() for label in given}
    kept: dict[str, Any] = {k: v for k, v in settings.create.bag_info.items() if k.lower() not in replaced}
    return replace(settings, create=replace(settings.create, bag_info={**kept, **given}))


def _allow_many_files() -> None:
    """As many open files as the system grants: a walk holds one folder open for each level of depth."""
    try:
        import resource
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _end_as_interrupted() -> None:
    """A polite request to end is taken as Ctrl-C is: the working folder goes away."""

    def interrupt(number: int, frame: object) -> None:
        del number, frame
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), interrupt)
