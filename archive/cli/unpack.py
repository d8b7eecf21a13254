"""`archive unpack BAG.tar`."""

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


@click.command("unpack")
@path_argument("archive", nargs=1)
@to_option
@name_option
@clean_partial_option
@json_option
@events_option
@quiet_option
def command(
    *,
    archive: str,
    to: str,
    name: str | None,
    clean_partial: bool,
    as_json: bool,
    events: bool,
    quiet: bool,
) -> int:
    """Unpack a bag from a zip or tar file, plain or compressed, and validate it.

    The archive is validated before anything is written, and the folder before it is moved into place in one step.
    Links, paths that lead out of the bag, and archives that different tools read differently are refused.

    \b
    Example:
      archive unpack press-release.tar --to bags/
    """
    from archive.stages.exporting.unpacking import unpack

    progress = progress_for(quiet=quiet or (as_json and not events), events=events)
    return show_placed(
        unpack(archive, to, name=name, clean_partial=clean_partial, settings=current_settings(), progress=progress),
        as_json=as_json,
    )
