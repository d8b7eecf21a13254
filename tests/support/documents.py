"""Small documents of every format that has a reader, in English and in Arabic."""

from __future__ import annotations

import io
from email.message import EmailMessage
from functools import cache

import docx
from docx.oxml import OxmlElement
from PIL import Image, ImageDraw

ARABIC = "رحّب الائتلاف الوطني السوري (HRW) بقرار القضاء الفرنسي في 15 نوفمبر 2023."
TITLE_AR = "بيان صحفي"


def picture(form: str = "PNG", *, frames: int = 1) -> bytes:
    """A small picture with something to see on it."""
    drawn = []
    for number in range(frames):
        image = Image.new("RGB", (160, 90), (225, 232, 240))
        pen = ImageDraw.Draw(image)
        pen.rectangle((20, 20, 140, 70), outline=(140, 30, 30), width=3)
        pen.line((20, 70, 140, 20 + number), fill=(30, 30, 140), width=3)
        drawn.append(image)
    written = io.BytesIO()
    more = {"save_all": True, "append_images": drawn[1:]} if frames > 1 else {}
    drawn[0].save(written, form, **more)
    return written.getvalue()


def message(*, arabic: bool = False) -> bytes:
    """An e-mail with a text, the same text as HTML, and an attachment."""
    mail = EmailMessage()
    mail["From"] = "Press Office <press@example.org>"
    mail["To"] = "archive@example.org"
    mail["Subject"] = TITLE_AR if arabic else "Statement of 15 November"
    mail["Date"] = "Wed, 15 Nov 2023 10:00:00 +0000"
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content(f"{ARABIC}\n\nشكرا\n" if arabic else "Dear all,\n\nplease find the list attached.\n")
    mail.add_alternative("<p>Dear all, <b>please</b> find the list attached.</p>", subtype="html")
    mail.add_attachment(b"name,place\nA,Douma\n", maintype="text", subtype="csv", filename="قائمة.csv")
    return mail.as_bytes()


def word_document(*, arabic: bool = False) -> bytes:
    """A Word document with headings, emphasis, lists, a table, a link and a described picture."""
    document = docx.Document()
    document.add_heading(TITLE_AR if arabic else "Report", 1)
    paragraph = document.add_paragraph("")
    if arabic:
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        paragraph.add_run(ARABIC)
    else:
        paragraph.add_run("Plain, ")
        paragraph.add_run("bold").bold = True
        paragraph.add_run(" and ")
        paragraph.add_run("slanted").italic = True
        paragraph.add_run(".")
    for text in ("first", "second"):
        document.add_paragraph(text, style="List Bullet")
    document.add_paragraph("inner", style="List Bullet 2")
    document.add_paragraph("one", style="List Number")
    table = document.add_table(2, 2)
    for row, values in zip(table.rows, (("Name", "Place"), ("A", ARABIC if arabic else "Douma")), strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value
    document.add_picture(io.BytesIO(picture()))
    described = document.inline_shapes[0]._inline.docPr
    described.set("descr", "A plan of the street")
    document.core_properties.title = TITLE_AR if arabic else "A report"
    written = io.BytesIO()
    document.save(written)
    return written.getvalue()


MARKDOWN = """# Findings

The *first* **sample** shows `code`, a [link](https://example.org/a?b=c) and ![a map](map.png).

> A quote
> of two lines

1. one
2. two
   - inner

| Name | Place |
| ---- | ----- |
| A    | Douma |

```
fixed   text
```
"""

PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>
<script src="https://example.org/track.js"></script></head>
<body onload="run()"><h1>Head</h1><p>Text with <b>bold</b>,<br>a line end and <a href="https://example.org/">a link</a>.
<ul><li>one<li>two<ol start="3"><li>three</ol></ul>
<table><tr><th>Name<th>Place<tr><td colspan="2">both</table>
<blockquote>quoted</blockquote><pre>
fixed
  text</pre><img src="https://example.org/x.png" alt="a photograph"><p lang="ar" dir="rtl">{ARABIC}</p></body></html>"""

PAGE_AR = f"""<html lang="ar" dir="rtl"><head><meta charset="utf-8"><title>{TITLE_AR}</title></head>
<body><h2>{TITLE_AR}</h2><p>{ARABIC}</p><ul><li>دوما<li>الغوطة</ul></body></html>"""


@cache
def samples() -> dict[str, bytes]:
    """Every sample by its file name."""
    return {
        "plain.txt": b"First paragraph.\n\nSecond, of\ntwo lines.\n",
        "plain-ar.txt": f"{TITLE_AR}\n\n{ARABIC}\n".encode(),
        "empty.txt": b"",
        "notes.md": MARKDOWN.encode(),
        "notes-ar.md": f"# {TITLE_AR}\n\n{ARABIC}\n\n- دوما\n- الغوطة\n".encode(),
        "page.html": PAGE.encode(),
        "page-ar.html": PAGE_AR.encode(),
        "letter.eml": message(),
        "letter-ar.eml": message(arabic=True),
        "table.csv": b'name,place,note\nA,Douma,"first, of two"\nB,Ghouta,\n',
        "table-ar.csv": f'الاسم;المكان\nأحمد;دوما\nهدى;"{ARABIC}"\n'.encode(),
        "report.docx": word_document(),
        "report-ar.docx": word_document(arabic=True),
        "photo.png": picture(),
        "photo.jpg": picture("JPEG"),
        "scan.tif": picture("TIFF", frames=2),
    }
