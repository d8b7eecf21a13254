"""Rich Text Format: marks, changes, notes, fields, code pages."""

from __future__ import annotations

from tests.renditions.torture.cases import Case
from tests.support.documents import picture

_HEAD = (
    rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset178 Arial (Arabic);}"
    rb"{\f2\fcharset2 Wingdings;}{\f3\fcharset2 Symbol;}{\f4\fcharset128 MS Mincho;}}{\colortbl;\red0\green0\blue0;}"
    rb"{\*\revtbl {Unknown;}{Alice;}}"
)


def _rtf(name: str, body: bytes, *drawn: str, omitted: tuple[str, ...] = (), absent: tuple[str, ...] = ()) -> Case:
    return Case(f"rtf {name}", "application/rtf", _HEAD + body + b"}", drawn, omitted, absent)


CASES = (
    _rtf("struck", rb"The accused is {\strike guilty} innocent, {\striked1 twice}\striked0  not.", "~guilty~ innocent", "~twice~ not"),
    _rtf("raised and lowered", rb"10{\super 6} H{\sub 2}O {\up6 a}{\dn6 b}{\up2 c}", "10^6^", "H,2,O", "^a^,b,c"),
    _rtf("capitals", rb"{\caps caps} {\scaps small}", "CAPS", "?small?"),
    _rtf("hidden", rb"Seen {\v SECRET} again", "Seen  again", omitted=("hidden text: SECRET",), absent=("SECRET",)),
    _rtf("tracked changes", rb"He is {\deleted\revauthdel1 not }{\revised\revauth1 surely }guilty.", "~not ~_surely _guilty",
         "Tracked changes", "deleted by Alice", "inserted by Alice"),
    _rtf("arabic in a code page", rb"{\f1\'d4\'e5\'c7\'cf\'c9} end", "شهادة end"),
    _rtf("letters of two bytes", rb"{\f4\'93\'fa\'96\'7b} {\f4 \'93\'fa}", "日本 日"),
    _rtf("code points", rb"\u1588?\u1607?{\uc2\u1575XX\u1583XX}\u1577? end \u-10179?\u-8704?", "شهادة end \U0001f600"),
    _rtf("symbols", rb"{\f2\'fe\'a8} {\f3 a\'b3b}", "[x][ ] α≥β"),
    _rtf("symbol that is not known", rb"{\f2\'21} end", "\ufffd end", omitted=("a sign of the font Wingdings: 0x21",)),
    _rtf("table", rb"\trowd\intbl A\cell B\cell\row\trowd\intbl C\par more\cell D\cell\row\pard After", "A | B", "C more | D", "After"),
    _rtf("notes", rb"One{\super\chftn}{\footnote\pard\plain{\super\chftn} NOTE} two{\super\chftn}{\footnote\ftnalt{\super\chftn} END} "
         rb"three{\super\chftn}{\footnote{\super\chftn} SECOND}.", "One^1^ two^i^ three^2^", "Footnotes", "1.  NOTE", "2.  SECOND",
         "Endnotes", "i.  END"),
    _rtf("comment", rb"Text{\*\atnid A}{\*\atnauthor Alice}\chatn{\*\annotation{\*\atndate 12}DOUBT} on", "Text[comment 1] on", "Alice:", "DOUBT"),
    _rtf("fields", rb"{\field{\*\fldinst HYPERLINK \'22http://example.org/\'22}{\fldrslt LINK}} {\field{\*\fldinst{ FORMCHECKBOX }"
         rb"{\*\formfield{\fftype1\ffres1{\*\ffname c}}}}{\fldrslt}} {\field{\*\fldinst FORMCHECKBOX {\*\formfield{\fftype1\ffres25"
         rb"\ffdefres0}}}{\fldrslt}} {\field{\*\fldinst FORMDROPDOWN{\*\formfield{\fftype2\ffres1{\*\ffl ONE}{\*\ffl TWO}}}}{\fldrslt}}"
         rb"{\field{\*\fldinst SYMBOL 254 \\f \'22Wingdings\'22}{\fldrslt}}",
         "LINK [x] [ ] TWO[x]", absent=("HYPERLINK", "ONE")),
    _rtf("list text", rb"{\listtext IV.\tab}{\*\pn\pnlvlbody{\pntxta .}}Fourth\par{\pntext\f3\'b7\tab}Point", "IV.\tFourth", "•\tPoint"),
    _rtf("headers", rb"{\header HEAD\par}{\footerr FOOT {\chpgn}\par}Body", "Body", "Page headers", "HEAD", "Page footers", "FOOT",
         omitted=("a page number",)),
    _rtf("shape", rb"{\shp{\*\shpinst{\sp{\sn wzDescription}{\sv A MAP}}{\shptxt BOX\par}}{\shprslt{\*\do\dptxbx{\dptxbxtext BOX\par}}}}x",
         "BOX", omitted=("the words of a drawn shape: A MAP", "the form of a drawn shape")),
    _rtf("old drawing", rb"{\*\do\dobxcolumn\dptxbx{\dptxbxtext BOX\par}\dpx1}x", "BOX"),
    _rtf("picture", rb"before\par{\*\shppict{\pict\pngblip\picw1 " + picture().hex().encode() + rb"}}{\nonshppict{\pict\wmetafile8 01}}after",
         "before", "<None>", "after"),
    _rtf("metafile and object", rb"{\pict\wmetafile8 0102}{\object{\*\objdata 0105}{\result SHOWN}}", "SHOWN",
         omitted=("a picture of a kind", "embedded objects")),
    _rtf("unknown part", rb"x{\*\unheardof WORDS}", "x", omitted=("(*unheardof): WORDS",)),
    _rtf("properties", rb"{\info{\title T}{\doccomm REMARK}{\creatim\yr2020}}x", "x", omitted=("doccomm among the properties of the file: REMARK",)),
    _rtf("two forms of one text", rb"{\upr{ANSI}{\*\ud{UNICODE}}}", "UNICODE", absent=("ANSI",)),
    _rtf("pages", rb"ONE\page TWO", "ONE\n=====\nTWO"),
    _rtf("outline", rb"\pard\outlinelevel1 Chapter\par\pard Words", "## Chapter", "Words"),
    _rtf("headings by their styles", rb"{\stylesheet{\s0 Normal;}{\s3\b Heading 2;}{\s4\outlinelevel0 Own;}{\*\cs9 Other;}}"
         rb"\pard\s3 Chapter\par\pard\s4 Part\par\pard\s0 Words", "## Chapter", "# Part", "Words", absent=("Normal", "Other")),
    _rtf("label without its font", rb"{\listtext \u61623\'3f\tab}Point\par \u61656?x", "•\tPoint", "\ufffdx",
         omitted=("a sign of the font Arial: 0xD8",)),
    _rtf("escapes", rb"\{a\}\\ b\~c\_d\-e\emdash\lquote x\rquote\line y", "{a}\\ b\u00a0c\u2011d\u00ade\u2014\u2018x\u2019\ny"),
    _rtf("right to left", rb"\pard\rtlpar{\f1\'d4\'e5} \u1608? abc\par", "شه و abc"),
    Case("rtf cut off", "application/rtf", _HEAD + rb"Some words {\b more", ("Some words more",), ("the end of the file: it is cut off",)),
)  # fmt: skip
