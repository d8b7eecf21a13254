"""Who drives a run: a name that lets another driver on the same machine see that this one is gone."""

from __future__ import annotations

import os
import socket


def owner_name() -> str:
    """host, boot, process number, its start, and a random part; nothing that names a person."""
    return " ".join((socket.gethostname(), _boot(), str(os.getpid()), _start_of(os.getpid()), os.urandom(4).hex()))


def is_dead_owner(owner: str) -> bool:
    """True when `owner` ran on this machine and certainly does no longer. Of other machines nothing is known."""
    parts = owner.split(" ")
    if len(parts) != 5 or parts[0] != socket.gethostname() or not _boot():
        return False
    if parts[1] != _boot():
        return True
    return _start_of(int(parts[2])) != parts[3]


def _boot() -> str:
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


def _start_of(process: int) -> str:
    """When the process started, in the kernel's ticks; "gone" when there is none (a zombie counts as gone)."""
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
    except OSError:
        return "gone"
    return "gone" if fields[0] == "Z" else fields[19]
