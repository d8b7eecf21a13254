"""The file under way: its objects, numbered, and at the end all of it (ISO 32000-1, 7.5).

reportlab places the objects and writes header, cross-reference table and trailer. The objects themselves are put into
PDF's syntax here: feeding them to a library one value at a time took a third of a short document's time.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from archive.renditions.pdf.objects import Pdf, array, dictionary, name

_VERSION = (1, 7)


@dataclass(slots=True)
class _Places:
    """Where each object is, as reportlab's cross-reference table asks for it. Objects are known by their numbers."""

    idToOffset: dict[int, int] = field(default_factory=dict)  # noqa: N815 - reportlab's name
    idToObjectNumberAndVersion: dict[int, tuple[int, int]] = field(default_factory=dict)  # noqa: N815 - as above


class PdfFile:
    """Objects in the order of their numbers. `catalog` is the document catalog, without the slashes; `pages` has a
    reference to each page.
    """

    def __init__(self) -> None:
        self._objects: list[bytes] = []
        self._info = self.reserve()
        self._tree = self.reserve()
        self._kept: list[dict[str, Any]] = []
        self._digest = hashlib.sha256()
        self.fonts: dict[str, Pdf] = {}
        self.images: dict[str, Pdf] = {}
        self.catalog: dict[str, Any] = {"Type": name("Catalog"), "Pages": self._tree}
        self.pages: list[Pdf] = []

    def reserve(self) -> Pdf:
        """The reference to an object that is put in place later."""
        self._objects.append(b"")
        return Pdf(f"{len(self._objects)} 0 R")

    def put(self, reference: Pdf, value: Pdf) -> None:
        """Put an object in the place that is reserved for it."""
        self._objects[int(reference[:-4]) - 1] = value.encode("ascii")

    def add(self, value: Pdf) -> Pdf:
        """Add an object; the reference to it."""
        self._objects.append(value.encode("ascii"))
        return Pdf(f"{len(self._objects)} 0 R")

    def add_stream(self, content: bytes, entries: Mapping[str, Any], *, deflate: bool = True) -> Pdf:
        """Add a stream, deflated unless it is so already; the reference to it. Its end has a line of its own
        (ISO 19005-3, 6.1.7.1).
        """
        written = content
        more: dict[str, Any] = {}
        if deflate:
            written = zlib.compress(content)
            more = {"Filter": name("FlateDecode")}
        head = dictionary({**entries, **more, "Length": len(written)})
        self._objects.append(b"%b\nstream\n%b\nendstream" % (head.encode("ascii"), written))
        return Pdf(f"{len(self._objects)} 0 R")

    def add_page(self, size: tuple[float, float], content: str, images: Sequence[str]) -> None:
        """Add a page of `size` points with this content; `images` are the names of `self.images` that it shows."""
        written = content.encode("ascii")
        self._count_in(written)
        self._kept.append(
            {
                "Type": name("Page"),
                "Parent": self._tree,
                "MediaBox": [0, 0, *size],
                "Contents": self.add_stream(written, {}),
                "StructParents": len(self._kept),
                "Tabs": name("S"),
                "Resources": {"XObject": {one: self.images[one] for one in images}} if images else {},
            }
        )
        self.pages.append(self.reserve())

    def annotate(self, page: int, annotations: Sequence[Pdf]) -> None:
        """The annotations of a page, counted from 0, as references."""
        self._kept[page]["Annots"] = annotations

    def write(self, info: Mapping[str, str], parts: Sequence[bytes]) -> bytes:
        """The whole file. Its identifier is that of the pages' content and of `parts`, what else it is made of."""
        fonts = self.add(dictionary(self.fonts)) if self.fonts else None
        for reference, page in zip(self.pages, self._kept, strict=True):
            self.put(reference, dictionary({**page, "Resources": {**page["Resources"], "Font": fonts}}))
        self.put(self._tree, dictionary({"Type": name("Pages"), "Count": len(self.pages), "Kids": self.pages}))
        self.put(self._info, dictionary(info))
        root = self.add(dictionary(self.catalog))
        for part in parts:
            self._count_in(part)
        identifier = Pdf(f"<{self._digest.hexdigest()[:32]}>")
        return self._lay_out(root, array((identifier, identifier)))

    def _lay_out(self, root: Pdf, identifier: Pdf) -> bytes:
        """Every object in its place, then the table of the places and the trailer."""
        from reportlab.pdfbase.pdfdoc import PDFCrossReferenceTable, PDFFile, PDFTrailer

        file, places = PDFFile(_VERSION), _Places()
        for number, content in enumerate(self._objects, 1):
            places.idToObjectNumberAndVersion[number] = number, 0
            places.idToOffset[number] = file.add(b"%d 0 obj\n%b\nendobj\n" % (number, content))
        table = PDFCrossReferenceTable()
        table.addsection(0, range(1, len(self._objects) + 1))
        start = file.add(table.format(places))
        size = len(self._objects) + 1
        trailer = PDFTrailer(start, Size=size, Root=str(root), Info=str(self._info), ID=str(identifier))
        file.add(trailer.format(places))
        whole: bytes = file.format(places)
        return whole

    def _count_in(self, part: bytes) -> None:
        self._digest.update(len(part).to_bytes(8, "big"))
        self._digest.update(part)
