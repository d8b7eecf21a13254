"""`archive demo`: bags of the sample collections, or a small archive to learn on, with a line for each step."""

from __future__ import annotations

import os
import sys

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import NamedPath, current_settings, json_option, quiet_option
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.model.build import Progress
from archive.model.exits import exit_of, gravest


@click.command("demo")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=str))
@click.option("--seed", "chosen", multiple=True, help="A sample collection; all of them when none is named.")
@click.option(
    "--archive", "archive", metavar="DIR", type=NamedPath(),
    help="Make a whole small archive in DIR, with a damaged file, to learn audits and repair on.",
)  # fmt: skip
@json_option
@quiet_option
def command(folder: str | None, chosen: tuple[str, ...], archive: str | None, as_json: bool, quiet: bool) -> int:
    """Make finished, validated bags from the sample collections and show where they are.

    The bags go into DIR, by default muniment-demo. With --archive a new folder gets a whole small archive: settings, a
    ledger, bags in English and Arabic, a second copy of each, and one damaged file. The commands to try on it are
    printed. Nothing outside that folder is changed, but for the record in your configuration folder that its settings
    are trusted (see archive config --distrust).

    \b
    Example:
      archive demo
      archive demo /tmp/look --seed press-release
      archive demo --archive sample-archive
    """
    if archive is None:
        return _make_bags(folder or "muniment-demo", chosen, as_json=as_json, quiet=quiet or as_json)
    if folder is not None or chosen:
        raise UsageError("--archive takes one folder, and no --seed", remedy="Run: archive demo --archive DIR")
    return _make_archive(archive, as_json=as_json, quiet=quiet or as_json)


def _make_bags(folder: str, chosen: tuple[str, ...], *, as_json: bool, quiet: bool) -> int:
    from archive.reporting.demo import demo_document, demo_text
    from archive.stages.samples import make_sample_bag, sample_names
    from archive.storage.clock import system_clock

    settings, clock = current_settings(), system_clock()
    samples = sample_names()
    for name in chosen:
        if name not in samples:
            raise UsageError("not a sample collection", subject=name, remedy=f"The samples are {', '.join(samples)}")
    os.makedirs(folder, exist_ok=True)
    made = []
    wanted = chosen or tuple(samples)
    for number, name in enumerate(wanted, 1):
        if not quiet:
            _tell(f"{number} of {len(wanted)}: making a bag of {name}")
        progress = _progress_of_steps(quiet=quiet)
        free = _free_name(folder, name)
        made.append(make_sample_bag(name, folder, name=free, settings=settings, clock=clock, progress=progress))
    if as_json:
        show_json(demo_document(made))
    else:
        show(demo_text(made))
    return gravest([exit_of(bag.validation.outcome) for bag in made])


def _make_archive(folder: str, *, as_json: bool, quiet: bool) -> int:
    from archive.reporting.demo import sample_archive_document, sample_archive_text
    from archive.stages.samples import make_sample_archive
    from archive.storage.clock import system_clock

    made = make_sample_archive(
        folder, environ=os.environ, clock=system_clock(), progress=_progress_of_steps(quiet=quiet),
        tell=(lambda line: None) if quiet else _tell,
    )  # fmt: skip
    if as_json:
        show_json(sample_archive_document(made))
    else:
        show(sample_archive_text(made))
    return gravest([exit_of(bag.validation.outcome) for bag in made.bags])


def _tell(line: str) -> None:
    click.echo(escape(line), err=True)


class _Steps:
    """A line on standard error for each step: samples are too small for a rate."""

    def begin(self, label: str, total: int | None) -> None:
        click.echo(f"  {escape(label)}{'' if total is None else f' ({total:,} bytes)'}", err=True)

    def advance(self, size: int) -> None:
        del size

    def end(self) -> None:
        return None


def _progress_of_steps(*, quiet: bool) -> Progress:
    """A bar on a terminal, and a line for each step elsewhere."""
    return progress_for(quiet=quiet) if quiet or sys.stderr.isatty() else _Steps()


def _free_name(folder: str, name: str) -> str:
    """`name`, or `name-2` and so on: a second demo must not fail because of the first."""
    candidate, number = name, 1
    while os.path.lexists(os.path.join(folder, candidate)):
        number += 1
        candidate = f"{name}-{number}"
    return candidate
