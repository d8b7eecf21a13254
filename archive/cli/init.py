"""`archive init`."""

from __future__ import annotations

import os
import shlex
import sys

import click

from archive.cli.console import show, show_json, warn
from archive.cli.interrupting import heard_while_asking
from archive.cli.options import NamedPath, json_option
from archive.errors import UsageError
from archive.formats.naming import escape


@click.command("init")
@click.argument("folder", default=".", type=NamedPath())
@click.option("--ledger", "url", help="Where the ledger is: a file beside archive.toml, or a postgresql:// URL.")
@click.option("--organization", metavar="NAME", help="Organization that takes responsibility for the bags.")
@click.option("--operator", metavar="NAME", help="Person who makes the bags, or a pseudonym.")
@json_option
def command(folder: str, url: str | None, organization: str | None, operator: str | None, as_json: bool) -> int:
    """Start a project in FOLDER (here): archive.toml, unless there is one, and an empty ledger.

    On a terminal it asks for the organization and the operator that the records of new bags will name, unless they are
    given as options. Press Enter to name no one.

    The project is trusted from then on: its archive.toml may name programs, places and credentials (see archive config
    --trust). A PostgreSQL URL has no password in it: that comes from PGPASSWORD or ~/.pgpass.

    \b
    Example:
      archive init
      archive init --organization "Example Archive" --operator "N. N."
      archive init --ledger postgresql://archivist@db.example.org/fixity
    """
    from archive.stages.project import Responsible, start_project
    from archive.storage.clock import system_clock

    path = os.path.join(folder, "archive.toml")
    exists = os.path.lexists(path)
    if exists and (organization or operator):
        raise UsageError(
            "archive.toml exists already and is not changed", subject=path,
            remedy="Set create.organization and create.operator in it, and leave out --organization and --operator",
        )  # fmt: skip
    asks = not as_json and not exists and sys.stdin.isatty() and sys.stderr.isatty()
    responsible = Responsible(
        _named(organization, "Organization that takes responsibility for the bags", asks=asks),
        _named(operator, "Person who makes the bags, or a pseudonym", asks=asks),
    )
    started = start_project(folder, url, clock=system_clock(), environ=os.environ, responsible=responsible)
    if started.untrusted:
        again = shlex.join(["archive", "config", "--trust", folder])
        warn(f"the project is not recorded as trusted: {started.untrusted}. Run: {again}")
    if as_json:
        from archive.reporting.project import init_document

        show_json(init_document(path, started))
        return 0
    if started.settings_written:
        show(f"wrote {escape(path)}")
    elif not started.untrusted:
        show(f"{escape(path)} was there before; it is trusted from now on")
    show(f"started the ledger {escape(started.ledger)}\nNext: archive holdings add BAG")
    return 0


def _named(given: str | None, question: str, *, asks: bool) -> str:
    """The name that was given, or that is typed in answer; empty where there is none."""
    if given is None and asks:
        with heard_while_asking():
            given = click.prompt(f"{question} (Enter for none)", default="", show_default=False, err=True)
    return " ".join((given or "").split())
