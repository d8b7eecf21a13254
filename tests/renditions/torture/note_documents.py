"""Notes of Word whose numbers restart, change their form, or run on."""

from __future__ import annotations

from typing import Any

from tests.renditions.torture.cases import Case
from tests.renditions.torture.office_documents import note, run, runs, word, xml

_PAGE = "<w:r><w:lastRenderedPageBreak/></w:r>"


def _claim(text: str, number: int, kind: str = "footnote") -> str:
    return run(text) + f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'


def _section(markup: str, properties: str) -> str:
    return f"<w:p><w:pPr><w:sectPr>{properties}</w:sectPr></w:pPr>{markup}</w:p>"


def _notes(name: str, *paragraphs: str, count: int, last: str = "", whole: str = "", kind: str = "footnote",
           drawn: tuple[str, ...], omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:  # fmt: skip
    inner = "".join(f'<w:{kind} w:id="{n}"><w:p>{run(f"SOURCE {n}")}</w:p></w:{kind}>' for n in range(2, 2 + count))

    def change(document: Any) -> None:
        note(kind, inner)(document)
        if last:
            document.element.body.sectPr.insert(0, xml(last))
        if whole:
            document.settings.element.append(xml(whole))

    case = word(*paragraphs, change=change)
    return Case(f"docx {name}", _DOCX, case, drawn, omitted, absent)


_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ANEW = '<w:footnotePr><w:numRestart w:val="eachSect"/></w:footnotePr>'
_BY_PAGE = '<w:footnotePr><w:numRestart w:val="eachPage"/></w:footnotePr>'

CASES = (
    _notes("notes anew in each section", runs(_claim("A", 2)), _section(_claim("B", 3), _ANEW), runs(_claim("C", 4)), count=3,
           last=_ANEW, drawn=("A^1^", "B^2^", "C^1^", "1. SOURCE 2", "2. SOURCE 3", "1. SOURCE 4")),
    _notes("notes that run on over sections", _section(_claim("A", 2), ""), runs(_claim("B", 3)), count=2,
           drawn=("A^1^", "B^2^")),
    _notes("notes in another form in the second section", _section(_claim("A", 2), ""), runs(_claim("B", 3)), count=2,
           last='<w:footnotePr><w:numFmt w:val="upperRoman"/></w:footnotePr>', drawn=("A^1^", "B^II^", "II. SOURCE 3")),
    _notes("notes whose section says more than the settings", _section(_claim("A", 2),
           '<w:footnotePr><w:numFmt w:val="lowerLetter"/></w:footnotePr>'), runs(_claim("B", 3)), count=2,
           whole='<w:footnotePr><w:numFmt w:val="chicago"/><w:numRestart w:val="eachSect"/><w:numStart w:val="2"/></w:footnotePr>',
           drawn=("A^b^", "B^†^")),
    _notes("notes anew on each page", runs(_claim("A", 2) + _claim("B", 3) + _PAGE + _claim("C", 4)), count=3, last=_BY_PAGE,
           drawn=("A^1^B^2^C^1^", "1. SOURCE 4"), omitted=("here they do where the file notes its pages",)),
    _notes("notes anew on pages that nothing notes", runs(_claim("A", 2) + _claim("B", 3)), count=2, last=_BY_PAGE,
           drawn=("A^1^B^2^",), omitted=("the file does not note its pages",)),
    _notes("notes in a table and after it", "<w:tbl><w:tr><w:tc>" + _section(_claim("A", 2), "").replace(
           "<w:pPr><w:sectPr></w:sectPr></w:pPr>", "") + "</w:tc></w:tr></w:tbl>", runs(_claim("B", 3)), count=2, last=_ANEW,
           drawn=("A^1^", "B^2^")),
    _notes("endnotes anew in each section", _section(_claim("A", 2, "endnote"),
           '<w:endnotePr><w:numRestart w:val="eachSect"/></w:endnotePr>'), runs(_claim("B", 3, "endnote")), count=2, kind="endnote",
           last='<w:endnotePr><w:numRestart w:val="eachSect"/></w:endnotePr>', drawn=("A^i^", "B^i^", "Endnotes")),
    _notes("a note that is referred to twice", runs(_claim("A", 2) + _claim("B", 2) + _claim("C", 3)), count=2,
           drawn=("A^1^B^1^C^2^",)),
)  # fmt: skip
