"""`archive demo`."""

from __future__ import annotations

import os
import shlex

import click

from archive.cli.console import progress_for, show, show_json
from archive.cli.exits import exit_of, gravest
from archive.cli.options import current_settings, json_option, quiet_option
from archive.errors import UsageError
from archive.formats.naming import escape, path_fields
from archive.model.finding import Severity


@click.command("demo")
@click.argument("folder", metavar="[DIR]", default="muniment-demo", type=click.Path(path_type=str))
@click.option("--seed", "chosen", multiple=True, help="A sample collection; all of them when none is named.")
@json_option
@quiet_option
def command(folder: str, chosen: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Make finished, validated bags from the shipped sample collections, and say where to look.

    \b
    Example:
      archive demo
      archive demo /tmp/look --seed press-release
    """
    from archive.resources import seeds_path
    from archive.stages.creation import create
    from archive.storage.clock import system_clock

    settings, clock = current_settings(), system_clock()
    seeds = sorted(entry.name for entry in seeds_path().iterdir() if entry.is_dir())
    for name in chosen:
        if name not in seeds:
            raise UsageError("there is no such sample", subject=name, remedy=f"The samples are {', '.join(seeds)}")
    os.makedirs(folder, exist_ok=True)
    made, codes = [], []
    for name in chosen or seeds:
        source = str(seeds_path(name))
        report = create(
            [source],
            folder,
            name=_free_name(folder, name),
            settings=settings,
            clock=clock,
            progress=progress_for(quiet=quiet or as_json),
        )
        if report.validation is None:
            why = next(one for one in report.findings if one.severity in (Severity.ERROR, Severity.UNCHECKED))
            raise UsageError(
                f"the settings here do not suit the sample: {why.message}", subject=name, remedy="Run it elsewhere"
            )
        codes.append(exit_of(report.validation.outcome))
        made.append((report.bag, report.validation.verdict))
    if as_json:
        bags = [{**path_fields(path), "verdict": verdict} for path, verdict in made]
        show_json({"schema": "archive.demo/1", "bags": bags})
        return gravest(codes)
    for path, verdict in made:
        show(f"{escape(path)}: {verdict}")
    look = made[0][0]
    show(f"\nLook at one:  archive show {shlex.quote(escape(look))}")
    show(f"Prove it:     archive validate {shlex.quote(escape(look))}")
    show(f"Open:         {escape(look)}/data/preservation and {escape(look)}/metadata")
    return gravest(codes)


def _free_name(folder: str, name: str) -> str:
    """`name`, or `name-2` and so on: a second demo must not fail because of the first."""
    candidate, number = name, 1
    while os.path.lexists(os.path.join(folder, candidate)):
        number += 1
        candidate = f"{name}-{number}"
    return candidate
