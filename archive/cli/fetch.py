"""`archive fetch BAG`."""

from __future__ import annotations

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import current_settings, events_option, json_option, path_argument, quiet_option


@click.command("fetch")
@path_argument("bag", nargs=1)
@click.option("--dry-run", is_flag=True, help="Show what would be fetched and what would not; ask no server.")
@json_option
@events_option
@quiet_option
def command(*, bag: str, dry_run: bool, as_json: bool, events: bool, quiet: bool) -> int:
    """Complete a bag: fetch the files that its fetch.txt names and that are missing.

    A file is put in place only when its digests match the payload manifests. One that cannot be fetched does not stop
    the others; run the command again to continue, also after an interruption. Only public addresses over https are
    contacted, unless fetch.schemes and fetch.private in a trusted archive.toml allow more. Credentials go only to hosts
    in fetch.hosts.

    fetch.txt stays in the bag, because the tag manifests list it.

    \b
    Example:
      archive fetch bags/recordings
      archive fetch bags/recordings --dry-run
    """
    from archive.stages.fetching.completing import complete

    report = complete(
        bag,
        settings=current_settings(),
        dry_run=dry_run,
        progress=progress_for(quiet=quiet or (as_json and not events), events=events),
    )
    if as_json:
        from archive.reporting.fetching import fetch_document

        show_json(fetch_document(report))
    else:
        from archive.reporting.fetching import fetch_text

        show(fetch_text(report))
    return report.exit_code
