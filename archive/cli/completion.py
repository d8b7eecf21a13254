"""`archive completion SHELL`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from archive.cli.console import show
from archive.errors import UsageError


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> int:
    """Print the completion script for a shell.

    \b
    Example:
      archive completion bash > ~/.local/share/bash-completion/completions/archive
    """
    from archive.cli.app import group

    completion = get_completion_class(shell)
    if completion is None:
        raise UsageError("this shell has no completion", subject=shell)
    show(completion(group, {}, "archive", "_ARCHIVE_COMPLETE").source())
    return 0
