"""`archive demo`: finished bags of the sample collections, with a line for each step while it works."""

from __future__ import annotations

import os
import shlex
import sys

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.options import current_settings, json_option, quiet_option
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.model.build import Progress
from archive.model.exits import exit_of, gravest
from archive.model.finding import Severity


@click.command("demo")
@click.argument("folder", metavar="[DIR]", default="muniment-demo", type=click.Path(path_type=str))
@click.option("--seed", "chosen", multiple=True, help="A sample collection; all of them when none is named.")
@json_option
@quiet_option
def command(folder: str, chosen: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Make finished, validated bags from the sample collections and show where they are.

    \b
    Example:
      archive demo
      archive demo /tmp/look --seed press-release
    """
    from archive.resources import seeds_path
    from archive.stages.creation.workflow import create
    from archive.storage.clock import system_clock

    settings, clock = current_settings(), system_clock()
    seeds = sorted(entry.name for entry in seeds_path().iterdir() if entry.is_dir())
    for name in chosen:
        if name not in seeds:
            raise UsageError("not a sample collection", subject=name, remedy=f"The samples are {', '.join(seeds)}")
    os.makedirs(folder, exist_ok=True)
    made, codes = [], []
    wanted = chosen or tuple(seeds)
    for number, name in enumerate(wanted, 1):
        if not (quiet or as_json):
            click.echo(f"{number} of {len(wanted)}: making a bag of {name}", err=True)
        source = str(seeds_path(name))
        report = create(
            [source],
            folder,
            name=_free_name(folder, name),
            settings=settings,
            clock=clock,
            progress=_progress_of_steps(quiet=quiet or as_json),
        )
        if report.validation is None:
            why = next(one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED))
            raise UsageError(
                f"the settings in use do not allow this sample: {why.message}",
                subject=name,
                remedy="Run it in another folder, or see archive config --origin",
            )
        codes.append(exit_of(report.validation.outcome))
        made.append((report.bag, report.validation.verdict))
    if as_json:
        from archive.reporting.demo import demo_document

        show_json(demo_document(made))
        return gravest(codes)
    for path, verdict in made:
        show(f"{escape(path)}: {verdict}")
    look = made[0][0]
    show(f"\nTo see what is in one:  archive show {shlex.quote(escape(look))}")
    show(f"To check it again:      archive validate {shlex.quote(escape(look))}")
    show(f"To look inside, open:   {escape(look)}/data/preservation and {escape(look)}/metadata")
    return gravest(codes)


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
