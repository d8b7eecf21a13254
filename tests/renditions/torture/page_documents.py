"""Pages whose meaning hangs on the cascade of styles, on hidden parts of tables, and on elements in wrong places."""

from __future__ import annotations

from tests.renditions.torture.cases import Case

_HIDDEN = ("hidden text: SECRET",)
_AWAY = ("SECRET",)


def _page(name: str, body: str, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"page {name}", "text/html", body.encode(), drawn, omitted, absent)


def _markdown(name: str, text: str, *drawn: str, omitted: tuple[str, ...] = ()) -> Case:
    return Case(f"markdown {name}", "text/markdown", text.encode(), drawn, omitted)


_XHTML = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{}</body></html>'

CASES = (
    _page("hidden on paper only", "<style>@media print{.x{display:none}}</style><p class=x>VISIBLE", "VISIBLE",
          omitted=("the style of .x under @media print: display: none",)),
    _page("hidden on screens", "<style>@media screen{.x{display:none}}</style><p class=x>SECRET</p>a", omitted=_HIDDEN,
          absent=_AWAY),
    _page("style for paper", "<style media=print>.x{display:none}</style><p class=x>VISIBLE", "VISIBLE",
          omitted=("under @media print",)),
    _page("shown again by a stronger rule", "<style>.a{display:none}#b{display:block}</style><p class=a id=b>VISIBLE",
          "VISIBLE"),
    _page("not struck by a stronger rule",
          "<style>p{text-decoration:line-through}.k{text-decoration:none}</style><p class=k>KEPT<p>GONE", "KEPT\n~GONE~"),
    _page("an important rule", '<style>.a{display:block!important}</style><p class=a style="display:none">VISIBLE', "VISIBLE"),
    _page("beyond the edge", 'a<span style="position:absolute;left:-9999px">SECRET</span>', "a", omitted=_HIDDEN, absent=_AWAY),
    _page("indented away", 'a<p style="text-indent:-9999px">SECRET', omitted=_HIDDEN, absent=_AWAY),
    _page("cut off", 'a<span style="position:absolute;clip:rect(0,0,0,0)">SECRET</span>', omitted=_HIDDEN, absent=_AWAY),
    _page("without height", 'a<div style="height:0;overflow:hidden">SECRET</div>', omitted=_HIDDEN, absent=_AWAY),
    _page("white by its font", '<p><font color="#FFFFFF">pale</font>', "pale", omitted=("the colour of white",)),
    _page("black on black", '<p><span style="background:black;color:black">REDACTED</span>', "REDACTED",
          omitted=("the colour of",)),
    _page("short form of a list style", '<ol style="list-style: upper-roman inside"><li>x</ol>', "I. x"),
    _page("groups of choices", '<select><optgroup label="GROUP"><option>a<option>b</optgroup></select>', "(x) a ( ) b",
          omitted=("the groups of choices: GROUP",)),
    _page("sections of XHTML", _XHTML.format("<p><![CDATA[WORDS <b>]]></p>"), "WORDS <b>"),
    _page("after the end", "<html><body>a</body></html>TRAILING", "TRAILING"),
    _page("two bodies", "<body><p>a</body><p>b<body><p>c", "a\nb\nc"),
    _page("two titles", "<title>One</title><p>x<title>TWO</title>", "x", omitted=("another title: TWO",)),
    _page("picture with sources", '<picture><source srcset="a.webp"><img src="b.png" alt=STREET></picture>', "STREET",
          omitted=("picture b.png",)),
    _page("words in the head", "<head><noscript><p>NOSCRIPT</p></noscript></head><p>x", "NOSCRIPT\nx"),
    _page("turned letters", '<p style="unicode-bidi:bidi-override;direction:rtl">ytliug', "ytliug",
          omitted=("turns round: ytliug",)),
    _page("hidden row", '<table><tr style="display:none"><td>SECRET<tr><td>b<td>c</table>', "b | c", omitted=_HIDDEN,
          absent=_AWAY),
    _page("hidden rows", "<table><tbody hidden><tr><td>SECRET</tbody><tr><td>b<td>c</table>", "b | c", omitted=_HIDDEN,
          absent=_AWAY),
    _page("hidden caption", "<table><caption hidden>SECRET</caption><tr><td>b<td>c</table>", "b | c", omitted=_HIDDEN,
          absent=_AWAY),
    _page("struck row", '<table><tr style="text-decoration:line-through"><td>5<td>6</table>', "~5~ | ~6~"),
    _page("struck group of rows", "<style>.x{text-decoration:line-through}</style><table><tbody class=x><tr><td>5<td>6</table>",
          "~5~ | ~6~"),
    _page("struck part of a formula", '<math><menclose notation="updiagonalstrike"><mi>z</mi></menclose></math>',
          "[struck out: z]"),
    _page("hidden part of a formula", "<math><mi>a</mi><mphantom><mi>SECRET</mi></mphantom></math>", "a",
          omitted=("not shown: SECRET",), absent=_AWAY),
    _page("place on a map", '<map><area alt="PLACE" href="https://example.org/"></map>x', "x", omitted=("PLACE",)),
    _page("label for screen readers", '<a href="https://example.org/" aria-label="LABEL"></a>x', "x",
          omitted=("a label for screen readers of a: LABEL",)),
    _page("sheet elsewhere", "<style>@import url(x.css);</style>x", "x", omitted=("style sheet url(x.css)",)),
    _page("hidden page", "<html hidden><p>SECRET", omitted=_HIDDEN, absent=_AWAY),
    _page("no element after a raw one", _XHTML.format("<p>one</p><textarea/><iframe src='q'/><p>two</p>"), "one", "two",
          omitted=("iframe q",)),
    _markdown("two notes without a blank line", "A[^1] b[^two].\n\n[^1]: First note\n[^two]: Second\n", "[^1]: First note\n",
              "[^two]: Second"),
    _markdown("notes in code", "```\n[^1]: x\n```\n", "[^1]: x"),
    _markdown("numbers with brackets", "1. a\n   1) b\n   2) c\n", "1. a", "1) b", "2) c"),
    _markdown("too many cells", "|a|b|\n|-|-|\n|1|2|3|\n", "1 | 2", omitted=("cells beyond a table's columns",)),
    _markdown("one address twice", "[b]\n\n[b]: https://example.org/1\n[b]: https://example.org/2\n", "b",
              omitted=("once more: B: https://example.org/2",)),
    _markdown("remark as an address", "x\n\n[//]: # (REMARK)\n", "x", omitted=("REMARK",)),
    _markdown("words beside code", '```py title="T"\ncode\n```', "code", omitted=('what is said of a piece of code: title="T"',)),
    _markdown("numbers that people gave", "1. a\n2. b\n\n4. c\n", "1. a", "2. b", "4. c"),
    _markdown("numbers left to the program", "1. a\n1. b\n", "1. a", "2. b"),
)  # fmt: skip
