"""Bags made by hand for tests, right or wrong on purpose: a mapping from path to bytes, and ways to write it down.

Independent of the program: digests come from hashlib, archives from zipfile and tarfile.
"""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

Files = dict[bytes, bytes]

PAYLOAD: Mapping[bytes, bytes] = {
    b"data/a.txt": b"first\n",
    b"data/folder/b.bin": bytes(range(256)) * 9,
    b"data/folder/deep/c": b"",
}


def digest(algorithm: str, content: bytes) -> bytes:
    return hashlib.new(algorithm, content).hexdigest().encode()


def encode(path: bytes) -> bytes:
    return path.replace(b"%", b"%25").replace(b"\n", b"%0A").replace(b"\r", b"%0D")


def manifest(algorithm: str, files: Mapping[bytes, bytes], paths: Iterable[bytes]) -> bytes:
    return b"".join(digest(algorithm, files[path]) + b"  " + encode(path) + b"\n" for path in sorted(paths))


def draft(
    payload: Mapping[bytes, bytes] | None = None,
    *,
    version: str = "1.0",
    algorithms: Iterable[str] = ("sha256", "sha512"),
    extra: Mapping[bytes, bytes] | None = None,
    info: bytes | None = None,
    tag_manifests: bool = True,
) -> Files:
    """A right bag: declaration, bag-info with Payload-Oxum, manifests, tag manifests."""
    payload = dict(PAYLOAD if payload is None else payload)
    files: Files = {**payload, **(extra or {})}
    files[b"bagit.txt"] = f"BagIt-Version: {version}\nTag-File-Character-Encoding: UTF-8\n".encode()
    oxum = f"{sum(map(len, payload.values()))}.{len(payload)}"
    files[b"bag-info.txt"] = info if info is not None else f"Bagging-Date: 2026-11-24\nPayload-Oxum: {oxum}\n".encode()
    for algorithm in algorithms:
        files[f"manifest-{algorithm}.txt".encode()] = manifest(algorithm, files, payload)
    if tag_manifests:
        for algorithm in algorithms:
            files[f"tagmanifest-{algorithm}.txt".encode()] = b""
        seal(files)
    return files


def seal(files: Files) -> Files:
    """Write the tag manifests anew over all tag files as they stand."""
    for name in [path for path in files if path.startswith(b"tagmanifest-")]:
        algorithm = name[12:-4].decode()
        tags = [p for p in files if not p.startswith((b"data/", b"tagmanifest-", b"seal/"))]
        files[name] = manifest(algorithm, files, tags)
    return files


def edit(path: bytes, change: Callable[[bytes], bytes], **options: object) -> Files:
    """A right bag with one tag file changed and the tag manifests made to agree."""
    files = draft(**options)  # type: ignore[arg-type]
    files[path] = change(files.get(path, b""))
    return seal(files)


def write_folder(files: Mapping[bytes, bytes], root: Path) -> Path:
    """The bag as a folder. A path that ends with / is an empty folder."""
    base = os.fsencode(root)
    os.makedirs(base + b"/data")
    for path, content in files.items():
        place = base + b"/" + path
        os.makedirs(place if path.endswith(b"/") else os.path.dirname(place), exist_ok=True)
        if not path.endswith(b"/"):
            with open(place, "wb") as file:
                file.write(content)
    return root


def write_zip(files: Mapping[bytes, bytes], path: Path, root: bytes = b"bag") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zip_info(root + b"/data/"), b"")
        for name, content in files.items():
            info = zip_info(root + b"/" + name)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return path


def zip_info(name: bytes, mode: int = 0o100644) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x", (2026, 11, 24, 0, 0, 0))
    try:
        info.filename = info.orig_filename = name.decode("utf-8")
    except UnicodeDecodeError:
        info.filename = info.orig_filename = name.decode("cp437")
    info.create_system = 3
    info.external_attr = mode << 16
    return info


def tar_info(name: bytes, kind: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
    info.type = kind
    return info


def write_tar(
    files: Mapping[bytes, bytes],
    path: Path,
    root: bytes = b"bag",
    *,
    compression: str = "",
    more: Iterable[tuple[tarfile.TarInfo, bytes]] = (),
    form: int = tarfile.PAX_FORMAT,
) -> Path:
    with tarfile.open(path, f"w:{compression}", format=form) as archive:
        archive.addfile(tar_info(root + b"/data", tarfile.DIRTYPE))
        for name, content in files.items():
            info = tar_info(root + b"/" + name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info, content in more:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path
