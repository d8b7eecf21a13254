"""HTML and Markdown whose meaning is in marks, lists, forms and corners."""

from __future__ import annotations

import base64

from tests.renditions.torture.cases import Case
from tests.support.documents import ARABIC, picture

_PNG = base64.b64encode(picture()).decode()


def _html(name: str, body: str, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"html {name}", "text/html", body.encode(), drawn, omitted, absent)


def _markdown(name: str, text: str, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"markdown {name}", "text/markdown", text.encode(), drawn, omitted, absent)


CASES = (
    _html("struck with s", "<p>The accused is <s>GUILTY</s> innocent.", "is ~GUILTY~ innocent"),
    _html("struck with del and ins", "<p><del>GUILTY</del><ins>innocent</ins>", "~GUILTY~_innocent_"),
    _html("struck with strike", "<p><strike>GUILTY</strike>", "~GUILTY~"),
    _html("struck by its style", '<p><span style="text-decoration: line-through">GUILTY</span>', "~GUILTY~"),
    _html("struck by a rule", "<style>.x{text-decoration:line-through}</style><p class=x>GUILTY</p>", "~GUILTY~"),
    _html("struck block", "<del><p>one</p><p>two</p></del>", "~one~", "~two~"),
    _html("struck cell", "<table><tr><td><s>5</s><td>6</table>", "~5~ | 6"),
    _html("struck row by its style", '<table style="text-decoration:line-through"><tr><td>5<td>6</table>', "~5~ | ~6~"),
    _html("struck in fixed text", "<pre>a <s>b</s>\n  c</pre>", "a ~b~\n  c"),
    _html("powers", "<p>10<sup>6</sup> H<sub>2</sub>O", "10^6^ H,2,O"),
    _html("powers by style", '<p>10<span style="vertical-align:super">6</span>', "10^6^"),
    _html("capitals", '<p><span style="text-transform:uppercase">name</span>', "NAME"),
    _html("small capitals", '<p><span style="font-variant: small-caps">name</span>', "?name?"),
    _html("underline and mark", "<p><u>under</u> <mark>bright</mark>", "_under_ =bright="),
    _html("roman list", '<ol type="I" start="4"><li>four<li>five</ol>', "IV. four", "V. five"),
    _html("lettered list", '<ol type="a"><li>x<li>y</ol>', "a. x", "b. y"),
    _html("reversed list", "<ol reversed><li>x<li>y<li>z</ol>", "3. x", "2. y", "1. z"),
    _html("list with values", '<ol><li value="7">x<li>y<li value="3">z</ol>', "7. x", "8. y", "3. z"),
    _html("negative start", '<ol start="-1"><li>x<li>y<li>z</ol>', "-1. x", "0. y", "1. z"),
    _html("list by style", '<ol style="list-style-type:upper-alpha"><li>x</ol>', "A. x"),
    _html("nested lists", "<ol><li>x<ol type=i><li>y<li>z</ol></ol>", "1. x", "i. y", "ii. z"),
    _html("ticked boxes", "<p><input type=checkbox checked>yes <input type=checkbox>no", "[x]yes [ ]no"),
    _html("radio", "<p><input type=radio name=a>one<input type=radio name=a checked>two", "( )one(x)two"),
    _html("typed", '<p>Name: <input value="Hanna"> <textarea>two\nlines</textarea>', "Name: Hanna two\nlines"),
    _html("chosen", "<select><option>no<option selected>yes</select>", "( ) no (x) yes"),
    _html("first choice by default", "<select><option>no<option>yes</select>", "(x) no ( ) yes"),
    _html("hidden field", '<p>x<input type=hidden name=k value="secret">', "x", omitted=("a hidden field k",),
          absent=("secret",)),
    _html("hint", '<input placeholder="your name">', "[____]", omitted=("hint in an empty field: your name",)),
    _html("gauge", '<p><meter value="3" max="10">3 of 10</meter>', "3 of 10"),
    _html("hidden attribute", "<p>a<span hidden>SECRET</span>", "a", omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _html("hidden by style", '<p>a<b style="display:none">SECRET</b>', omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _html("hidden by rule", "<style>#x{visibility:hidden}</style><p id=x>SECRET</p><p>a", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _html("hidden in a table", "<table><tr><td hidden>SECRET<td>a<td>b</table>", "a | b", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _html("hidden list item", "<ul><li hidden>SECRET<li>a</ul>", "- a", omitted=("hidden text: SECRET",),
          absent=("SECRET",)),
    _html("white text", '<p style="color:#fff">pale', "pale", omitted=("the colour of white",)),
    _html("selectors beyond ours", "<style>p > b:first-child{text-decoration:line-through}</style><p><b>x</b>", "x",
          omitted=("the style of p > b:first-child: text-decoration: line-through",)),
    _html("generated text", "<style>p::before{content:\"NOT \"}</style><p>guilty", "NOT guilty"),
    _html("quotation", "<p>He said <q>no</q>.", "He said \u201cno\u201d."),
    _html("ruby", "<p><ruby>漢<rt>kan</rt></ruby>", "漢 (kan)"),
    _html("formula", "<p><math><mfrac><mi>a</mi><mi>b</mi></mfrac><mo>=</mo><msup><mi>x</mi><mn>2</mn></msup></math>",
          "a/b=x^2"),
    _html("drawing", "<p>x</p><svg><text>KEY</text></svg>", "x", omitted=("svg: KEY",)),
    _html("picture in the page", f'<p>x<img alt="A street" src="data:image/png;base64,{_PNG}">', "<A street>"),
    _html("picture elsewhere", '<img alt="A street" src="https://example.org/s.png">', "A street",
          omitted=("picture https://example.org/s.png",)),
    _html("pointing", '<p><abbr title="Human Rights Watch">HRW</abbr>', "HRW",
          omitted=("on pointing at abbr: Human Rights Watch",)),
    _html("text in a table and no cell", "<table>STRAY<tr><td>a<td>b</table>", "STRAY", "a | b"),
    _html("caption", "<table><caption>Table <s>1</s></caption><tr><td>a<td>b</table>", "Table ~1~"),
    _html("comments", "<p>x<!-- not for you -->", "x", omitted=("1 comment in the markup",)),
    _html("no script", "<noscript>Without scripts</noscript>", "Without scripts"),
    _html("frames", '<iframe src="a.html"></iframe><p>x', "x", omitted=("iframe a.html",)),
    _html("relative link", '<p><a href="more.html">x</a>', "x", omitted=("link more.html",)),
    _html("place in the page", '<p><a href="#n1">1</a></p><p id="n1">Note', "1", "Note"),
    _html("overridden direction", f'<p><bdo dir="rtl">abc</bdo> {ARABIC}', "\u202eabc\u202c"),
    _html("deep", "<div>" * 200 + "deep" + "</div>" * 200, "deep", omitted=("nested more than",)),
    _html("meta", '<meta name="description" content="d"><p>x', "x", omitted=("entries of the page's head: description",)),
    _html("stray item", "<ol>stray<li>one</ol>", " stray", "1. one"),
    _markdown("struck", "The accused is ~~GUILTY~~ innocent.", "is ~GUILTY~ innocent"),
    _markdown("struck by HTML", "The accused is <del>GUILTY</del> innocent.", "is ~GUILTY~ innocent"),
    _markdown("struck over paragraphs", "<del>\n\nGUILTY\n\n</del>\n\nx", "~GUILTY~", "\nx"),
    _markdown("list start", "4. four\n5. five\n", "4. four", "5. five"),
    _markdown("boxes", "- [x] yes\n- [ ] no\n", "- [x] yes", "- [ ] no"),
    _markdown("front matter", "---\ntitle: A report\nauthor: Hanna\n---\n\n# A report\n\nx\n", "title | A report",
              "author | Hanna", "# A report"),
    _markdown("front matter in TOML", '+++\ntitle = "A report"\n+++\nx\n', "title | A report"),
    _markdown("note", "A claim[^1].\n\n[^1]: source\n", "A claim[^1].", "[^1]: source"),
    _markdown("unused address", "x\n\n[a]: https://example.org/\n", "x", omitted=("link A, which the text does not use",)),
    _markdown("code", "```py\nx =  1\n```\n", "x =  1"),
    _markdown("table", "| a | b |\n|---|---|\n| ~~c~~ | d |\n", "a | b", "~c~ | d"),
    _markdown("rule", "a\n\n***\n\nb\n", "———"),
    _markdown("comment", "a <!-- hidden --> b\n", "a b", omitted=("1 comment in the markup",), absent=("hidden",)),
)  # fmt: skip
