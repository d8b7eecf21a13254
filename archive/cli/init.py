"""`archive init`."""

from __future__ import annotations

import os

import click

from archive.cli.console import show, show_json
from archive.cli.options import NamedPath, json_option
from archive.config import load_settings
from archive.errors import from_os_error
from archive.formats.naming import escape, path_fields

_SETTINGS = """\
# Settings of this archive. `archive config --origin` shows all of them and where each comes from.

[ledger]
url = {url}

[audit]
max_age = "90d"

# A place that can be away as a whole, such as a disk, a share or a bucket. Bags under its root belong to it.
# [locations.vault]
# root = "/mnt/vault"
"""


@click.command("init")
@click.argument("folder", default=".", type=NamedPath())
@click.option("--ledger", "url", help="Where the ledger is: a file beside archive.toml, or a postgresql:// URL.")
@json_option
def command(folder: str, url: str | None, as_json: bool) -> int:
    """Start a project in FOLDER (here): archive.toml, unless there is one, and an empty ledger.

    A PostgreSQL URL has no password in it: that comes from PGPASSWORD or ~/.pgpass.

    \b
    Example:
      archive init
      archive init --ledger postgresql://archivist@db.example.org/fixity
    """
    from archive.ledger.book import create_ledger, ledger_address
    from archive.storage.clock import system_clock

    path = os.path.join(folder, "archive.toml")
    written = False
    try:
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(path):
            with open(path, "x", encoding="utf-8") as file:
                file.write(_SETTINGS.format(url=_quote(url or "ledger.sqlite3")))
            written = True
            if not as_json:
                show(f"wrote {escape(path)}")
    except OSError as error:
        raise from_os_error(error, path) from error
    settings = load_settings(os.path.abspath(folder)).with_flags("ledger", url=url)
    ledger = create_ledger(ledger_address(settings), now=int(system_clock().now().timestamp()))
    ledger.close()
    if as_json:
        show_json({
            "schema": "archive.init/1", **path_fields(path, "settings"), "settings_written": written,
            **path_fields(ledger.address, "ledger"), "ledger_id": ledger.id,
        })  # fmt: skip
        return 0
    show(f"started the ledger {escape(ledger.address)}\nnext: archive holdings add BAG")
    return 0


def _quote(text: str) -> str:
    """A TOML basic string."""
    escaped = "".join(
        f"\\u{ord(one):04x}" if ord(one) < 0x20 or one == "\x7f" else {"\\": "\\\\", '"': '\\"'}.get(one, one)
        for one in text
    )
    return f'"{escaped}"'
