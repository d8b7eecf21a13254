"""Page content: marked sequences for every element, artifacts for the rest (ISO 32000-1, 14.6 and 14.8.2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from archive.renditions.pdf.file import PdfFile
from archive.renditions.pdf.fonts import FontBook
from archive.renditions.pdf.images import add_image
from archive.renditions.pdf.objects import Pdf
from archive.renditions.pdf.text_operators import extent, show
from archive.renditions.typesetting.bands import PictureItem, TextItem
from archive.renditions.typesetting.marks import HIGHLIGHT
from archive.renditions.typesetting.pages import Page
from archive.renditions.typesetting.structure import Area, Element, Mark
from archive.renditions.typesetting.styles import Sheet

_LINK_COLOUR = "0.05 0.25 0.55"
_COLOUR = " ".join(f"{part:g}" for part in HIGHLIGHT)
_STRIKE, _UNDERLINE, _THICKNESS = 0.28, -0.13, 0.055
_ABOVE, _BELOW = 0.78, 0.24


@dataclass(frozen=True, slots=True)
class Furniture:
    """A line at the page's head or foot: "Header" or "Footer", its text and the height of its baseline from below."""

    kind: str
    items: tuple[TextItem, ...]
    baseline: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where an element begins: the page, counted from 0, and its left and top edge in points from below."""

    page: int
    left: float
    top: float


@dataclass(slots=True, eq=False)
class _Placed:
    item: TextItem | PictureItem
    top: float


class Painter:
    """Paints pages one after the other. `marks` has the element of every marked sequence of every page; `links` every
    link annotation, in order; `places` where each element with an anchor or a title begins.
    """

    def __init__(self, file: PdfFile, book: FontBook, sheet: Sheet) -> None:
        self.marks: list[list[Element]] = []
        self.links: list[tuple[Element, Area]] = []
        self.places: dict[Element, Place] = {}
        self._file = file
        self._book = book
        self._sheet = sheet
        self._images: dict[bytes, str] = {}
        self._profiles: dict[bytes, Pdf] = {}
        self._code: list[str] = []
        self._shown: dict[str, None] = {}

    def paint(self, page: Page, furniture: Sequence[Furniture]) -> None:
        """Write one page and close it."""
        self.marks.append([])
        code = self._code = []
        self._shown = {}
        sheet = self._sheet
        placed: list[_Placed] = []
        for offset, band in page.bands:
            top = sheet.height - sheet.top - offset
            placed += [_Placed(text, top) for text in band.texts]
            placed += [_Placed(picture, top) for picture in band.pictures]
            for rule in band.rules:
                code.append(
                    f"/Artifact <</Type /Layout>> BDC {rule.thickness} w 0.45 G {rule.left:.2f} {top - rule.y:.2f} m "
                    f"{rule.right:.2f} {top - rule.y:.2f} l S 0 G EMC"
                )
        placed.sort(key=lambda one: (one.item.element is not None, one.item.order))
        start = 0
        while start < len(placed):
            element = placed[start].item.element
            end = start + 1
            while end < len(placed) and placed[end].item.element is element:
                end += 1
            self._paint_element(element, placed[start:end])
            start = end
        for line in furniture:
            code.append(f"/Artifact <</Type /Pagination /Subtype /{line.kind}>> BDC BT 0.35 g")
            code += [show(item.piece, item.left + item.piece.x, line.baseline, self._book) for item in line.items]
            code.append("0 g ET EMC")
        self._file.add_page((sheet.width, sheet.height), " ".join(code), tuple(self._shown))

    def _paint_element(self, element: Element | None, placed: Sequence[_Placed]) -> None:
        code = self._code
        texts = [one for one in placed if isinstance(one.item, TextItem)]
        highlights, lines = _decorate(texts)
        if highlights:
            code.append(_as_artifact(f"{_COLOUR} rg {' '.join(highlights)} f 0 g"))
        if element is None:
            code.append("/Artifact <</Type /Pagination>> BDC")
        else:
            page = len(self.marks) - 1
            mark = Mark(page, len(self.marks[page]))
            self.marks[page].append(element)
            element.join()
            element.kids.append(mark)
            code.append(f"/{element.kind} <</MCID {mark.number}>> BDC")
            self._note_place(element, page, placed[0])
        if texts:
            linked = element is not None and bool(element.link or element.target)
            code.append(f"BT {_LINK_COLOUR} rg" if linked else "BT")
            for one in texts:
                assert isinstance(one.item, TextItem)
                x = one.item.left + one.item.piece.x
                code.append(show(one.item.piece, x, one.top - one.item.y + one.item.piece.rise, self._book))
            code.append("0 g ET" if linked else "ET")
        for one in placed:
            if isinstance(one.item, PictureItem):
                self._paint_picture(one.item, one.top - one.item.y)
        code.append("EMC")
        if lines:
            code.append(_as_artifact(" ".join(lines)))
        if element is not None and (element.link or element.target):
            self._link(element, texts)

    def _note_place(self, element: Element, page: int, first: _Placed) -> None:
        """Remember where an element begins, or the block whose text this is a part of."""
        above = element.parent if element.inline else None
        for one in (element, above):
            if one is not None and (one.anchor or one.title) and one not in self.places:
                item = first.item
                height = item.piece.size if isinstance(item, TextItem) else 0.0
                self.places[one] = Place(page, round(item.left, 2), round(first.top - item.y + height, 2))

    def _paint_picture(self, item: PictureItem, top: float) -> None:
        name = self._images.get(item.content)
        if name is None:
            name = self._images[item.content] = f"I{len(self._images) + 1}"
            self._file.images[name] = add_image(self._file, item.content, self._profiles)
        bottom = top - item.height
        self._shown[name] = None
        self._code.append(f"q {_turn(item.orientation, item.width, item.height, item.left, bottom)} cm /{name} Do Q")
        if item.element is not None:
            box = tuple(round(edge, 2) for edge in (item.left, bottom, item.left + item.width, top))
            item.element.attributes = {"Layout": {"BBox": box, "Placement": "Block"}}

    def _link(self, element: Element, texts: Sequence[_Placed]) -> None:
        """One annotation for each line that the link is on."""
        boxes: dict[float, list[float]] = {}
        for one in texts:
            assert isinstance(one.item, TextItem)
            piece, y = one.item.piece, one.top - one.item.y + one.item.piece.rise
            left, right = (one.item.left + edge for edge in extent(piece))
            box = boxes.setdefault(y, [left, y - 0.25 * piece.size, right, y + 0.8 * piece.size])
            box[0], box[2] = min(box[0], left), max(box[2], right)
        for left, bottom, right, top in boxes.values():
            area = Area(len(self.marks) - 1, (round(left, 2), round(bottom, 2), round(right, 2), round(top, 2)))
            element.kids.append(area)
            self.links.append((element, area))


def _decorate(placed: Sequence[_Placed]) -> tuple[list[str], list[str]]:
    """The backgrounds of highlighted pieces, as paths, and the lines under and through pieces."""
    highlights, lines = [], []
    for one in placed:
        assert isinstance(one.item, TextItem)
        piece = one.item.piece
        marks, size = piece.marks, piece.size
        if not (marks.strike or marks.underline or marks.highlight):
            continue
        left, right = (one.item.left + edge for edge in extent(piece))
        if right - left < _THICKNESS:
            continue
        y = one.top - one.item.y + piece.rise
        if marks.highlight:
            highlights.append(
                f"{left:.2f} {y - _BELOW * size:.2f} {right - left:.2f} {(_ABOVE + _BELOW) * size:.2f} re"
            )
        for drawn, height in ((marks.strike, _STRIKE), (marks.underline, _UNDERLINE)):
            if drawn:
                at = y + height * size
                lines.append(f"{max(_THICKNESS * size, 0.4):.2f} w {left:.2f} {at:.2f} m {right:.2f} {at:.2f} l S")
    return highlights, lines


def _as_artifact(operators: str) -> str:
    return f"/Artifact <</Type /Layout>> BDC {operators} EMC"


def _turn(orientation: int, width: float, height: float, left: float, bottom: float) -> str:
    """The matrix that puts an image of that EXIF orientation upright into a box (ISO 32000-1, 8.3.3)."""
    across, up, right, top = width, height, left + width, bottom + height
    matrix = {
        1: (across, 0, 0, up, left, bottom),
        2: (-across, 0, 0, up, right, bottom),
        3: (-across, 0, 0, -up, right, top),
        4: (across, 0, 0, -up, left, top),
        5: (0, -up, -across, 0, right, top),
        6: (0, -up, across, 0, left, top),
        7: (0, up, across, 0, left, bottom),
        8: (0, up, -across, 0, right, bottom),
    }[orientation]
    return " ".join(f"{number:.2f}" if number else "0" for number in matrix)
