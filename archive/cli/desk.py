"""`archive desk`."""

from __future__ import annotations

import os
import webbrowser

import click

from archive.cli.console import show
from archive.cli.options import current_settings
from archive.errors import ExtraMissingError, UsageError


@click.command("desk")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this machine; by default a free one.")
@click.option("--no-browser", is_flag=True, help="Only print the address to open.")
@click.option("--read-only", is_flag=True, help="Show everything, change nothing.")
@click.option("--listen", metavar="ADDRESS", help="Refused: the desk can be reached from this machine only.")
def command(port: int, no_browser: bool, read_only: bool, listen: str | None) -> int:
    """Open the archive in the browser, on this machine: new bags, checks, repairs, copies and deposits.

    The desk works on the project in this folder and can be reached from this machine only. The address that it prints
    works once. Long work continues when the browser or the desk is closed; Ctrl-C closes the desk.

    \b
    Example:
      archive desk
      archive desk --port 8080 --no-browser
    """
    if listen is not None:
        raise UsageError(
            "the desk listens on this machine only, for it has no accounts and no encryption",
            subject=f"--listen {listen}",
            remedy="To reach it from elsewhere, put a reverse proxy with TLS and authentication in front of it",
        )
    try:
        from archive.web.serving import serve
    except ModuleNotFoundError as error:
        raise ExtraMissingError(
            "the desk needs a part that is not installed", subject=str(error.name),
            remedy="Install it: pip install 'muniment[web]'",
        ) from error  # fmt: skip

    def tell(address: str) -> None:
        show(f"The desk is open: {address}")
        show("The address works once. Press Ctrl-C to close the desk; jobs that are running go on.")
        if not no_browser:
            webbrowser.open(address)

    serve(current_settings().folder or os.getcwd(), port=port, read_only=read_only, opened=tell)
    return 0
