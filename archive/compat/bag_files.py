"""Writing the files of a bag as bagit-python 1.9 does: BagIt 0.97, fields in the order of their labels."""

from __future__ import annotations

import logging
import multiprocessing
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from archive.formats.bagpath import to_bytes
from archive.storage.atomic import write_whole
from archive.storage.folders import READ
from archive.storage.hashing import Digests, is_known, normalise_name

LOGGER = logging.getLogger("bagit")
DECLARATION = b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"
_BLOCK = 1 << 20

Info = Mapping[str, object]
Hashed = tuple[str, int, tuple[str, ...]]
"""A file's path, its bytes, and its digests in hex in the order of the algorithms."""


def known_algorithms(names: Iterable[str]) -> tuple[str, ...]:
    """Those of `names` that there is an algorithm for. Raises ValueError when there is none, as bagit-python does."""
    known = []
    for name in names:
        if is_known(name):
            known.append(name)
        else:
            LOGGER.warning("Disabling requested hash algorithm %s: hashlib does not support it", name)
    if not known:
        raise ValueError("Unable to continue: hashlib does not support any of the requested algorithms!")
    return tuple(known)


def hash_file(task: tuple[str, str, tuple[str, ...]]) -> Hashed:
    """The bytes and digests of one file. The task is the folder, the path in it, and the algorithms. Raises OSError."""
    folder, path, algorithms = task
    digests = Digests(normalise_name(name) for name in algorithms)
    with open(os.open(os.path.join(folder, path), READ), "rb") as file:
        while block := file.read(_BLOCK):
            digests.update(block)
    return path, digests.size, digests.hexdigests()


def hash_all(tasks: Iterable[tuple[str, str, tuple[str, ...]]], processes: int) -> Iterable[Hashed]:
    """`hash_file` of each task, by so many processes. Raises OSError, and RuntimeError where none can be started."""
    if processes <= 1:
        return map(hash_file, tasks)
    with multiprocessing.Pool(processes) as pool:
        return pool.map(hash_file, tasks)


def walk_files(folder: str, *, leave_out: Sequence[str] = ()) -> Iterator[str]:
    """The path in `folder` of every file, sorted folder by folder; those at the top called `leave_out` not."""
    for above, folders, names in os.walk(folder):
        if above == folder:
            folders[:] = [name for name in folders if name not in leave_out]
        folders.sort()
        for name in sorted(names):
            yield os.path.relpath(os.path.join(above, name), folder)


def unwritable(folder: str) -> list[str]:
    """The folder and those below it that this user cannot write to."""
    if not os.access(folder, os.R_OK):
        return [folder]
    found = [] if os.access(folder, os.W_OK) else [folder]
    for above, folders, _ in os.walk(folder):
        found += [path for name in folders if not os.access(path := os.path.join(above, name), os.W_OK)]
    return found


def unreadable(folder: str) -> list[str]:
    """The folder and what is below it that this user cannot read."""
    if not os.access(folder, os.R_OK):
        return [folder]
    found = []
    for above, folders, names in os.walk(folder):
        found += [path for name in (*folders, *names) if not os.access(path := os.path.join(above, name), os.R_OK)]
    return found


def write_manifests(
    target: str, lines: Iterable[Hashed], algorithms: Sequence[str], *, front: str, encoding: str
) -> tuple[int, int]:
    """Write the payload manifests into the folder `target`: bytes and number of the files. `front` begins each path."""
    texts: dict[str, list[str]] = {name: [] for name in algorithms}
    size = count = 0
    for path, one_size, digests in lines:
        size, count = size + one_size, count + 1
        written = _encode_path(front + path.replace(os.sep, "/"))
        for name, digest in zip(algorithms, digests, strict=True):
            texts[name].append(f"{digest}  {written}\n")
    for name in algorithms:
        _replace(os.path.join(target, f"manifest-{name}.txt"), _encode("".join(texts[name]), encoding))
    return size, count


def write_info(path: str, info: Info) -> None:
    """Write bag-info.txt in UTF-8; the values of a list become fields of the same label."""
    lines = []
    for label in sorted(info):
        values = info[label]
        for value in values if isinstance(values, list) else [values]:
            flat = re.sub(r"[\r\n]", "", str(value))
            lines.append(f"{label}: {flat}\n")
    _replace(path, "".join(lines).encode("utf-8"))


def write_tag_manifest(folder: str, algorithm: str, encoding: str = "utf-8") -> None:
    """Write the tag manifest of the bag in `folder`. Raises OSError."""
    names = [path for path in walk_files(folder, leave_out=("data",)) if not _is_tag_manifest(path)]
    hashed = [hash_file((folder, path, (algorithm,))) for path in names]
    text = "".join(f"{digests[0]} {_encode_path(path.replace(os.sep, '/'))}\n" for path, _size, digests in hashed)
    _replace(os.path.join(folder, f"tagmanifest-{algorithm}.txt"), _encode(text, encoding))


def _replace(path: str, content: bytes) -> None:
    write_whole(path, (content,), replace=True)


def _is_tag_manifest(path: str) -> bool:
    return os.path.basename(path).startswith("tagmanifest-")


def _encode_path(path: str) -> str:
    """Before BagIt 1.0 a % is written as it is."""
    return path.replace("\r", "%0D").replace("\n", "%0A")


def _encode(text: str, encoding: str) -> bytes:
    return to_bytes(text) if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else text.encode(encoding)
