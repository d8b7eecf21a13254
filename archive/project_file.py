"""Which `archive.toml` belongs to a folder, and whether the user trusts it.

A file that came with someone else's folder must not run programs or redirect anything. A project is trusted when the
user's own configuration folder holds a record of it, `muniment/trusted/<digest of its path>.json`, which `archive init`
and `archive config --trust` write; nothing inside the project can replace that record. It holds as long as the file is
unchanged, or the folder is still the same one, belongs to the user and can be written to by no other user.

The search for the file goes upwards and ends at the home folder, at a mount point, and at a folder that everyone can
write to, such as /tmp; a file in such a folder counts only when it is trusted.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping
from dataclasses import asdict

from archive.errors import UsageError
from archive.model.light import light_dataclass
from archive.regular_files import open_regular

NAME = "archive.toml"
LARGEST = 1 << 20
"""The most bytes a settings file may have."""


@light_dataclass(frozen=True)
class ProjectFile:
    """A project's settings file. `doubt` says in words why it is not trusted; it is empty when it is."""

    path: str
    content: bytes
    doubt: str

    @property
    def folder(self) -> str:
        return os.path.dirname(self.path)


@light_dataclass(frozen=True)
class TrustRecord:
    """What the user trusted: the folder by its real path and inode number, and its archive.toml by its SHA-256."""

    folder: str
    inode: int
    sha256: str

    def write(self) -> bytes:
        import json

        return json.dumps(asdict(self), indent=1).encode("ascii") + b"\n"


def configuration_folder(environ: Mapping[str, str]) -> str:
    """The user's configuration folder of this program. As the XDG rules say, a relative XDG_CONFIG_HOME is ignored."""
    base = environ.get("XDG_CONFIG_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(home_folder(environ), ".config")
    return os.path.join(base, "muniment")


def cache_folder(environ: Mapping[str, str]) -> str:
    """The user's cache folder of this program, for what can be lost at any time, by the XDG rules."""
    base = environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(home_folder(environ), ".cache")
    return os.path.join(base, "muniment")


def state_folder(environ: Mapping[str, str]) -> str:
    """The user's state folder of this program, for what should survive a restart, by the XDG rules."""
    base = environ.get("XDG_STATE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.join(home_folder(environ), ".local", "state")
    return os.path.join(base, "muniment")


def home_folder(environ: Mapping[str, str]) -> str:
    """The user's home: HOME where it is an absolute path, else what the system's accounts say."""
    home = environ.get("HOME", "")
    return home if os.path.isabs(home) else os.path.expanduser("~")


def record_path(folder: str, environ: Mapping[str, str]) -> str:
    """Where the record of the project in `folder` is, whether it exists or not."""
    name = hashlib.sha256(os.fsencode(os.path.realpath(folder))).hexdigest()[:32]
    return os.path.join(configuration_folder(environ), "trusted", f"{name}.json")


def make_record(folder: str) -> TrustRecord:
    """The record that says: the project in `folder` is trusted as it is now. Raises OSError."""
    real = os.path.realpath(folder)
    path = os.path.join(real, NAME)
    digest = hashlib.sha256(read_settings_file(path)).hexdigest() if os.path.isfile(path) else ""
    return TrustRecord(os.fsencode(real).decode("utf-8", "backslashreplace"), os.stat(real).st_ino, digest)


def read_settings_file(path: str) -> bytes:
    """The bytes of a settings file. Raises OSError, and `UsageError` when it is too large."""
    with open_regular(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"settings files have at most {LARGEST:,} bytes", subject=path)
    return content


def find_project_file(
    start: str, environ: Mapping[str, str], *, trusted: bool | None = None
) -> tuple[ProjectFile | None, str]:
    """The project's settings file for the folder `start`, and the path of one in `start` that does not count, or "".

    `trusted` replaces the user's records: True where the caller vouches for the file. Raises `UsageError`.
    """
    home, own = os.path.realpath(home_folder(environ)), os.path.join(configuration_folder(environ), NAME)
    folder = start
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    while True:
        path = os.path.join(folder, NAME)
        shared = _everybody_can_write(folder)
        if os.path.isfile(path) and not (os.path.isfile(own) and os.path.samefile(path, own)):
            found = _read(path, environ, trusted)
            if shared and found.doubt:
                return None, path if folder == start else ""
            return found, ""
        above = os.path.dirname(folder)
        if shared or above == folder or os.path.realpath(folder) == home or os.path.ismount(folder):
            return None, ""
        folder = above


def _read(path: str, environ: Mapping[str, str], trusted: bool | None) -> ProjectFile:
    try:
        content = read_settings_file(path)
        file, folder = os.stat(path), os.stat(os.path.dirname(path))
    except OSError as error:
        raise UsageError(f"the settings cannot be read: {error.strerror}", subject=path) from error
    if trusted is not None:
        return ProjectFile(path, content, "" if trusted else "the caller does not trust it")
    record = _find_record(os.path.dirname(path), environ)
    return ProjectFile(path, content, _doubt(record, content, file, folder))


def _doubt(record: TrustRecord | None, content: bytes, file: os.stat_result, folder: os.stat_result) -> str:
    """Why the file is not trusted; "" when it is."""
    foreign = not (_is_ours(file) and _is_ours(folder))
    if record is None:
        return "it belongs to another user" if foreign else "you have not trusted this folder"
    if record.sha256 == hashlib.sha256(content).hexdigest():
        return ""
    if record.inode != folder.st_ino:
        return "the folder is not the one that you trusted"
    if foreign:
        return "it has changed since you trusted it, and belongs to another user"
    if _others_can_write(file) or _others_can_write(folder):
        return "it has changed since you trusted it, and others can write to it"
    return ""


def _find_record(folder: str, environ: Mapping[str, str]) -> TrustRecord | None:
    """The user's record of the project; None where there is none, or one that someone else could have written."""
    try:
        with open_regular(record_path(folder, environ)) as file:
            import json

            status = os.fstat(file.fileno())
            fields = json.loads(file.read(1 << 16))
        if not _is_ours(status) or _others_can_write(status):
            return None
        return TrustRecord(str(fields["folder"]), int(fields["inode"]), str(fields["sha256"]))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _is_ours(status: os.stat_result) -> bool:
    return os.name != "posix" or status.st_uid in (os.geteuid(), 0)


def _everybody_can_write(folder: str) -> bool:
    try:
        return os.name == "posix" and bool(os.stat(folder).st_mode & stat.S_IWOTH)
    except OSError:
        return False


def _others_can_write(status: os.stat_result) -> bool:
    """Whether someone besides the owner can write. The user's own group, which has no other member, does not count."""
    if os.name != "posix":
        return False
    return bool(status.st_mode & stat.S_IWOTH or (status.st_mode & stat.S_IWGRP and not _is_own_group(status.st_gid)))


def _is_own_group(number: int) -> bool:
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(number)
    except KeyError:
        return False
    return user.pw_gid == number and user.pw_name == group.gr_name and set(group.gr_mem) <= {user.pw_name}
