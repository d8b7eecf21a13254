"""The pictures and objects in the package of an OpenDocument text."""

from __future__ import annotations

from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, Image, Paragraph, Span
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_drawings import parse_part
from archive.renditions.readers.formulas import mathml_text
from archive.renditions.readers.odt_names import XLINK
from archive.renditions.readers.packages import read_member
from archive.renditions.readers.pictures import draw_picture, kind_of
from archive.renditions.readers.source import Source


class OdtPictures:
    """Reads what a frame holds; what is not drawn goes into the account."""

    def __init__(self, source: Source, account: Account) -> None:
        self.source, self.account = source, account

    def read_object(self, element: Any, name: str, said: str) -> list[Block]:
        """A formula as text; other objects are named."""
        place = (element.get(f"{XLINK}href") or "").removeprefix("./")
        content = read_member(self.source.content, f"{place}/content.xml") if place else None
        if content is not None and b"MathML" in content[:2_000]:
            return [Paragraph((Span(self.account.own(mathml_text(parse_part(content)))),))]
        texts = "".join(parse_part(content).itertext()) if content is not None else ""
        self.account.leave_out(f"an embedded object ({name} {place})", self.account.own(f"{said} {texts}".strip()))
        return []

    def read(self, place: str, said: str) -> list[Block]:
        """The picture at a place in the package, with its description."""
        content = read_member(self.source.content, place.removeprefix("./")) if place else None
        try:
            if content is None:
                raise RenditionError("it is not in the file")
            shown = draw_picture(content, kind_of(content), name=self.source.name, alternative=said or None)
        except RenditionError as error:
            self.account.leave_out(f"picture {place}: {error.problem}", self.account.own(said))
            return []
        for what in shown.dropped:
            self.account.leave_out(f"of a picture: {what}")
        return [block for block in shown.blocks if isinstance(block, Image)]
