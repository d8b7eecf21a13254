"""Pictures, text boxes, charts and diagrams of Word documents: drawn where they can be, else named with their words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.errors import RenditionError
from archive.model.blocks import Block, BulletList, Image, ListItem, Paragraph, Quote, Span, Table
from archive.renditions.readers.accounting import Account
from archive.renditions.readers.docx_names import CHART, DIAGRAM, WP, A, O, R, V, W, texts_of_part, walk
from archive.renditions.readers.html_table import plain_cell
from archive.renditions.readers.pictures import PICTURES, draw_picture

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_SHAPES = frozenset(
    {
        f"{_WPS}wsp",
        f"{A}sp",
        *(f"{V}{name}" for name in ("shape", "oval", "rect", "line", "roundrect", "polyline", "curve", "arc")),
    }
)
_MOST_POINTS = 2_000


class DrawingReader:
    """Reads the drawings of one part; `read_blocks` reads the content of a text box."""

    def __init__(self, part: Any, name: str, account: Account, read_blocks: Callable[[Any], list[Block]]) -> None:
        self.part, self.name, self.account = part, name, account
        self._read_blocks = read_blocks

    def read(self, element: Any) -> list[Block]:
        """The blocks of a drawing of either form, or of an embedded object."""
        described = next(element.iter(f"{WP}docPr"), None)
        said = _describe(described) if described is not None else ""
        parts = [one for one in walk(element) if not self._is_in_box(one, element)]
        hidden = described is not None and described.get("hidden") in ("1", "true")
        if hidden or any(_is_unseen(one) for one in parts):
            self.account.own(said)
            self.account.leave_out("a hidden drawing", " ".join([said, *texts_of_part(element)]))
            return []
        blocks = [block for part in parts for block in self._read_part(part, said)]
        telling = {f"{A}blip", f"{V}imagedata", f"{O}OLEObject", f"{CHART}chart", f"{DIAGRAM}relIds", f"{W}txbxContent",
                   f"{V}textpath", f"{A}t"}  # fmt: skip
        plain = sum(1 for one in parts if one.tag in _SHAPES and not any(inner.tag in telling for inner in walk(one)))
        if plain or not any(one.tag in telling for one in parts):
            self.account.leave_out("a drawn shape", self.account.own(said) if not blocks else "")
        return blocks

    def _is_in_box(self, one: Any, element: Any) -> bool:
        """Whether a part is in a text box of this drawing, whose content is read by itself."""
        for holder in one.iterancestors():
            if holder is element:
                return False
            if holder.tag == f"{W}txbxContent":
                return True
        return False

    def _read_part(self, part: Any, said: str) -> list[Block]:
        """The blocks of one element of a drawing."""
        tag = part.tag
        if tag == f"{W}txbxContent":
            inner = self._read_blocks(part)
            return [Quote(tuple(inner))] if inner else []
        if tag == f"{A}p":
            text = "".join(one.text or "" for one in part.iter(f"{A}t"))
            return [Paragraph((Span(text),))] if text.strip() else []
        if tag == f"{V}textpath" and part.get("string"):
            return [Paragraph((Span(self.account.own(part.get("string"))),))]
        if tag == f"{A}blip":
            self._note_form(part)
            return self._read_picture(part.get(f"{R}embed"), said)
        if tag == f"{V}imagedata":
            words = next((one.get("alt") or "" for one in part.iterancestors(f"{V}shape")), "")
            if any(part.get(key) for key in ("cropleft", "cropright", "croptop", "cropbottom")):
                self.account.leave_out("the cropping of a picture, which is drawn whole")
            return self._read_picture(part.get(f"{R}id"), words or part.get(f"{O}title") or "")
        if tag == f"{CHART}chart":
            return self._read_chart(part.get(f"{R}id"), said)
        if tag == f"{DIAGRAM}relIds":
            return self._read_diagram(part.get(f"{R}dm"), said)
        if tag == f"{O}OLEObject":
            self.account.leave_out(f"an embedded object ({part.get('ProgID') or 'unknown'})")
        return []

    def _note_form(self, picture: Any) -> None:
        """Name what the document does to a picture that is drawn as it is."""
        cut = next(picture.itersiblings(f"{A}srcRect"), None)
        if cut is not None and any(value not in ("", "0") for value in cut.attrib.values()):
            self.account.leave_out("the cropping of a picture, which is drawn whole")
        holder = picture.getparent().getparent()
        form = next(holder.iter(f"{A}xfrm"), None) if holder is not None else None
        if form is not None and any(form.get(key, "0") not in ("0", "false") for key in ("rot", "flipH", "flipV")):
            self.account.leave_out("the turning of a picture, which is drawn upright")

    def _read_picture(self, identifier: str | None, said: str) -> list[Block]:
        part = self.part.related_parts.get(identifier)
        kind = getattr(part, "content_type", "")
        kind = "image/jpeg" if kind == "image/jpg" else kind
        if part is None or kind not in PICTURES:
            self.account.leave_out(f"a picture ({kind or 'not in the file'})", self.account.own(said))
            return []
        try:
            shown = draw_picture(part.blob, kind, name=self.name, alternative=said or None)
        except RenditionError as error:
            self.account.leave_out(f"a picture: {error.problem}", self.account.own(said))
            return []
        for what in shown.dropped:
            self.account.leave_out(f"of a picture: {what}")
        return [block for block in shown.blocks if isinstance(block, Image)]

    def _read_chart(self, identifier: str | None, said: str) -> list[Block]:
        """The figures of a chart as a table: a column for each series."""
        self.account.leave_out("the drawing of a chart; its figures are in a table", self.account.own(said))
        root = self._root_of(identifier)
        return [] if root is None else chart_blocks(root, self.account)

    def _read_diagram(self, identifier: str | None, said: str) -> list[Block]:
        root = self._root_of(identifier)
        self.account.leave_out("the drawing of a diagram; its words are in a list", self.account.own(said))
        return [] if root is None else diagram_blocks(root, self.account)

    def _root_of(self, identifier: str | None) -> Any:
        part = self.part.related_parts.get(identifier)
        return parse_part(part.blob) if part is not None else None


def chart_blocks(root: Any, account: Account) -> list[Block]:
    """The title and the figures of a chart, a column for each series (ISO/IEC 29500-1, 21.2)."""
    title = "".join(text.text or "" for title in root.iterfind(f".//{CHART}title") for text in title.iter(f"{A}t"))
    columns = [_points(series) for series in root.iter(f"{CHART}ser")]
    heads = [
        "".join(v.text or "" for tx in series.iterfind(f"{CHART}tx") for v in tx.iter(f"{CHART}v"))
        for series in root.iter(f"{CHART}ser")
    ]
    categories: dict[int, str] = {}
    for names, _ in columns:
        categories = names or categories
    every = sorted({place for names, values in columns for place in (*names, *values)})
    if len(every) > _MOST_POINTS:
        account.leave_out(f"{len(every) - _MOST_POINTS:,} points of a chart")
    rows = [("", *heads)] if columns else []
    rows += [(categories.get(at, ""), *(values.get(at, "") for _, values in columns)) for at in every[:_MOST_POINTS]]
    cells = tuple(tuple(plain_cell(account.own(t), header=not n) for t in row) for n, row in enumerate(rows))
    front: list[Block] = [Paragraph((Span(account.own(title), bold=True),))] if title else []
    return [*front, *([Table(cells)] if rows else [])]


def diagram_blocks(root: Any, account: Account) -> list[Block]:
    """The words of a SmartArt diagram as a list."""
    texts = ["".join(text.text or "" for text in point.iter(f"{A}t")) for point in root.iter(f"{DIAGRAM}pt")]
    items = tuple(ListItem((Paragraph((Span(account.own(text)),)),)) for text in texts if text.strip())
    return [BulletList(items)] if items else []


def _is_unseen(element: Any) -> bool:
    """Whether the style of a shape of VML hides it."""
    if not str(element.tag).startswith(V):
        return False
    said = "".join((element.get("style") or "").lower().split())
    return "visibility:hidden" in said or "mso-hide:all" in said or "display:none" in said


def parse_part(content: bytes) -> Any:
    """The root of a part; entities are not resolved and nothing is fetched."""
    from lxml import etree

    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def _points(series: Any) -> tuple[dict[int, str], dict[int, str]]:
    """Categories and values of a series by their index."""
    found: list[dict[int, str]] = [{}, {}]
    for which, names in enumerate((("cat", "xVal"), ("val", "yVal"))):
        for name in names:
            for holder in series.iterfind(f"{CHART}{name}"):
                for point in holder.iter(f"{CHART}pt"):
                    at = point.get("idx") or ""
                    if at.isdigit():
                        found[which][int(at)] = point.findtext(f"{CHART}v") or ""
    return found[0], found[1]


def _describe(properties: Any) -> str:
    return (properties.get("descr") or properties.get("title") or "").strip()
