"""`archive keys`."""

from __future__ import annotations

import click

from archive.cli.console import show, show_json
from archive.cli.options import json_option, passphrase_option, path_argument, read_passphrase
from archive.errors import from_os_error
from archive.model.seal import PublicKey


@click.group("keys")
def command() -> None:
    """Make and show the keys that seal bags.

    \b
    Example:
      archive keys new anna.key
      archive keys show anna.key.pub
    """


@command.command("new")
@path_argument("file", nargs=1)
@passphrase_option
@json_option
def new(file: str, passphrase_fd: int | None, as_json: bool) -> int:
    """Make an Ed25519 key: FILE, encrypted, and FILE.pub, one OpenSSH line.

    The passphrase is asked for, or taken from ARCHIVE_SEAL_PASSPHRASE or a file descriptor. Keep a copy of both.

    \b
    Example:
      archive keys new anna.key
    """
    from archive.trust.keys import make_key, require_free

    require_free(file)
    public = make_key(file, read_passphrase(file, passphrase_fd, new=True))
    _show(f"{file}.pub", public, as_json=as_json)
    return 0


@command.command("show")
@path_argument("file", nargs=1)
@json_option
def show_key(file: str, as_json: bool) -> int:
    """Show a public key: its fingerprint as ssh-keygen prints it, and its digits, to be read aloud.

    \b
    Example:
      archive keys show anna.key.pub
    """
    from archive.trust.signatures import read_public_file

    try:
        public = read_public_file(file)
    except OSError as error:
        raise from_os_error(error, file) from error
    _show(file, public, as_json=as_json)
    return 0


def _show(path: str, public: PublicKey, *, as_json: bool) -> None:
    from archive.reporting.trust import key_document, key_lines

    if as_json:
        show_json(key_document(path, public))
        return
    for line in key_lines(path, public):
        show(line)
