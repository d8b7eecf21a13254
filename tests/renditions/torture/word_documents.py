"""Word documents that hide, strike or count in ways of their own: by tables, fields, controls, drawings and styles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.renditions.readers import DOCX
from tests.renditions.torture.cases import Case
from tests.renditions.torture.office_documents import FIELD, item, level, note, numbering, run, runs, word, xml


def _case(name: str, content: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"word {name}", DOCX, content, drawn, omitted, absent)


def _style(kind: str, name: str, form: str, more: str = "") -> Callable[[Any], None]:
    markup = (
        f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{more}<w:rPr>{form}</w:rPr></w:style>'
    )
    return lambda document: document.styles.element.append(xml(markup))


def _both(*changes: Callable[[Any], None]) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for one in changes:
            one(document)

    return change


def _table(*rows: str, form: str = "") -> str:
    return f"<w:tbl><w:tblPr>{form}</w:tblPr>{''.join(rows)}</w:tbl>"


def _row(text: str, form: str = "", cell: str = "") -> str:
    return f"<w:tr><w:trPr>{form}</w:trPr><w:tc><w:tcPr>{cell}</w:tcPr><w:p>{run(text)}</w:p></w:tc></w:tr>"


def _field(instruction: str, result: str) -> str:
    return (f"{FIELD.format('begin')}<w:r><w:instrText>{instruction}</w:instrText></w:r>{FIELD.format('separate')}"
            f"{result}{FIELD.format('end')}")  # fmt: skip


def _drawing(inner: str, form: str = "") -> str:
    return runs(f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="x"{form}/><a:graphic><a:graphicData>{inner}'
                 "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>")  # fmt: skip


_BOX = "<w:txbxContent><w:p>{}</w:p></w:txbxContent>"
_TICKED = '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="1"/></w14:checkbox></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
_STYLED = '<w:tblStyle w:val="TS"/>{}'
_FIRST_ROW = '<w:tblStylePr w:type="firstRow"><w:rPr><w:strike/></w:rPr></w:tblStylePr>'
_ASIDE = (
    '<w:start w:val="1"/><mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" w:format="001, 002, ..."/>'
    '</mc:Choice><mc:Fallback><w:numFmt w:val="decimal"/></mc:Fallback></mc:AlternateContent><w:lvlText w:val="%1."/>'
)

CASES = (
    _case("hidden sign", word(runs(run("a") + '<w:r><w:rPr><w:vanish/></w:rPr><w:sym w:font="Wingdings" '
                                     'w:char="F0FE"/></w:r>')), "a", omitted=("a hidden part of the text (sym)",), absent=("[x]",)),
    _case("hidden row", word(_table(_row("SECRET", "<w:hidden/>"), _row("b"))), "b", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _case("struck by the style of a table", word(_table(_row("GUILTY"), form=_STYLED.format("")),
          change=_style("table", "TS", "<w:strike/>")), "~GUILTY~"),
    _case("hidden by the style of a table", word(_table(_row("SECRET"), form=_STYLED.format("")),
          change=_style("table", "TS", "<w:vanish/>")), omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _case("first row struck by the style of a table", word(
        _table(_row("GUILTY"), _row("kept"), form=_STYLED.format('<w:tblLook w:firstRow="1"/>')),
        change=_style("table", "TS", "", _FIRST_ROW)), "~GUILTY~\nkept"),
    _case("joined cells that hide", word(_table(_row("A", cell='<w:vMerge w:val="restart"/>'), _row("UNDER", cell="<w:vMerge/>"))),
          "A", omitted=("hidden text of a joined cell: UNDER",), absent=("UNDER",)),
    _case("struck twice is not struck", word(
        '<w:p><w:pPr><w:pStyle w:val="PP"/></w:pPr>' + run("x", '<w:rStyle w:val="CC"/>') + "</w:p>",
        change=_both(_style("paragraph", "PP", "<w:strike/>"), _style("character", "CC", "<w:strike/>"))), "x", absent=("~",)),
    _case("small capitals of a parent style", word(
        runs(run("name", '<w:rStyle w:val="Ch"/>')), change=_both(
            _style("character", "Pa", "<w:smallCaps/>"), _style("character", "Ch", "", '<w:basedOn w:val="Pa"/>'))), "?name?"),
    _case("box with words", word(runs(_TICKED.format(run("☒ I consent")))), "[x] I consent"),
    _case("choices of a block", word(
        '<w:sdt><w:sdtPr><w:dropDownList><w:listItem w:displayText="no" w:value="n"/><w:listItem w:displayText="yes" '
        'w:value="y"/></w:dropDownList></w:sdtPr><w:sdtContent><w:p>' + run("yes") + "</w:p></w:sdtContent></w:sdt>"),
        "yes", omitted=("the choices of a list, one of which is drawn: no, yes",)),
    _case("field in an instruction", word(runs(
        FIELD.format("begin") + "<w:r><w:instrText>IF</w:instrText></w:r>" + _field("MERGEFIELD x", run("INNER"))
        + FIELD.format("separate") + run("yes") + FIELD.format("end"))), "yes",
        omitted=("in the instruction of a field: INNER",), absent=("INNER",)),
    _case("field that never ends", word(runs(FIELD.format("begin")), runs(run("the rest"))), "the rest"),
    _case("field that leads to a file", word(runs(_field('HYPERLINK "more.docx"', run("text")))), "text",
          omitted=("link more.docx",)),
    _case("mark of a note in the text", word(
        runs(run("claim") + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>*</w:t></w:r>'),
        change=note("footnote", '<w:footnote w:id="2"><w:p>' + run("* SOURCE") + "</w:p></w:footnote>")), "claim*", "* SOURCE",
        absent=("claim1",)),
    _case("letters as marks of notes", word(runs('<w:r><w:footnoteReference w:id="2"/></w:r>'), change=_both(
        note("footnote", '<w:footnote w:id="2"><w:p>' + run("SOURCE") + "</w:p></w:footnote>"),
        lambda document: document.element.body.sectPr.insert(0, xml(
            '<w:footnotePr><w:numFmt w:val="lowerLetter"/><w:numStart w:val="5"/></w:footnotePr>')))), "^e^", "e. SOURCE"),
    _case("numbers with zeros", word(item("a"), change=numbering(_ASIDE)), "001. a"),
    _case("hidden numbers", word(item("a"), change=numbering(level("decimal", "%1.") + "<w:rPr><w:vanish/></w:rPr>")), "a",
          omitted=("hidden numbers of a list",), absent=("1.",)),
    _case("words of a canvas", word(_drawing("<a:sp><a:txBody><a:p><a:r><a:t>CANVAS</a:t></a:r></a:p></a:txBody></a:sp>")),
          "CANVAS"),
    _case("shape beside a text box", word(runs(
        '<w:r><w:pict><v:oval/><v:shape><v:textbox>' + _BOX.format(run("BOXED")) + "</v:textbox></v:shape></w:pict></w:r>")),
        "> BOXED", omitted=("a drawn shape",)),
    _case("hidden shape", word(runs(
        '<w:r><w:pict><v:shape style="visibility:hidden"><v:textbox>' + _BOX.format(run("SECRET"))
        + "</v:textbox></v:shape></w:pict></w:r>")), omitted=("a hidden drawing: SECRET",), absent=("SECRET",)),
    _case("hidden drawing", word(_drawing(_BOX.format(run("SECRET")), ' hidden="1"')), omitted=("a hidden drawing: SECRET",),
          absent=("SECRET",)),
    _case("black on black", word(runs(run("REDACTED", '<w:color w:val="000000"/><w:highlight w:val="black"/>'))), "REDACTED",
          omitted=("the colour of text that is that of its ground",)),
    _case("tiny", word(runs(run("tiny", '<w:sz w:val="2"/>'))), "tiny", omitted=("too small to be read",)),
    _case("letters in a font of signs", word(runs(run("a", '<w:rFonts w:ascii="Symbol"/>')
                                                    + run("\uf0fe", '<w:rFonts w:ascii="Wingdings"/>'))), "α[x]"),
    _case("struck and hidden parts of a formula", word(runs(
        "<m:oMath><m:r><w:rPr><w:strike/></w:rPr><m:t>z</m:t></m:r><m:phant><m:phantPr><m:show m:val='0'/></m:phantPr><m:e>"
        "<m:r><m:t>SECRET</m:t></m:r></m:e></m:phant></m:oMath>")), "[struck out: z]", omitted=("not shown: SECRET",),
        absent=("SECRET",)),
    _case("changes in a link", word(runs(
        '<w:hyperlink w:anchor="x"><w:ins w:author="A">' + run("new") + '</w:ins><w:del w:author="B"><w:r><w:delText>OLD'
        "</w:delText></w:r></w:del></w:hyperlink>")), "_new_~OLD~"),
    _case("a document in the document", word('<w:altChunk r:id="rId99"/>', runs(run("x"))), "x", omitted=("altChunk",)),
    _case("end of a paragraph deleted", word(
        '<w:p><w:pPr><w:rPr><w:del w:author="A"/></w:rPr></w:pPr>' + run("one") + "</w:p>", runs(run("two"))), "one\ntwo",
        omitted=("tracked changes of the ends of paragraphs (del)",)),
)  # fmt: skip
