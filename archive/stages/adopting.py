"""Adopting a version of a trust folder that was received from someone else: a folder or a zip."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from archive.errors import FormatError, NotAuthorisedError, UsageError, from_os_error
from archive.formats.sshsig import parse_signature
from archive.model.seal import TRUST_NAMESPACE, Role, Trust
from archive.regular_files import open_regular
from archive.storage.atomic import exchange, put_in_place
from archive.trust.signatures import problem_of_ssh
from archive.trust.store import AUTHORITIES, LISTS, MAX_LIST_BYTES, SIGNATURE_FILE, TRUST_FILE, read_trust

GROUPS_HEARD = 4
"""So many groups of digits are compared by ear."""
_MOST_FILES = 1000
_MOST_BYTES = 256 << 20
_NAME = re.compile(rf"{re.escape(TRUST_FILE)}(\.sig)?|({AUTHORITIES}|{LISTS})/[0-9A-Za-z._-]+")


@dataclass(frozen=True, slots=True)
class Adopted:
    """The trust folder after adopting. `signed_by` names the root key of the version before, None where asked.

    `before` is the SHA-256 of the trust.toml that was there, None where there was none.
    """

    trust: Trust
    changed: bool
    signed_by: str | None
    before: str | None


def adopt(folder: str, offered: str, *, at: datetime, ask: Callable[[Trust], str]) -> Adopted:
    """Put the trust folder or zip at `offered` in the place of `folder`.

    A version that is signed by a root key of the one that is there, and follows it, is adopted as it is; for any other
    `ask` returns the first four groups of its digits as they were heard. Raises `UsageError` for what is not a trust
    folder, `NotAuthorisedError` where the digits differ, `StorageError`.
    """
    files = _read_offer(offered)
    target = os.path.abspath(folder)
    current = read_trust(folder) if os.path.lexists(os.path.join(folder, TRUST_FILE)) else None
    if current is None and os.path.lexists(folder) and os.listdir(folder):
        raise UsageError("this folder is not empty and not a trust folder", subject=folder)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".trust-", dir=parent) as work:
            made = os.path.join(work, "new")
            _write_files(made, files)
            trust = read_trust(made)
            if current is not None and current.sha256 == trust.sha256:
                return Adopted(current, False, None, current.sha256)
            signed_by = None if current is None else _root_signer(current, trust, files, at)
            if signed_by is None:
                _compare(trust, ask(trust))
            if current is not None:
                _keep_lists(folder, made)
                exchange(made, target)
            else:
                if os.path.isdir(target):
                    os.rmdir(target)
                put_in_place(made, target)
    except OSError as error:
        raise from_os_error(error, folder) from error
    return Adopted(read_trust(folder), True, signed_by, None if current is None else current.sha256)


def _compare(trust: Trust, heard: str) -> None:
    digits = "".join(heard.split()).replace("-", "")
    expected = trust.digits.replace(" ", "")
    if len(digits) < GROUPS_HEARD * 5 or not expected.startswith(digits):
        raise NotAuthorisedError(
            "the digits do not match this trust folder, so it was not adopted",
            remedy="Ask for them to be read to you again: archive trust show",
        )


def _root_signer(current: Trust, offered: Trust, files: Mapping[str, bytes], at: datetime) -> str | None:
    """The root key of `current` that signed the offered version, the next one after it; None for any other.

    Raises `ExtraMissingError`.
    """
    content = files.get(SIGNATURE_FILE)
    follows = offered.file.previous == current.sha256 and offered.file.version > current.file.version
    if content is None or not follows:
        return None
    try:
        signature = parse_signature(content)
    except FormatError:
        return None
    for key in current.file.keys:
        in_force = (key.valid_from is None or key.valid_from <= at) and (
            key.valid_until is None or at <= key.valid_until
        )
        if key.role is Role.ROOT and key.revoked is None and in_force and key.public.blob == signature.public.blob:
            problem = problem_of_ssh(signature, files[TRUST_FILE], TRUST_NAMESPACE)
            return None if problem else key.name
    return None


def _read_offer(offered: str) -> dict[str, bytes]:
    """The files of the offered folder or zip that belong to a trust folder, by name. Raises `UsageError`."""
    try:
        files = _read_folder(offered) if os.path.isdir(offered) else _read_zip(offered)
    except OSError as error:
        raise from_os_error(error, offered) from error
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError):
        raise UsageError("this is neither a trust folder nor a zip of one", subject=offered) from None
    if TRUST_FILE not in files:
        raise UsageError("this is not a trust folder: it has no trust.toml", subject=offered)
    return files


def _read_folder(folder: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for place in ("", AUTHORITIES, LISTS):
        inner = os.path.join(folder, place)
        for name in sorted(os.listdir(inner)) if os.path.isdir(inner) else ():
            path = f"{place}/{name}" if place else name
            if _NAME.fullmatch(path):
                with open_regular(os.path.join(inner, name)) as file:
                    _take(files, path, file.read(MAX_LIST_BYTES + 1))
    return files


def _read_zip(path: str) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    with open_regular(path) as stream, zipfile.ZipFile(stream) as packed:
        names = packed.namelist()
        tops = [name.removesuffix(TRUST_FILE) for name in names if name.rpartition("/")[2] == TRUST_FILE]
        top = min(tops, key=len, default="")
        for name in names:
            inner = name.removeprefix(top)
            if name.startswith(top) and _NAME.fullmatch(inner):
                if inner in files:
                    raise ValueError
                with packed.open(name) as member:
                    _take(files, inner, member.read(MAX_LIST_BYTES + 1))
    return files


def _take(files: dict[str, bytes], name: str, content: bytes) -> None:
    """Raises ValueError where the offer is larger than any trust folder."""
    if len(content) > MAX_LIST_BYTES or len(files) >= _MOST_FILES:
        raise ValueError
    files[name] = content
    if sum(map(len, files.values())) > _MOST_BYTES:
        raise ValueError


def _write_files(folder: str, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())


def _keep_lists(folder: str, made: str) -> None:
    """Revocation lists that were fetched before stay: each proves itself."""
    place = os.path.join(folder, LISTS)
    if not os.path.isdir(place):
        return
    os.makedirs(os.path.join(made, LISTS), exist_ok=True)
    for name in os.listdir(place):
        target = os.path.join(made, LISTS, name)
        if not os.path.lexists(target):
            shutil.copyfile(os.path.join(place, name), target)
