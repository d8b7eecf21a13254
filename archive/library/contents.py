"""What the library returns of a bag's contents, apart from `reports`: what it extends needs the readers of bags."""

from __future__ import annotations

from typing import Any

from archive.library.reports import Document
from archive.stages.showing import contents


class Contents(Document, contents.Contents):
    """What `show` read from a bag; see `archive.stages.showing.contents.Contents`."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The contents as `archive show --json` prints them."""
        from archive.reporting.show import contents_document

        return contents_document(self)
