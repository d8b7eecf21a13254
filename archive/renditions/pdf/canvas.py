"""reportlab's canvas, taught to begin a page with nothing: no Helvetica, no state, streams deflated and not ASCII85."""

from __future__ import annotations

from typing import Any


def open_canvas(target: Any, size: tuple[float, float]) -> Any:
    """A canvas that writes pages of `size` points to `target`, a binary file. Its `operators` list is the open page's
    content, `document` the PDF under way.
    """
    from reportlab.pdfbase.pdfdoc import PDFStream, PDFZCompress, xObjectName
    from reportlab.pdfgen.canvas import Canvas

    class BareCanvas(Canvas):  # type: ignore[misc,unused-ignore]
        def _make_preamble(self) -> None:
            self._preamble = ""

        @property
        def operators(self) -> list[str]:
            code: list[str] = self._code
            return code

        @property
        def document(self) -> Any:
            return self._doc

        def showPage(self) -> None:  # noqa: N802
            number = self._doc.thisPageName()
            super().showPage()
            page = self._doc.idToObject[number]
            page.Contents = PDFStream(content=page.stream, filters=[PDFZCompress])

        def use_image(self, name: str) -> None:
            self._currentPageHasImages = 1
            self._formsinuse.append(name)

        def image_name(self, name: str) -> str:
            return str(xObjectName(name))

    return BareCanvas(target, pagesize=size, pageCompression=0, invariant=1)
