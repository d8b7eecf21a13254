"""`archive show BAG` and `archive show FILE.xml`."""

from __future__ import annotations

import os

import click

from archive.cli.console import show, show_json
from archive.cli.exits import Exit, exit_of
from archive.cli.options import json_option, quiet_option
from archive.errors import NotFoundError, UsageError, from_os_error
from archive.model.finding import outcome_of

_LARGEST_RECORD = 64 << 20


@click.command("show")
@click.argument("subject", metavar="BAG|FILE.xml", type=click.Path(path_type=str))
@json_option
@quiet_option
def command(subject: str, as_json: bool, quiet: bool) -> int:
    """Tell what a bag holds: its description, files, formats, events, renditions and rights.

    A bag is a folder, a .zip or a .tar. Of an XML record (PREMIS, METS, Dublin Core), whoever wrote it, tell its
    objects, events, agents, rights and statements. Nothing is judged here; archive validate does that.

    \b
    Example:
      archive show bags/press-release
      archive show bags/press-release --json
      archive show premis.xml
    """
    del quiet  # there is no progress to leave out; scripts give the same words to every command
    if os.path.isfile(subject) and not _is_archive(subject):
        return _show_record(subject, as_json)
    if not os.path.lexists(subject):
        raise NotFoundError("there is no such bag or record", subject=subject)
    from archive.reporting.show_json import contents_document
    from archive.reporting.show_text import contents_lines
    from archive.stages.showing import read_contents

    contents = read_contents(subject)
    if as_json:
        show_json(contents_document(contents))
    else:
        show("\n".join(contents_lines(contents)))
    return exit_of(outcome_of(contents.findings))


def _is_archive(path: str) -> bool:
    from archive.storage.bag_opening import sniff_archive

    try:
        return sniff_archive(path) is not None
    except OSError as error:
        raise from_os_error(error, path) from error


def _show_record(path: str, as_json: bool) -> int:
    from archive.reporting.show_text import record_lines
    from archive.stages.reading_records import read_record_file, record_fields

    try:
        if os.path.getsize(path) > _LARGEST_RECORD:
            raise UsageError(
                "this record is too large to be shown as a whole",
                subject=path,
                remedy="Judge it with archive validate, which reads it piece by piece",
            )
        with open(path, "rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise from_os_error(error, path) from error
    if not head.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        raise UsageError(
            "this is neither a bag nor an XML record",
            subject=path,
            remedy="Name a bag's own folder or archive, or an XML file",
        )
    view = read_record_file(path)
    if as_json:
        show_json(record_fields(view))
    else:
        show("\n".join(record_lines(path, view)))
    return Exit.DONE
