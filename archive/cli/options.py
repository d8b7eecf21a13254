"""Options that many commands share, and the settings they act on."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import click

from archive.cli.console import show, show_json, warn
from archive.cli.interrupting import heard_while_asking
from archive.cli.name_lists import expand_lists
from archive.config import load_settings
from archive.errors import UsageError
from archive.formats.naming import escape
from archive.formats.utc_time import parse_time
from archive.settings import Settings

if TYPE_CHECKING:
    from archive.model.placed import PlacedReport
    from archive.stages.spreading import Spread
    from archive.storage.credentials import Secret

Function = TypeVar("Function", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
events_option = click.option("--events", is_flag=True, help="Stream events as JSON Lines on standard error.")
strict_option = click.option("--strict", is_flag=True, help="Warnings end with exit code 3.")
to_option = click.option("--to", required=True, type=click.Path(path_type=str), help="Folder for the bag.")
name_option = click.option("--name", help="Name of the bag; default: its own name.")
clean_partial_option = click.option("--clean-partial", is_flag=True, help="Remove what an interrupted run left behind.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="Show no progress, and only subjects that failed.")

workers_option = click.option(
    "--workers", type=click.IntRange(1, 256), help="Worker processes; default: one per processor."
)
engine_option = click.option("--engine", type=click.Choice(["local", "dask"]), help="What runs the workers.")
scheduler_option = click.option("--scheduler", metavar="tcp://HOST:PORT", help="A Dask scheduler to use.")

passphrase_option = click.option(
    "--passphrase-fd", type=click.IntRange(0), metavar="N", help="Read the key's passphrase from this file descriptor."
)
trust_option = click.option(
    "--trust", metavar="DIR", help="The trust folder, outside of every bag; by default [seal] trust of archive.toml."
)
_VARIABLE = "ARCHIVE_SEAL_PASSPHRASE"
_LONGEST_PASSPHRASE = 4096


def spread_of(settings: Settings, engine: str | None, scheduler: str | None, workers: int | None) -> Spread | None:
    """As `choose_spread`, which is not loaded for work that is done here."""
    if engine is None and scheduler is None:
        return None
    from archive.stages.spreading import choose_spread

    return choose_spread(settings, engine or "local", scheduler, workers)


def show_placed(report: PlacedReport, *, as_json: bool) -> int:
    """Print what was exported, unpacked or joined, and give the exit code."""
    from archive.reporting.placed import placed_document, placed_exit, placed_text

    if as_json:
        show_json(placed_document(report))
    else:
        show(placed_text(report))
    return placed_exit(report)


class NamedPath(click.Path):
    """A path as the system gives it. The disk is asked nothing: a mount that hangs must not hang the command line."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        del param, ctx
        return os.fsdecode(value)


def path_argument(name: str, *, nargs: int = -1, required: bool = True) -> Callable[[Function], Function]:
    """An argument of paths: as the system gives them, not required to exist (a missing one gets a clear error later).

    Where several may be given, @FILE stands for the names in a file.
    """
    if nargs == 1:
        return click.argument(name, nargs=nargs, required=required, type=NamedPath())
    return click.argument(name, nargs=nargs, required=required, type=NamedPath(), callback=expand_lists)


class UtcTime(click.DateTime):
    """A time such as 2026-11-29T01:11:23Z."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The time, UTC. Fails for every other form."""
        if isinstance(value, datetime):
            return value
        try:
            return parse_time(str(value))
        except ValueError as error:
            self.fail(f"{value!r} is {error}", param, ctx)


def read_passphrase(key: str, descriptor: int | None, *, new: bool = False) -> Secret:
    """The passphrase of `key`: from `descriptor`, else from ARCHIVE_SEAL_PASSPHRASE, else asked for on the terminal.

    Raises `UsageError` where nothing can be asked, or the passphrase is empty.
    """
    from archive.storage.credentials import Secret

    if descriptor is not None:
        passphrase = _read_descriptor(descriptor)
    elif _VARIABLE in os.environ:
        passphrase = os.environ[_VARIABLE]
    elif not sys.stdin.isatty():
        raise UsageError(
            "the key needs a passphrase, and this is not a terminal, so it cannot be asked for", subject=key,
            remedy=f"Set {_VARIABLE}, or use --passphrase-fd",
        )  # fmt: skip
    else:
        words = f"{'New passphrase' if new else 'Passphrase'} for {escape(key)}"
        with heard_while_asking():
            passphrase = click.prompt(words, hide_input=True, confirmation_prompt=new, err=True)
    if not passphrase:
        raise UsageError("the passphrase is empty", subject=key)
    return Secret(passphrase)


def _read_descriptor(descriptor: int) -> str:
    content = b""
    try:
        while b"\n" not in content and (piece := os.read(descriptor, _LONGEST_PASSPHRASE)):
            content += piece
            if len(content) > _LONGEST_PASSPHRASE:
                raise UsageError("the passphrase is too long")
        return content.partition(b"\n")[0].removesuffix(b"\r").decode("utf-8")
    except OSError as error:
        raise UsageError(
            f"the passphrase cannot be read: {error.strerror}", subject=f"descriptor {descriptor}"
        ) from None
    except UnicodeDecodeError:
        raise UsageError("the passphrase is not valid UTF-8") from None


def current_settings() -> Settings:
    """The settings of the working folder; warns of what does not count in a project's file. Raises `UsageError`."""
    settings = load_settings()
    for sentence in settings.explain_refusals():
        warn(sentence)
    return settings
