"""Corners of every format: generated words, invisible parents, references, gaps between columns, fields without a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archive.renditions.readers import DOCX
from tests.renditions.torture.cases import Case
from tests.renditions.torture.office_documents import FIELD, item, level, numbering, run, runs, word, xml
from tests.renditions.torture.opendocument_documents import _style, _text
from tests.renditions.torture.workbook_documents import _book, _row


def _html(name: str, text: str, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"corner html {name}", "text/html", text.encode(), drawn, omitted, absent)


def _markdown(name: str, text: str, *drawn: str, omitted: tuple[str, ...] = ()) -> Case:
    return Case(f"corner markdown {name}", "text/markdown", text.encode(), drawn, omitted)


def _docx(name: str, content: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"corner word {name}", DOCX, content, drawn, omitted, absent)


def _styles(*markup: str) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        for one in markup:
            document.styles.element.append(xml(one))

    return change


def _word_style(name: str, form: str, kind: str = "paragraph", based: str = "") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return f'<w:style w:type="{kind}" w:styleId="{name}"><w:name w:val="{name}"/>{base}<w:rPr>{form}</w:rPr></w:style>'


def _styled(text: str, style: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{text}</w:p>'


def _mail(name: str, text: str, *drawn: str, omitted: tuple[str, ...] = ()) -> Case:
    return Case(f"corner mail {name}", "message/rfc822", text.encode(), drawn, omitted)


def _nested(depth: int, deepest: int = 6) -> str:
    if depth == deepest:
        return f"From: a@example.org\nSubject: L{depth}\n\nWORDS {depth}\n"
    return (
        f'From: a@example.org\nSubject: L{depth}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="B{depth}"\n\n'
        f"--B{depth}\n\nWORDS {depth}\n--B{depth}\nContent-Type: message/rfc822\n\n{_nested(depth + 1)}\n--B{depth}--\n"
    )


_PARTS = 'From: a@example.org\nMIME-Version: 1.0\nContent-Type: multipart/{}; boundary="M"\n\n--M\n{}\n--M--\n'

CASES = (
    _html("words before and after", "<style>p.x::before{content:\"NOT \"} .y:after{content:' \\201C end'} .n::before{content:'x';"
          "display:none} .e::before{content:''}</style><p class=x>guilty</p><p class=y>a <b>b</b></p><p class=n>n</p><i class=e>e</i>"
          "<table><tr><td class=y>cell<td>d</table>", "NOT guilty", "a b “end", "n\ne", "cell “end"),
    _html("generated words that are no plain words", "<style>p.q::before{content:'a' attr(title)} h2::before{content:counter(s)}"
          "p.s::after{content:'z';text-decoration:line-through}</style><p class=q>Q</p><h2>H</h2><p class=s>S</p>", "Q", "## H", "S",
          omitted=("p.q::before", "h2::before", "p.s::after")),
    _html("visible in an invisible one", '<p style="visibility:hidden">S1 <span style="visibility:visible">SEEN <i style="display:'
          'none">S2</i></span> S3</p>', "SEEN", omitted=("hidden text: S1 S3", "hidden text: S2"), absent=("S1", "S2", "S3")),
    _html("lines taken away", '<p><s style="text-decoration:none">a</s> <u style="text-decoration:none">b</u> <del style="text-'
          'decoration:none">c</del> <s>d</s></p>', "a b ~c~ ~d~", absent=("~a~", "_b_")),
    _html("cut off by a path", '<p style="clip-path: inset(100%)">SECRET</p><p>x', "x", omitted=("hidden text: SECRET",)),
    _html("lists of all kinds", "<ol type=a start=3><li>x<li value=9>y<li>z</ol><ol reversed><li>a<li>b</ol><ol type=i reversed "
          "start=5><li>q<li>r</ol>", "c. x\ni. y\nj. z\n2. a\n1. b\nv. q\niv. r"),
    _html("a word in an element of its own", "<p>" + "<span>a</span> " * 50 + "<b>b</b><b>c</b></p>", "a a a", "a bc"),
    _markdown("references used often", 'See [the law][law], [law][] and [law].\n\n[law]: https://example.org/law\n', "See the law, law and law."),
    _markdown("addresses in other letters", "[x](https://пример.рф/путь) <https://example.org/ä>\n", "x https://example.org/ä"),
    _markdown("cells beyond the columns", "| A | B |\n|---|---|\n| 1 | 2 | LOST |\n", "1 | 2", omitted=("4 characters",)),
    _markdown("front matter with the title of the text", "---\ntitle: On arrest\nlang: en\n---\n# On arrest\n\nWords\n",
              "# On arrest\ntitle | On arrest\nlang | en\nWords"),
    _docx("struck twice by a style", word(_styled(run("GUILTY"), "DS"), _styled(run("kept", '<w:dstrike w:val="0"/>'), "DS"),
          _styled(run("child"), "CH"), change=_styles(_word_style("DS", "<w:dstrike/>"), _word_style(
              "CH", '<w:vertAlign w:val="superscript"/>', based="DS"))), "~GUILTY~\nkept\n^~child~^"),
    _docx("hidden by a style", word(_styled(run("SECRET"), "VA"), _styled(run("seen", '<w:vanish w:val="0"/>'), "VA"), _styled(
          run("small"), "SC"), change=_styles(_word_style("VA", "<w:vanish/>"), _word_style("SC", "<w:smallCaps/>"))), "seen\n?small?",
          omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _docx("toggled twice", word(_styled('<w:r><w:rPr><w:rStyle w:val="CS"/></w:rPr><w:t>plain</w:t></w:r>', "DS"), change=_styles(
          _word_style("DS", "<w:strike/>"), _word_style("CS", "<w:strike/>", "character"))), "plain", absent=("~",)),
    _docx("lists in tables in tables", word(item("pre"), "<w:tbl><w:tr><w:tc>" + item("A") + "<w:tbl><w:tr><w:tc>" + item("B")
          + item("sub", 1) + "</w:tc></w:tr></w:tbl>" + item("C") + "</w:tc></w:tr></w:tbl>", item("post"),
          change=numbering(level("decimal", "%1."), level("lowerLetter", "%1.%2"))), "1. pre", "2. A", "3. B", "3.a sub", "4. C", "5. post"),
    _docx("a level that never begins anew", word(item("a"), item("x", 1), item("b"), item("y", 1), change=numbering(
          level("decimal", "%1."), level("decimal", "%2)", more='<w:lvlRestart w:val="0"/>'))), "1. a\n  1) x\n2. b\n  2) y"),
    _docx("formula of a field", word(runs(FIELD.format("begin") + "<w:r><w:instrText> EQ \\f(1,2) </w:instrText></w:r>"
          + FIELD.format("end") + run("x"))), "x", omitted=("the formula of a field: EQ \\f(1,2)",)),
    _docx("an explanation over a word", word(runs("<w:r><w:ruby><w:rubyPr/><w:rt>" + run("kan") + "</w:rt><w:rubyBase>" + run("漢")
          + "</w:rubyBase></w:ruby></w:r>")), "漢 (kan)"),
    _mail("messages nested five deep", _nested(1), *(f"WORDS {number}" for number in range(1, 7))),
    _mail("a part that is elsewhere", _PARTS.format("mixed", 'Content-Type: message/external-body; access-type=URL; '
          'URL="http://example.org/x"\n\nContent-Type: text/plain\n\n'), "message/external-body", omitted=("url http://example.org/x",)),
    _mail("a part of a message", "From: a@example.org\nContent-Type: message/partial; id=1; number=1; total=2\n\nSubject: x\n\nHALF",
          "HALF", omitted=("(message/partial): id 1, number 1, total 2",)),
    _mail("rtf beside plain text", _PARTS.format("alternative", "Content-Type: text/plain\n\nHe is guilty innocent.\n--M\nContent-Type: "
          "text/rtf\n\n{\\rtf1 He is {\\strike guilty} innocent.}"), "The RTF form of this message", "~guilty~"),
    _mail("flowed with a quotation", "From: a@example.org\nContent-Type: text/plain; format=flowed; delsp=yes\n\nWord \ncut.\n>> quoted \n"
          ">> more\n> other\n", "Wordcut.", ">> quotedmore\n> other"),
    _book("a value far to the right", '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="XFD2"><v>2</v></c></row>', "1 | ", " | 2",
          omitted=("16,382 empty columns (B to XFC) of the sheet",)),
    _book("the first days of 1900", _row(("1", 9), ("59", 9), ("60", 9), ("61", 9), ("-1", 9)),
          "1900-01-01 | 1900-02-28 | 1900-02-29 | 1900-03-01 | -1"),
    _text("fields and paragraphs that are hidden", '<text:p><text:hidden-paragraph text:is-hidden="true"/>S1</text:p><text:p>a'
          '<text:variable-set text:display="none">S2</text:variable-set>b</text:p>', "ab",
          omitted=("hidden text: S1", "a hidden field: S2"), absent=("S1", "S2")),
    _text("spaces in the markup", '<text:p>\n  a <text:span>\n b</text:span><text:s text:c="2"/>c</text:p>', "a b  c"),
    _text("columns far apart", '<table:table table:name="S"><table:table-row><table:table-cell table:number-columns-repeated="40"/>'
          "<table:table-cell><text:p>FAR</text:p></table:table-cell></table:table-row><table:table-row><table:table-cell "
          'table:number-columns-repeated="39"/><table:table-cell><text:p>NEAR</text:p></table:table-cell></table:table-row>'
          "</table:table>", " | FAR\nNEAR | ", kind="spreadsheet", omitted=("39 empty columns (A to AM) of a table",)),
    _text("a value without a text", '<table:table table:name="S"><table:table-row><table:table-cell office:value-type="date" '
          'office:date-value="2020-01-01"/><table:table-cell office:value-type="float" office:value="7"><text:p>seven</text:p>'
          "</table:table-cell></table:table-row></table:table>", "2020-01-01 | seven", kind="spreadsheet"),
    _text("marks by styles", '<text:p><text:span text:style-name="a">up</text:span><text:span text:style-name="d">two</text:span></text:p>',
          "UP~two~", styles=_style("a", 'fo:text-transform="uppercase"') + _style("d", 'style:text-line-through-type="double"')),
)  # fmt: skip
