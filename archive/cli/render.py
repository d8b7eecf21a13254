"""`archive render FILE... --to DIR`."""

from __future__ import annotations

from typing import Literal

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import (
    current_settings,
    json_option,
    path_argument,
    quiet_option,
    strict_option,
)
from archive.model.exits import exit_of, gravest


@click.command("render")
@path_argument("files")
@click.option("--to", required=True, metavar="DIR", type=click.Path(path_type=str), help="Where FILE.pdf is written.")
@click.option(
    "--pdfa", type=click.Choice(["3a", "2a"]), help="Level: 3a embeds the source, 2a does not.  [default: 3a]"
)
@click.option("--title", help="Title of the one file, instead of its own or its name.")
@click.option("--language", metavar="TAG", help="Language of the text, as BCP 47 has it: ar, en, en-GB.")
@click.option("--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8; it is never guessed.")
@click.option("--direction", type=click.Choice(["ltr", "rtl"]), help="Direction, where the text's own is wrong.")
@click.option("--alternative", metavar="TEXT", help="What the picture shows, for those who cannot see it.")
@click.option("--dry-run", is_flag=True, help="Show what would be made, without making it.")
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
    direction: Literal["ltr", "rtl"] | None,
    alternative: str | None,
    dry_run: bool,
    strict: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Make PDF/A renditions of documents: text, Markdown, HTML, e-mail, tables, Word, pictures and existing PDFs.

    A document becomes PDF/A-3a and PDF/UA-1 with its source embedded. A PDF that is already valid PDF/A is kept as it
    is; others are converted by Ghostscript or OCRmyPDF, where installed. veraPDF checks the results, where installed.

    \b
    Example:
      archive render statement.txt --language ar --to renditions/
      archive render photo.jpg --alternative "A street after the attack" --to renditions/
    """
    from archive.formats.encodings import require_encoding
    from archive.formats.language import require_language
    from archive.renditions.single_files import render_files
    from archive.reporting.rendering import rendering_document, rendering_lines
    from archive.stages.scanning.loose_files import kinds_of
    from archive.storage.clock import system_clock

    require_language(language)
    settings = current_settings().with_flags("render", pdfa=pdfa, encoding=require_encoding(encoding))
    report = render_files(
        files,
        to,
        title=title,
        language=language,
        direction=direction,
        alternative=alternative,
        identify=lambda paths: kinds_of(paths, settings),
        settings=settings,
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
