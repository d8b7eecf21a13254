"""OpenDocument texts, spreadsheets and slides, and drawings: numbered headings, forms, deletions, hidden parts."""

from __future__ import annotations

import io
import zipfile

from archive.renditions.readers import ODP, ODS, ODT, SVG
from tests.renditions.torture.cases import Case
from tests.renditions.torture.office_documents import ROMAN
from tests.support import office_documents as made

_BASE = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMES = " ".join(
    f'xmlns:{prefix}="{_BASE}{place}:1.0"'
    for prefix, place in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"), ("draw", "drawing"),
                          ("svg", "svg-compatible"), ("fo", "xsl-fo-compatible"), ("form", "form"))
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink"'  # fmt: skip


def _text(name: str, body: str, *drawn: str, styles: str = "", shared: str = "", kind: str = "text",
          omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:  # fmt: skip
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as package:
        package.writestr("content.xml", f"<office:document-content {_NAMES}><office:automatic-styles>{styles}"
                         f"</office:automatic-styles><office:body><office:{kind}>{body}</office:{kind}></office:body>"
                         "</office:document-content>")  # fmt: skip
        if shared:
            package.writestr("styles.xml", f"<office:document-styles {_NAMES}>{shared}</office:document-styles>")
    form = {"text": ODT, "spreadsheet": ODS}[kind]
    return Case(f"opendocument {name}", form, written.getvalue(), drawn, omitted, absent)


def _style(name: str, form: str, family: str = "text", kind: str = "text") -> str:
    return f'<style:style style:name="{name}" style:family="{family}"><style:{kind}-properties {form}/></style:style>'


def _deleted(inner: str) -> str:
    return (f'<text:tracked-changes><text:changed-region text:id="c1"><text:deletion>{inner}</text:deletion>'
            "</text:changed-region></text:tracked-changes>")  # fmt: skip


def _cell(text: str, form: str = "") -> str:
    return f"<table:table-cell{form}><text:p>{text}</text:p></table:table-cell>"


_MADE = ("who made a tracked change",)
_OUTLINE = (
    '<office:styles><text:outline-style><text:outline-level-style text:level="1" style:num-format="I" style:num-prefix="Article '
    '" style:num-suffix="."/><text:outline-level-style text:level="2" style:num-format="1" text:display-levels="2"/>'
    "</text:outline-style></office:styles>"
)
_FORMS = (
    '<office:forms><form:form><form:checkbox form:id="c1" form:label="I consent" form:current-state="checked"/><form:text '
    'form:id="c2" form:current-value="TYPED"/><form:listbox form:id="c3"><form:option form:label="no"/><form:option '
    'form:label="yes" form:current-selected="true"/></form:listbox></form:form></office:forms>'
)
_PAGES = (
    "<office:master-styles><style:master-page><style:header><text:p>ONE</text:p></style:header><style:header-left><text:p>LEFT"
    "</text:p></style:header-left><style:footer-first><text:p>FIRST</text:p></style:footer-first></style:master-page>"
    "</office:master-styles>"
)

CASES = (
    _text("numbered headings", '<text:h text:outline-level="1">Scope</text:h><text:h text:outline-level="2">Sub</text:h>'
          '<text:h text:outline-level="1">Next</text:h>', "# Article I. Scope", "## I.1 Sub", "# Article II. Next", shared=_OUTLINE),
    _text("a heading of an impossible level", '<text:h text:outline-level="99999999999">Deep</text:h><text:h text:outline-level="0">'
          'Low</text:h><text:h text:outline-level="">None</text:h>', "###### Deep", "# Low", "# None"),
    _text("headers of all pages", "<text:p>x</text:p>", "ONE", "LEFT", "FIRST", shared=_PAGES),
    _text("controls", _FORMS + '<text:p>Box: <draw:control draw:control="c1"/> and <draw:control draw:control="c2"/> '
          '<draw:control draw:control="c3"/></text:p>', "Box: [x] I consent and TYPED ( ) no (x) yes"),
    _text("hidden row", '<table:table><table:table-row table:visibility="collapse">' + _cell("SECRET") + "</table:table-row>"
          "<table:table-row>" + _cell("b") + "</table:table-row></table:table>", "b", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _text("repeated rows", '<table:table><table:table-row table:number-rows-repeated="3">' + _cell("b")
          + "</table:table-row></table:table>", "b\nb\nb"),
    _text("one name for two styles", '<text:p text:style-name="X">kept <text:span text:style-name="X">GONE</text:span></text:p>',
          "kept ~GONE~", styles=_style("X", 'fo:color="#000000"', "paragraph")
          + _style("X", 'style:text-line-through-style="solid"')),
    _text("hidden by an attribute", '<text:p>a<text:hidden-text text:string-value="SECRET"/></text:p>', "a",
          omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _text("script", "<text:p>a<text:script>alert(1)</text:script></text:p>", "a", omitted=("a script: alert(1)",), absent=("alert",)),
    _text("hidden by a condition", '<text:section text:display="condition" text:is-hidden="true"><text:p>SECRET</text:p>'
          "</text:section><text:p>a</text:p>", "a", omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _text("deleted table", _deleted("<table:table><table:table-row>" + _cell("OLD") + "</table:table-row></table:table>")
          + '<text:change text:change-id="c1"/><text:p>b</text:p>', "~OLD~\nb", omitted=_MADE),
    _text("deleted list", _deleted("<text:list><text:list-item><text:p>OLD</text:p></text:list-item></text:list>")
          + '<text:p>a<text:change text:change-id="c1"/>b</text:p>', "- ~OLD~", omitted=_MADE),
    _text("deleted between paragraphs", _deleted("<text:p>OLD</text:p><text:p>OLDER</text:p>")
          + '<text:change text:change-id="c1"/><text:p>b</text:p>', "~OLD\nOLDER~\nb".replace("\n", "~\n~", 1), omitted=_MADE),
    _text("numbered paragraph", '<text:numbered-paragraph text:level="1" text:style-name="L1"><text:p>x</text:p>'
          "</text:numbered-paragraph>", "Article IV. x", styles=ROMAN),
    _text("words of a shape", "<text:p>a<draw:custom-shape><text:p>WORDS</text:p></draw:custom-shape></text:p>", "> WORDS",
          omitted=("a drawn shape (custom-shape)",)),
    _text("white", '<text:p text:style-name="W">pale</text:p>', "pale", styles=_style("W", 'fo:color="#ffffff"', "paragraph"),
          omitted=("the colour of white text",)),
    _text("joined cells that hide", "<table:table><table:table-row>" + _cell("a") + "<table:covered-table-cell><text:p>UNDER"
          "</text:p></table:covered-table-cell></table:table-row></table:table>", "a", omitted=("a joined cell hides: UNDER",),
          absent=("UNDER",)),
    _text("struck cell", '<table:table table:name="S"><table:table-row>' + _cell("5", ' table:style-name="ce1"')
          + "</table:table-row></table:table>", "# S\n~5~", kind="spreadsheet",
          styles=_style("ce1", 'style:text-line-through-style="solid"', "table-cell")),
    _text("cells struck by their column", '<table:table table:name="S"><table:table-column table:default-cell-style-name="ce1"/>'
          "<table:table-row>" + _cell("5") + "</table:table-row></table:table>", "~5~", kind="spreadsheet",
          styles=_style("ce1", 'style:text-line-through-style="solid"', "table-cell")),
    _text("hidden column", '<table:table table:name="S"><table:table-column/><table:table-column table:visibility="collapse"/>'
          "<table:table-row>" + _cell("a") + _cell("SECRET") + _cell("c") + "</table:table-row></table:table>", "a | c",
          kind="spreadsheet", omitted=("hidden text: SECRET",), absent=("SECRET",)),
    Case("opendocument sheets", ODS, made.spreadsheet(), ("# First", "Harvest of 1923", "Who counted?"),
         ("the hidden sheet Second: Secret",), ("Secret",)),
    Case("opendocument slides", ODP, made.slides(), ("Slide 1", "Opening words", "Notes on slide 1", "Speak slowly"),
         ("the hidden slide 2: Not for you",), ("Not for you",)),
    Case("svg words", SVG, b'<svg xmlns="http://www.w3.org/2000/svg"><title>Plan</title><g style="display:none"><text>SECRET'
         b'</text></g><text>Hello <tspan>world</tspan></text><defs><text>KEPT</text></defs><image href="a.png"/></svg>',
         ("Plan", "Hello world"), ("the drawing itself", "hidden text: SECRET", "(defs): KEPT", "picture a.png"), ("SECRET",)),
)  # fmt: skip
