"""Handing a checkpoint to a party outside: into a folder of its own, by mail, or by a program."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
import zipfile
from email.message import EmailMessage

from archive.errors import StorageError, UsageError
from archive.formats.naming import escape
from archive.model.checkpoint import Party, PartyKind
from archive.settings import Settings
from archive.stages.auditing.notifying import send_message
from archive.stages.witnessing.folders import LINE_NAME, copy_checkpoint, read_files

SECONDS = 600
"""How long a program may take."""
_FORM = "folder:PATH, mail:ADDRESS or command:PROGRAM"


def parse_party(text: str, settings: Settings) -> Party:
    """The party that `text` names; the path of a folder is taken from the working folder.

    Raises `UsageError` for another form, and for a folder of the project itself, which is not outside.
    """
    word, colon, place = text.partition(":")
    kinds = {one.value: one for one in PartyKind}
    if not colon or word not in kinds or not place.strip():
        raise UsageError("this does not name an outside party", subject=text[:200], remedy=f"Write it as {_FORM}")
    kind = kinds[word]
    if kind is PartyKind.FOLDER:
        place = os.path.abspath(place)
        own = os.path.realpath(settings.folder)
        if os.path.commonpath([own, os.path.realpath(place)]) == own:
            raise UsageError(
                "this folder is in the project, so it is not outside", subject=place,
                remedy="Name a folder that others keep, such as a share of another archive",
            )  # fmt: skip
    if kind is PartyKind.MAIL and ("@" not in place or any(one in place for one in "\r\n,;<> ")):
        raise UsageError("this is not one mail address", subject=place[:200])
    if kind is PartyKind.COMMAND:
        _words_of(place)
    return Party(kind, place)


def hand_over(folder: str, name: str, party: Party, settings: Settings) -> None:
    """Hand the checkpoint in `folder`, which is called `name` outside, to `party`.

    Raises `StorageError` and `UsageError` when it is not taken.
    """
    if party.kind is PartyKind.FOLDER:
        copy_checkpoint(folder, party.place, f"muniment-checkpoint-{name}")
    elif party.kind is PartyKind.MAIL:
        settings.require("notify")
        _mail(folder, name, party.place, settings)
    else:
        _run(folder, party.place)


def _mail(folder: str, name: str, address: str, settings: Settings) -> None:
    files = read_files(folder)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(f"checkpoint-{name}/{path}", (1980, 1, 1, 0, 0, 0)), content)
    message = EmailMessage()
    message["Subject"] = f"Checkpoint {name} of an archive's ledger"
    message["To"] = address
    message.set_content(
        "Please keep this message. The line below says what the ledger of the archive held at this time; later it\n"
        "shows whether the past was rewritten. The attachment is the same line, signed and stamped.\n\n"
        + files[LINE_NAME].decode("ascii", "replace")
    )
    message.add_attachment(packed.getvalue(), maintype="application", subtype="zip", filename=f"checkpoint-{name}.zip")
    send_message(settings.notify, message, os.environ.get("ARCHIVE_SMTP_PASSWORD", ""))


def _run(folder: str, command: str) -> None:
    """Run a program with the folder as its last word and the line on its standard input; no shell is involved."""
    words = _words_of(command)
    line = read_files(folder)[LINE_NAME]
    try:
        done = subprocess.run(
            [*words, os.path.abspath(folder)], input=line, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise StorageError(f"the program has not ended within {SECONDS:,} seconds", subject=words[0]) from None
    except OSError as error:
        raise StorageError(f"the program cannot be run: {error.strerror}", subject=words[0]) from error
    if done.returncode:
        said = escape(" ".join(done.stderr.decode("utf-8", "replace").split())[:300])
        raise StorageError(f"the program ended with {done.returncode}: {said}", subject=words[0])


def _words_of(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise UsageError("this is not a command", subject=command[:200], remedy=f"Write it as {_FORM}")
    return words
