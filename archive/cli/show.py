"""`archive show BAG` and `archive show FILE.xml`."""

from __future__ import annotations

import click

from archive.cli.console import show, show_json
from archive.cli.options import current_settings, json_option, quiet_option
from archive.model.exits import Exit, exit_of
from archive.model.finding import outcome_of


@click.command("show")
@click.argument("subject", metavar="BAG|FILE.xml", type=click.Path(path_type=str))
@json_option
@quiet_option
def command(subject: str, as_json: bool, quiet: bool) -> int:
    """Show what is in a bag: its description, files, formats, events, renditions, rights and seals.

    A bag is a folder, a .zip or a .tar. For an XML record (PREMIS, METS, Dublin Core) from any program, it shows the
    objects, events, agents, rights and statements. Nothing is checked here; use archive validate for that.

    \b
    Example:
      archive show bags/press-release
      archive show bags/press-release --json
      archive show premis.xml
    """
    from archive.model.record import RecordView
    from archive.places import address_in_place
    from archive.reporting.show import contents_document, contents_lines, record_lines
    from archive.stages.showing.records import record_fields
    from archive.stages.showing.subjects import read_subject
    from archive.targets.reading import reading_options

    del quiet  # there is no progress to leave out; scripts give the same words to every command
    settings = current_settings()
    subject = address_in_place(settings, subject)
    shown = read_subject(subject, options=reading_options(settings, subject), settings=settings)
    if isinstance(shown, RecordView):
        if as_json:
            show_json(record_fields(shown))
        else:
            show("\n".join(record_lines(subject, shown)))
        return Exit.DONE
    if as_json:
        show_json(contents_document(shown))
    else:
        show("\n".join(contents_lines(shown)))
    return exit_of(outcome_of(shown.findings))
