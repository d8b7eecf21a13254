"""What common tools make of an archive: Python's tarfile and zipfile, GNU tar, bsdtar, unzip and 7z where installed."""

from __future__ import annotations

import lzma
import shutil
import subprocess
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

Tree = dict[str, bytes]


def tree_of(folder: Path) -> Tree:
    """Every regular file below the bag's folder, by its path, with its bytes."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.relative_to(folder).parts[0] == "bag"
    }


def by_program(*command: str, fine: tuple[int, ...] = (0, 1)) -> Callable[[Path, Path], bool]:
    """Unpacks with a program; `fine` are the exit codes with which it says that it unpacked all, perhaps warning."""

    def unpack(archive: Path, folder: Path) -> bool:
        words = [word.format(archive=archive, folder=folder) for word in command]
        ran = subprocess.run(words, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False, timeout=30)
        return ran.returncode in fine

    return unpack


def by_tarfile(archive: Path, folder: Path) -> bool:
    try:
        with tarfile.open(archive) as file:
            for member in file:
                if member.isreg():
                    place = folder / member.name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    content = file.extractfile(member)
                    place.write_bytes(b"" if content is None else content.read())
    except (tarfile.TarError, OSError, ValueError, EOFError, zlib.error, lzma.LZMAError):
        return False
    return True


def by_7z(archive: Path, folder: Path) -> bool:
    """What is compressed takes two steps: 7z unpacks the stream, then the tar that comes of it."""
    if archive.name.endswith((".tar", ".zip")):
        return by_program("7z", "x", "-y", "{archive}")(archive, folder)
    stream = subprocess.run(["7z", "x", "-y", "-so", str(archive)], capture_output=True, check=False, timeout=30)
    inner = folder.parent / "inner.tar"
    inner.write_bytes(stream.stdout)
    return stream.returncode in (0, 1) and by_program("7z", "x", "-y", "{archive}")(inner, folder)


def by_zipfile(archive: Path, folder: Path) -> bool:
    try:
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)  # noqa: S202 - into a folder of the test, to see what it makes of it
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, RuntimeError, NotImplementedError, zlib.error):
        return False
    return True


TOOLS: dict[str, dict[str, Callable[[Path, Path], bool]]] = {
    "tar": {
        "tar": by_program("tar", "-xf", "{archive}"),
        "bsdtar": by_program("bsdtar", "-xf", "{archive}", fine=(0,)),
        "7z": by_7z,
    },
    "zip": {
        "unzip": by_program("unzip", "-oq", "{archive}"),
        "bsdtar": by_program("bsdtar", "-xf", "{archive}", fine=(0,)),
        "7z": by_7z,
    },
}


def tools_for(archive: Path) -> dict[str, Callable[[Path, Path], bool]]:
    """The tools that are here for this archive."""
    kind = "zip" if archive.suffix == ".zip" else "tar"
    tools = {name: unpack for name, unpack in TOOLS[kind].items() if shutil.which(name)}
    tools |= {"tarfile": by_tarfile} if kind == "tar" else {"zipfile": by_zipfile}
    return tools


def readings(archive: Path, scratch: Path) -> dict[str, Tree]:
    """What each tool that is here unpacked, of those that did not refuse."""
    found = {}
    for name, unpack in tools_for(archive).items():
        folder = scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        if unpack(archive, folder):
            found[name] = tree_of(folder)
    return found


def agree(archive: Path, scratch: Path) -> bool:
    """True when no tool that is here refuses the archive, and all unpack the same files with the same bytes."""
    found = readings(archive, scratch)
    return len(found) == len(tools_for(archive)) and len({tuple(sorted(tree.items())) for tree in found.values()}) == 1


def same_content(archive: Path, scratch: Path) -> bool:
    """True when only 7z finds fault with the archive, and what it unpacks all the same is what the others unpack."""
    found = readings(archive, scratch)
    if len(found) < len(tools_for(archive).keys() - {"7z"}):
        return False
    stream = subprocess.run(["7z", "x", "-y", "-so", str(archive)], capture_output=True, check=False, timeout=30)
    (scratch / "inner.tar").write_bytes(stream.stdout)
    found |= readings(scratch / "inner.tar", scratch)
    return len({tuple(sorted(tree.items())) for tree in found.values()}) == 1
