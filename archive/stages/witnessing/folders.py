"""The folder `witness` of a project: one sealed bag a checkpoint, numbered from 0001."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping

from archive.errors import ArchiveError, StorageError, from_os_error
from archive.formats.bagit_txt import write_declaration
from archive.formats.manifest import manifest_line, manifest_name
from archive.formats.strict_json import canonical_bytes
from archive.formats.tagfile import Tag, write_tags
from archive.ledger.chain import Witness, find_witnesses
from archive.ledger.checkpoints import Checkpoint
from archive.model.light import light_dataclass
from archive.regular_files import open_regular
from archive.settings import Settings
from archive.storage.atomic import put_in_place, sync_folder, sync_tree
from archive.storage.partial import Partial

WITNESS_FOLDER = "witness"
LINE_NAME = "witness.txt"
CONSISTENCY_NAME = "data/consistency.json"
CONSISTENCY_SCHEMA = "muniment-consistency/1"
LAST_CHECKPOINT = 9999
_NUMBER = re.compile(r"[0-9]{4}")
_ALGORITHMS = ("sha256", "sha512")
_LONGEST_LINE = 4096


@light_dataclass(frozen=True)
class KeptCheckpoint:
    """A checkpoint that is kept in the folder `folder`."""

    number: int
    folder: str
    witness: Witness


def witness_folder(settings: Settings) -> str:
    """Where the checkpoints of the project are, whether there are any or not."""
    return os.path.join(settings.folder, WITNESS_FOLDER)


def list_numbers(place: str) -> list[int]:
    """The numbers of the checkpoints in `place`, ascending. Raises `StorageError`."""
    try:
        return sorted(int(name) for name in os.listdir(place) if _NUMBER.fullmatch(name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise from_os_error(error, place) from error


def newest_checkpoint(settings: Settings, ledger: str) -> KeptCheckpoint | None:
    """The newest checkpoint of the ledger `ledger` that the project keeps. Raises `StorageError`."""
    place = witness_folder(settings)
    for number in reversed(list_numbers(place)):
        folder = os.path.join(place, f"{number:04}")
        witness = read_line(folder)
        if witness is not None and witness.ledger == ledger:
            return KeptCheckpoint(number, folder, witness)
    return None


def read_line(folder: str) -> Witness | None:
    """The witness line of a checkpoint's folder; None where there is none. Raises `StorageError`."""
    path = os.path.join(folder, LINE_NAME)
    try:
        with open_regular(path) as file:
            found = find_witnesses(file.read(_LONGEST_LINE).decode("ascii", "replace"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise from_os_error(error, path) from error
    return found[0] if len(found) == 1 and found[0].root else None


def write_checkpoint_bag(folder: str, checkpoint: Checkpoint) -> None:
    """Write the bag of a checkpoint into the new folder `folder`, durably and without its seal.

    The line is a tag file at the top; the payload is the proof that the chain continues the checkpoint before. Raises
    `StorageError`.
    """
    proof = _consistency(checkpoint)
    fields = (
        ("External-Identifier", f"{checkpoint.witness.ledger}-{checkpoint.witness.number}"),
        ("External-Description", "Checkpoint of the ledger of an archive"),
        ("Bagging-Date", checkpoint.witness.time[:10]),
        ("Payload-Oxum", f"{len(proof)}.1"),
    )
    files = {
        "bagit.txt": write_declaration(),
        "bag-info.txt": write_tags(Tag(*pair) for pair in fields),
        LINE_NAME: f"{checkpoint.witness.line()}\n".encode("ascii"),
    }
    payload = {CONSISTENCY_NAME: proof}
    files |= {manifest_name(name): _manifest(name, payload) for name in _ALGORITHMS}
    files |= {manifest_name(name, tag=True): _manifest(name, files) for name in _ALGORITHMS} | payload
    try:
        os.makedirs(os.path.join(folder, "data"))
        for path, content in files.items():
            with open(os.path.join(folder, path), "xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(os.path.join(folder, "data"))
        sync_folder(folder)
    except OSError as error:
        raise from_os_error(error, folder) from error


def read_files(folder: str) -> dict[str, bytes]:
    """Every file of a checkpoint's folder, by path in it. Raises `StorageError`."""
    files: dict[str, bytes] = {}
    try:
        for parent, folders, names in os.walk(folder, onerror=_give_up):
            folders.sort()
            for name in sorted(names):
                path = os.path.join(parent, name)
                with open_regular(path) as file:
                    files[os.path.relpath(path, folder).replace(os.sep, "/")] = file.read()
    except OSError as error:
        raise from_os_error(error, str(error.filename or folder)) from error
    return files


def copy_checkpoint(folder: str, place: str, name: str) -> None:
    """Copy the checkpoint to `place`/`name`, whole or not at all. Raises `StorageError`.

    `place` is made where the folder around it is there; more is not made, for that would hide a disk that is not
    mounted.
    """
    if not os.path.isdir(place) and not os.path.isdir(os.path.dirname(place)):
        raise StorageError("no such folder; it may not be mounted", subject=place)
    files = read_files(folder)
    with Partial(place, name) as partial:
        copy = partial.file("copy")
        try:
            for path, content in files.items():
                target = os.path.join(copy, path)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "xb") as file:
                    file.write(content)
            sync_tree(copy)
            put_in_place(copy, os.path.join(place, name))
            sync_folder(place)
        except ArchiveError:
            raise
        except OSError as error:
            raise from_os_error(error, place) from error


def _consistency(checkpoint: Checkpoint) -> bytes:
    return canonical_bytes(
        {
            "schema": CONSISTENCY_SCHEMA,
            "line": checkpoint.witness.line(),
            "earlier": None if checkpoint.earlier is None else checkpoint.earlier.line(),
            "proof": [one.hex() for one in checkpoint.proof],
        }
    )


def _manifest(algorithm: str, files: Mapping[str, bytes]) -> bytes:
    listed = [(path, content) for path, content in sorted(files.items()) if not path.startswith("tagmanifest-")]
    return b"".join(manifest_line(hashlib.new(algorithm, content).hexdigest(), path) for path, content in listed)


def _give_up(error: OSError) -> None:
    raise error
