"""`archive render FILE... --to DIR`."""

from __future__ import annotations

import codecs

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.exits import exit_of, gravest
from archive.cli.options import current_settings, json_option, path_argument, quiet_option, strict_option
from archive.errors import UsageError


@click.command("render")
@path_argument("files")
@click.option("--to", required=True, metavar="DIR", type=click.Path(path_type=str), help="Where FILE.pdf is written.")
@click.option(
    "--pdfa", type=click.Choice(["3a", "2a"]), help="Level: 3a embeds the source, 2a does not.  [default: 3a]"
)
@click.option("--title", help="Title of the one file, instead of its own or its name.")
@click.option("--language", metavar="TAG", help="Language of the text, as BCP 47 has it: ar, en, en-GB.")
@click.option("--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8; it is never guessed.")
@click.option("--alternative", metavar="TEXT", help="What the picture shows, for those who cannot see it.")
@click.option("--dry-run", is_flag=True, help="Say what would be made, and make nothing.")
@strict_option
@json_option
@quiet_option
def command(
    *,
    files: tuple[str, ...],
    to: str,
    pdfa: str | None,
    title: str | None,
    language: str | None,
    encoding: str | None,
    alternative: str | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Make PDF/A renditions of documents: text, Markdown, HTML, e-mail, CSV, Word, pictures and existing PDFs.

    A document becomes PDF/A-3a and PDF/UA-1 with its source inside. A PDF that is a valid PDF/A already is kept as it
    is; others are converted by Ghostscript or OCRmyPDF where one is here. veraPDF judges the results where it is here.

    \b
    Example:
      archive render statement.txt --language ar --to renditions/
      archive render photo.jpg --alternative "A street after the attack" --to renditions/
    """
    from archive.reporting.rendering_json import rendering_document
    from archive.reporting.rendering_text import rendering_lines
    from archive.stages.rendering_files import render_files
    from archive.storage.clock import system_clock

    _check_choices(language, encoding)
    report = render_files(
        files,
        to,
        title=title,
        language=language,
        encoding=encoding,
        alternative=alternative,
        settings=current_settings().with_flags("render", pdfa=pdfa),
        clock=system_clock(),
        dry_run=dry_run,
        progress=progress_for(quiet=quiet or as_json),
    )
    failed = [file.error.exit_code for file in report.files if file.error is not None]
    code = gravest([exit_of(report.outcome, warned=strict and bool(report.warnings)), *failed])
    if as_json:
        show_json(rendering_document(report, code))
        return code
    for line in rendering_lines(report):
        show(line)
    return code


def _check_choices(language: str | None, encoding: str | None) -> None:
    """Raise `UsageError` for a language or an encoding that nobody knows, before anything is made."""
    if language is not None:
        from archive.formats.language import check_language

        checked = check_language(language)
        if not checked.valid:
            raise UsageError(
                f"this is no language tag: {checked.problem}", subject=language, remedy="For example: --language ar"
            )
    if encoding is not None:
        try:
            codecs.lookup(encoding)
        except (LookupError, ValueError):
            raise UsageError(
                "there is no such encoding", subject=encoding, remedy="For example: --encoding windows-1256"
            ) from None
