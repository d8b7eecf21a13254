"""How many readers at a time a folder's storage and this machine's processors bear."""

from __future__ import annotations

import os
import sys

_NETWORK = {"9p", "afs", "ceph", "cifs", "glusterfs", "gpfs", "lustre", "nfs", "nfs4", "smb3", "smbfs", "virtiofs"}
_MOST = 8
"""More readers than this gain little and take memory."""


def count_processors() -> int:
    """The processors that this process may use, at least 1: by affinity, and by the share of a container."""
    affinity = getattr(os, "sched_getaffinity", None)  # macOS and Windows have none
    try:
        count = os.cpu_count() or 1 if affinity is None else len(affinity(0))
    except OSError:
        count = os.cpu_count() or 1
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
            return max(1, min(count, int(quota) // int(period)))
    except (OSError, ValueError):
        return max(1, count)


def bare_python(program: str, *arguments: str) -> list[str]:
    """The words that start a process of this package soon: without site packages, settings or the environment's paths.

    `program` is Python source that may import the package, standard library beside it.
    """
    package = os.path.dirname(os.path.abspath(sys.modules["archive"].__path__[0]))
    utf8 = ["-X", "utf8"] if sys.flags.utf8_mode else []
    code = f"import sys; sys.path.append(sys.argv.pop(1)); {program}"
    return [sys.executable, "-I", "-S", "-E", "-B", *utf8, "-c", code, package, *arguments]


def keep_to_one_processor() -> None:
    """Keep this process, and every thread it starts from now on, to the last of its processors, where that can be."""
    affinity = getattr(os, "sched_getaffinity", None)
    if affinity is not None and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(affinity(0))})


def count_readers(path: str) -> int:
    """How many processes may read below `path` side by side and gain by it: 1 where the storage turns or is reached
    over a network, and where that cannot be known."""
    processors = min(count_processors(), _MOST)
    if processors == 1 or sys.platform != "linux":
        return 1
    try:
        device = os.stat(path).st_dev
        kind, source = _mount_of(device)
        if kind in _NETWORK or (kind is not None and kind.startswith("fuse")):
            return 1
        if not os.major(device):
            device = os.stat(source).st_rdev if source is not None and source.startswith("/dev/") else 0
        return 1 if device and _is_rotational(device) else processors
    except OSError:
        return 1


def _mount_of(device: int) -> tuple[str | None, str | None]:
    """Kind of file system and source of the mount with this device number (proc_pid_mountinfo(5))."""
    number = f"{os.major(device)}:{os.minor(device)}"
    with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.split()
            if words[2] == number and "-" in words:
                rest = words[words.index("-") + 1 :]
                return rest[0], rest[1] if len(rest) > 1 else None
    return None, None


def _is_rotational(device: int) -> bool:
    """What the kernel says of this block device, or of the disk that a partition is on."""
    folder = f"/sys/dev/block/{os.major(device)}:{os.minor(device)}"
    for path in (f"{folder}/queue/rotational", f"{folder}/../queue/rotational"):
        try:
            with open(path, encoding="ascii") as file:
                return file.read().strip() != "0"
        except OSError:
            continue
    return False
