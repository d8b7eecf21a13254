"""`archive describe SOURCE` and `archive describe --check FILE`."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from archive.cli.console import show, show_json
from archive.cli.interrupting import heard_while_asking
from archive.cli.options import current_settings, json_option, path_argument, quiet_option, strict_option
from archive.errors import ExistsError, NotFoundError, UsageError
from archive.formats.naming import escape
from archive.model.exits import Exit, exit_of
from archive.model.finding import Severity, outcome_of
from archive.regular_files import open_regular

if TYPE_CHECKING:
    from archive.stages.description.conversation import Conversation, Question


@click.command("describe")
@path_argument("sources", required=False)
@click.option(
    "--check", metavar="FILE", type=click.Path(path_type=str), help="Check a description.toml or metadata.csv."
)
@click.option(
    "--to",
    metavar="FILE",
    type=click.Path(path_type=str),
    help="Write the draft to this file; existing files are not overwritten.",
)
@click.option("--accept-suggestions", is_flag=True, help="Assert every suggestion, as inferred; for scripts.")
@strict_option
@json_option
@quiet_option
def command(
    *,
    sources: tuple[str, ...],
    check: str | None,
    to: str | None,
    accept_suggestions: bool,
    strict: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Draft a description from the files, or check one.

    On a terminal, with --to, it asks for the important fields and shows what the files suggest; Enter accepts a
    suggestion, - skips a question. You can interrupt it at any time: the same command continues. Otherwise the draft is
    printed, or written with --to; every value in it is a suggestion with its source, unless --accept-suggestions is
    given. Nothing that a person has written is overwritten. --check lists every problem of a description with its line.

    \b
    Example:
      archive describe press-release/ --to press-release/description.toml
      archive describe --check press-release/description.toml
    """
    del quiet  # there is no progress to leave out; scripts give the same words to every command
    if check is not None:
        if sources or to is not None or accept_suggestions:
            remedy = "Leave out SOURCES, --to and --accept-suggestions"
            raise UsageError("--check takes the description alone", remedy=remedy)
        return _check(check, strict=strict, as_json=as_json)
    if not sources:
        raise UsageError("no source is given", remedy="Name files or a folder, or a description with --check")
    if to is not None and not as_json and not accept_suggestions and sys.stdin.isatty() and sys.stderr.isatty():
        return _converse(sources, to)
    return _draft(sources, to, accept=accept_suggestions, as_json=as_json)


def _require(sources: tuple[str, ...]) -> None:
    for source in sources:
        if not os.path.lexists(source):
            raise NotFoundError("there is no such file or folder", subject=source)


def _converse(sources: tuple[str, ...], to: str) -> int:
    """Ask on the terminal, and keep the answers in the file `to` after each one."""
    from archive.stages.description.conversation import Conversation, continue_from
    from archive.stages.description.suggesting import draft
    from archive.storage.atomic import write_output
    from archive.storage.working_folder import mode_of_extract

    _require(sources)
    earlier: bytes | None = None
    if os.path.lexists(to):
        with open_regular(to) as file:
            earlier = file.read(1 << 20)
    made = draft(sources, current_settings(), beside=to)
    files = made.files
    talk = Conversation(made.suggestions, files)
    if earlier is not None:
        known = continue_from(earlier, made.suggestions, files)
        if known is None:
            raise ExistsError("the destination already exists", subject=to, remedy="Choose another --to")
        talk = known
    click.echo("Enter accepts what is in brackets, - leaves a question out, Ctrl-C stops; nothing is lost.", err=True)
    asked: set[str] = set()
    mode = mode_of_extract(sources)
    while (question := next((one for one in talk.open_questions() if one.key not in asked), None)) is not None:
        _ask(talk, question, sources)
        asked.add(question.key)
        write_output(to, [talk.write(finished=False).encode("utf-8")], replace=True, mode=mode)
    write_output(to, [talk.write(finished=True).encode("utf-8")], replace=True, mode=mode)
    show(f"wrote {escape(to)}")
    show("To check it, run: archive describe --check " + shlex.quote(escape(to)))
    return Exit.DONE


def _ask(talk: Conversation, question: Question, sources: tuple[str, ...]) -> None:
    """Put one question until it has an answer that can be taken."""
    suggested = "; ".join(escape(one.value) for one in talk.suggested(question))
    hint = f" ({escape(question.hint)})" if question.hint else ""
    while True:
        shown = f"{escape(question.words)}{hint}{f' [{suggested}]' if suggested else ''}"
        with heard_while_asking():
            text = click.prompt(shown, default="", show_default=False, err=True).strip()
        if text == "?" and question.about is not None:
            _open_file(question.about, sources)
        elif text == "-" or (not text and not suggested):
            return talk.leave_out(question)
        elif not text:
            return talk.accept(question)
        else:
            problem = talk.answer(question, text)
            if problem is None:
                return None
            click.echo(f"  {escape(problem)}", err=True)


def _open_file(name: str, sources: tuple[str, ...]) -> None:
    for source in sources:
        path = os.path.join(source, name) if os.path.isdir(source) else source
        if os.path.isfile(path):
            click.launch(path)
            return


def _draft(sources: tuple[str, ...], to: str | None, *, accept: bool, as_json: bool) -> int:
    from archive.stages.description.conversation import accept_all
    from archive.stages.description.suggesting import draft, write_draft
    from archive.storage.atomic import write_output
    from archive.storage.working_folder import mode_of_extract

    _require(sources)
    made = draft(sources, current_settings())
    if accept:
        made = replace(made, suggestions=accept_all(made.suggestions))
    text = write_draft(made)
    if to is not None:
        write_output(to, [text.encode("utf-8")], mode=mode_of_extract(sources), remedy="Choose another --to")
    if as_json:
        from archive.reporting.description import suggestions_document

        show_json(
            suggestions_document(
                made.suggestions, to, read=made.read, left=made.left, files=made.files, encodings=made.encodings
            )
        )
        return Exit.DONE
    if to is not None:
        found = "1 suggestion" if len(made.suggestions) == 1 else f"{len(made.suggestions):,} suggestions"
        show(f"{escape(to)}: {found} from {'1 file' if made.read == 1 else f'{made.read:,} files'}")
        show("Review and correct it, then run: archive describe --check " + shlex.quote(escape(to)))
    else:
        # The draft is a file to be saved, so it is printed as it is; its strings cannot hold control characters.
        show(text.rstrip("\n"))
    if made.left:
        show(f"# {made.left:,} further {'file was' if made.left == 1 else 'files were'} not read")
    return Exit.DONE


def _check(path: str, *, strict: bool, as_json: bool) -> int:
    from archive.stages.description.loading import read_description_file

    description, findings = read_description_file(path)
    warned = any(finding.severity is Severity.WARNING for finding in findings)
    code = exit_of(outcome_of(findings), warned=strict and warned)
    if as_json:
        from archive.reporting.description import check_document

        show_json(check_document(path, description, findings, int(code)))
        return code
    from archive.reporting.finding import finding_line, remedy_text

    wrong = code is Exit.DAMAGED
    count = len(description.statements)
    show(f"{'invalid' if wrong else 'intact'}: {escape(path)}, {count} {'value' if count == 1 else 'values'}")
    for finding in sorted(findings, key=lambda one: one.line or 0):
        show(f"  {finding_line(finding, place=False)}")
        show(f"    {remedy_text(finding)}")
    if not wrong:
        show(f"Use it: archive create SOURCE --to DIR --description {shlex.quote(escape(os.path.normpath(path)))}")
    return code
