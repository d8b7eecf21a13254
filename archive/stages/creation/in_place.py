"""Making a folder a bag where it is, without a second copy: `--in-place`.

No file is copied, linked or rewritten. The tag files are made beside the source, with a link where `data` will be.
Then two exchanges of names, each atomic, put the bag in place:

1. the source folder and that link change places: the folder is now the bag's `data`, and the source's path leads to it
   through the link;
2. the link and the bag change places: the bag is now at the source's path.

Whenever the process ends, the source's path leads to the whole source or to the whole bag, never to a mixture. (Hard
links for every file would do the same in one exchange, at three times the cost.)
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator

from archive.errors import StorageError, from_os_error
from archive.storage.atomic import exchange, exchange_works, sync_folder
from archive.storage.partial import Partial

BAG = "bag"
"""The tree's name in the working folder of an --in-place run; no other run uses it."""


class Exchange:
    """The exchange of the folder at `source` with the bag that grows in `partial`."""

    def __init__(self, source: str, partial: Partial) -> None:
        self.source = os.path.abspath(source)
        self.partial = partial
        self.bag = partial.file(BAG)
        try:
            if not exchange_works(partial.path):
                raise StorageError(
                    "this file system cannot exchange two names in one step, so --in-place would not be safe",
                    subject=source,
                    remedy="Make a copy with --to",
                )
        except OSError as error:
            raise from_os_error(error, source) from error

    def prepare(self) -> None:
        """Set the link that will change places with the source. Raises OSError."""
        os.symlink(_link_text(self.partial.path), os.path.join(self.bag, "data"))

    def run(self) -> None:
        """Put the bag in place, or leave all as it was. Raises OSError."""
        with _undisturbed():
            self.partial.keep = True
            try:
                exchange(self.source, os.path.join(self.bag, "data"))
                exchange(self.source, self.bag)
            except BaseException:
                if os.path.islink(self.source):
                    exchange(self.source, os.path.join(self.bag, "data"))
                self.partial.keep = False
                raise
            self.partial.keep = False
        sync_folder(os.path.dirname(self.source))

    def undo(self) -> None:
        """Put the source back where the bag is now. Raises OSError."""
        with _undisturbed():
            self.partial.keep = True
            exchange(self.source, self.bag)
            exchange(self.source, os.path.join(self.bag, "data"))
            self.partial.keep = False
        sync_folder(os.path.dirname(self.source))


def _link_text(partial: str) -> str:
    return f"{os.path.basename(partial)}/{BAG}/data"


def find_interrupted(source: str) -> str | None:
    """The working folder that holds the folder which `source` should be, after a run that was cut off between the two
    exchanges; None when `source` is not such a link."""
    own = os.path.abspath(source)
    if not os.path.islink(own):
        return None
    folder, *rest = os.readlink(own).split("/")
    path = os.path.join(os.path.dirname(own), folder)
    if rest == [BAG, "data"] and folder.startswith(".") and folder.endswith(".partial") and os.path.isdir(own):
        return path
    return None


def put_back(source: str, partial: str) -> None:
    """Undo the first exchange of a run that was cut off. Raises `StorageError`."""
    try:
        exchange(os.path.abspath(source), os.path.join(partial, BAG, "data"))
        sync_folder(os.path.dirname(os.path.abspath(source)))
    except OSError as error:
        raise from_os_error(error, source) from error


def holds_source(partial: str) -> bool:
    """True when the working folder holds files that this program did not make: it must not be removed."""
    data = os.path.join(partial, BAG, "data")
    return os.path.isdir(data) and not os.path.islink(data) and not os.path.islink(os.path.join(partial, BAG))


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """No Ctrl-C between two exchanges: it is taken after them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
