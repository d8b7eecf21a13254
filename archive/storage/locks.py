"""Locks on open files and folders that end with the process that holds them."""

from __future__ import annotations


def take_lock(descriptor: int) -> None:
    """Lock an open file or folder for this process alone, and wait while another process holds it.

    Where the system has no such locks (Windows), nothing is locked. Raises OSError.
    """
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def try_lock(descriptor: int) -> bool:
    """Lock an open file or folder for this process alone. False when another process holds it.

    Where the system has no such locks (Windows), nothing is locked and the answer is True.
    """
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_locked(descriptor: int) -> bool:
    """Whether another process holds the lock on an open file. False where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
