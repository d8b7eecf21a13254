"""Options that many commands share, and the settings they act on."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypeVar

import click

from archive.config import Settings, load_settings

Function = TypeVar("Function", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
events_option = click.option("--events", is_flag=True, help="Stream events as JSON Lines on standard error.")
strict_option = click.option("--strict", is_flag=True, help="Warnings end with exit code 3.")
quiet_option = click.option("--quiet", "-q", is_flag=True, help="No progress.")


class NamedPath(click.Path):
    """A path as the system gives it. The disk is asked nothing: a mount that hangs must not hang the command line."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        del param, ctx
        return os.fsdecode(value)


def path_argument(name: str, *, nargs: int = -1, required: bool = True) -> Callable[[Function], Function]:
    """An argument of paths: as the system gives them, not required to exist (a missing one is our own clear error)."""
    return click.argument(name, nargs=nargs, required=required, type=NamedPath())


def current_settings() -> Settings:
    """The settings of the working folder. Raises `UsageError`."""
    return load_settings()
