"""`archive describe SOURCE` and `archive describe --check FILE`."""

from __future__ import annotations

import os
import shlex
from typing import Any

import click

from archive.cli.console import show, show_json
from archive.cli.exits import Exit, exit_of
from archive.cli.options import current_settings, json_option, path_argument, quiet_option, strict_option
from archive.errors import ExistsError, NotFoundError, UsageError, from_os_error
from archive.formats.naming import escape, path_fields
from archive.model.finding import Severity, outcome_of

_SCHEMA = "archive.description/1"


@click.command("describe")
@path_argument("sources", required=False)
@click.option(
    "--check", metavar="FILE", type=click.Path(path_type=str), help="Judge a description.toml or metadata.csv."
)
@click.option("--to", metavar="FILE", type=click.Path(path_type=str), help="Write the draft there; never over a file.")
@strict_option
@json_option
@quiet_option
def command(
    *, sources: tuple[str, ...], check: str | None, to: str | None, strict: bool, as_json: bool, quiet: bool
) -> int:
    """Draft a description from what the files say, or check one.

    The draft is printed, or written with --to. Every value in it is a suggestion with its source, and nothing in it
    overwrites what a person has written. --check names every problem of a description, with its line.

    \b
    Example:
      archive describe press-release/ --to press-release/description.toml
      archive describe --check press-release/description.toml
    """
    del quiet  # there is no progress to leave out; scripts give the same words to every command
    if check is not None:
        if sources or to is not None:
            raise UsageError("--check takes the description alone", remedy="Leave out SOURCES and --to")
        return _check(check, strict=strict, as_json=as_json)
    if not sources:
        raise UsageError("no source is given", remedy="Name files or a folder, or a description with --check")
    return _draft(sources, to, as_json=as_json)


def _draft(sources: tuple[str, ...], to: str | None, *, as_json: bool) -> int:
    from archive.formats.statements import statement_fields
    from archive.stages.drafting import draft, write_draft

    for source in sources:
        if not os.path.lexists(source):
            raise NotFoundError("there is no such file or folder", subject=source)
    made = draft(sources, current_settings())
    text = write_draft(made)
    if to is not None:
        try:
            with open(to, "x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError as error:
            raise ExistsError(
                "it is already there, and nothing is ever overwritten", subject=to, remedy="Choose another --to"
            ) from error
        except OSError as error:
            raise from_os_error(error, to) from error
    if as_json:
        show_json(
            {
                "schema": _SCHEMA,
                "written": None if to is None else path_fields(to),
                "read": made.read,
                "left": made.left,
                "statements": [statement_fields(statement) for statement in made.suggestions],
                "findings": [],
            }
        )
        return Exit.DONE
    if to is not None:
        found = "1 suggestion" if len(made.suggestions) == 1 else f"{len(made.suggestions):,} suggestions"
        show(f"{escape(to)}: {found} from {'1 file' if made.read == 1 else f'{made.read:,} files'}")
        show("Read it, mend it, then: archive describe --check " + shlex.quote(escape(to)))
    else:
        # The draft is a file to be saved, so it is printed as it is; its strings cannot hold control characters.
        show(text.rstrip("\n"))
    if made.left:
        show(f"# {made.left:,} further {'file was' if made.left == 1 else 'files were'} not read")
    return Exit.DONE


def _check(path: str, *, strict: bool, as_json: bool) -> int:
    from archive.formats.statements import statement_fields
    from archive.stages.description_loading import read_description_file

    description, findings = read_description_file(path)
    warned = any(finding.severity is Severity.WARNING for finding in findings)
    code = exit_of(outcome_of(findings), warned=strict and warned)
    if as_json:
        from archive.reporting.finding_json import finding_fields

        document: dict[str, Any] = {"schema": _SCHEMA, **path_fields(path), "exit_code": int(code)}
        document["statements"] = [statement_fields(statement) for statement in description.public]
        document["findings"] = [finding_fields(finding) for finding in findings]
        show_json(document)
        return code
    from archive.reporting.finding_text import finding_line

    wrong = code is Exit.DAMAGED
    count = len(description.statements)
    show(f"{'damaged' if wrong else 'intact'}: {escape(path)}, {count} {'value' if count == 1 else 'values'}")
    for finding in sorted(findings, key=lambda one: one.line or 0):
        show(f"  {finding_line(finding, place=False)}")
        show(f"    {escape(finding.remedy)}.")
    if not wrong:
        show(f"Use it: archive create SOURCE --to DIR --description {shlex.quote(escape(os.path.normpath(path)))}")
    return code
