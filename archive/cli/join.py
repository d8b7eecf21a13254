"""`archive join PART...`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for
from archive.cli.options import (
    clean_partial_option,
    current_settings,
    events_option,
    json_option,
    name_option,
    path_argument,
    quiet_option,
    show_placed,
    to_option,
)


@click.command("join")
@path_argument("parts")
@to_option
@name_option
@clean_partial_option
@json_option
@events_option
@quiet_option
def command(
    *,
    parts: tuple[str, ...],
    to: str,
    name: str | None,
    clean_partial: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Rebuild one bag from the bags of a group, such as create --max-size makes.

    PARTS are the bags, or a folder that holds them. Each is validated, the group must be complete, and files that are
    in two parts must have the same bytes. Each part's own metadata is kept in metadata/parts/.

    \b
    Example:
      archive join bags/recordings --to whole/
      archive join parts/recordings-1.tar parts/recordings-2.tar --to whole/ --name recordings
    """
    from archive.stages.exporting.joining import join
    from archive.storage.clock import system_clock

    progress = progress_for(quiet=quiet or (as_json and not events), events=events)
    report = join(
        parts,
        to,
        name=name,
        clean_partial=clean_partial,
        settings=current_settings(),
        clock=system_clock(),
        progress=progress,
    )
    return show_placed(report, as_json=as_json)
