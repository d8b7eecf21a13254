"""Takes limits upon itself and then becomes the program it was told to run.

Run as a script by `archive.renditions.confinement`, in a fresh interpreter without site packages: limits are set after
the fork, where threads of the parent cannot get in the way. Arguments: memory in MiB (0: no limit), CPU seconds, the
largest file in MiB, "closed" or "open" for the network, then the command.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys

_NEW_USER, _NEW_NET = 0x10000000, 0x40000000
_SET_DEATH_SIGNAL, _KILL = 1, 9


def limit_resources(memory_mb: int, cpu_seconds: int, file_mb: int) -> None:
    """Lower this process's limits (0 seconds, 0 MiB of memory: none); a system that lacks one keeps the rest."""
    try:
        import resource
    except ImportError:
        return
    wanted = [(resource.RLIMIT_FSIZE, file_mb << 20), (resource.RLIMIT_CORE, 0)]
    if cpu_seconds:
        wanted.append((resource.RLIMIT_CPU, cpu_seconds))
    if memory_mb:
        wanted.append((resource.RLIMIT_AS, memory_mb << 20))
    for kind, value in wanted:
        _, hard = resource.getrlimit(kind)
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (ceiling, ceiling))


def leave_network() -> bool:
    """Move into an empty network of this process's own (Linux). False where the system does not allow it."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if library.unshare(_NEW_NET) == 0:
        return True
    if library.unshare(_NEW_USER | _NEW_NET) != 0:
        return False
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        try:
            with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
                file.write(text)
        except OSError:
            break
    return True


def deny_sockets() -> None:
    """Refuse every socket from now on in this interpreter, where the system does not let it leave the network."""

    def refuse(event: str, _: object) -> None:
        if event.startswith("socket."):
            raise PermissionError("there is no network here")

    sys.addaudithook(refuse)


def die_with_parent() -> None:
    """End when the parent ends (Linux), so that a killed parent leaves nothing running."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, _KILL, 0, 0, 0)


def main(arguments: list[str]) -> None:
    """Set the limits and become the command."""
    memory_mb, cpu_seconds, file_mb, network, *command = arguments
    die_with_parent()
    if network == "closed":
        leave_network()
    limit_resources(int(memory_mb), int(cpu_seconds), int(file_mb))
    try:
        os.execvp(command[0], command)  # noqa: S606 - a list, and no shell is wanted
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main(sys.argv[1:])
