"""Word documents, workbooks and OpenDocument texts, each with one thing that must not be lost."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml

from archive.renditions.readers import DOCX, ODT, XLSX
from tests.renditions.torture.cases import Case

_NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    ' xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    ' xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    ' xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def xml(markup: str) -> Any:
    head, mark, rest = markup.partition(">")
    slash = "/" if head.endswith("/") else ""
    return parse_xml(f"{head.removesuffix('/')} {_NAMES}{slash}{mark}{rest}")


def word(*paragraphs: str, change: Callable[[Any], None] | None = None) -> bytes:
    """A Word document of paragraphs in markup."""
    document = docx.Document()
    for markup in paragraphs:
        document.element.body.insert(len(document.element.body) - 1, xml(markup))
    if change is not None:
        change(document)
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


def runs(markup: str) -> str:
    return f"<w:p>{markup}</w:p>"


def run(text: str, form: str = "") -> str:
    return f'<w:r><w:rPr>{form}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def numbering(*levels: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        root = document.part.numbering_part.element
        inner = "".join(f'<w:lvl w:ilvl="{depth}">{level}</w:lvl>' for depth, level in enumerate(levels))
        root.insert(0, xml(f'<w:abstractNum w:abstractNumId="99">{inner}</w:abstractNum>'))
        root.append(xml('<w:num w:numId="99"><w:abstractNumId w:val="99"/></w:num>'))
        root.append(xml('<w:num w:numId="98"><w:abstractNumId w:val="99"/><w:lvlOverride w:ilvl="0">'
                         '<w:startOverride w:val="1"/></w:lvlOverride></w:num>'))  # fmt: skip

    return change


def item(text: str, depth: int = 0, number: int = 99) -> str:
    place = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{place}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def level(form: str, text: str, start: int = 1, more: str = "") -> str:
    return f'<w:start w:val="{start}"/><w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/>'


def note(kind: str, markup: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        content = f"<w:{kind}s {_NAMES}>{markup}</w:{kind}s>".encode()
        form = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}s+xml"
        related = RELATIONSHIP_TYPE.FOOTNOTES if kind == "footnote" else RELATIONSHIP_TYPE.ENDNOTES
        document.part.relate_to(Part(PackURI(f"/word/{kind}s.xml"), form, content, document.part.package), related)

    return change


def _chart(document: Any) -> None:
    values = "".join(
        f'<c:{kind}><c:numRef><c:numCache><c:pt idx="0"><c:v>{text}</c:v></c:pt></c:numCache></c:numRef></c:{kind}>'
        for kind, text in (("cat", "2019"), ("val", "1234"))
    )
    content = f"<c:chartSpace {_NAMES}><c:ser><c:tx><c:v>ARRESTS</c:v></c:tx>{values}</c:ser></c:chartSpace>".encode()
    form = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
    part = Part(PackURI("/word/charts/chart1.xml"), form, content, document.part.package)
    identifier = document.part.relate_to(part, RELATIONSHIP_TYPE.CHART)
    document.element.body.insert(0, xml(
        f'<w:p><w:r><w:drawing><wp:inline><wp:docPr id="1" name="x" descr="A graph"/><a:graphic><a:graphicData>'
        f'<c:chart r:id="{identifier}"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>'
    ))  # fmt: skip


def _headers(document: Any) -> None:
    section = document.sections[0]
    section.header.paragraphs[0].text = "LETTERHEAD"
    section.footer.paragraphs[0].text = "FOOTLINE"


def _docx(name: str, content: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"word {name}", DOCX, content, drawn, omitted, absent)


def odt(name: str, body: str, *drawn: str, styles: str = "", omitted: tuple[str, ...] = (),
         absent: tuple[str, ...] = ()) -> Case:  # fmt: skip
    base = "urn:oasis:names:tc:opendocument:xmlns:"
    names = " ".join(
        f'xmlns:{prefix}="{base}{place}:1.0"'
        for prefix, place in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"),
                              ("draw", "drawing"), ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible"))
    )  # fmt: skip
    content = (
        f'<office:document-content {names} xmlns:dc="http://purl.org/dc/elements/1.1/"><office:automatic-styles>{styles}'
        f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("mimetype", ODT)
        package.writestr("content.xml", content)
    return Case(f"odt {name}", ODT, written.getvalue(), drawn, omitted, absent)


def _xlsx(name: str, rows: str, *drawn: str, strings: str = "", state: str = "", omitted: tuple[str, ...] = (),
          absent: tuple[str, ...] = ()) -> Case:  # fmt: skip
    names = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("xl/workbook.xml", f'<workbook {names} xmlns:r="{relations}"><sheets><sheet name="Sheet" '
                         f'sheetId="1" r:id="rId1"{state}/></sheets></workbook>')  # fmt: skip
        package.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
            f'Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        package.writestr("xl/worksheets/sheet1.xml", f"<worksheet {names}><sheetData>{rows}</sheetData></worksheet>")
        package.writestr("xl/sharedStrings.xml", f"<sst {names}>{strings}</sst>")
        package.writestr(
            "xl/styles.xml",
            f'<styleSheet {names}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
        )
    return Case(f"xlsx {name}", XLSX, written.getvalue(), drawn, omitted, absent)


FIELD = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'
_STRUCK = '<style:style style:name="T1" style:family="text"><style:text-properties style:text-line-through-style="solid"/></style:style>'
ROMAN = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" style:num-format="I" '
    'style:num-prefix="Article " style:num-suffix="." text:start-value="4"/></text:list-style>'
)

CASES = (
    _docx("struck", word(runs(run("is ") + run("GUILTY", "<w:strike/>") + run(" innocent"))), "is ~GUILTY~ innocent"),
    _docx("struck twice", word(runs(run("GUILTY", "<w:dstrike/>"))), "~GUILTY~"),
    _docx("not struck", word(runs(run("GUILTY", '<w:strike w:val="0"/>'))), "GUILTY", absent=("~",)),
    _docx("struck by its style", word(
        runs(run("GUILTY", '<w:rStyle w:val="Gone"/>')),
        change=lambda d: d.styles.element.append(xml(
            '<w:style w:type="character" w:styleId="Gone"><w:name w:val="Gone"/><w:rPr><w:strike/></w:rPr></w:style>'))),
        "~GUILTY~"),
    _docx("powers", word(runs(run("10") + run("6", '<w:vertAlign w:val="superscript"/>'))), "10^6^"),
    _docx("lowered", word(runs(run("H") + run("2", '<w:vertAlign w:val="subscript"/>'))), "H,2,"),
    _docx("raised by position", word(runs(run("10") + run("6", '<w:position w:val="8"/>'))), "10^6^"),
    _docx("capitals", word(runs(run("name", "<w:caps/>") + run("other", "<w:smallCaps/>"))), "NAME?other?"),
    _docx("underline and highlight", word(runs(
        run("a", '<w:u w:val="single"/>') + run("b", '<w:highlight w:val="yellow"/>'))), "_a_=b="),
    _docx("tracked changes", word(runs(
        '<w:ins w:author="A" w:date="2020-01-01T00:00:00Z">' + run("new") + "</w:ins>"
        '<w:del w:author="B"><w:r><w:delText>OLD</w:delText></w:r></w:del>')), "_new_~OLD~", "Tracked changes",
        "inserted by A, 2020-01-01T00:00:00Z", "deleted by B"),
    _docx("moved", word(runs('<w:moveFrom w:author="A">' + run("here") + "</w:moveFrom>"),
                         runs('<w:moveTo w:author="A">' + run("here") + "</w:moveTo>")), "~here~", "_here_"),
    _docx("deleted row", word(
        "<w:tbl><w:tr><w:trPr><w:del/></w:trPr><w:tc><w:p><w:r><w:t>GONE</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"), "~GONE~"),
    _docx("articles", word(item("one"), item("point", 1), item("point", 1), item("two"), change=numbering(
        level("upperRoman", "Article %1.", 4), level("lowerLetter", "(%2)"))), "Article IV. one", "(a) point",
        "(b) point", "Article V. two"),
    _docx("numbers of several levels", word(item("a"), item("b", 1), item("c", 1), change=numbering(
        level("decimal", "%1."), level("decimal", "%1.%2"))), "1. a", "1.1 b", "1.2 c"),
    _docx("a list that begins anew", word(item("a"), item("b"), item("c", number=98), change=numbering(
        level("decimal", "%1)"))), "1) a", "2) b", "1) c"),
    _docx("numbers over a paragraph between", word(item("a"), runs(run("between")), item("b"), change=numbering(
        level("decimal", "%1."))), "1. a", "between", "2. b"),
    _docx("legal numbers", word(item("a"), item("b", 1), change=numbering(
        level("upperRoman", "%1."), level("decimal", "%1.%2", more="<w:isLgl/>"))), "I. a", "1.1 b"),
    _docx("abjad", word(item("a"), item("b"), change=numbering(level("arabicAbjad", "%1-"))), "أ- a", "ب- b"),
    _docx("numbers not known", word(item("a"), change=numbering(level("koreanDigital", "%1."))), "1. a",
          omitted=("the form of list numbers (koreanDigital)",)),
    _docx("numbered heading", word(
        '<w:p><w:pPr><w:pStyle w:val="Heading1"/><w:numPr><w:ilvl w:val="0"/><w:numId w:val="99"/></w:numPr></w:pPr>'
        "<w:r><w:t>Scope</w:t></w:r></w:p>", change=numbering(level("decimal", "%1."))), "# 1. Scope"),
    _docx("footnote", word(runs(run("claim") + '<w:r><w:footnoteReference w:id="2"/></w:r>'), change=note(
        "footnote", '<w:footnote w:id="2"><w:p>' + run("SOURCE") + "</w:p></w:footnote>")), "claim^1^", "Footnotes",
        "1. SOURCE"),
    _docx("endnote", word(runs(run("claim") + '<w:r><w:endnoteReference w:id="2"/></w:r>'), change=note(
        "endnote", '<w:endnote w:id="2"><w:p>' + run("SOURCE") + "</w:p></w:endnote>")), "claim^i^", "Endnotes",
        "i. SOURCE"),
    _docx("comment", word(change=lambda d: d.add_comment(d.add_paragraph("claim").runs, "REMARK", "A. B.")),
          "[comment 1]", "Comments", "A. B.", "REMARK"),
    _docx("headers", word(runs(run("x")), change=_headers), "Page headers", "LETTERHEAD", "FOOTLINE"),
    _docx("ticked control", word(runs(
        '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent>'
        + run("☒") + "</w:sdtContent></w:sdt>" + run("agreed"))), "[x]agreed"),
    _docx("empty control", word(runs(
        '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox></w:sdtPr><w:sdtContent>'
        + run("☐") + "</w:sdtContent></w:sdt>" + run("agreed"))), "[ ]agreed"),
    _docx("ticked field", word(runs(
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData></w:fldChar>'
        "</w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>" + FIELD.format("end") + run("agreed"))), "[x]agreed"),
    _docx("chosen field", word(runs(
        '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="no"/>'
        '<w:listEntry w:val="yes"/></w:ddList></w:ffData></w:fldChar></w:r>' + FIELD.format("end"))), "( ) no (x) yes",
        omitted=("a field without a stored result",)),
    _docx("field", word(runs(
        FIELD.format("begin") + "<w:r><w:instrText>DATE</w:instrText></w:r>" + FIELD.format("separate")
        + run("1 May 2020") + FIELD.format("end"))), "1 May 2020", absent=("DATE",)),
    _docx("symbol", word(runs('<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>' + run("5"))), "≥5"),
    _docx("ticked symbol", word(runs('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + run("yes"))), "[x]yes"),
    _docx("unknown symbol", word(runs('<w:r><w:sym w:font="Webdings" w:char="F021"/></w:r>')), "[symbol Webdings F021]",
          omitted=("a symbol: Webdings F021",)),
    _docx("formula", word(runs(
        "<m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>b</m:t></m:r></m:den></m:f><m:sSup><m:e>"
        "<m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>")), "a/bx^2"),
    _docx("hidden", word(runs(run("a") + run("SECRET", "<w:vanish/>"))), "a", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _docx("white", word(runs(run("pale", '<w:color w:val="FFFFFF"/>'))), "pale", omitted=("the colour of white text",)),
    _docx("page break", word(runs(run("a") + '<w:r><w:br w:type="page"/></w:r>' + run("b"))), "a\n=====\nb"),
    _docx("page break before", word(runs(run("a")), "<w:p><w:pPr><w:pageBreakBefore/></w:pPr>" + run("b") + "</w:p>"),
          "a\n=====\nb"),
    _docx("text box", word(runs(
        '<w:r><w:pict><v:shape id="x"><v:textbox><w:txbxContent><w:p>' + run("BOXED")
        + "</w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>")), "> BOXED"),
    _docx("two forms of one thing", word(runs(
        "<mc:AlternateContent><mc:Choice>" + run("once") + "</mc:Choice><mc:Fallback>" + run("once")
        + "</mc:Fallback></mc:AlternateContent>")), "once", absent=("onceonce",)),
    _docx("chart", word(change=_chart), "ARRESTS", "2019 | 1234", omitted=("the drawing of a chart",)),
    _docx("object", word(runs('<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.8"/></w:object></w:r>' + run("x"))), "x",
          omitted=("an embedded object (Excel.Sheet.8)",)),
    _docx("table from right to left", word(
        "<w:tbl><w:tblPr><w:bidiVisual/></w:tblPr><w:tr><w:tc><w:p>" + run("a") + "</w:p></w:tc><w:tc><w:p>" + run("b")
        + "</w:p></w:tc></w:tr></w:tbl>"), "a | b"),
    _docx("element not known", word(runs("<w:novelty/>" + run("x"))), "x", omitted=("not known here (novelty)",)),
    _docx("element not known with text", word(runs("<w:novelty>" + run("x") + "</w:novelty>")), "x"),
    _docx("ruby", word(runs(
        "<w:r><w:ruby><w:rt>" + run("kan") + "</w:rt><w:rubyBase>" + run("漢") + "</w:rubyBase></w:ruby></w:r>")), "(kan)"),
    odt("struck", '<text:p>is <text:span text:style-name="T1">GUILTY</text:span></text:p>', "is ~GUILTY~", styles=_STRUCK),
    odt("articles", '<text:list text:style-name="L1"><text:list-item><text:p>x</text:p></text:list-item><text:list-item>'
         "<text:p>y</text:p></text:list-item></text:list>", "Article IV. x", "Article V. y", styles=ROMAN),
    odt("note", '<text:p>claim<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>'
         "<text:note-body><text:p>SOURCE</text:p></text:note-body></text:note></text:p>", "claim^1^", "1. SOURCE"),
    odt("comment", "<text:p>claim<office:annotation><dc:creator>A</dc:creator><text:p>REMARK</text:p></office:annotation>"
         "</text:p>", "claim[comment 1]", "A:", "REMARK"),
    odt("deleted", '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p>OLD</text:p>'
         '</text:deletion></text:changed-region></text:tracked-changes><text:p>a<text:change text:change-id="c1"/>b</text:p>',
         "a~OLD~b", omitted=("who made a tracked change",)),
    odt("spaces and tabs", '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>d</text:p>', "a   b\tc\nd"),
    odt("table", "<table:table><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell>"
         "<text:p>b</text:p></table:table-cell></table:table-row></table:table>", "a | b"),
    odt("not known", "<text:novelty>WORDS</text:novelty><text:p>x</text:p>", "x", omitted=("(novelty): WORDS",)),
    _xlsx("values", '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" s="1"><v>43831</v></c></row><row r="3"><c r="B3">'
          "<v>1.5</v></c></row>", "# Sheet", "Name | 2020-01-01", " | 1.5", strings="<si><t>Name</t></si>"),
    _xlsx("struck in a cell", '<row r="1"><c r="A1" t="s"><v>0</v></c></row>', "is ~GUILTY~",
          strings="<si><r><t>is </t></r><r><rPr><strike/></rPr><t>GUILTY</t></r></si>"),
    _xlsx("formula", '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>', "2", omitted=("formulas; their stored results",)),
    _xlsx("hidden", '<row r="1"><c r="A1" t="inlineStr"><is><t>SECRET</t></is></c></row>', state=' state="hidden"',
          omitted=("the hidden sheet Sheet: SECRET",), absent=("SECRET",)),
)  # fmt: skip
