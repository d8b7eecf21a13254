"""Workbooks whose cells show something else than what is stored in them, and what stands beside the cells."""

from __future__ import annotations

import io
import zipfile

from archive.renditions.readers import PPTX, XLSX
from tests.renditions.torture.cases import Case

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = {
    _REL: "http://purl.oclc.org/ooxml/officeDocument/relationships",
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
}
_OUTSIDE = ' TargetMode="External"'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_N = f'xmlns="{_MAIN}" xmlns:r="{_REL}"'
_DRAWN = (
    'xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_P = (
    f'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:r="{_REL}"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)
_STYLES = (
    '<numFmts><numFmt numFmtId="170" formatCode="&quot;NOT &quot;@"/><numFmt numFmtId="171" formatCode=";;;"/>'
    '<numFmt numFmtId="172" formatCode="# ?/?"/><numFmt numFmtId="173" formatCode="#,##0.00;(#,##0.00)"/>'
    '<numFmt numFmtId="174" formatCode="[h]:mm"/></numFmts><fonts><font/><font><strike/></font><font><color rgb="FFFFFFFF"/>'
    '</font></fonts><fills><fill><patternFill patternType="none"/></fill></fills><cellXfs><xf numFmtId="0"/><xf numFmtId="9"/>'
    '<xf fontId="1"/><xf numFmtId="170"/><xf numFmtId="171"/><xf numFmtId="172"/><xf fontId="2"/><xf numFmtId="173"/>'
    '<xf numFmtId="174"/><xf numFmtId="14"/></cellXfs>'
)


def _pack(members: dict[str, str], *, strict: bool = False) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        for name, content in members.items():
            written_so = content
            for word, other in _STRICT.items() if strict else ():
                written_so = written_so.replace(word, other)
            package.writestr(name, written_so)
    return written.getvalue()


def _relations(*entries: tuple[str, str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_REL}/{kind}" Target="{target}"{_OUTSIDE if kind == "hyperlink" else ""}/>'
        for key, kind, target in entries
    )
    return f'<Relationships xmlns="{_PACKAGE}">{inner}</Relationships>'


def _book(
    name: str, cells: str, *drawn: str, after: str = "", before: str = "", strings: str = "", book: str = "",
    beside: tuple[tuple[str, str, str], ...] = (), parts: dict[str, str] | None = None, strict: bool = False,
    omitted: tuple[str, ...] = (), absent: tuple[str, ...] = (),
) -> Case:  # fmt: skip
    members = {
        "_rels/.rels": _relations(("a", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook {_N}>{book}<sheets><sheet name="Sheet" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(("rId1", "worksheet", "worksheets/sheet1.xml")),
        "xl/worksheets/sheet1.xml": f"<worksheet {_N}>{before}<sheetData>{cells}</sheetData>{after}</worksheet>",
        "xl/worksheets/_rels/sheet1.xml.rels": _relations(*beside),
        "xl/sharedStrings.xml": f"<sst {_N}>{strings}</sst>",
        "xl/styles.xml": f"<styleSheet {_N}>{_STYLES}</styleSheet>",
        **(parts or {}),
    }
    return Case(f"workbook {name}", XLSX, _pack(members, strict=strict), drawn, omitted, absent)


def _row(*cells: str | tuple[str, int], number: int = 1, form: str = "") -> str:
    made = [
        f'<c r="{"ABCDEFG"[at]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
        if isinstance(cell, str)
        else f'<c r="{"ABCDEFG"[at]}{number}" s="{cell[1]}"><v>{cell[0]}</v></c>'
        for at, cell in enumerate(cells)
    ]
    return f'<row r="{number}"{form}>{"".join(made)}</row>'


def _slides(name: str, slide: str, *drawn: str, beside: tuple[tuple[str, str, str], ...] = (),
            parts: dict[str, str] | None = None, form: str = "", omitted: tuple[str, ...] = (),
            absent: tuple[str, ...] = ()) -> Case:  # fmt: skip
    members = {
        "_rels/.rels": _relations(("a", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f'<p:presentation {_P}><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>',
        "ppt/_rels/presentation.xml.rels": _relations(("r1", "slide", "slides/slide1.xml")),
        "ppt/slides/slide1.xml": f"<p:sld {_P}{form}><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>",
        "ppt/slides/_rels/slide1.xml.rels": _relations(*beside),
        **(parts or {}),
    }
    return Case(f"slides {name}", PPTX, _pack(members), drawn, omitted, absent)


def _shape(text: str, form: str = "", stands_for: str = "", hidden: str = "") -> str:
    held = f'<p:nvPr><p:ph type="{stands_for}"/></p:nvPr>' if stands_for else "<p:nvPr/>"
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="1" name="x"{hidden}/>{held}</p:nvSpPr><p:txBody><a:p><a:r><a:rPr{form}/>'
        f"<a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


_COMMENTS = (
    f'<comments {_N}><authors><author>Hanna</author></authors><commentList><comment ref="A1" authorId="0"><text>'
    "<t>REMARK</t></text></comment></commentList></comments>"
)
_TEXT_BOX = (
    f'<xdr:wsDr {_DRAWN}><xdr:twoCellAnchor><xdr:sp><xdr:nvSpPr><xdr:cNvPr id="1" name="x"/></xdr:nvSpPr><xdr:txBody><a:p>'
    "<a:r><a:t>BOXED</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"
)

CASES = (
    _book("percent", _row(("0.5", 1)), "50%"),
    _book("brackets for a loss", _row(("-1234.5", 7)), "(1,234.50)"),
    _book("hours", _row(("1.5", 8)), "36:00:00"),
    _book("dates from 1904", _row(("1", 9)), "1904-01-02", book='<workbookPr date1904="1"/>'),
    _book("struck cell", _row(("5", 2)), "~5~"),
    _book("words of a format", '<row r="1"><c r="A1" t="inlineStr" s="3"><is><t>guilty</t></is></c></row>', "NOT guilty"),
    _book("value that its format hides", _row("a", ("5", 4)), "a", omitted=("a value that its format hides: 5",)),
    _book("form not known", _row(("0.5", 5)), "0.5", omitted=("the form of numbers # ?/?",)),
    _book("white", _row(("7", 6)), "7", omitted=("the colour of white text",)),
    _book("marks in a cell", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "is ~GUILTY~^2^", strings=(
        "<si><r><t>is </t></r><r><rPr><strike/></rPr><t>GUILTY</t></r><r><rPr><vertAlign val='superscript'/></rPr><t>2</t></r>"
        "</si>")),
    _book("hidden rows and columns", _row("a", "COLUMN", "c") + _row("ROW", number=2, form=' hidden="1"'), "a | c",
          before='<cols><col min="2" max="2" hidden="1"/></cols>',
          omitted=("hidden rows and columns of the sheet Sheet: COLUMN ROW",), absent=("COLUMN", "ROW")),
    _book("joined cells that hide", _row("a", "UNDER"), "a", after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
          omitted=("what a joined cell hides: UNDER",), absent=("UNDER",)),
    _book("margins", _row("a"), "CONFIDENTIAL Page [page]",
          after='<headerFooter><oddHeader>&amp;L&amp;"Arial,Bold"CONFIDENTIAL&amp;RPage &amp;P</oddHeader></headerFooter>'),
    _book("comment", _row("a"), "Comments", "A1. Hanna: REMARK", beside=(("r1", "comments", "../comments1.xml"),),
          parts={"xl/comments1.xml": _COMMENTS}),
    _book("text box", _row("a"), "BOXED", beside=(("r1", "drawing", "../drawings/drawing1.xml"),),
          parts={"xl/drawings/drawing1.xml": _TEXT_BOX}),
    _book("formula without a result", '<row r="1"><c r="A1"><f>SUM(B1:B2)</f></c></row>', "# Sheet",
          omitted=("a formula without a stored result: A1: =SUM(B1:B2)",)),
    _book("links", _row("a"), "a", beside=(("r9", "hyperlink", "https://example.org/"),), after=(
        '<hyperlinks><hyperlink ref="A1" r:id="r9"/><hyperlink ref="A2" location="Other!A1"/></hyperlinks>'),
        omitted=("link Other!A1",)),
    _book("choices", _row("a"), "a", after=(
        '<dataValidations><dataValidation type="list" prompt="PROMPT"><formula1>"yes,no"</formula1></dataValidation>'
        "</dataValidations>"), omitted=('PROMPT "yes,no"',)),
    _book("strict", _row("a"), "a", strict=True),
    _book("a text that is not there", '<row r="1"><c r="A1" t="s"><v>9</v></c></row>', omitted=("that the file does not have (A1)",)),
    _slides("words", _shape("BODY") + _shape("HEAD", stands_for="title"), "## Slide 1\n## HEAD\nBODY"),
    _slides("struck", _shape("GUILTY", ' strike="sngStrike"'), "~GUILTY~"),
    _slides("raised", _shape("6", ' baseline="30000"'), "^6^"),
    _slides("hidden slide", _shape("SECRET"), form=' show="0"', omitted=("the hidden slide 1: SECRET",), absent=("SECRET",)),
    _slides("hidden shape", _shape("a") + _shape("SECRET", hidden=' hidden="1"'), "a", omitted=("a hidden shape: SECRET",),
            absent=("SECRET",)),
    _slides("table", '<p:graphicFrame><a:graphic><a:graphicData><a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>one</a:t></a:r></a:p>'
            "</a:txBody></a:tc><a:tc><a:txBody><a:p><a:r><a:t>two</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl>"
            "</a:graphicData></a:graphic></p:graphicFrame>", "one | two"),
    _slides("notes", _shape("a"), "Notes on slide 1", "SPEAK", beside=(("r2", "notesSlide", "../notesSlides/n.xml"),), parts={
        "ppt/notesSlides/n.xml": f"<p:notes {_P}><p:cSld><p:spTree>{_shape('SPEAK', stands_for='body')}</p:spTree></p:cSld>"
        "</p:notes>"}),
    _slides("words of the layout", _shape("a"), "On many slides", "DRAFT", beside=(("r3", "slideLayout", "../slideLayouts/l.xml"),),
            parts={"ppt/slideLayouts/l.xml": f"<p:sldLayout {_P}><p:cSld><p:spTree>{_shape('DRAFT')}"
                   f"{_shape('Click here', stands_for='body')}</p:spTree></p:cSld></p:sldLayout>"}, absent=("Click here",)),
    _slides("animation", _shape("a") + "</p:spTree></p:cSld><p:timing/><p:cSld><p:spTree>", "a",
            omitted=("the animation of slides",)),
)  # fmt: skip
